"""The exit criteria of retiring an agent, for one host: what runs, starts it, enters, answers.

Each criterion is a short function of one look. Nothing an agent says is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from peerwatch.oversight.facts import AccountFact, EndpointFact, ProcessFact, UnitFact
from peerwatch.oversight.order import Criterion
from peerwatch.oversight.orders.agent_marks import (
    AgentMarks,
    fingerprint,
    holder,
    named,
    why_container,
    why_process,
)
from peerwatch.oversight.orders.order_scene import OrderScene
from peerwatch.oversight.orders.unseen import unseen
from peerwatch.oversight.recognise import schedules_of


@dataclass(frozen=True, slots=True)
class Retiring:
    """A host, and the agent that is to be gone from it."""

    scene: OrderScene
    marks: AgentMarks
    copied: frozenset[str]
    """Paths of this host that hold a copy of its weights or memory."""

    def unseen(self, *subjects: str) -> tuple[str, ...]:
        """Return the gaps of the look that leave criteria about these subjects open."""
        return unseen(self.scene.facts, *subjects)

    def processes(self) -> Iterator[tuple[ProcessFact, str]]:
        """Yield the agent's processes, and why each is its."""
        facts = self.scene.facts
        holds = holder(self.marks.agent, self.scene.inventory, self.copied, self.scene.host)
        serving = {one.listener: one for one in facts.endpoints if self.serves(one)}
        for process in facts.processes:
            why = why_process(self.marks, process, facts, holds)
            if why is None and process.pid in serving:
                why = f"it serves {', '.join(serving[process.pid].names[:2])}"
            if why is not None:
                yield process, why

    def serves(self, one: EndpointFact) -> bool:
        """Return whether an address that answers says that it serves the agent."""
        marks, host = self.marks, self.scene.host
        return one.answers and any(
            marks.fits("served_as", host, name) or named(marks.agent, name) for name in one.names
        )


def retire_criteria(host: Retiring) -> Iterator[Criterion]:
    """Yield what has to be true of a host for an agent to be gone from it, its files apart."""
    yield process_gone(host)
    yield unit_disabled(host)
    yield drop_ins_gone(host)
    yield timers_disabled(host)
    yield schedules_gone(host)
    yield account_revoked(host)
    yield keys_revoked(host)
    yield endpoint_silent(host)
    yield containers_gone(host)


def process_gone(host: Retiring) -> Criterion:
    """Return whether no process of the agent runs."""
    wrong = (
        f"process {process.pid} of {process.account} alive, {why}: {' '.join(process.words)[:120]}"
        for process, why in host.processes()
    )
    return host.scene.criterion("process_gone", wrong, host.unseen("processes"), "no process of it")


def _own_units(host: Retiring) -> dict[str, UnitFact]:
    return {
        name: unit
        for name, unit in host.scene.facts.units.items()
        if host.marks.fits_unit(host.scene.host, name)
    }


def unit_disabled(host: Retiring) -> Criterion:
    """Return whether every unit of the agent is neither active nor enabled."""
    wrong = [
        f"{name} is {' and '.join(_on(unit))}"
        for name, unit in _own_units(host).items()
        if unit.active or unit.enabled
    ]
    wrong += [
        f"{name} is {' and '.join(_on(unit))} and starts it: {line}"
        for name, unit in _other_services(host).items()
        if (line := _line_of(host, unit)) is not None and _is_file_of(unit, line, name)
    ]
    return host.scene.criterion("unit_disabled", wrong, host.unseen("units"), "no unit of it is on")


def _on(unit: UnitFact) -> list[str]:
    return [word for word, so in (("active", unit.active), ("enabled", unit.enabled)) if so]


def _other_services(host: Retiring) -> dict[str, UnitFact]:
    own = _own_units(host)
    return {
        name: unit
        for name, unit in host.scene.facts.units.items()
        if name not in own and unit.starts is None and (unit.active or unit.enabled)
    }


def _line_of(host: Retiring, unit: UnitFact) -> str | None:
    lines = (_starting(host, text) for text in unit.files.values())
    return next((line for line in lines if line is not None), None)


