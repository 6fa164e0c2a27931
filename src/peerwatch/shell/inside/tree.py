"""Walking the file systems of the hosts, and reading what lies there.

Directories and files are opened below one that is open already, and no link on the way is followed,
so that nobody within can lead a look astray by putting a link where a directory was. What cannot
be read is told with the reason and stops nothing.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import NamedTuple

from peerwatch.shell.inside import linux_calls as calls
from peerwatch.shell.inside.process import RunningHost

MAX_TEXT = 256 * 1024
"""Bytes up to which a file's text is told."""
LONG_TEXT = 4 * 1024 * 1024
"""Bytes up to which it is told of a file that is read as a text whatever is in it."""
WINDOW = 128 * 1024 * 1024
"""Bytes of a file that are searched at a time."""
_BLOCK = 1 << 20
_LONGEST = 2_000
"""Bytes of a name below an open directory; the kernel takes 4,096 at most."""
DEEPEST = 200
"""Open directories below one another from which a path is named, each ``_LONGEST`` bytes."""
_GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO, errno.ESTALE})
"""How the kernel says that something is no longer there, or is now of another kind."""


class Base:
    """An open directory; it is closed with the last place that is named from it."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def __del__(self) -> None:
        os.close(self.fd)


class Place(NamedTuple):
    """Where something lies."""

    base: Base
    name: str
    """Its name below the base."""
    depth: int = 0
    """How many open directories the base lies below."""

    def open(self, flags: int = 0) -> int | None:
        """Return an open file; None where it is gone, or there is a link in its place."""
        how = os.O_RDONLY | os.O_NONBLOCK | os.O_NOATIME | flags  # a look leaves no trace
        try:
            return calls.open_beneath(self.base.fd, self.name, how)
        except OSError as error:
            if error.errno in _GONE:
                return None
            raise


class TreeEntry(NamedTuple):
    """A file or link of a host."""

    path: str
    """As the host names it. One over some thousand bytes is cut, and the directory's number put in
    its place."""
    place: Place
    info: os.stat_result
    target: str
    """Where a link leads."""


class Content(NamedTuple):
    """What a file holds."""

    info: os.stat_result
    """Of the moment it was read."""
    digest: str
    text: bytes | None
    """All of it, where it is a short text or one that is to be read as a text."""
    cut: bool = False
    """Whether it was to be read as a text and is too long for that."""


class OutOfTime(Exception):
    """The time that a look may take is over."""


class Watch:
    """How long a look may take, and what it could not see: pairs of a path and why."""

    def __init__(self, end: float) -> None:
        """Watch until a moment of ``time.monotonic``."""
        self.end = end
        self.missed: dict[str, str] = {}
        self.attributes = 0
        """Bytes of extended attributes met so far."""

    def miss(self, path: str, why: str) -> None:
        """Note what could not be seen."""
        self.missed.setdefault(path, why)

    def tick(self) -> None:
        """Be called every now and then.

        Raises:
            OutOfTime: The look has to come to its end.
        """
        if time.monotonic() > self.end:
            raise OutOfTime


def roots(host: RunningHost) -> dict[str, Base]:
    """Return the file systems that a host can write to, by where they are mounted."""
    places = {
        "": f"{host.root}/root",
        "/usr/local": f"{host.root}/local",
        "/dev": f"/proc/{host.init}/root/dev",
    }
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    return {path: Base(os.open(full, flags)) for path, full in places.items()}


def walk(found: dict[str, Base], watch: Watch) -> Iterator[TreeEntry]:
    """Yield every file and link below some roots.

    What cannot be opened or listed, or lies too deep, is noted as missed. Never are more
    directories open than ``DEEPEST`` and a few.

    Raises:
        OutOfTime: The look has to come to its end.
    """
    todo = [(path, Place(base, ".")) for path, base in found.items()]
    while todo:
        path, place = todo.pop()
        watch.tick()
        try:
            fd = place.open(os.O_DIRECTORY)
        except OSError as error:
            watch.miss(path, error.strerror or str(error))
            continue
        if fd is None:
            continue
        base = Base(fd)
        attributes(fd, path, watch)
        deep = len(os.fsencode(place.name)) > _LONGEST
        if deep:
            path = f"{path[:200]}...{os.fstat(fd).st_ino}"
        if place.depth + deep > DEEPEST:
            watch.miss(path, "it lies too deep to be looked into")
            continue
        for name, info in _listed(fd, path, watch):
            own = f"{path}/{name}"
            if stat.S_ISDIR(info.st_mode):
                if own not in _NOT_OURS:
                    todo.append((own, _below(place, base, name, deep)))
            elif stat.S_ISREG(info.st_mode) or (stat.S_ISLNK(info.st_mode) and path != "/dev"):
                target = _target(fd, name) if stat.S_ISLNK(info.st_mode) else ""
                yield TreeEntry(own, Place(base, name), info, target)


MOST_ATTRIBUTES = 1_000
"""Bytes of a file's extended attributes from which they are told: they are not looked into."""
MOST_OF_A_HOST = 12_000
"""Bytes of all files' together from which that is told."""


