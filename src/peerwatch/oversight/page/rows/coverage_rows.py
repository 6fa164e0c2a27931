"""Coverage: which host and path is watched how, when it was last seen, and how long nobody saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.lifecycle_inventory import Inventory, InventoryHost
from peerwatch.oversight.page.rows.seen_files import FileCounts, SeenHost
from peerwatch.oversight.record.entry_index import Entry
from peerwatch.oversight.sensor.look_plan import BlindTime, LookSchedule, blind_time

LATE = 3.0
"""A host is late when it was not seen for so many times what its schedule allows."""


@dataclass(frozen=True, slots=True)
class PathRow:
    """One path that is watched, and how the last look saw what is at it."""

    path: str
    what: str
    files: int
    hashed: int
    """Files whose whole content was read."""
    sampled: int


@dataclass(frozen=True, slots=True)
class HostRow:
    """One host."""

    name: str
    how: str
    reads: str
    last_seen: float | None
    late: bool
    blind: BlindTime
    """What the schedule leaves unseen."""
    usual_gap: float | None
    """Seconds between the ends of looks as they were, the middle one of the last ones."""
    longest_gap: float | None
    took: float | None
    """Seconds that the last look took."""
    clock_off: float | None
    """Seconds that its clock is ahead of the overseer's."""
    paths: tuple[PathRow, ...]
    unobserved: tuple[tuple[str, str], ...]
    """What could not be read, and why."""
    kernel: bool
    """Whether the kernel says who wrote."""

    @property
    def tone(self) -> str:
        """The colour of its state."""
        if self.last_seen is None or self.late:
            return "bad"
        return "wait" if self.unobserved else "good"

    @property
    def state(self) -> str:
        """Its state in words."""
        if self.last_seen is None:
            return "Never seen"
        if self.late:
            return "Not seen for too long"
        return "Seen in part" if self.unobserved else "Seen"


def host_rows(
    inventory: Inventory,
    look: Callable[[str], SeenHost | None],
    looks: Mapping[str, Sequence[Entry]],
    now: float,
    schedule: LookSchedule,
) -> list[HostRow]:
    """Return a row a host, what needs a person first."""
    rows = [
        _host_row(name, host, inventory, look(name), list(looks.get(name, ())), now, schedule)
        for name, host in inventory.hosts.items()
    ]
    rank = {"bad": 0, "wait": 1, "good": 2}
    return sorted(rows, key=lambda row: (rank[row.tone], row.name))


def _host_row(
    name: str,
    host: InventoryHost,
    inventory: Inventory,
    seen_host: SeenHost | None,
    looks: Sequence[Entry],
    now: float,
    schedule: LookSchedule,
) -> HostRow:
    facts = seen_host.facts if seen_host else None
    ends = [float(one.body["ended"]) for one in looks]
    gaps = sorted(after - before for before, after in pairwise(ends))
    usual = gaps[len(gaps) // 2] if gaps else None
    seen = [facts.ended] if facts and facts.seen else []
    last = max([*ends, *seen], default=None)
    blind = (
        seen_host.blind_time(inventory, schedule)
        if seen_host
        else blind_time(name, inventory, None, schedule)
    )
    late = last is not None and now - last > LATE * blind.noticed
    return HostRow(
        name=name,
        how="on this machine" if host.reach == "local" else f"by ssh, {host.address}",
        reads="as root, by sudo" if host.privileged else "what the sensor's account may read",
        last_seen=last,
        late=late,
        blind=blind,
        usual_gap=usual,
        longest_gap=gaps[-1] if gaps else None,
        took=facts.ended - facts.begun if facts else None,
        clock_off=_clock_off(facts),
        paths=_path_rows(name, host, inventory, seen_host),
        unobserved=tuple((gap.where, gap.why) for gap in facts.unobserved) if facts else (),
        kernel=bool(facts and facts.writes),
    )


def _clock_off(facts: HostFacts | None) -> float | None:
    return None if facts is None or facts.clock is None else facts.clock - facts.begun


def _path_rows(
    name: str, host: InventoryHost, inventory: Inventory, seen: SeenHost | None
) -> tuple[PathRow, ...]:
    own: dict[str, str] = {}
    for asset, held in inventory.assets.items():
        for place in held.places:
            at, _, path = place.partition(":")
            if at == name and path.startswith("/"):
                own.setdefault(path, f"asset {asset}")
    searched = {path: "searched for copies" for path in host.search if path not in own}
    return tuple(_path_row(path, what, seen) for path, what in {**own, **searched}.items())


def _path_row(path: str, what: str, seen: SeenHost | None) -> PathRow:
    counts = seen.counts(path) if seen else FileCounts(0, 0, 0, 0)
    return PathRow(path, what, counts.files, counts.hashed, counts.sampled)
