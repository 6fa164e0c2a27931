"""Orders as the page shows them: where each stands, by its leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from peerwatch.oversight.order import Criterion
from peerwatch.oversight.orders.order_report import CRITERION_WORDS
from peerwatch.oversight.orders.order_states import OrderStanding
from peerwatch.oversight.record.entry_index import Entry

STATES = {
    "open": ("Open", "wait"),
    "reported_done": ("Reported done, not verified", "wait"),
    "verified": ("Verified", "good"),
    "failed": ("Not carried out", "bad"),
    "overdue": ("Overdue", "bad"),
    "withdrawn": ("Withdrawn", ""),
}
"""State -> what a person reads, and its colour."""
CRITERIA = {
    "met": ("Met", "good"),
    "unmet": ("Not met", "bad"),
    "unobserved": ("Could not be seen", "wait"),
}


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One exit criterion on one host."""

    name: str
    host: str
    state: str
    tone: str
    said: str
    looked_at: float


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order: what was ordered, and what looks say."""

    id: str
    kind: str
    target: str
    given_by: str
    given_at: float
    by: float
    known_at: float
    why: str
    hosts: tuple[str, ...]
    signed: bool
    """Whether the person's passkey signed it."""
    state: str
    """A key of :data:`STATES`."""
    said: str
    tone: str
    checked_at: float | None = None
    checked_seq: int | None = None
    reported: tuple[float, str, str] | None = None
    """When, by whom, with which words."""
    withdrawn: tuple[float, str, str] | None = None
    counts_from: str | None = None
    """The moment from which it has to stay carried out, in words, and for how many seconds."""
    settling: str | None = None
    criteria: tuple[CriterionRow, ...] = ()
    events: tuple[str, ...] = ()
    leaves: tuple[tuple[int, str, float], ...] = ()
    """Number, kind and time of each leaf about it."""

    @property
    def ended(self) -> bool:
        """Whether nothing more is expected of it."""
        return self.state in ("verified", "withdrawn")

    @property
    def unmet(self) -> tuple[CriterionRow, ...]:
        """What does not hold, or could not be seen."""
        return tuple(one for one in self.criteria if one.tone != "good")


def order_rows(
    standings: Iterable[OrderStanding], leaves: Mapping[str, Sequence[Entry]], now: float
) -> list[OrderRow]:
    """Return the orders, those that wait for somebody first, then the newest."""
    rows = [order_row(one, leaves[one.order.id], now) for one in standings]
    rank = {"bad": 0, "wait": 1, "good": 2, "": 3}
    return sorted(rows, key=lambda row: (rank[row.tone], -row.given_at))


def order_row(standing: OrderStanding, leaves: Sequence[Entry], now: float) -> OrderRow:
    """Return one order by how it stands and by its leaves."""
    order, state = standing.order, standing.state_at(now)
    given = _last(leaves, "order_given")
    extra = standing.verification(now).extra
    return OrderRow(
        id=order.id,
        kind=order.kind,
        target=order.target,
        given_by=order.given_by,
        given_at=order.given_at,
        by=order.by,
        known_at=order.known_at,
        why=order.why,
        hosts=order.hosts,
        signed=given is not None and "signed" in given.body,
        state=state,
        said=STATES[state][0],
        tone=STATES[state][1],
        checked_at=standing.last_at,
        checked_seq=standing.leaf,
        reported=_told(_last(leaves, "reported_done"), "said"),
        withdrawn=_told(_last(leaves, "order_withdrawn"), "why"),
        counts_from=extra.get("counts_from"),
        settling=extra.get("settling_seconds"),
        criteria=tuple(map(_criterion, standing.criteria)),
        events=standing.events,
        leaves=tuple((one.seq, one.kind, one.at) for one in leaves),
    )


def _last(leaves: Sequence[Entry], kind: str) -> Entry | None:
    return next((one for one in reversed(leaves) if one.kind == kind), None)


def _told(leaf: Entry | None, words: str) -> tuple[float, str, str] | None:
    return None if leaf is None else (leaf.at, leaf.body["person"], leaf.body.get(words, ""))


def _criterion(one: Criterion) -> CriterionRow:
    said, tone = CRITERIA[one.state]
    name = CRITERION_WORDS.get(one.name, one.name).capitalize()
    return CriterionRow(name, one.host, said, tone, one.said, one.looked_at)
