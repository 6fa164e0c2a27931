"""How often one address may try to sign in."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_ADDRESSES = 10_000


class SignInLimit:
    """A bucket of tries for each address, filled again with time.

    Args:
        tries: How many at once.
        seconds: In which time as many come back.
        clock: For tests.
    """

    def __init__(
        self, tries: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tries = tries
        self._rate = tries / seconds
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, address: str) -> bool:
        """Take one try of an address, if it has one left."""
        now = self._clock()
        with self._lock:
            left, since = self._left.pop(address, (float(self._tries), now))
            left = min(self._tries, left + (now - since) * self._rate)
            allowed = left >= 1
            self._left[address] = (left - 1 if allowed else left, now)
            while len(self._left) > MOST_ADDRESSES:
                self._left.popitem(last=False)
        return allowed
