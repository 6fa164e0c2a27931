"""What time it is, by two clocks: the one that people set, and the one that nobody can set back."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment: ``at`` in Unix seconds, UTC; ``up`` in seconds since the start named ``boot``."""

    at: float
    boot: str | None = None
    up: float | None = None


Clock = Callable[[], Moment]


def now() -> Moment:
    """Return this moment, to the microsecond."""
    boot, clock = _boot()
    return Moment(round(time.time(), 6), boot, round(time.clock_gettime(clock), 3))


@cache
def _boot() -> tuple[str, int]:
    try:
        boot = _BOOT.read_text(encoding="ascii").strip()[:8]
        return boot, time.CLOCK_BOOTTIME
    except (OSError, AttributeError):  # no Linux: as far as this process goes
        return secrets.token_hex(4), time.CLOCK_MONOTONIC
