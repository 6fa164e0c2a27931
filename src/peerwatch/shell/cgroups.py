"""Control groups, where the machine lets us have them: an instance's limits, and its freezer.

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
_VERSION_1 = ("memory", "pids", "freezer")
_counter = itertools.count()


_GUESTS = "guests"
"""Below a group of version 2: what is frozen; the process that looks stays in the group itself."""


@dataclass(frozen=True, slots=True)
class Freezer:
    """The files by which an instance is held still."""

    outside: Path
    """Where a process writes 0 to leave what is frozen."""
    control: Path
    """Where ``stop`` or ``go`` is written."""
    status: Path
    """Where ``still`` can be read once everything is."""
    stop: str
    go: str
    still: str


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """The group that an instance was put in."""

    folders: tuple[Path, ...]
    freezer: Freezer | None = None

    def add(self, pid: int) -> None:
        """Put a process in, with all that it will start."""
        for folder in self.folders:
            if (folder / _GUESTS) not in self.folders:  # a group with groups holds no process
                with contextlib.suppress(OSError):
                    (folder / "cgroup.procs").write_text(str(pid), encoding="ascii")

    def thaw(self) -> None:
        """Let everything go on that was held still: nothing that is can be ended."""
        if self.freezer is not None:
            with contextlib.suppress(OSError):
                self.freezer.control.write_text(self.freezer.go, encoding="ascii")

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
    folders: list[Path] = []
    freezer = None
    for place, settings in _places(limits).items():
        folder = place / name
        try:
            folder.mkdir()
        except OSError:
            continue
        for file, value in settings.items():
            with contextlib.suppress(OSError):
                (folder / file).write_text(str(value), encoding="ascii")
        if (folder / "cgroup.freeze").exists():  # version 2
            guests = folder / _GUESTS
            guests.mkdir()
            folders += [guests, folder]
            freezer = _freezer(folder, guests)
        else:
            folders.append(folder)
            freezer = freezer or _freezer(place, folder)
    return ControlGroup(tuple(folders), freezer) if folders else None


def _freezer(outside: Path, folder: Path) -> Freezer | None:
    """Return the freezer of a group, None where it has none that can be used."""
    found = None
    procs = outside / "cgroup.procs"
    if (folder / "cgroup.freeze").exists():
        events = folder / "cgroup.events"
        found = Freezer(procs, folder / "cgroup.freeze", events, "1", "0", "frozen 1")
    elif (folder / "freezer.state").exists():
        state = folder / "freezer.state"
        found = Freezer(procs, state, state, "FROZEN", "THAWED", "FROZEN")
    if found is None or not all(os.access(one, os.W_OK) for one in (procs, found.control)):
        return None
    return found


def sweep() -> int:
    """Remove the groups of processes that have ended; return how many groups went."""
    gone = 0
    for place in _places(HostLimits()):
        for folder in place.glob(f"{_PREFIX}*-*-*"):
            pid, started, _ = folder.name.removeprefix(_PREFIX).split("-", 2)
            if pid.isdigit() and _started(int(pid)) != started:
                gone += _swept(place, folder)
    return gone


def _swept(place: Path, folder: Path) -> bool:
    """Remove a group; what was held still when its harness was killed goes on, and so ends."""
    guests = folder / _GUESTS
    inner = guests if guests.is_dir() else folder
    ControlGroup((), _freezer(place, inner)).thaw()
    try:
        for one in {inner: None, folder: None}:
            one.rmdir()
    except OSError:
        return False
    return True


def _places(limits: HostLimits) -> Mapping[Path, Mapping[str, int | str]]:
    """Return the groups in which one can be made, and what to set there."""
    processes = 4 * limits.processes
    memory: dict[str, int | str] = {"memory.max": limits.memory, "memory.swap.max": 0}
    found: dict[Path, Mapping[str, int | str]] = {}
    for place in _writable():
        if place.parent == _ROOT and place.name in _VERSION_1:
            found[place] = {
                "memory": {"memory.limit_in_bytes": limits.memory},
                "pids": {"pids.max": processes},
                "freezer": {},
            }[place.name]
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
            place = _ROOT / own.lstrip("/")
            for one in (place, place.parent):
                handed = (one / "cgroup.subtree_control").read_text(encoding="ascii").split()
                if {"memory", "pids"} & set(handed):
                    yield one
                    return
            yield place  # without limits, and still with a freezer
        return
    for name in _VERSION_1:
        if (_ROOT / name / "cgroup.procs").exists():
            yield _ROOT / name


def _started(pid: int) -> str:
    """Return when a process started, in ticks; empty if there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]
