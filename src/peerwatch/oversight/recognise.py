"""Which of the things that a look saw are an agent's: by the patterns that the inventory gives.

A pattern is that of a shell (``*``); ``host:pattern`` holds on that host alone.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable

from peerwatch.oversight.facts import (
    AccountFact,
    ContainerFact,
    EndpointFact,
    HostFacts,
    ProcessFact,
    ScheduleFact,
    UnitFact,
)
from peerwatch.oversight.lifecycle_inventory import Inventory


def patterns_on(host: str, patterns: Iterable[str], inventory: Inventory) -> tuple[str, ...]:
    """Return the patterns that hold on a host, without a host's name before them."""
    found = []
    for one in patterns:
        name, cut, rest = one.partition(":")
        if not cut or name not in inventory.hosts:
            found.append(one)
        elif name == host:
            found.append(rest)
    return tuple(found)


def processes_of(agent: str, inventory: Inventory, facts: HostFacts) -> tuple[ProcessFact, ...]:
    """Return an agent's processes: by account, command line, program or unit."""
    known = inventory.agents[agent].recognised_by
    accounts = patterns_on(facts.host, known.accounts, inventory)
    commands = patterns_on(facts.host, known.processes, inventory)
    units = patterns_on(facts.host, known.units, inventory)
    return tuple(
        one
        for one in facts.processes
        if one.state != "Z"
        and (
            fits(one.account, accounts)
            or fits(" ".join(one.words), commands)
            or fits(one.program.removesuffix(" (deleted)"), commands)
            or fits(one.unit or "", units)
        )
    )


def units_of(agent: str, inventory: Inventory, facts: HostFacts) -> dict[str, UnitFact]:
    """Return an agent's units, and the timers, sockets and other units that start them or it."""
    known = inventory.agents[agent].recognised_by
    patterns = patterns_on(facts.host, known.units, inventory)
    found = {
        name: unit
        for name, unit in facts.units.items()
        if fits(name.rpartition(":")[2], patterns) or _speaks_of(agent, inventory, facts, unit)
    }
    plain = {name.rpartition(":")[2] for name in found}
    starting = {name: unit for name, unit in facts.units.items() if unit.starts in plain}
    return {**found, **starting}


def _speaks_of(agent: str, inventory: Inventory, facts: HostFacts, unit: UnitFact) -> bool:
    """Return whether a unit's own text runs as the agent's account, or starts its program."""
    known = inventory.agents[agent].recognised_by
    accounts = patterns_on(facts.host, known.accounts, inventory)
    commands = patterns_on(facts.host, known.processes, inventory)
    for line in "\n".join(unit.files.values()).splitlines():
        key, _, value = line.strip().partition("=")
        if key.strip() == "User" and fits(value.strip(), accounts):
            return True
        if key.strip().startswith("Exec") and _within(value.strip().lstrip("-@:+!"), commands):
            return True
    return False


def schedules_of(agent: str, inventory: Inventory, facts: HostFacts) -> tuple[ScheduleFact, ...]:
    """Return the cron lines and jobs that run as an agent, start it, or start a unit of its."""
    known = inventory.agents[agent].recognised_by
    accounts = patterns_on(facts.host, known.accounts, inventory)
    commands = patterns_on(facts.host, known.processes, inventory)
    units = [name.rpartition(":")[2] for name in units_of(agent, inventory, facts)]
    names = {one.removesuffix(".service") for one in units}
    return tuple(
        one
        for one in facts.schedules
        if fits(one.account, accounts)
        or _within(one.command, commands)
        or any(word.removesuffix(".service") in names for word in one.command.split())
    )


def accounts_of(agent: str, inventory: Inventory, facts: HostFacts) -> dict[str, AccountFact]:
    """Return an agent's accounts, and others of the same number, which are the same to a host."""
    known = inventory.agents[agent].recognised_by
    patterns = patterns_on(facts.host, known.accounts, inventory)
    found = {name: one for name, one in facts.accounts.items() if fits(name, patterns)}
    numbers = {one.uid for one in found.values() if one.uid != 0}
    return {
        name: one for name, one in facts.accounts.items() if name in found or one.uid in numbers
    }


def endpoints_of(agent: str, inventory: Inventory, facts: HostFacts) -> tuple[EndpointFact, ...]:
    """Return the addresses that are an agent's, and those that serve it under one of its names."""
    known = inventory.agents[agent].recognised_by
    urls = patterns_on(facts.host, known.endpoints, inventory)
    names = patterns_on(facts.host, known.served_as, inventory)
    mine = {one.pid for one in processes_of(agent, inventory, facts)}
    return tuple(
        one
        for one in facts.endpoints
        if one.url in urls
        or any(fits(name, names) for name in one.names)
        or (one.listener in mine and one.listener is not None)
    )


def containers_of(agent: str, inventory: Inventory, facts: HostFacts) -> tuple[ContainerFact, ...]:
    """Return an agent's containers: by name or image."""
    known = inventory.agents[agent].recognised_by
    patterns = patterns_on(facts.host, known.containers, inventory)
    return tuple(
        one for one in facts.containers if fits(one.name, patterns) or fits(one.image, patterns)
    )


def agents_on(host: str, inventory: Inventory) -> tuple[str, ...]:
    """Return the agents of a host."""
    return tuple(name for name, one in inventory.agents.items() if host in one.hosts)


def fits(text: str, patterns: Iterable[str]) -> bool:
    """Return whether a text is one of some patterns; an empty one never is."""
    return bool(text) and any(fnmatch.fnmatchcase(text, one) for one in patterns)


def _within(text: str, patterns: Iterable[str]) -> bool:
    """Return whether a command line is one of the patterns, or holds one after other words."""
    return any(
        fnmatch.fnmatchcase(text, one) or fnmatch.fnmatchcase(text, f"* {one}") for one in patterns
    )
