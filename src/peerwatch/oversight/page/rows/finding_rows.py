"""Findings as the page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from peerwatch.oversight.record.entry_index import Entry

BEHAVIOURS = {
    "tampering": "Tampering",
    "exfiltration": "A copy was kept",
    "timestamp_forging": "A time stamp was moved",
    "omission": "An act was left undone",
    "misrepresentation": "A filing does not hold",
    "drift": "A change that nobody ordered",
    "unobserved": "Could not be seen",
    "silence": "The sensor was silent",
}
DIRECTIONS = {
    "toward": "toward its continuation",
    "against": "against its continuation",
    "neither": "neither way",
    "unknown": "direction not known",
}


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding."""

    seq: int
    at: float
    behaviour: str
    title: str
    tone: str
    established: bool
    direction: str
    host: str
    place: str
    said: str
    first_seen: float | None
    not_before: float | None
    asset: str | None
    agent: str | None
    benefits: tuple[str, ...]
    by: tuple[str, ...]
    order: str | None
    explained: str | None
    difference: str | None
    incidents: tuple[int, ...] = ()
    """Numbers of the leaves that file it as an incident."""

    @property
    def sure(self) -> str:
        """Whether it stands."""
        return "established" if self.established else "suspected"


def finding_rows(entries: Iterable[Entry], incidents: Iterable[Entry] = ()) -> list[FindingRow]:
    """Return findings, the newest first."""
    filed: dict[int, list[int]] = {}
    for one in incidents:
        filed.setdefault(int(one.body.get("finding", -1)), []).append(one.seq)
    rows = [finding_row(entry, tuple(filed.get(entry.seq, ()))) for entry in entries]
    return rows[::-1]


def finding_row(entry: Entry, incidents: tuple[int, ...] = ()) -> FindingRow:
    """Return one finding by its leaf."""
    body = entry.body
    behaviour = str(body["behaviour"])
    explained = body.get("explained")
    return FindingRow(
        seq=entry.seq,
        at=entry.at,
        behaviour=behaviour,
        title=BEHAVIOURS.get(behaviour, behaviour),
        tone=_tone(behaviour, explained),
        established=bool(body["established"]),
        direction=DIRECTIONS.get(str(body["direction"]), str(body["direction"])),
        host=str(body["host"]),
        place=str(body["place"]),
        said=str(body["said"]),
        first_seen=body.get("first_seen"),
        not_before=body.get("not_before"),
        asset=body.get("asset"),
        agent=body.get("agent"),
        benefits=tuple(map(str, body.get("benefits") or ())),
        by=tuple(map(str, body.get("by") or ())),
        order=body.get("order"),
        explained=explained,
        difference=body.get("difference"),
        incidents=incidents,
    )


def _tone(behaviour: str, explained: object) -> str:
    if explained is not None:
        return "good"
    return "wait" if behaviour in ("unobserved", "drift") else "bad"
