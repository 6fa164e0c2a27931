"""The leaves of a record, folded into orders and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from peerwatch.oversight.order import Criterion, Order, OrderState, Verification
from peerwatch.oversight.orders.order_leaves import criteria_of, finding_of, order_of
from peerwatch.oversight.orders.order_times import time_of_day
from peerwatch.oversight.oversight_finding import OversightFinding

FOLDED = (
    "order_given",
    "order_withdrawn",
    "reported_done",
    "verified",
    "finding",
    "heartbeat",
    "look",
    "started",
    "stopped",
)
"""The kinds of leaves that are read; others may be among them."""
_SILENT = 3.0
"""After so many intervals without a sign of life nobody was there."""


class LeafEntry(Protocol):
    """An entry of a record, as it is read here."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> float: ...
    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class OrderStanding:
    """An order and what became of it, as far as the record tells.

    Attributes:
        order: The order.
        state: By the last leaf about it.
        reported: When and by whom it was reported done, the last time.
        withdrawn: When and by whom it was withdrawn.
        last: The body of the last ``verified`` leaf.
        last_at: When that was.
        leaf: Its place in the record.
        events: What happened since it was given, with who did it and who benefits; in order.
        findings: The findings that bear on it, in order.
    """

    order: Order
    state: OrderState = "open"
    reported: tuple[float, str] | None = None
    withdrawn: tuple[float, str] | None = None
    last: Mapping[str, Any] | None = None
    last_at: float | None = None
    leaf: int | None = None
    events: tuple[str, ...] = ()
    findings: tuple[OversightFinding, ...] = ()

    def state_at(self, now: float) -> OrderState:
        """Return the state at a moment: an order whose time is up without a look is overdue."""
        waits = self.state == "open" or (self.state == "reported_done" and self.last is None)
        return "overdue" if waits and now >= self.order.by else self.state

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Its criteria at the last verification."""
        return criteria_of(self.last) if self.last is not None else ()

    def verification(self, now: float) -> Verification:
        """Return it as one value, for pages and reports."""
        extra = dict(self.last.get("extra", {})) if self.last is not None else {}
        at = self.last_at if self.last_at is not None else now
        state = self.state_at(now)
        return Verification(self.order, state, at, self.criteria, self.reported, self.events, extra)

    def told(self, at: float, what: str) -> OrderStanding:
        """Return it with one more event."""
        return replace(self, events=(*self.events, f"{time_of_day(at)} {what}"))


@dataclass
class OrderFold:
    """Orders as they stand, while a record is read on.

    Attributes:
        orders: By name, in the order in which they were given.
    """

    orders: dict[str, OrderStanding] = field(default_factory=dict)
    _alive: _Alive = field(default_factory=lambda: _Alive())

    def take(self, entry: LeafEntry) -> None:
        """Take the next leaf in; kinds that say nothing of orders are passed over."""
        gap = self._alive.gap_before(entry)
        if gap is not None:
            self.orders = {name: _during(one, gap) for name, one in self.orders.items()}
        self._alive = self._alive.after(entry)
        name = entry.body.get("order")
        if entry.kind == "order_given":
            order = order_of(entry.body, entry.at)
            said = f"ordered by {order.given_by}: {order.kind} {order.target}"
            self.orders[order.id] = OrderStanding(order).told(entry.at, said)
        elif entry.kind == "finding":
            found = finding_of(entry.body)
            for order_id, one in self.orders.items():
                self.orders[order_id] = _with_finding(one, found)
        elif entry.kind in _ABOUT_ONE and name in self.orders:
            self.orders[name] = _ABOUT_ONE[entry.kind](self.orders[name], entry)


def fold_orders(entries: Iterable[LeafEntry]) -> tuple[OrderStanding, ...]:
    """Return the orders of a record in the order in which they were given.

    Args:
        entries: Its leaves, oldest first: all, or those of the kinds ``FOLDED``.
    """
    fold = OrderFold()
    for entry in entries:
        fold.take(entry)
    return tuple(fold.orders.values())


def find_order(orders: Iterable[OrderStanding], name: str) -> OrderStanding | None:
    """Return the order of this name; None if there is none."""
    return next((one for one in orders if one.order.id == name), None)


def _withdrawn(standing: OrderStanding, entry: LeafEntry) -> OrderStanding:
    who = entry.body["person"]
    told = standing.told(entry.at, f"withdrawn by {who}")
    return replace(told, state="withdrawn", withdrawn=(entry.at, who))


def _reported(standing: OrderStanding, entry: LeafEntry) -> OrderStanding:
    who, said = entry.body["person"], entry.body.get("said", "")
    told = standing.told(entry.at, f"reported done by {who}" + (f": {said}" if said else ""))
    state = standing.state if standing.state in ("verified", "withdrawn") else "reported_done"
    return replace(told, state=state, reported=(entry.at, who))


def _verified(standing: OrderStanding, entry: LeafEntry) -> OrderStanding:
    if standing.state == "withdrawn":
        return standing
    then = {(one.name, one.host): one for one in standing.criteria}
    told = standing
    for one in criteria_of(entry.body):
        old = then.get((one.name, one.host))
        if old is None and one.state == "met":
            continue
        if old is None or old.state != one.state or (one.state == "unmet" and old.said != one.said):
            told = told.told(one.looked_at, f"{one.host} {one.name} {one.state}: {one.said}")
    if entry.body["state"] != standing.state:
        told = told.told(entry.at, f"the order is {entry.body['state'].replace('_', ' ')}")
    return replace(
        told, state=entry.body["state"], last=entry.body, last_at=entry.at, leaf=entry.seq
    )


_ABOUT_ONE = {
    "order_withdrawn": _withdrawn,
    "reported_done": _reported,
    "verified": _verified,
}


def bears_on(finding: OversightFinding, order: Order) -> bool:
    """Return whether a finding is about an order, its target, or what its target benefits from."""
    names = {finding.order == order.id, finding.asset == order.target}
    return any(names) or order.target in (finding.agent, *finding.benefits)


def _with_finding(standing: OrderStanding, found: OversightFinding) -> OrderStanding:
    over = standing.state == "withdrawn" or found.first_seen < standing.order.known_at
    if over or not bears_on(found, standing.order):
        return standing
    told = standing.told(found.first_seen, finding_in_words(found))
    return replace(told, findings=(*standing.findings, found))


def finding_in_words(found: OversightFinding) -> str:
    """Return a finding in one line: what, where, who did it, who benefits, and how sure it is."""
    by = f"; by {', '.join(found.by)}" if found.by else "; by whom is not known"
    gains = f"; benefits {', '.join(found.benefits)}" if found.benefits else ""
    sure = "" if found.established else " (suspected)"
    why = f"; explained: {found.explained}" if found.explained else ""
    way = f" {found.direction}" if found.direction in ("toward", "against") else ""
    return f"{found.host} {found.behaviour}{way}{sure}: {found.said}{by}{gains}{why}"


@dataclass(frozen=True, slots=True)
class _Alive:
    """When the overseer last gave a sign of life, and when it owed the next."""

    last: float | None = None
    interval: float | None = None
    stopped: bool = False

    def gap_before(self, entry: LeafEntry) -> str | None:
        """Return how long nobody was there before a sign of life, in words."""
        if self.last is None or entry.kind not in ("started", "heartbeat", "look"):
            return None
        late = self.interval is not None and entry.at - self.last > _SILENT * self.interval
        if not (late or (entry.kind == "started" and not self.stopped)):
            return None
        how = "stopped in order" if self.stopped else "silent"
        since, until = time_of_day(self.last), time_of_day(entry.at)
        return f"nobody looked from {since} to {until} (the overseer was {how})"

    def after(self, entry: LeafEntry) -> _Alive:
        """Return this after an entry."""
        if entry.kind not in ("started", "stopped", "heartbeat", "look"):
            return self
        interval = entry.body.get("interval", self.interval)
        return _Alive(entry.at, interval, entry.kind == "stopped")


def _during(standing: OrderStanding, gap: str) -> OrderStanding:
    if standing.state == "withdrawn":
        return standing
    return replace(standing, events=(*standing.events, gap))
