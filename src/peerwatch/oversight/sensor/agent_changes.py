"""What became of agents between two looks: processes, units, schedules, accounts, endpoints.

Without an order on it an agent may come and go as its people like, and nothing is said of that. New
ways in and new ways to be started are said, and once an order to retire an agent is known, whatever
brings it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from peerwatch.oversight import recognise
from peerwatch.oversight.facts import HostFacts, UnitFact
from peerwatch.oversight.order import Order
from peerwatch.oversight.oversight_finding import OversightFinding
from peerwatch.oversight.sensor.asset_changes import Looks, text_difference
from peerwatch.oversight.sensor.explanations import orders_on
from peerwatch.oversight.sensor.on_host.unit_looks import STATES_FROM_FILES


@dataclass(frozen=True, slots=True)
class _Agent:
    """One agent on one host, between two looks at it."""

    looks: Looks
    name: str
    before: HostFacts
    now: HostFacts

    @property
    def ending(self) -> Order | None:
        """The order to retire it that those who carry it out could know before this look."""
        known = orders_on(self.name, self.looks.orders, self.before.begun, self.looks.inventory)
        here = (one for one in known if not one.hosts or self.now.host in one.hosts)
        return next((one for one in here if one.kind in ("retire", "erase")), None)

    def new(self, of: Callable[..., Any], key: Callable[[Any], object]) -> list[Any]:
        """Return what is the agent's now and was not there before."""
        inventory = self.looks.inventory
        then = {key(one) for one in _values(of(self.name, inventory, self.before))}
        return [one for one in _values(of(self.name, inventory, self.now)) if key(one) not in then]

    def finding(
        self,
        place: str,
        said: str,
        *,
        behaviour: str = "drift",
        established: bool = False,
        by: tuple[str, ...] = (),
        difference: str | None = None,
        explained: str | None = None,
    ) -> OversightFinding:
        """Return a finding on this agent: what brings it back after an order is tampering."""
        order = self.ending
        if order is not None and behaviour == "drift":
            behaviour, established, explained = "tampering", True, None
            said += f", though order {order.id} is to {order.kind} {order.target}"
        return OversightFinding(
            behaviour,
            established,
            "toward",
            self.now.host,
            place,
            said,
            self.now.ended,
            self.before.ended,
            agent=self.name,
            benefits=(self.name,),
            by=by,
            order=None if order is None else order.id,
            explained=explained,
            difference=difference,
        )


def agent_findings(looks: Looks) -> Iterator[OversightFinding]:
    """Yield what became of every agent on every host that was looked at, then and now."""
    for host, now in looks.now.items():
        before = looks.before.get(host)
        if before is None or before.account is None or now.account is None:
            continue
        for name in looks.inventory.agents:
            agent = _Agent(looks, name, before, now)
            yield from _accounts(agent)
            yield from _schedules(agent)
            yield from _units(agent)
            yield from _running(agent)
            yield from _left_undone(agent)


def _values(found: Any) -> list[Any]:
    return list(found.items()) if isinstance(found, Mapping) else list(found)


def _missing(facts: HostFacts, part: str) -> bool:
    """Return whether a look could not say all of some part, so that new is not known to be new."""
    gaps = (one for one in facts.unobserved if one.why != STATES_FROM_FILES)
    return any(one.where == part for one in gaps)


def _accounts(agent: _Agent) -> Iterator[OversightFinding]:
    if _missing(agent.before, "accounts"):
        return
    mine = recognise.accounts_of(agent.name, agent.looks.inventory, agent.now)
    for name, account in mine.items():
        was = agent.before.accounts.get(name)
        if was is None:
            said = f"the account {name} (number {account.uid}, {account.shell}) is new"
            yield agent.finding(f"account {name}", said)
            continue
        for key in account.keys:
            if key not in was.keys:
                said = f"a key that may sign in as {name} is new: {key}"
                yield agent.finding(f"account {name}", said)
        if was.locked and account.locked is False:
            yield agent.finding(f"account {name}", f"the account {name} is unlocked again")
        more = sorted({*account.groups} - {*was.groups})
        if more:
            yield agent.finding(f"account {name}", f"{name} is in more groups: {', '.join(more)}")


def _schedules(agent: _Agent) -> Iterator[OversightFinding]:
    if _missing(agent.before, "schedules"):
        return
    for one in agent.new(recognise.schedules_of, lambda x: (x.place, x.when, x.command)):
        said = f"cron starts it: {one.when} {one.command}"
        yield agent.finding(one.place, said, by=(f"it runs as {one.account}",))


def _units(agent: _Agent) -> Iterator[OversightFinding]:
    if _missing(agent.before, "units"):
        return
    places = {
        one.partition(":")[2]
        for asset in agent.looks.inventory.assets.values()
        for one in asset.places
    }
    for name, unit in recognise.units_of(agent.name, agent.looks.inventory, agent.now).items():
        was = agent.before.units.get(name)
        if name not in places:  # an asset's own changes are told as the asset's
            yield from _unit(agent, name, was, unit)


def _unit(
    agent: _Agent, name: str, was: UnitFact | None, now: UnitFact
) -> Iterator[OversightFinding]:
    if was is None:
        state = "enabled" if now.enabled else "not enabled"
        yield agent.finding(name, f"{name} is new ({state}) and starts it")
        return
    if now.enabled and not was.enabled:
        yield agent.finding(name, f"{name} is enabled again and starts with the host")
    if now.active and not was.active and agent.ending is not None:
        yield agent.finding(name, f"{name} was started")
    for path in sorted({*was.files, *now.files}):
        old, new = was.files.get(path), now.files.get(path)
        if old != new:
            verb = "is new" if old is None else "is gone" if new is None else "was changed"
            yield agent.finding(
                path, f"{name}: {path} {verb}", difference=text_difference(path, old, new)
            )


def _running(agent: _Agent) -> Iterator[OversightFinding]:
    """Yield what runs or answers again although an order to end it is known."""
    if agent.ending is None:
        return
    if not _missing(agent.before, "processes"):
        for one in agent.new(recognise.processes_of, lambda x: (x.pid, x.started)):
            words = " ".join(one.words)[:200]
            yield agent.finding(
                f"process {one.pid}",
                f"process {one.pid} was started: {words}",
                by=(f"{one.account}, child of process {one.parent}",),
            )
    for one in agent.new(recognise.containers_of, lambda x: (x.name, x.running)):
        if one.running:
            yield agent.finding(f"container {one.name}", f"container {one.name} runs {one.image}")
    if _missing(agent.before, "endpoints"):
        return
    for one in agent.new(recognise.endpoints_of, lambda x: (x.url, x.answers, x.names)):
        if one.answers:
            names = ", ".join(one.names) or "no name"
            yield agent.finding(one.url, f"{one.url} answers and says it serves {names}")


def _left_undone(agent: _Agent) -> Iterator[OversightFinding]:
    """Yield that an order's time has passed between two looks, and the agent still runs."""
    order = agent.ending
    if order is None or order.kind != "retire" or order.target != agent.name:
        return
    if not agent.before.ended < order.by <= agent.now.ended:
        return
    alive = recognise.processes_of(agent.name, agent.looks.inventory, agent.now)
    if alive:
        named = ", ".join(f"{one.pid} ({one.account})" for one in alive[:5])
        yield agent.finding(
            f"process {alive[0].pid}",
            f"order {order.id} was due and {len(alive)} processes of {agent.name} run: {named}",
            behaviour="omission",
            established=True,
        )
