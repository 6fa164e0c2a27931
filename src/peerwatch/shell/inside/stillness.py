"""Holding the hosts still while they are looked at, so that nothing moves behind a look's back.

By a control group's freezer where there is one: the kernel holds everything that the keeper has
started. Else by stopping the processes of the hosts one by one from outside. That can be undone
from within (a timer that sends SIGCONT), so that it is checked: whatever has run meanwhile, or is
new, is told.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from peerwatch.shell.inside.process import RunningHost

SECONDS = 2.0
"""How long the hosts are given to come to rest."""
_NOT_STILL = "the hosts could not be held still"
_RESTING = frozenset("tTZX")
"""States of a process that does nothing: stopped, traced, ended."""
_SWITCHES = ("voluntary", "nonvoluntary")
_PAUSE = 0.0005


class Stillness(Protocol):
    """A way to hold the hosts still."""

    def hold(self) -> list[str]:
        """Stop everything; return what went wrong."""

    def let_go(self) -> list[str]:
        """Let everything go on; return what was not still meanwhile."""

    def let_all_go(self) -> None:
        """Let go what somebody else has held who has died since."""


class GroupFreezer:
    """The freezer of the instance's control group, by files that the harness has opened."""

    def __init__(self, words: Mapping[str, Any], control: int, status: int) -> None:
        """Take the freezer over.

        Args:
            words: What is written to ``stop`` and to let ``go``; what says that all is ``still``.
            control: The open file that is written to.
            status: The open file that is read.
        """
        self._stop, self._go = words["stop"].encode(), words["go"].encode()
        self._still = words["still"].encode()
        self._control, self._status = control, status

    def hold(self) -> list[str]:
        """Stop everything; return what went wrong."""
        end = time.monotonic() + SECONDS
        os.pwrite(self._control, self._stop, 0)
        while self._still not in os.pread(self._status, 4096, 0):
            if time.monotonic() > end:
                return [_NOT_STILL]
            time.sleep(_PAUSE)
        return []

    def let_go(self) -> list[str]:
        """Let everything go on."""
        os.pwrite(self._control, self._go, 0)
        return []

    def let_all_go(self) -> None:
        """Let everything go on."""
        self.let_go()


class Stopper:
    """Signals from outside, which nothing within can refuse."""

    def __init__(self, hosts: Sequence[RunningHost]) -> None:
        self._spaces = {os.readlink(f"/proc/{host.init}/ns/pid") for host in hosts}
        self._stopped: list[int] = []
        self._ran: dict[int, str] = {}

    def hold(self) -> list[str]:
        """Stop everything; return what went wrong."""
        end = time.monotonic() + SECONDS
        self._stopped, stopped = [], set[int]()
        while True:
            seen = self._states()
            running = [pid for pid, states in seen.items() if set(states) - _RESTING]
            if not running:
                self._ran = {pid: _ran(pid) for pid in seen}
                return []
            if time.monotonic() > end:
                self._ran = {}
                return [_NOT_STILL]
            for pid in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
                    if pid not in stopped:
                        stopped.add(pid)
                        self._stopped.append(pid)
            time.sleep(_PAUSE)

    def let_go(self) -> list[str]:
        """Let everything go on; return what was not still meanwhile."""
        seen = self._states()
        moved = any(
            set(states) - _RESTING or self._ran.get(pid) != _ran(pid)
            for pid, states in seen.items()
        )
        for pid in reversed(self._stopped):  # what is first on a host goes on last
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        return ["a process ran while the hosts were looked at"] if moved else []

    def let_all_go(self) -> None:
        """Let everything go on that is stopped, whoever has stopped it."""
        for pid, states in self._states().items():
            if "T" in states:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _states(self) -> dict[int, str]:
        """Return the states of every process of the hosts, one letter a thread."""
        found = {}
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError):
                    if os.readlink(f"/proc/{name}/ns/pid") in self._spaces:
                        found[int(name)] = "".join(state for state, _ in _threads(name))
        return found


def _ran(pid: int) -> str:
    """Return how often the threads of a process have been given the processor."""
    with contextlib.suppress(OSError):
        return " ".join(switches for _, switches in _threads(str(pid)))
    return ""


def _threads(pid: str) -> list[tuple[str, str]]:
    """Return of each thread of a process its state and how often it was switched to and away."""
    found = []
    for thread in sorted(os.listdir(f"/proc/{pid}/task")):
        with open(f"/proc/{pid}/task/{thread}/status", encoding="utf-8", errors="replace") as file:
            told = dict(line.partition(":")[::2] for line in file)
        counts = [told.get(f"{one}_ctxt_switches", "").strip() for one in _SWITCHES]
        found.append((told["State"].strip()[0], f"{thread}:{'/'.join(counts)}"))
    return found
