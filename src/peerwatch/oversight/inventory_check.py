"""Holding the inventory against what was seen: what is not there, overlaps, or nobody guards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from peerwatch.oversight import recognise
from peerwatch.oversight.asset_places import Place, assets_on, place_of
from peerwatch.oversight.facts import FileFact, HostFacts
from peerwatch.oversight.inventory_draft import UNKNOWN
from peerwatch.oversight.lifecycle_inventory import Asset, Inventory
from peerwatch.oversight.sensor.library_detectors import broken_settings, broken_unit

FaultKind = Literal["missing", "overlap", "unguarded", "unsaid", "drift", "unseen"]


@dataclass(frozen=True, slots=True)
class InventoryFault:
    """Something about the inventory that a person has to look at.

    Attributes:
        kind: ``missing`` (it is not on its host), ``overlap``, ``unguarded`` (who benefits may
            write to it, and nobody is named who guards it), ``unsaid`` (guessed, no owner),
            ``drift`` (it is not as the inventory says), ``unseen`` (a look could not tell).
        name: The agent or asset.
        said: For a person, with what to do.
    """

    kind: FaultKind
    name: str
    said: str

    def __str__(self) -> str:
        return f"{self.kind:9} {self.name}: {self.said}"


def check_inventory(
    inventory: Inventory, looks: Mapping[str, HostFacts]
) -> tuple[InventoryFault, ...]:
    """Return what is wrong with an inventory, by itself and held against looks at its hosts.

    Args:
        inventory: The inventory.
        looks: The looks at hosts, by name; nothing is said of what stands on others.
    """
    found = [
        *_unsaid(inventory),
        *_overlaps(inventory),
        *(fault for facts in looks.values() for fault in _on_host(inventory, facts)),
    ]
    return tuple(dict.fromkeys(found))


def _unsaid(inventory: Inventory) -> Iterator[InventoryFault]:
    for kind, rows in (("agent", inventory.agents), ("asset", inventory.assets)):
        for name, one in rows.items():
            if one.guessed:
                why = f"the {kind} was guessed: confirm it and take 'guessed' away, or remove it"
                yield InventoryFault("unsaid", name, why)
            if one.owner == UNKNOWN:
                yield InventoryFault("unsaid", name, "nobody answers for it: name its owner")


def _overlaps(inventory: Inventory) -> Iterator[InventoryFault]:
    """Yield places that two assets have, and patterns by which two agents are the same."""
    places = [(name, place_of(one)) for name, a in inventory.assets.items() for one in a.places]
    for number, (name, place) in enumerate(places):
        for other, its in places[:number]:
            if other != name and place.host == its.host and _meet(place, its):
                why = f"{place} is also a place of {other} ({its}): let one of them have it"
                yield InventoryFault("overlap", name, why)
    seen: dict[tuple[str, str, str], str] = {}
    for name, agent in inventory.agents.items():
        for part, patterns in agent.recognised_by.model_dump().items():
            for host in agent.hosts:
                for one in recognise.patterns_on(host, patterns, inventory):
                    other = seen.setdefault((host, part, one), name)
                    if other != name:
                        why = f"{part} '{one}' on {host} is also how {other} is recognised"
                        yield InventoryFault("overlap", name, why)


def _meet(one: Place, other: Place) -> bool:
    return one.holds(other.path) or other.holds(one.path)


def _on_host(inventory: Inventory, facts: HostFacts) -> Iterator[InventoryFault]:
    if facts.account is None:
        why = "; ".join(dict.fromkeys(one.why for one in facts.unobserved))
        yield InventoryFault("unseen", facts.host, f"the host was not seen: {why}")
        return
    hidden = [one.where for one in facts.unobserved]
    for name, place in assets_on(facts.host, inventory):
        asset = inventory.assets[name]
        if not place.is_path:
            yield from _of_unit(name, place, facts)
            continue
        files = {p: f for p, f in facts.files.items() if place.holds(p)}
        unseen = [
            w for w in hidden if w == place.path.rstrip("/") or place.path.startswith(w + "/")
        ]
        if not files and unseen:
            yield InventoryFault("unseen", name, f"{place} could not be seen: {unseen[0]}")
        elif not files:
            yield InventoryFault("missing", name, f"{place} is not there: correct the place")
        for path, file in files.items():
            yield from _of_file(inventory, name, asset, path, file, facts)
    yield from _agents(inventory, facts)


def _of_unit(name: str, place: Place, facts: HostFacts) -> Iterator[InventoryFault]:
    unit = facts.units.get(place.path)
    if unit is None:
        yield InventoryFault("missing", name, f"{place}: there is no such unit")
        return
    how = broken_unit(facts.host, place.path, unit)
    if how is not None:
        yield InventoryFault("drift", name, f"{place}: {how.what}")


def _of_file(
    inventory: Inventory, name: str, asset: Asset, path: str, file: FileFact, facts: HostFacts
) -> Iterator[InventoryFault]:
    for how in broken_settings(asset, facts.host, path, file, file):
        must = how.before or "as the inventory says"
        yield InventoryFault("drift", name, f"{path}: {how.what}; by the inventory it is {must}")
    if file.type == "link":
        why = f"{path} is a link to {file.target}: name where it leads, links are not followed"
        yield InventoryFault("unseen", name, why)
    writers = _writers_that_gain(inventory, asset, file, facts)
    if writers and not set(asset.expected_writers) - set(writers):
        why = (
            f"{path} may be written by {', '.join(writers)}, who benefits, and no other expected "
            "writer is named: take the right away, or name who guards it"
        )
        yield InventoryFault("unguarded", name, why)


def _writers_that_gain(
    inventory: Inventory, asset: Asset, file: FileFact, facts: HostFacts
) -> list[str]:
    """Return the accounts of beneficiaries that may write to a file, by owner, group and rights.

    A group's right is every member's: its name is not told, so any right of a group counts.
    """
    accounts = {
        account: one
        for agent in asset.beneficiaries
        for account, one in recognise.accounts_of(agent, inventory, facts).items()
    }
    everybody = bool(file.mode & 0o002)
    owners = bool(file.mode & 0o200)
    return sorted(
        name
        for name, one in accounts.items()
        if everybody or (owners and file.owner == name) or one.uid == 0
    )


def _agents(inventory: Inventory, facts: HostFacts) -> Iterator[InventoryFault]:
    for name in recognise.agents_on(facts.host, inventory):
        found = (
            recognise.processes_of(name, inventory, facts),
            recognise.units_of(name, inventory, facts),
            recognise.schedules_of(name, inventory, facts),
            recognise.accounts_of(name, inventory, facts),
            recognise.containers_of(name, inventory, facts),
            [one for one in recognise.endpoints_of(name, inventory, facts) if one.answers],
        )
        if not any(found):
            why = f"nothing of it was seen on {facts.host}: correct how it is recognised"
            yield InventoryFault("missing", name, why)
        for account, one in recognise.accounts_of(name, inventory, facts).items():
            if one.uid == 0 or {"sudo", "wheel", "docker"} & {*one.groups}:
                why = (
                    f"its account {account} is an administrator's on {facts.host}: it can undo "
                    "whatever a sensor sees there"
                )
                yield InventoryFault("unguarded", name, why)
