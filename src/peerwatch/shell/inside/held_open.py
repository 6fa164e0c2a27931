"""What lies in no directory and stands all the same.

That is files that processes hold open or were started from though their last name is gone, memory
files, what waits in pipes, and shared memory. Each is told as a file of the process that holds it,
``/proc/PID/fd/N`` or ``/proc/PID/exe`` by the host's own numbers, or as ``/proc/sysvipc/shm/ID``.
What is only mapped is read from memory, ``/proc/PID/map_files/START-END``; what waits in sockets is
told of and not read.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import re
import stat
import struct
import termios
from collections.abc import Iterator, Sequence

from peerwatch.shell.inside import linux_calls as calls
from peerwatch.shell.inside.process import RunningHost
from peerwatch.shell.inside.tree import Watch

LEAST = 4096
"""Bytes in a pipe from which it is looked into: less is traffic."""
LARGEST = 64 * 1024 * 1024
"""Bytes of a segment of shared memory up to which it is looked into."""
_READ_ONLY = 0o10000


def unnamed_files(
    pid: int, where: str, known: set[tuple[int, int]], watch: Watch
) -> Iterator[tuple[str, int]]:
    """Yield the files of a process that have no name, each as its path and an open file.

    Args:
        pid: The process, by the looker's numbers.
        where: Its directory under ``/proc`` as its host numbers it.
        known: By device and inode, what was looked into already: several processes may hold it.
        watch: Is told what cannot be opened.
    """
    for own, told in _threads(pid, where):
        with contextlib.suppress(OSError):  # it has ended
            for number in sorted(os.listdir(f"{own}/fd"), key=int):
                watch.tick()
                yield from _unnamed(own, told, f"fd/{number}", known, watch)
        yield from _unnamed(own, told, "exe", known, watch)


def mapped_files(
    pid: int, where: str, known: set[tuple[int, int]], watch: Watch
) -> Iterator[tuple[str, int]]:
    """Yield files that have no name and that a process has mapped and not open.

    Of each what is mapped is read from the process's memory, by where it lies in the file.

    Args:
        pid: The process, by the looker's numbers.
        where: Its directory under ``/proc`` as its host numbers it.
        known: By device and inode, what was looked into.
        watch: Is told what cannot be read.
    """
    try:
        with open(f"/proc/{pid}/maps", "rb") as file:
            found = _MAPPED.findall(file.read())
    except OSError:  # it has ended
        return
    parts: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for start, end, offset, major, minor, number in found:
        inode = os.makedev(int(major, 16), int(minor, 16)), int(number)
        if inode not in known:
            part = int(offset, 16), int(start, 16), int(end, 16)
            parts.setdefault(inode, []).append(part)
    held = sum(end - start for one in parts.values() for _, start, end in one)
    if held <= LEAST:
        return
    known.update(parts)
    try:
        if held > LARGEST:
            raise OSError(errno.EFBIG, "too many")
        for one in parts.values():
            watch.tick()
            copy = _of_memory(pid, sorted(one))
            yield f"{where}/map_files/{one[0][1]:x}-{one[0][2]:x}", copy
    except OSError:
        watch.miss(f"{where}/maps", f"{held} bytes of files that are only mapped were not read")


_MAPPED = re.compile(
    rb"^(\w+)-(\w+) \S+ (\w+) (\w+):(\w+) (\d+) +/(?!dev/zero |SYSV)[^\n]* \(deleted\)$",
    re.MULTILINE,
)
"""Of memory that processes share without a file, and of System V, nothing is told here."""


def _of_memory(pid: int, parts: Sequence[tuple[int, int, int]]) -> int:
    """Return an open file with parts of a process's memory, each by offset, start and end.

    Raises:
        OSError: Nothing of a part can be read. Beyond the end of its file nothing is there to read.
    """
    copy = os.memfd_create("mapped", os.MFD_CLOEXEC)
    try:
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            for _, start, end in parts:
                _copy_part(memory.fileno(), copy, start, end)
        os.lseek(copy, 0, os.SEEK_SET)
    except BaseException:
        os.close(copy)
        raise
    return copy


def _copy_part(memory: int, copy: int, start: int, end: int) -> None:
    at = start
    while at < end:
        try:
            block = os.pread(memory, min(_BLOCK, end - at), at)
        except OSError:
            if at == start:
                raise
            return
        if not block:
            return
        os.write(copy, block)
        at += len(block)


_BLOCK = 1 << 16


def _threads(pid: int, where: str) -> Iterator[tuple[str, str]]:
    """Yield a process's directory and those of its further threads, each as it is and as told.

    A thread may hold files of its own, or hold them on when the first one has ended.
    """
    own = f"/proc/{pid}"
    yield own, where
    with contextlib.suppress(OSError):
        if os.stat(f"{own}/task").st_nlink <= _ONE_THREAD:
            return
        for thread in sorted(os.listdir(f"{own}/task"), key=int):
            if int(thread) != pid:
                with open(f"{own}/task/{thread}/status", "rb") as file:
                    number = _NUMBERS.search(file.read())
                if number is not None:
                    yield f"{own}/task/{thread}", f"{where}/task/{number[1].decode()}"


_ONE_THREAD = 3
"""Links of the directory of a process's threads where it has one."""
_NUMBERS = re.compile(rb"\nNSpid:.*?(\d+)\n")


