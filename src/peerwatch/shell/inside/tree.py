"""Walking the file systems of the hosts, and reading what lies there.

Directories and files are opened below one that is open already, and no link on the way is followed,
so that nobody within can lead a look astray by putting a link where a directory was.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from peerwatch.shell.inside import linux_calls as calls
from peerwatch.shell.inside.process import RunningHost

MAX_TEXT = 256 * 1024
"""Bytes up to which a file's text is told."""
WINDOW = 128 * 1024 * 1024
"""Bytes of a file that are searched at a time."""
_BLOCK = 1 << 20
_LONGEST = 2_000
"""Bytes of a name below an open directory; the kernel takes 4,096 at most."""
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

    def open(self, flags: int = 0) -> int | None:
        """Return an open file; None where it is gone, or there is a link in its place."""
        try:
            return calls.open_beneath(self.base.fd, self.name, os.O_RDONLY | os.O_NONBLOCK | flags)
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


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds."""

    info: os.stat_result
    """Of the moment it was read."""
    digest: str
    text: bytes | None
    """All of it, where it is a short text."""


def roots(host: RunningHost) -> dict[str, Base]:
    """Return the file systems that a host can write to, by where they are mounted."""
    places = {
        "": f"{host.root}/root",
        "/usr/local": f"{host.root}/local",
        "/dev": f"/proc/{host.init}/root/dev",
    }
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    return {path: Base(os.open(full, flags)) for path, full in places.items()}


def walk(found: dict[str, Base]) -> Iterator[TreeEntry]:
    """Yield every file and link below some roots, however deep it lies."""
    todo = [(path, Place(base, ".")) for path, base in found.items()]
    while todo:
        path, place = todo.pop()
        fd = place.open(os.O_DIRECTORY)
        if fd is None:
            continue
        base = Base(fd)
        deep = len(os.fsencode(place.name)) > _LONGEST
        if deep:
            path = f"{path[:200]}...{os.fstat(fd).st_ino}"
        for name, info in _listed(fd):
            own = f"{path}/{name}"
            if stat.S_ISDIR(info.st_mode):
                if own not in ("/dev/pts", "/proc", "/dev"):
                    below = Place(base, name) if deep else Place(place.base, f"{place.name}/{name}")
                    todo.append((own, below))
            elif stat.S_ISREG(info.st_mode) or (stat.S_ISLNK(info.st_mode) and path != "/dev"):
                target = _target(fd, name) if stat.S_ISLNK(info.st_mode) else ""
                yield TreeEntry(own, Place(base, name), info, target)


def _listed(fd: int) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(fd) as entries:
        for entry in entries:
            try:
                yield entry.name, entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue


def _target(fd: int, name: str) -> str:
    try:
        return os.readlink(name, dir_fd=fd)
    except OSError:  # it was replaced, and the next look tells by what
        return ""


def content(place: Place, search: Callable[[bytes], None] | None = None) -> Content | None:
    """Read a file; return None where it is gone.

    All of it is read each time: its times say nothing of writing through a memory map.

    Args:
        place: Where it lies.
        search: Called with what it holds, in windows; what is read and what is searched are the
            same bytes.
    """
    fd = place.open()
    if fd is None:
        return None
    try:
        info = os.fstat(fd)
        if not stat.S_ISREG(info.st_mode):
            return None
        found, window, size, text = sha256(), bytearray(), 0, bytearray()
        holes = info.st_blocks * 512 < info.st_size
        for mark, block in (_with_holes if holes else _whole)(fd, info.st_size):
            found.update(mark)
            found.update(block)
            size += len(block)
            if size <= MAX_TEXT:
                text += block
            if search is not None:
                window += block
                if len(window) >= WINDOW:
                    search(_taken(window))
        if window and search is not None:
            search(_taken(window))
    finally:
        os.close(fd)
    if holes:
        return Content(info, f"with-holes:{info.st_size}:{found.hexdigest()}", None)
    readable = size <= MAX_TEXT and _is_text(text)
    return Content(info, f"sha256:{found.hexdigest()}", bytes(text) if readable else None)


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
