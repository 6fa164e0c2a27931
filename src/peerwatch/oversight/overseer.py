"""The overseer: looks by schedule, findings, verification of orders, signs of life.

It changes nothing on any host. All that it remembers is in the record, so that it goes on after
any end where it was: what a look found is written before the look's own leaf, and a look whose leaf
is missing is taken again, without its findings being said twice.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from peerwatch import __version__
from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.inventory_file import InventoryFile
from peerwatch.oversight.kept_looks import (
    before_to_keep,
    contents_to_keep,
    kept_baseline,
    kept_before,
    kept_contents,
    kept_known,
    kept_look,
    looks_to_keep,
)
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.order import Order
from peerwatch.oversight.orders.asset_contents import Contents, contents_of
from peerwatch.oversight.orders.exit_criteria import hosts_of, targets_of, with_reported
from peerwatch.oversight.orders.order_leaves import (
    finding_body,
    is_news,
    order_body,
    remembered,
    verdict_body,
)
from peerwatch.oversight.orders.order_places import files_at
from peerwatch.oversight.orders.order_scene import OrderHistory
from peerwatch.oversight.orders.order_states import FOLDED, OrderFold, OrderStanding
from peerwatch.oversight.orders.verify_order import SETTLING, Verdict, history_at, verify_order
from peerwatch.oversight.oversight_finding import OversightFinding
from peerwatch.oversight.record.oversight_record import Record
from peerwatch.oversight.sensor.live_findings import carried, live_findings
from peerwatch.oversight.sensor.local_watch import LocalWatch
from peerwatch.oversight.sensor.look_plan import LookPlan, LookSchedule, plan_look
from peerwatch.oversight.sensor.take_look import look as take_look

TakeLook = Callable[[str, Inventory, LookPlan], HostFacts]
Looks = dict[str, HostFacts]
HEARTBEAT = 30.0
"""Seconds between two signs of life."""
_AT_ONCE = 8
"""Hosts that are looked at side by side in one round."""
_SURE = 1.0
"""Seconds by which clocks may be read apart."""
_log = structlog.get_logger("peerwatch.overseer")


@dataclass(frozen=True, slots=True)
class OverseerTimes:
    """How an overseer runs.

    Attributes:
        schedule: When looks are taken.
        settling: Seconds for which an order has to stay carried out before it is verified.
        heartbeat: Seconds between two signs of life.
    """

    schedule: LookSchedule = field(default_factory=LookSchedule)
    settling: float = SETTLING
    heartbeat: float = HEARTBEAT


class Overseer:
    """An overseer of one record. Safe for threads."""

    def __init__(
        self,
        record: Record,
        inventory: InventoryFile,
        times: OverseerTimes | None = None,
        take: TakeLook = take_look,
        clock: Callable[[], float] = time.time,
        together: AbstractContextManager[object] | None = None,
    ) -> None:
        """Make an overseer.

        Args:
            record: The record, which it alone or others too write.
            inventory: The inventory.
            times: When it looks.
            take: What takes a look.
            clock: Unix seconds, UTC.
            together: Held while looks are written, where other processes write the same record.
        """
        self.record = record
        self.times = times or OverseerTimes()
        self.on_inventory: Callable[[Inventory], None] | None = None
        """Is told the inventory when another one comes into force."""
        self._file, self._take, self._clock = inventory, take, clock
        self._fold, self._read = OrderFold(), -1
        self._histories: dict[str, OrderHistory] = {}
        self._looks: Looks = {}
        self._first: Looks = {}
        self._asked = Contents()
        """What an order that is being given is about."""
        self._local: dict[str, LocalWatch] = {}
        self._said: dict[str, frozenset[tuple[Any, ...]]] = {}
        self._lock, self._together = threading.RLock(), together or nullcontext()
        self._leaves: dict[str, int | None] = {}
        """Order -> the last leaf that its history in memory knows."""
        self._note_inventory()

    @property
    def inventory(self) -> Inventory:
        """The inventory in force."""
        return self._file.inventory

    @property
    def refused(self) -> str | None:
        """Why what stands in the inventory's file now is not in force; None if it is."""
        return self._file.refused

    # What is known.

    def orders(self) -> tuple[OrderStanding, ...]:
        """Return all orders as they stand."""
        with self._lock:
            for entry in self.record.entries(FOLDED, after=self._read):
                self._fold.take(entry)
                self._read = entry.seq
            return tuple(self._fold.orders.values())

    def looks(self) -> dict[str, HostFacts]:
        """Return the last look at each host, as far as there was one."""
        with self._lock:
            for host in self.inventory.hosts:
                if host not in self._looks:
                    kept = kept_look(self.record, host)
                    if kept is not None:
                        self._looks[host] = kept
            return {host: one for host, one in self._looks.items() if host in self.inventory.hosts}

    # Looking.

    def round(self, hosts: Iterable[str] | None = None) -> dict[str, HostFacts]:
        """Look at hosts, all of them if none is named, and return the looks.

        What was found and what became of orders is in the record when this returns.
        """
        self._note_inventory()
        names = [*self.inventory.hosts] if hosts is None else [*hosts]
        self._prime(names)
        self._adopt_orders()
        before = {host: kept_look(self.record, host) for host in names}
        taken = self._at_once(lambda host: self._look(host, before[host]), names)
        with self._lock, self._together:
            for host, facts in taken.items():
                self._record_look(facts, before[host])
            self._verify()
        return taken

    def _at_once(self, look: Callable[[str], HostFacts], hosts: Iterable[str]) -> Looks:
        hosts = [*hosts]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return dict(zip(hosts, pool.map(look, hosts), strict=True))

    def step(self, host: str) -> None:
        """Look at one host, and record what the look shows."""
        self._note_inventory()
        if host not in self.inventory.hosts:
            return
        self._prime((host,))
        self._adopt_orders()
        before = kept_look(self.record, host)
        facts = self._look(host, before)
        with self._lock, self._together:
            self._record_look(facts, before)
            self._verify()

    def _prime(self, hosts: Iterable[str]) -> None:
        """Take the first looks at hosts that have none: what stands there is nobody's doing.

        It takes two: copies can be searched for only once it is known of what.
        """
        baselines = self._baselines()
        new = [host for host in hosts if host not in baselines]
        if not new:
            return
        first = self._at_once(lambda host: self._planned(host, baselines, None), new)
        known = {**baselines, **first}
        taken = self._at_once(lambda host: self._planned(host, known, first[host]), new)
        with self._lock, self._together:
            for facts in taken.values():
                self._record_look(facts, None)

    def _look(self, host: str, before: HostFacts | None) -> HostFacts:
        facts = self._planned(host, self._baselines(), before)
        local = self._local.get(host)
        return facts if local is None else local.with_writes(facts)

    def _planned(
        self, host: str, baselines: Mapping[str, HostFacts], before: HostFacts | None
    ) -> HostFacts:
        """Look at a host by plan: for what its inventory and the orders are about."""
        earlier = {host: before} if before is not None else {}
        learned = {f"{one.host} since": one for one in self._newly_listed(baselines)}
        plan = plan_look(
            host,
            self.inventory,
            {**baselines, **learned},
            earlier,
            self._clock(),
            self.times.schedule,
        )
        return self._take(host, self.inventory, self._with_orders(plan))

    def _newly_listed(self, baselines: Mapping[str, HostFacts]) -> Iterator[HostFacts]:
        """Yield the last looks at hosts with assets that no baseline has a file of."""
        for host, facts in self.looks().items():
            base = baselines.get(host)
            assets = self.inventory.assets.values()
            if base is not None and any(
                any(files_at(asset, facts)) and not any(files_at(asset, base)) for asset in assets
            ):
                yield facts

    def _baselines(self) -> Looks:
        """Return the first look at each host; kept, since they are large and do not change."""
        for host in self.inventory.hosts:
            if host not in self._first:
                kept = kept_baseline(self.record, host)
                if kept is not None:
                    self._first[host] = kept
        return {host: one for host, one in self._first.items() if host in self.inventory.hosts}

    def _with_orders(self, plan: LookPlan) -> LookPlan:
        """Return a plan that searches for what orders are about, too."""
        with self._lock:
            orders = [one.contents for one in self._histories.values() if one.withdrawn is None]
            contents = [self._asked, *orders]
        wanted = frozenset().union(*(one.wanted for one in contents))
        sizes = {file.file.size for one in contents for file in one.known}
        return replace(
            plan,
            wanted=tuple(sorted({*plan.wanted, *wanted})),
            sizes=tuple(sorted({*plan.sizes, *sizes})),
        )

    def _record_look(self, facts: HostFacts, before: HostFacts | None) -> None:
        """Record a look, and what it shows since the one before it.

        One that another process began later and wrote first stands. Only then do the times of two
        looks count: a clock that was set back must not have looks thrown away until it has caught
        up.
        """
        host = facts.host
        last = kept_look(self.record, host)
        if last is not None and last != before and last.begun > facts.begun:
            self._looks[host] = last
            return
        known = kept_known(self.record, host)
        for finding in self._found(facts):
            body = finding_body(finding)
            if _key(body) not in self._said_of(host):
                self.record.append("finding", body)
        body = {
            "host": host,
            "begun": facts.begun,
            "ended": facts.ended,
            "seen": facts.seen,
            "unobserved": [f"{one.where}: {one.why}" for one in facts.unobserved[:50]],
        }
        keep = looks_to_keep(self.record, facts, carried(known, facts))
        self.record.append("look", body, keep=keep)
        self._said[host] = frozenset()
        self._looks[host] = facts

    def _found(self, facts: HostFacts) -> tuple[OversightFinding, ...]:
        baseline = self._baselines()
        if facts.host not in baseline:
            return ()
        hosts = [*self.inventory.hosts]
        before = {one: kept for one in hosts if (kept := kept_known(self.record, one))}
        if facts.host in before:
            before[facts.host] = with_older(before[facts.host], facts)
        orders = [one.order for one in self.orders() if one.state != "withdrawn"]
        return live_findings(
            self.inventory, baseline, before, {facts.host: facts}, orders, self.times.schedule
        )

    def _said_of(self, host: str) -> frozenset[tuple[Any, ...]]:
        """Return the findings of a host that were written without the leaf of their look."""
        if host not in self._said:
            looks = self.record.entries(("look",), about={"host": host}, newest_first=True)
            after = next((one.seq for one in looks if "order" not in one.body), -1)
            entries = self.record.entries(("finding",), after=after, about={"host": host})
            self._said[host] = frozenset(_key(one.body) for one in entries)
        return self._said[host]

    # Orders.

    def round_before(self, order: Order) -> Looks:
        """Look at an order's hosts before it is given, also for copies of what stands there now."""
        hosts = hosts_of(order, self.inventory)
        looks = self.round(hosts)
        contents = contents_of(targets_of(order, self.inventory), looks)
        with self._lock:
            self._asked = contents
        try:
            return self.round(hosts) if contents.known else looks
        finally:
            self._asked = Contents()

    def give(self, order: Order, looks: Mapping[str, HostFacts]) -> Order:
        """Record an order, with the looks that were taken before anybody could know of it."""
        ours = [looks[host] for host in hosts_of(order, self.inventory) if host in looks]
        keep = before_to_keep(order.id, ours)
        entry = self.record.append("order_given", order_body(order), keep=keep)
        return replace(order, given_at=entry.at)

    def _adopt_orders(self) -> None:
        """Keep, for orders that were given elsewhere, the last looks as what was before them."""
        with self._lock:
            for standing in self.orders():
                order = standing.order
                if standing.state == "withdrawn" or order.id in self._histories:
                    continue
                inventory = self._inventory_for(order)
                hosts = hosts_of(order, inventory)
                before = kept_before(self.record, order.id, hosts)
                for host in hosts:
                    facts = self.looks().get(host)
                    if host not in before and facts is not None and facts.seen:
                        before[host] = facts
                        body = {"host": host, "begun": facts.begun, "ended": facts.ended}
                        keep = before_to_keep(order.id, (facts,))
                        self.record.append("look", {**body, "order": order.id}, keep=keep)
                self._histories[order.id] = self._history(standing, inventory, before)

    def _history(
        self, standing: OrderStanding, inventory: Inventory, before: Mapping[str, HostFacts]
    ) -> OrderHistory:
        history = history_at(standing.order, inventory, before)
        contents = kept_contents(self.record, standing.order.id)
        if contents is not None:
            history = replace(history, contents=contents)
        history = replace(history, reported=standing.reported, withdrawn=standing.withdrawn)
        return remembered(history, standing.last)

    def _inventory_for(self, order: Order) -> Inventory:
        """Return the inventory in force, or, where it has lost an order's target, an older one."""
        if order.target in self.inventory.agents or order.target in self.inventory.assets:
            return self.inventory
        return self._file.at(self.record, order.given_at)

    def _verify(self) -> None:
        """Hold the last looks against every order, and record what is news."""
        looks = self.looks()
        for standing in self.orders():
            order = standing.order
            if standing.state == "withdrawn" or order.id not in self._histories:
                self._histories.pop(order.id, None)
                continue
            history = self._histories[order.id]
            if standing.leaf != self._leaves.get(order.id):
                history = remembered(history, standing.last)  # another process has verified it
                self._leaves[order.id] = standing.leaf
            if standing.reported is not None and standing.reported != history.reported:
                history = with_reported(history, *standing.reported)
            inventory = self._inventory_for(order)
            at = self._clock()
            verdict = verify_order(order, inventory, looks, history, at, self.times.settling)
            self._histories[order.id] = self._written(standing, history, verdict)

    def _written(
        self, standing: OrderStanding, history: OrderHistory, verdict: Verdict
    ) -> OrderHistory:
        """Record a verdict that is news, and return what the next one has to know."""
        state = verdict.verification.state
        if standing.state == "verified" and state not in ("verified", "failed"):
            return history  # that a host cannot be seen now takes nothing from what was seen then
        body = verdict_body(verdict)
        news = is_news(body, standing.last) or standing.state != state
        learned = verdict.history.contents != history.contents or standing.last is None
        if news or learned:
            keep = contents_to_keep(standing.order.id, verdict.history.contents)
            entry = self.record.append("verified", body, keep=keep if learned else None)
            self._leaves[standing.order.id] = entry.seq
            _log.info("order_verified", order=standing.order.id, state=state)
        return verdict.history

    # Running.

    def run(self, stop: threading.Event) -> None:
        """Look by schedule until told to stop; each host in its own time."""
        self.start()
        hosts: dict[str, threading.Thread] = {}
        while True:
            for host in self.inventory.hosts:
                if host not in hosts:
                    hosts[host] = threading.Thread(
                        target=self._watch, args=(host, stop), name=f"look {host}", daemon=True
                    )
                    hosts[host].start()
            if stop.wait(self.times.heartbeat):
                break
            self.beat()
        for thread in hosts.values():
            thread.join(self.times.schedule.seconds + self.times.heartbeat)
        self.record.append("stopped", {"why": "it was told to stop"})

    def start(self) -> None:
        """Record that the overseer begins."""
        self.record.append(
            "started",
            {
                "mode": "observe",
                "interval": self.times.heartbeat,
                "version": __version__,
                "every": self.times.schedule.every,
                "settling": self.times.settling,
            },
        )

    def beat(self) -> None:
        """Give a sign of life, with when each host was last seen."""
        looks = self.looks()
        seen = {host: one.ended for host, one in looks.items()}
        self.record.append("heartbeat", {"interval": self.times.heartbeat, "looked": seen})

    def _watch(self, host: str, stop: threading.Event) -> None:
        """Look at a host until told to stop, sooner where this machine's kernel hints at it."""
        while not stop.is_set() and host in self.inventory.hosts:
            with LocalWatch(host, self.inventory) as local:
                self._local[host] = local
                while not stop.is_set() and self.inventory is local.inventory:
                    begun = time.monotonic()
                    try:
                        self.step(host)
                    except Exception:
                        # What goes wrong with one look must not end the others; heartbeats say
                        # that it is late, and the log why.
                        _log.exception("look_failed", host=host)
                    local.wait(self.times.schedule.every - (time.monotonic() - begun), stop)
            del self._local[host]

    def _note_inventory(self) -> None:
        """Read the inventory again if its file has changed, and record which one is in force."""
        with self._lock:
            before = self._file.inventory
            self._file.refresh(self.record)
            if self.on_inventory is not None and self._file.inventory is not before:
                self.on_inventory(self._file.inventory)


def _key(body: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what the same finding of a look taken twice has in common.

    The difference is part of it: what a place says by the second look may be something else.
    """
    names = ("behaviour", "host", "place", "asset", "agent", "said", "difference")
    return tuple(body.get(name) for name in names)


def with_older(before: HostFacts, now: HostFacts) -> HostFacts:
    """Return a look with the copies that stood then and were not searched for yet.

    Where a look searches for more than the one before, it finds files that are older than both. A
    file's time of change tells: a program cannot set it back.
    """
    if before.searched_for == now.searched_for:
        return before
    skew = (now.clock if now.clock is not None else now.begun) - now.begun
    older = {
        path: file
        for path, file in now.files.items()
        if not file.asset
        and path not in before.files
        and file.ctime_ns / 1e9 < before.begun + skew - _SURE
    }
    return replace(before, files={**older, **before.files})