def _unnamed(
    own: str, told: str, name: str, known: set[tuple[int, int]], watch: Watch
) -> Iterator[tuple[str, int]]:
    """Yield what a process holds under a name in its directory, if it has no name elsewhere."""
    held, path = f"{own}/{name}", f"{told}/{name}"
    try:
        info = os.stat(held)
        inode = info.st_dev, info.st_ino
        if stat.S_ISREG(info.st_mode) and info.st_nlink == 0 and info.st_size:
            if inode not in known:
                known.add(inode)
                yield path, os.open(held, os.O_RDONLY | os.O_CLOEXEC)
        elif stat.S_ISFIFO(info.st_mode) and inode not in known:
            known.add(inode)
            copy = _of_pipe(held)
            if copy is not None:
                yield path, copy
        elif stat.S_ISSOCK(info.st_mode) and inode not in known:
            known.add(inode)
            count = _on_their_way(f"{own}/fdinfo/{name.rpartition('/')[2]}")
            if count:
                watch.miss(path, f"{count} open files are on their way in it and were not read")
    except FileNotFoundError:
        return
    except OSError as error:
        watch.miss(path, error.strerror or str(error))


def _on_their_way(path: str) -> int:
    """Return how many open files wait in a socket to be taken out; none where nobody can say."""
    with open(path, "rb") as file:
        found = _PASSED.search(file.read())
    return 0 if found is None else int(found[1])


_PASSED = re.compile(rb"\nscm_fds:\s*(\d+)")


def _of_pipe(path: str) -> int | None:
    """Return an open file with what waits in a pipe, which stays in it; None where it is little."""
    pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        (waiting,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))
        if waiting < LEAST:
            return None
        out, into = os.pipe()
        try:
            fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ))
            calls.tee(pipe, into, waiting)
            os.close(into)
            into = -1
            copy = os.memfd_create("pipe", os.MFD_CLOEXEC)
            while block := os.read(out, 1 << 16):
                os.write(copy, block)
            os.lseek(copy, 0, os.SEEK_SET)
            return copy
        finally:
            os.close(out)
            if into >= 0:
                os.close(into)
    finally:
        os.close(pipe)


def shared_memory(host: RunningHost, watch: Watch) -> Iterator[tuple[str, int]]:
    """Yield a host's segments of System V shared memory, each as a path and an open file."""
    try:
        found = _segments(host, watch)
    except OSError as error:
        watch.miss("/proc/sysvipc/shm", error.strerror or str(error))
        return
    yield from found


def _segments(host: RunningHost, watch: Watch) -> list[tuple[str, int]]:
    found = []
    home = os.open("/proc/self/ns/ipc", os.O_RDONLY | os.O_CLOEXEC)
    try:
        calls.setns(host.pidfd, calls.NEWIPC)
        try:
            with open("/proc/sysvipc/shm", encoding="ascii") as file:
                rows = [line.split() for line in file][1:]
            for number, size in ((int(row[1]), int(row[3])) for row in rows):
                path = f"/proc/sysvipc/shm/{number}"
                if size > LARGEST:
                    watch.miss(path, f"a segment of {size} bytes was not looked into")
                else:
                    found.append((path, _of_segment(number, size)))
        finally:
            calls.setns(home, calls.NEWIPC)
    finally:
        os.close(home)
    return found


def _of_segment(number: int, size: int) -> int:
    copy = os.memfd_create("shm", os.MFD_CLOEXEC)
    address = calls.attach_segment(number, _READ_ONLY)
    try:
        view = (ctypes.c_char * size).from_address(address)
        os.write(copy, memoryview(view))
    finally:
        calls.detach_segment(address)
    os.lseek(copy, 0, os.SEEK_SET)
    return copy
