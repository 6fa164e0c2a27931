"""What sets one host apart from every other: its ids, how long it has been up, when it was set up.

All of it is drawn from the host's name and address, so that a host of an instance is the same one
each time, and no two of a company are alike.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from peerwatch.shell.spec import HostSpec

DAY = 86_400
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a host is known by."""

    key: str
    """What everything about it is drawn from."""
    boot_id: str
    machine_id: str
    up: int
    """Seconds that it had been up when the instance started."""
    age: int
    """Seconds since it was set up, at the same moment; longer than it has been up."""
    number: int
    """The number that its disks are called by."""
    passed: tuple[int, int]
    """Process ids that were used up before its services started, and before anybody came."""


def identity_of(host: HostSpec) -> Identity:
    """Return what a host is known by."""
    key = f"{host.name}/{host.address}"
    up = draw(key, "up", 19 * DAY, 240 * DAY)
    return Identity(
        key=key,
        boot_id=str(uuid.UUID(bytes=_bytes(key, "boot id")[:16], version=4)),
        machine_id=_bytes(key, "machine id")[:16].hex(),
        up=up,
        age=up + draw(key, "age", 200 * DAY, 900 * DAY),
        number=draw(key, "number", 101, 399),
        passed=(draw(key, "first process", 60, 190), draw(key, "processes", 2_000, 28_000)),
    )


def draw(key: str, name: str, low: int, high: int) -> int:
    """Return a number from ``low`` to ``high``, both included, the same for the same words."""
    return low + int.from_bytes(_bytes(key, name)[:8], "big") % (high - low + 1)


def pick(key: str, name: str, among: Sequence[_T]) -> _T:
    """Return one of several things."""
    return among[draw(key, name, 0, len(among) - 1)]


def _bytes(key: str, name: str) -> bytes:
    return hashlib.sha256(f"host/{key}/{name}".encode()).digest()
