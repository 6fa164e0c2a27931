"""Second places for checkpoints, where whoever holds the database and the key cannot rewrite them.

A place is written as it is given on the command line: a directory (another machine's, mounted), an
address of an object store that fsspec knows (``s3://bucket/anchors``), or ``git+`` and the address
of a remote (``git+ssh://host/anchors.git``), to which a commit is pushed and never forced. What
makes a place worth something is that it refuses to be rewritten; ``docs/oversight-record.md`` says
how each is set up.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from peerwatch.oversight.record.record_errors import RecordError

_SUFFIX = ".checkpoint"
_NAME = re.compile(r"[0-9]{20}" + re.escape(_SUFFIX))
_BRANCH = "refs/heads/peerwatch-anchors"
_GIT_SECONDS = 120
_GIT_SETTINGS = (
    "user.name=peerwatch",
    "user.email=record@peerwatch.invalid",
    "commit.gpgsign=false",
    "core.hooksPath=/dev/null",
    "core.symlinks=false",
)
_LARGEST_NOTE = 1_000_000


class AnchorPlace(Protocol):
    """A place that takes checkpoints."""

    name: str
    """As it was given, without a password."""

    def sizes(self) -> list[int]:
        """Return of how many leaves there is a checkpoint, rising.

        Raises:
            RecordError: The place cannot be read.
        """
        ...

    def get(self, size: int) -> str:
        """Return the checkpoint of so many leaves.

        Raises:
            RecordError: It cannot be read.
        """
        ...

    def put(self, size: int, note: str) -> None:
        """Put a checkpoint there; one that is there already is left as it is.

        Raises:
            RecordError: It cannot be written, or another one stands there.
        """
        ...


def anchor_place(place: str) -> AnchorPlace:
    """Return the place of this name; nothing is read or written yet.

    Raises:
        RecordError: It has no name, or it is an object store and fsspec is not installed.
    """
    if not place.strip():
        raise RecordError("The anchor has no name. Give a directory, an object store or git+URL.")
    if place.startswith("git+"):
        return GitAnchor(place)
    if "://" in place:
        return StoreAnchor(place)
    return DirectoryAnchor(place)


def anchor_name(place: str) -> str:
    """Return a place as leaves name it: as it was given, without a password."""
    return _without_password(place)


class DirectoryAnchor:
    """A directory, or for reading one file that holds a checkpoint."""

    def __init__(self, place: str) -> None:
        self.name = place
        self._path = Path(place)

    def sizes(self) -> list[int]:
        if self._path.is_file():
            return [_size_said(_read(self._path, self.name))]
        try:
            names = os.listdir(self._path)
        except OSError as error:
            raise _cannot("read", self.name, error) from error
        return _sizes_of(names)

    def get(self, size: int) -> str:
        return _read(self._path if self._path.is_file() else self._path / _file(size), self.name)

    def put(self, size: int, note: str) -> None:
        if not self._path.is_dir():
            # It is not made here: a directory of another machine may only be missing its mount.
            raise RecordError(f"The anchor {self.name} is no directory. Make or mount it.")
        try:
            _put_new(self._path / _file(size), note)
        except FileExistsError:
            _same(note, self.get(size), size, self.name)
        except OSError as error:
            raise _cannot("written to", self.name, error) from error


class StoreAnchor:
    """A folder of an object store."""

    def __init__(self, place: str) -> None:
        try:
            import fsspec
        except ModuleNotFoundError as error:
            raise RecordError(f"The anchor {place} needs fsspec. Do: pip install fsspec") from error
        self.name = _without_password(place)
        try:
            found: tuple[Any, str] = fsspec.core.url_to_fs(place)
        except (ValueError, ImportError) as error:
            raise _cannot("opened", self.name, error) from error
        self._store, self._folder = found

    def sizes(self) -> list[int]:
        with self._said("read"):
            self._store.invalidate_cache()
            if not self._store.exists(self._folder):
                return []
            return _sizes_of(one.rpartition("/")[2] for one in self._store.ls(self._folder, False))

    def get(self, size: int) -> str:
        with self._said("read"):
            content = self._store.cat_file(self._at(size), end=_LARGEST_NOTE)
            return bytes(content).decode("utf-8", "replace")

    def put(self, size: int, note: str) -> None:
        if size in self.sizes():
            _same(note, self.get(size), size, self.name)
            return
        with self._said("written to"):
            self._store.pipe_file(self._at(size), note.encode())

    def _at(self, size: int) -> str:
        return f"{self._folder.rstrip('/')}/{_file(size)}"

    @contextlib.contextmanager
    def _said(self, what: str) -> Iterator[None]:
        try:
            yield
        except RecordError:
            raise
        except Exception as error:  # each store has errors of its own
            raise _cannot(what, self.name, error) from error


class GitAnchor:
    """A branch of a git remote, with a file a checkpoint and a commit for each."""

    def __init__(self, place: str) -> None:
        self.name = _without_password(place)
        self._remote = place.removeprefix("git+")

    def sizes(self) -> list[int]:
        with self._fetched() as folder:
            return _sizes_of(os.listdir(folder))

    def get(self, size: int) -> str:
        with self._fetched() as folder:
            return _read(folder / _file(size), self.name)

    def put(self, size: int, note: str) -> None:
        with self._fetched() as folder:
            file = folder / _file(size)
            if file.exists():
                _same(note, _read(file, self.name), size, self.name)
                return
            file.write_text(note, encoding="utf-8")
            self._git(folder, "add", "--", file.name)
            self._git(folder, "commit", "-q", "-m", f"Checkpoint of {size} entries")
            self._git(folder, "push", "-q", "--", self._remote, f"HEAD:{_BRANCH}")

    @contextlib.contextmanager
    def _fetched(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="anchors-") as made:
            folder = Path(made)
            self._git(folder, "init", "-q")
            if self._git(folder, "ls-remote", "--", self._remote, _BRANCH).strip():
                self._git(folder, "fetch", "-q", "--depth=1", "--", self._remote, _BRANCH)
                self._git(folder, "checkout", "-q", "--detach", "FETCH_HEAD")
            yield folder

    def _git(self, folder: Path, *words: str) -> str:
        options = [part for one in _GIT_SETTINGS for part in ("-c", one)]
        environment = os.environ | {
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
            "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -oBatchMode=yes"),
        }
        command = ["git", "-C", str(folder), *options, *words]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, env=environment, timeout=_GIT_SECONDS
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _cannot("reached", self.name, error) from error
        if done.returncode:
            said = _without_password(" ".join(done.stderr.split())[-300:])
            raise _cannot("reached or written to", self.name, RuntimeError(said))
        return done.stdout


def _file(size: int) -> str:
    return f"{size:020d}{_SUFFIX}"


def _sizes_of(names: Any) -> list[int]:
    return sorted(int(name[:20]) for name in names if _NAME.fullmatch(name))


def _size_said(note: str) -> int:
    lines = note.split("\n")
    return int(lines[1]) if len(lines) > 1 and re.fullmatch(r"[0-9]{1,19}", lines[1]) else 0


def _read(path: Path, place: str) -> str:
    """Return a file's text; a pipe, device or link in its place is refused at once."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(errno.EINVAL, "no regular file")
            return file.read(_LARGEST_NOTE).decode("utf-8", "replace")
    except OSError as error:
        raise _cannot("read", place, error) from error


def _put_new(path: Path, note: str) -> None:
    """Write a file that is not there, whole, for good and safe from the power."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o444)
        try:
            os.link(part, path)  # fails where one stands already
        except OSError as error:
            if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP}:
                raise
            with path.open("x", encoding="utf-8") as file:  # a file system without links
                file.write(note)
    finally:
        part.unlink(missing_ok=True)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _same(note: str, there: str, size: int, place: str) -> None:
    # Another signature of the same text would be none of ours: Ed25519 signs the same text alike.
    if note != there:
        raise RecordError(
            f"At {place} stands another checkpoint of {size} entries: there are two histories, or "
            "it was edited. Keep both, and hold the record against it with verify-log."
        )


def _cannot(what: str, place: str, error: BaseException) -> RecordError:
    said = getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__
    return RecordError(
        f"The anchor {place} cannot be {what} ({said[:300]}). See that it is there and that it "
        "lets this account in."
    )


def _without_password(place: str) -> str:
    return re.sub(r"(://[^/@:\s]*):[^/@\s]*@", r"\1:…@", place)