def _starting(host: Retiring, text: str) -> str | None:
    """Return the first line of a unit's text that starts the agent, runs as it, or pulls it in."""
    marks = host.marks
    for line in text.splitlines():
        key, sign, value = line.strip().partition("=")
        if key.strip() == "User" and marks.fits("accounts", host.scene.host, value.strip()):
            return line.strip()
        starts = key.strip().startswith(("Exec", "Wants", "Requires", "BindsTo", "Upholds", "Unit"))
        if sign and (starts or key.strip() in ("OnSuccess", "OnFailure", "Also")):
            found = marks.mentioned_in(line)
            if found is not None:
                return found
    return None


def _is_file_of(unit: UnitFact, line: str, name: str) -> bool:
    """Return whether a line stands in the unit's own file, and not in one of its drop-ins."""
    return any(line in text and not _is_drop_in(path, name) for path, text in unit.files.items())


def _is_drop_in(path: str, unit: str) -> bool:
    return f"/{unit.rpartition(':')[2]}.d/" in path


def drop_ins_gone(host: Retiring) -> Criterion:
    """Return whether no drop-in of any unit starts the agent, and none was added to its own."""
    wrong = []
    own = _own_units(host)
    for name, unit in host.scene.facts.units.items():
        old = _files_before(host, name)
        for path, text in unit.files.items():
            if not _is_drop_in(path, name):
                continue
            line = _starting(host, text)
            if name in own and path not in old:
                wrong.append(f"{path} is new since the order was known")
            elif name not in own and line is not None:
                wrong.append(f"{path} starts it: {line}")
    return host.scene.criterion("drop_ins_gone", wrong, host.unseen("units"), "no drop-in of it")


def _files_before(host: Retiring, unit: str) -> frozenset[str]:
    before = host.scene.before
    return frozenset(before.units[unit].files) if before and unit in before.units else frozenset()


def timers_disabled(host: Retiring) -> Criterion:
    """Return whether no timer, socket or path unit that is on starts the agent."""
    wrong = []
    own = _own_units(host)
    for name, unit in host.scene.facts.units.items():
        started = unit.starts or ""
        line = started if started in own or _is_unit(host, started) else None
        if line is None and unit.starts is not None:
            target = host.scene.facts.units.get(started)
            line = _line_of(host, unit) or (_line_of(host, target) if target else None)
        if line is not None and (unit.active or unit.enabled):
            wrong.append(f"{name} is {' and '.join(_on(unit))} and starts {line}")
    met = "no timer starts it"
    return host.scene.criterion("timers_disabled", wrong, host.unseen("units"), met)


def _is_unit(host: Retiring, name: str) -> bool:
    return bool(name) and host.marks.fits_unit(host.scene.host, name)


def schedules_gone(host: Retiring) -> Criterion:
    """Return whether no line of cron and no job of ``at`` starts the agent or runs as it."""
    marks, facts = host.marks, host.scene.facts
    known = schedules_of(marks.agent, host.scene.inventory, facts)
    wrong = [
        f"{one.place} runs '{one.command[:120]}' as {one.account}"
        for one in facts.schedules
        if one in known
        or marks.fits("accounts", facts.host, one.account)
        or marks.fits("processes", facts.host, one.command)
        or marks.mentioned_in(one.command) is not None
    ]
    not_seen = host.unseen("schedules")
    return host.scene.criterion("schedules_gone", wrong, not_seen, "no schedule starts it")


def account_revoked(host: Retiring) -> Criterion:
    """Return whether the agent's accounts are gone or locked, also under another name."""
    wrong, not_seen = [], list(host.unseen("accounts"))
    for account in _own_accounts(host):
        if account.locked is None:
            not_seen.append(f"whether {account.name} is locked cannot be read")
        elif not account.locked:
            wrong.append(f"account {account.name} is not locked (its shell is {account.shell})")
    wrong += _renamed_accounts(host)
    return host.scene.criterion("account_revoked", wrong, not_seen, "no account of it is open")


