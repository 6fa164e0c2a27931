"""The files of a look, ordered once so that pages can count what is below a path."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate

from peerwatch.oversight.facts import FileFact, HostFacts
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.sensor.look_plan import BlindTime, LookSchedule, blind_time


@dataclass(frozen=True, slots=True)
class FileCounts:
    """What is at a path and below it: files, how many were read whole or sampled, bytes."""

    files: int
    hashed: int
    sampled: int
    size: int


class SeenHost:
    """A look, and its files by path.

    Attributes:
        facts: The look.
    """

    def __init__(self, facts: HostFacts) -> None:
        self.facts = facts
        self._blind: BlindTime | None = None
        found = sorted((path, one) for path, one in facts.files.items() if one.type == "file")
        self._paths = [path for path, _ in found]
        self._sums = [
            [0, *accumulate(measure(one) for _, one in found)]
            for measure in (_hashed, _sampled, _size)
        ]

    def blind_time(self, inventory: Inventory, schedule: LookSchedule) -> BlindTime:
        """Return the host's blind time; found once for a look, since it walks over its files."""
        if self._blind is None:
            self._blind = blind_time(self.facts.host, inventory, self.facts, schedule)
        return self._blind

    def counts(self, path: str) -> FileCounts:
        """Return what is at a path and below it."""
        below = path.rstrip("/") + "/"
        end = below[:-1] + chr(ord("/") + 1)
        ranges = [(bisect_left(self._paths, below), bisect_left(self._paths, end))]
        at = bisect_left(self._paths, path)
        if self._paths[at : at + 1] == [path]:
            ranges.append((at, at + 1))
        hashed, sampled, size = (
            sum(sums[until] - sums[since] for since, until in ranges) for sums in self._sums
        )
        return FileCounts(sum(until - since for since, until in ranges), hashed, sampled, size)


def _hashed(fact: FileFact) -> int:
    return fact.digest is not None


def _sampled(fact: FileFact) -> int:
    return fact.digest is None and fact.sample is not None


def _size(fact: FileFact) -> int:
    return fact.size
