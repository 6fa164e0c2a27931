"""Opening and walking without being led astray: no link is followed that an account could place.

Every step is relative to an open directory and refuses links, so that one swapped in while a look
goes on leads nowhere. A link is followed only in a directory that root alone may write to (such as
``/var/run``), which is how the system itself is laid out.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from typing import NamedTuple

from peerwatch.oversight.sensor.on_host.probe_limits import Limits

DEEPEST = 200
"""Directories within directories that are walked."""
_MOST_LINKS = 20
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_OCTAL = re.compile(rb"\\([0-7]{3})")
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY


class LedAstrayError(OSError):
    """A link stands in the way that an account could have put there."""


class Found(NamedTuple):
    """A name in an open directory."""

    path: bytes
    folder: int
    name: bytes
    status: os.stat_result


def open_folder(path: bytes, root: int) -> int:
    """Open a directory by an absolute path; links in it only where root alone could put them.

    Raises:
        OSError: It is not there or cannot be opened; LedAstrayError names the link in the way.
    """
    here = os.dup(root)
    links = 0
    waiting = _parts(path)
    try:
        while waiting:
            name = waiting.pop(0)
            status = _status(name, here)
            if stat.S_ISLNK(status.st_mode):
                links += 1
                target = _trusted_target(name, here, path, links)
                waiting[:0] = _parts(target)
                if target.startswith(b"/"):
                    os.close(here)
                    here = os.dup(root)
                continue
            inner = os.open(name, _DIRECTORY, dir_fd=here)
            os.close(here)
            here = inner
    except BaseException:
        os.close(here)
        raise
    return here


def _status(name: bytes, folder: int) -> os.stat_result:
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def _trusted_target(name: bytes, folder: int, path: bytes, links: int) -> bytes:
    """Return where a link leads, if nobody but root could have put it there."""
    around = os.fstat(folder)
    by_root = around.st_uid == 0 and not around.st_mode & 0o022
    if not by_root or links > _MOST_LINKS:
        shown = os.fsdecode(path)
        raise LedAstrayError(40, f"a link stands in the way of {shown}: {os.fsdecode(name)}")
    return os.readlink(name, dir_fd=folder)


def _parts(path: bytes) -> list[bytes]:
    return [one for one in path.split(b"/") if one not in (b"", b".")]


def status_of(path: bytes, root: int) -> tuple[int, bytes, os.stat_result]:
    """Return the open directory, which is to be closed, the name in it, and what stands there.

    Raises:
        OSError: There is nothing, or the way there cannot be gone.
    """
    above, _, name = path.rstrip(b"/").rpartition(b"/")
    folder = open_folder(above, root)
    try:
        return folder, name, _status(name, folder)
    except BaseException:
        os.close(folder)
        raise


def open_file(name: bytes, folder: int, seen: os.stat_result | None) -> int:
    """Open a regular file for reading, without moving its time of reading where that is allowed.

    Args:
        name: Its name in ``folder``.
        folder: The open directory.
        seen: What was seen there before; something else by now is an error.

    Raises:
        OSError: It is no regular file, cannot be opened, or is another by now.
    """
    try:
        fd = os.open(name, _FILE | os.O_NOATIME, dir_fd=folder)
    except PermissionError:
        fd = os.open(name, _FILE, dir_fd=folder)
    status = os.fstat(fd)
    same = seen is None or (status.st_dev, status.st_ino) == (seen.st_dev, seen.st_ino)
    if not stat.S_ISREG(status.st_mode) or not same:
        os.close(fd)
        raise LedAstrayError(40, "something else was put there while it was looked at")
    return fd


def walk(
    path: bytes,
    root: int,
    limits: Limits,
    failed: list[tuple[bytes, str]],
    left_out: Callable[[bytes], bool] = lambda path: False,
) -> Iterator[Found]:
    """Yield everything below a directory, directories too; pseudo file systems are left out.

    What cannot be listed is appended to ``failed`` with the reason. The open directory of what is
    yielded is good until the next is asked for. Directories for which ``left_out`` says so are
    yielded and not entered.

    Raises:
        OutOfTimeError: The time is over.
    """
    try:
        top = open_folder(path, root)
    except FileNotFoundError:
        return
    except OSError as error:
        failed.append((path, error.strerror or str(error)))
        return
    yield from _below(path.rstrip(b"/"), top, limits, failed, left_out, 0)


def _below(
    path: bytes,
    folder: int,
    limits: Limits,
    failed: list[tuple[bytes, str]],
    left_out: Callable[[bytes], bool],
    depth: int,
) -> Iterator[Found]:
    """Walk an open directory, and close it."""
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number % 64 == 0:
                    limits.check()
                name = os.fsencode(entry.name)
                inner = path + b"/" + name
                if inner in _far_mounts():
                    failed.append(
                        (inner, "a mount that may not answer (network, FUSE): not entered")
                    )
                    continue
                try:
                    status = _status(name, folder)
                except FileNotFoundError:
                    continue
                except OSError as error:
                    failed.append((inner, error.strerror or str(error)))
                    continue
                yield Found(inner, folder, name, status)
                if stat.S_ISDIR(status.st_mode) and not left_out(inner):
                    yield from _into(inner, name, folder, limits, failed, left_out, depth + 1)
    except OSError as error:
        failed.append((path, error.strerror or str(error)))
    finally:
        os.close(folder)


def _into(
    path: bytes,
    name: bytes,
    folder: int,
    limits: Limits,
    failed: list[tuple[bytes, str]],
    left_out: Callable[[bytes], bool],
    depth: int,
) -> Iterator[Found]:
    if depth > DEEPEST:
        failed.append((path, f"deeper than {DEEPEST} directories"))
        return
    try:
        inner = os.open(name, _DIRECTORY, dir_fd=folder)
    except FileNotFoundError:
        return
    except OSError as error:
        failed.append((path, error.strerror or str(error)))
        return
    if _is_pseudo(inner):
        os.close(inner)
        return
    yield from _below(path, inner, limits, failed, left_out, depth)


def _is_pseudo(folder: int) -> bool:
    """Return whether a directory is of a file system that holds no files (``/proc``, ``/sys``)."""
    return os.fstat(folder).st_dev in _pseudo_devices()


def _pseudo_devices() -> frozenset[int]:
    if not _PSEUDO:
        for path in ("/proc", "/sys", "/dev/pts", "/sys/fs/cgroup"):
            with contextlib.suppress(OSError):
                _PSEUDO.add(os.stat(path).st_dev)
        _PSEUDO.discard(os.stat("/").st_dev)  # an empty directory where nothing is mounted
    return frozenset(_PSEUDO)


_PSEUDO: set[int] = set()
_FAR: list[frozenset[bytes]] = []
_FAR_KINDS = (b"fuse", b"nfs", b"cifs", b"smb", b"9p", b"ceph", b"glusterfs", b"afs")


def _far_mounts() -> frozenset[bytes]:
    """Return where file systems are mounted that may keep a look waiting for ever."""
    if not _FAR:
        found = set()
        with contextlib.suppress(OSError), open("/proc/self/mountinfo", "rb") as file:
            for line in file:
                head, _, tail = line.partition(b" - ")
                if tail.startswith(_FAR_KINDS) and len(head.split()) > 4:
                    found.add(_OCTAL.sub(lambda one: bytes([int(one[1], 8)]), head.split()[4]))
        _FAR.append(frozenset(found))
    return _FAR[0]