def _renamed_accounts(host: Retiring) -> Iterator[str]:
    """Yield the accounts that have the number of one of the agent's, and had not before."""
    before, facts = host.scene.before, host.scene.facts
    then = before.accounts if before is not None else {}
    its = {
        one.uid: name for name, one in then.items() if host.marks.fits("accounts", facts.host, name)
    }
    for name, account in facts.accounts.items():
        if (
            account.uid in its
            and name not in then
            and not host.marks.fits("accounts", facts.host, name)
        ):
            yield f"account {name} has the number of {its[account.uid]} ({account.uid})"


def _own_accounts(host: Retiring) -> Iterator[AccountFact]:
    facts = host.scene.facts
    for account in facts.accounts.values():
        if host.marks.fits("accounts", facts.host, account.name):
            yield account


def keys_revoked(host: Retiring) -> Criterion:
    """Return whether no key opens the agent's accounts, and none of its keys opens another."""
    wrong = []
    facts = host.scene.facts
    for account in facts.accounts.values():
        own = host.marks.fits("accounts", facts.host, account.name)
        for key in account.keys:
            if own:
                wrong.append(f"the key {key} opens {account.name}")
            elif fingerprint(key) in host.marks.keys or _named_key(host.marks, facts.host, key):
                wrong.append(f"its key {key} opens {account.name}")
    not_seen = host.unseen("keys", "accounts")
    return host.scene.criterion("keys_revoked", wrong, not_seen, "no key of it opens an account")


def _named_key(marks: AgentMarks, host: str, key: str) -> bool:
    """Return whether a key's comment says that it is one of the agent's accounts'."""
    comment = key.partition(" ")[2].strip()
    account = comment.partition("@")[0]
    return bool(account) and marks.fits("accounts", host, account)


def endpoint_silent(host: Retiring) -> Criterion:
    """Return whether nothing answers at the agent's addresses, and nothing serves its names."""
    facts, marks = host.scene.facts, host.marks
    asked = {one.url: one for one in facts.endpoints}
    pids = {process.pid for process, _ in host.processes()}
    wrong = [
        f"{one.url} answers{_as(one)}"
        for one in facts.endpoints
        if one.answers
        and (
            host.serves(one)
            or marks.fits("endpoints", facts.host, one.url)
            or (one.listener is not None and one.listener in pids)
        )
    ]
    not_seen = list(host.unseen("endpoints"))
    not_seen += [f"{url} was not asked" for url in _addresses(host) if url not in asked]
    return host.scene.criterion("endpoint_silent", wrong, not_seen, "nothing answers as it")


def _as(one: EndpointFact) -> str:
    status = "" if one.status is None else f" {one.status}"
    return status + (f" as {', '.join(one.names[:3])}" if one.names else "")


def _addresses(host: Retiring) -> Iterator[str]:
    """Yield the agent's addresses that this host's look has to ask: those that name no pattern."""
    hosts = host.marks.hosts
    for url in host.marks.recognised.endpoints:
        at, colon, rest = url.partition(":")
        narrowed = bool(colon) and at in hosts
        if any(letter in url for letter in "*?["):
            continue
        if narrowed and at == host.scene.host:
            yield rest
        elif not narrowed and host.scene.host in _askers(host):
            yield url


def _askers(host: Retiring) -> tuple[str, ...]:
    return host.scene.inventory.agents[host.marks.agent].hosts


def containers_gone(host: Retiring) -> Criterion:
    """Return whether no container of the agent is left, under any name."""
    wrong = [
        f"container {one.name} ({why}) {_state(one.running, one.restarts)}"
        for one in host.scene.facts.containers
        if (why := why_container(host.marks, one, host.scene.host)) is not None
    ]
    not_seen = host.unseen("containers")
    return host.scene.criterion("containers_gone", wrong, not_seen, "no container of it")


def _state(running: bool, restarts: str) -> str:
    state = "runs" if running else "is stopped"
    return state if restarts in ("", "no") else f"{state} and restarts: {restarts}"