def attributes(fd: int, path: str, watch: Watch) -> None:
    """Note extended attributes that hold much; what a file has of them is no part of a snapshot."""
    held = 0
    with contextlib.suppress(OSError):  # none can be had
        for name in os.listxattr(fd):
            held += len(name)
            with contextlib.suppress(OSError):
                held += len(os.getxattr(fd, name))
    before, watch.attributes = watch.attributes, watch.attributes + held
    if held > MOST_ATTRIBUTES:
        watch.miss(path, f"its extended attributes hold {held} bytes and were not looked into")
    elif before <= MOST_OF_A_HOST < watch.attributes:
        held = watch.attributes
        watch.miss(path, f"up to it extended attributes hold {held} bytes and were not looked into")


_NOT_OURS = frozenset({"/dev/pts", "/proc", "/dev"})
"""What the kernel makes on a host, and what is mounted there and walked as a root itself."""


def _below(place: Place, base: Base, name: str, deep: bool) -> Place:
    """Return the place of a directory, named from the open one above it where its name is long."""
    if deep:
        return Place(base, name, place.depth + 1)
    return Place(place.base, f"{place.name}/{name}", place.depth)


def _listed(fd: int, path: str, watch: Watch) -> Iterator[tuple[str, os.stat_result]]:
    try:
        with os.scandir(fd) as entries:
            for entry in entries:
                try:
                    yield entry.name, entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
    except OSError as error:
        watch.miss(path, error.strerror or str(error))


def _target(fd: int, name: str) -> str:
    try:
        return os.readlink(name, dir_fd=fd)
    except OSError:  # it was replaced, and the next look tells by what
        return ""


def content(
    fd: int,
    watch: Watch,
    search: Callable[[bytes], None] | None = None,
    as_text: bool = False,
) -> Content | None:
    """Read an open file from where it stands; return None where it is no regular one.

    All of it is read each time: its times say nothing of writing through a memory map.

    Args:
        fd: The open file.
        watch: How long it may take.
        search: Called with what it holds, in windows; what is read and what is searched are the
            same bytes.
        as_text: Whether it is a text whatever is in it, as for a program that reads it by lines.

    Raises:
        OutOfTime: The look has to come to its end.
        OSError: It could not be read.
    """
    most = LONG_TEXT if as_text else MAX_TEXT
    info = os.fstat(fd)
    if not stat.S_ISREG(info.st_mode):
        return None
    found, window, size, text = sha256(), bytearray(), 0, bytearray()
    holes = info.st_blocks * 512 < info.st_size
    for mark, block in (_with_holes if holes else _whole)(fd, info.st_size):
        watch.tick()
        found.update(mark)
        found.update(block)
        size += len(block)
        if size <= most:
            text += block
        if search is not None:
            window += block
            if len(window) >= WINDOW:
                search(_taken(window))
    if window and search is not None:
        search(_taken(window))
    if holes:
        digest = f"with-holes:{info.st_size}:{found.hexdigest()}"
        return Content(info, digest, bytes(text) if as_text else None, as_text)
    digest = f"sha256:{found.hexdigest()}"
    if as_text:
        return Content(info, digest, bytes(text), size > most)
    return Content(info, digest, bytes(text) if size <= most and _is_text(text) else None)


def _taken(window: bytearray) -> bytes:
    """Return what a window holds and empty it, so that it is not held twice while searched."""
    data = bytes(window)
    window.clear()
    return data


def _whole(fd: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield all of a file; a small one by one small block."""
    while block := os.read(fd, min(_BLOCK, size + 1)):
        yield b"", block


def _with_holes(fd: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield the places and bytes that a file has data at: a hole of any size costs nothing."""
    end = 0
    while end < size:
        try:
            start = os.lseek(fd, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nothing but a hole is left
                return
            raise
        end = os.lseek(fd, start, os.SEEK_HOLE)
        while start < end:
            block = os.pread(fd, min(_BLOCK, end - start), start)
            if not block:
                return
            yield f"{start}:".encode(), block
            start += len(block)


def _is_text(data: bytearray) -> bool:
    if b"\0" in data:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
