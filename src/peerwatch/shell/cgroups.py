"""Control groups, where the machine lets us have them: memory and processes of a whole instance.

They are made below a group that can be written to (version 2 with the controllers handed down, or
version 1), and named after the process that made them, so that those of ended runs can be told and
removed.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from peerwatch.shell.spec import HostLimits

_ROOT = Path("/sys/fs/cgroup")
_PREFIX = "hosts-"
_counter = itertools.count()


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """The group that an instance was put in."""

    folders: tuple[Path, ...]

    def add(self, pid: int) -> None:
        """Put a process in, with all that it will start."""
        for folder in self.folders:
            with contextlib.suppress(OSError):
                (folder / "cgroup.procs").write_text(str(pid), encoding="ascii")

    def remove(self) -> None:
        """Remove the group, once its processes have ended."""
        for folder in self.folders:
            for _ in range(50):
                try:
                    folder.rmdir()
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.01)  # the kernel is still burying the last process
                else:
                    break


def make_group(limits: HostLimits) -> ControlGroup | None:
    """Return a new group with its limits, or None where the machine has none for us.

    The first of a process removes what killed ones left.
    """
    number = next(_counter)
    if number == 0:
        sweep()
    name = f"{_PREFIX}{os.getpid()}-{_started(os.getpid())}-{number}"
    folders = []
    for place, settings in _places(limits).items():
        folder = place / name
        try:
            folder.mkdir()
        except OSError:
            continue
        folders.append(folder)
        for file, value in settings.items():
            with contextlib.suppress(OSError):
                (folder / file).write_text(str(value), encoding="ascii")
    return ControlGroup(tuple(folders)) if folders else None


def sweep() -> int:
    """Remove the groups of processes that have ended; return how many groups went."""
    gone = 0
    for place in _places(HostLimits()):
        for folder in place.glob(f"{_PREFIX}*-*-*"):
            pid, started, _ = folder.name.removeprefix(_PREFIX).split("-", 2)
            if pid.isdigit() and _started(int(pid)) != started:
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    gone += 1
    return gone


def _places(limits: HostLimits) -> Mapping[Path, Mapping[str, int | str]]:
    """Return the groups in which one can be made, and what to set there."""
    processes = 4 * limits.processes
    memory: dict[str, int | str] = {"memory.max": limits.memory, "memory.swap.max": 0}
    found: dict[Path, Mapping[str, int | str]] = {}
    for place in _writable():
        if place.parent == _ROOT and place.name in ("memory", "pids"):
            single = {"memory": {"memory.limit_in_bytes": limits.memory}, "pids": {}}[place.name]
            found[place] = single or {"pids.max": processes}
        else:
            found[place] = memory | {"pids.max": processes}
    return found


@cache
def _writable() -> tuple[Path, ...]:
    return tuple(place for place in _candidates() if os.access(place, os.W_OK | os.X_OK))


def _candidates() -> Iterator[Path]:
    if (_ROOT / "cgroup.controllers").exists():
        with contextlib.suppress(OSError, IndexError):
            own = Path("/proc/self/cgroup").read_text(encoding="utf-8").split("::", 1)[1].strip()
            for place in (_ROOT / own.lstrip("/"), (_ROOT / own.lstrip("/")).parent):
                handed = (place / "cgroup.subtree_control").read_text(encoding="ascii").split()
                if {"memory", "pids"} & set(handed):
                    yield place
                    return
        return
    for name in ("memory", "pids"):
        if (_ROOT / name / "cgroup.procs").exists():
            yield _ROOT / name


def _started(pid: int) -> str:
    """Return when a process started, in ticks; empty if there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]
