"""The processes of the hosts, and which of a host's own programs each of them runs."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from peerwatch.shell.inside import linux_calls as calls
from peerwatch.shell.inside.process import RunningHost


def states() -> dict[int, str]:
    """Return the state of every process that there is, one letter each."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
                found[int(name)] = file.read().rpartition(b")")[2].split()[0].decode()
    return found


def processes(
    hosts: Sequence[RunningHost], states: Mapping[int, str]
) -> dict[str, list[list[Any]]]:
    """Return each host's processes.

    Of each its number, parent and user as the keeper sees them, its words, its program's file, its
    state, the program of the host's own that it runs (empty for none), and its number on the host.
    """
    spaces: dict[str, str] = {}
    for host in hosts:
        with contextlib.suppress(OSError):
            spaces[os.readlink(f"/proc/{host.init}/ns/pid")] = host.name
    own = {host.name: _Programs(host) for host in hosts}
    found: dict[str, list[list[Any]]] = {host.name: [] for host in hosts}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            host_name = spaces.get(os.readlink(f"/proc/{name}/ns/pid"))
            if host_name is None:
                continue
            row = _process(int(name), own[host_name], states)
        except OSError:
            continue
        if row is not None:
            found[host_name].append(row)
    return found


def _process(pid: int, programs: _Programs, states: Mapping[int, str]) -> list[Any] | None:
    standing = _standing(pid)
    if standing is None:
        return None
    place, fields = standing
    with open(f"{place}/cmdline", "rb") as file:
        words = file.read(4096).decode(errors="replace").split("\0")[:-1]
    user = os.stat(f"/proc/{pid}").st_uid
    program = os.readlink(f"{place}/exe")
    with open(f"/proc/{pid}/status", "rb") as file:
        told = dict(_TOLD.findall(file.read(8192)))
    waiting = int(told.get(b"SigPnd", b"0"), 16) | int(told.get(b"ShdPnd", b"0"), 16)
    if waiting & _KILL:
        return None
    state = "T" if waiting & _STOP else states.get(pid, fields[0])
    number, runs = told[b"NSpid"].split()[-1], programs.run_by(place)
    return [pid, int(fields[1]), user, words, program, state, runs, int(number)]


def _standing(pid: int) -> tuple[str, list[str]] | None:
    """Return where a process is told of, and its state and what follows it; None where it is over.

    One whose first thread has ended goes on with the others, and is told of with one of them.
    """
    place = f"/proc/{pid}"
    fields = _fields(place)
    if fields[0] != "Z":
        return place, fields
    for thread in os.listdir(f"{place}/task") if int(fields[_THREADS]) > 1 else ():
        with contextlib.suppress(OSError):
            other = _fields(f"{place}/task/{thread}")
            if other[0] != "Z":
                return f"{place}/task/{thread}", other
    return None


def _fields(place: str) -> list[str]:
    with open(f"{place}/stat", encoding="ascii", errors="replace") as file:
        return file.read().rpartition(")")[2].split()


_THREADS = 17
"""Where the number of threads stands, from the state on."""
_TOLD = re.compile(rb"\n(NSpid|SigPnd|ShdPnd):\s+([^\n]*)")
_KILL, _STOP = 1 << 8, 1 << 18
"""Signals that wait for a process and that it will not outlive, or not go on after."""
_SHELLS = ("sh", "dash", "bash")
CRON = "/usr/sbin/cron"


class _Programs:
    """The programs of a host by what the kernel knows them by, which nobody within can choose."""

    def __init__(self, host: RunningHost) -> None:
        top = f"/proc/{host.init}/root"
        self._shells = {one for name in _SHELLS if (one := _inode(f"{top}/usr/bin/{name}"))}
        self._cron = _inode(f"{top}{CRON}")
        self._own: dict[tuple[int, int], str] = {}
        with contextlib.suppress(OSError):
            folder = os.open(f"{host.root}/local", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                below = calls.open_beneath(folder, "sbin", os.O_RDONLY | os.O_DIRECTORY)
            finally:
                os.close(folder)
            try:
                for name in os.listdir(below):
                    info = os.stat(name, dir_fd=below, follow_symlinks=False)
                    self._own[info.st_dev, info.st_ino] = f"/usr/local/sbin/{name}"
            finally:
                os.close(below)

    def run_by(self, place: str) -> str:
        """Return the program that a process runs: a script that a shell of the host has open."""
        file = _inode(f"{place}/exe")
        if file is None:
            return ""
        if file == self._cron:
            return CRON
        if file not in self._shells:
            return ""
        for number in os.listdir(f"{place}/fd"):
            if int(number) > 2:
                script = self._own.get(_inode(f"{place}/fd/{number}") or (0, 0))
                if script is not None:
                    return script
        return ""


def _inode(path: str) -> tuple[int, int] | None:
    try:
        info = os.stat(path)
    except OSError:
        return None
    return info.st_dev, info.st_ino


def descendants(pid: int) -> list[int]:
    """Return the processes that come from one, the youngest last."""
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                parent = int(_fields(f"/proc/{name}")[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(name))
    found, todo = [], [pid]
    while todo:
        todo += parents.get(one := todo.pop(), ())
        found.append(one)
    return found[1:]
