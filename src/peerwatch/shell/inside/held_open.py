"""What lies in no directory and stands all the same.

That is files that processes hold open though their last name is gone, memory files, what waits in
pipes, and shared memory. Each is told as a file of the process that holds it, ``/proc/PID/fd/N`` by
the host's own numbers, or as ``/proc/sysvipc/shm/ID``. What is only mapped, and what waits in
sockets and message queues, is not read.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import stat
import struct
import termios
from collections.abc import Iterator

from peerwatch.shell.inside import linux_calls as calls
from peerwatch.shell.inside.process import RunningHost
from peerwatch.shell.inside.tree import Watch

LEAST = 4096
"""Bytes in a pipe from which it is looked into: less is traffic."""
LARGEST = 64 * 1024 * 1024
"""Bytes of a segment of shared memory up to which it is looked into."""
_READ_ONLY = 0o10000


def unnamed_files(pid: int, where: str, pipes: set[int], watch: Watch) -> Iterator[tuple[str, int]]:
    """Yield the files of a process that have no name, each as its path and an open file.

    Args:
        pid: The process, by the looker's numbers.
        where: Its directory under ``/proc`` as its host numbers it.
        pipes: The pipes that were looked into, each of which several processes may hold.
        watch: Is told what cannot be opened.
    """
    with contextlib.suppress(OSError):  # it has ended
        for number in sorted(os.listdir(f"/proc/{pid}/fd"), key=int):
            own, path = f"/proc/{pid}/fd/{number}", f"{where}/fd/{number}"
            watch.tick()
            try:
                info = os.stat(own)
                if stat.S_ISREG(info.st_mode) and info.st_nlink == 0 and info.st_size:
                    yield path, os.open(own, os.O_RDONLY | os.O_CLOEXEC)
                elif stat.S_ISFIFO(info.st_mode) and info.st_ino not in pipes:
                    pipes.add(info.st_ino)
                    copy = _of_pipe(own)
                    if copy is not None:
                        yield path, copy
            except FileNotFoundError:
                continue
            except OSError as error:
                watch.miss(path, error.strerror or str(error))


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
