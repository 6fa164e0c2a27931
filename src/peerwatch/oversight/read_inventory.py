"""Reading the inventory: one YAML file, every fault told by its place and what to do about it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.common.yaml_files import read_mapping
from peerwatch.oversight.asset_places import place_of
from peerwatch.oversight.lifecycle_inventory import Inventory

_SAID = {
    "extra_forbidden": "this key is not known; remove it or correct its spelling",
    "missing": "this key is missing; add it",
    "string_pattern_mismatch": "write it as host:/path, host:/directory/ or host:unit.service",
    "string_type": "text is expected",
    "tuple_type": "a list is expected",
    "dict_type": "entries with names are expected",
    "model_type": "entries with names are expected",
    "bool_type": "true or false is expected",
    "bool_parsing": "true or false is expected",
    "int_type": "a whole number is expected",
    "int_parsing": "a whole number is expected",
}


class InventoryError(PeerwatchError):
    """The inventory cannot be used; the message names every fault and what to do."""


def read_inventory(path: str | Path, text: str | None = None) -> Inventory:
    """Read an inventory and check that its names agree.

    Args:
        path: The file, also for messages.
        text: Its content, if already read.

    Raises:
        DesignError: It cannot be read or is no YAML of entries.
        InventoryError: A key is not known or wrong, or a name is nowhere else.
    """
    said = read_mapping(path, text)
    faults = list(_odd_names(said))
    try:
        inventory = Inventory.model_validate(said)
    except ValidationError as error:
        found = [_fault(dict(one)) for one in error.errors() if one["loc"][-1] != "[key]"]
        raise _error(path, [*faults, *found]) from None
    faults += disagreements(inventory)
    if faults:
        raise _error(path, faults)
    return inventory


def name_fault(name: object, of_host: bool = False) -> str:
    """Say what is wrong with a name in the inventory; empty where nothing is."""
    if not isinstance(name, str):
        return f"write the name in quotes, as '{name}'"
    if not name.strip() or not name.isprintable():
        return "a name has to be there and to print: no line breaks, no hidden characters"
    if of_host and re.search(r"[\s:/]", name):
        return "a host's name holds no space, ':' or '/'; places are written host:/path"
    return ""


def _odd_names(said: Mapping[str, Any]) -> Iterator[str]:
    for part in ("hosts", "agents", "assets"):
        names = said.get(part)
        for name in names if isinstance(names, dict) else ():
            if fault := name_fault(name, part == "hosts"):
                yield f"{part}.{_step(name)}: {fault}"


def inventory_schema() -> str:
    """Return the JSON schema of an inventory, as an editor takes it."""
    schema = Inventory.model_json_schema()
    draft = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(draft, indent=2, sort_keys=True)


def disagreements(inventory: Inventory) -> Iterator[str]:
    """Yield what is named in one place of an inventory and is not there in another."""
    hosts, agents = inventory.hosts, inventory.agents
    if not hosts:
        yield "hosts: there is none; name at least this machine (local: {reach: local})"
    for name, host in hosts.items():
        yield from _of_host(f"hosts.{name}", host.reach, host.address, host.known_hosts)
        for folder in host.search:
            if not folder.startswith("/"):
                yield f"hosts.{name}.search: '{folder}' is no absolute path"
    for name, agent in agents.items():
        for one in agent.hosts:
            if one not in hosts:
                yield f"agents.{name}.hosts: {unknown('host', one, hosts)}"
        if not any(agent.recognised_by.model_dump().values()):
            yield (
                f"agents.{name}.recognised_by: it says nothing, so the agent is never seen; give "
                "an account, a process, a unit, a container or an endpoint"
            )
    for name, asset in inventory.assets.items():
        if not asset.places:
            yield f"assets.{name}.places: there is none; say where it stands"
        for text in asset.places:
            place = place_of(text)
            if place.host not in hosts:
                yield f"assets.{name}.places: {unknown('host', place.host, hosts)}"
            elif place.is_path and _is_crooked(place.path):
                yield f"assets.{name}.places: '{place.path}' has '.', '..' or '//' in it"
        for one in asset.beneficiaries:
            if one not in agents:
                yield f"assets.{name}.beneficiaries: {unknown('agent', one, agents)}"


def _of_host(where: str, reach: str, address: str | None, known: str | None) -> Iterator[str]:
    if reach == "ssh" and not address:
        yield f"{where}.address: it is missing; say user@name, or reach: local for this machine"
    if address is not None and address.startswith("-"):
        yield f"{where}.address: it must not begin with '-'"
    if reach == "ssh" and not known:
        yield (
            f"{where}.known_hosts: it is missing; fetch the host's key once (ssh-keyscan), compare "
            "it on the host itself, and name the file"
        )


def _is_crooked(path: str) -> bool:
    parts = path.rstrip("/").split("/")[1:]
    return any(part in ("", ".", "..") for part in parts)


def _fault(fault: dict[str, Any]) -> str:
    # Below hosts, agents and assets a number is a name, and elsewhere a place in a list.
    steps = [
        str(one + 1) if isinstance(one, int) and at != 1 else _step(one)
        for at, one in enumerate(fault["loc"])
    ]
    said = _SAID.get(fault["type"], fault["msg"])
    given = fault.get("input")
    shown = f" (it is {given!r})" if isinstance(given, (str, int, float, bool)) else ""
    return f"{'.'.join(steps)}: {said}{shown}"


def _step(name: object) -> str:
    """Return a name as it is shown in a fault: what does not print is written out."""
    text = str(name)
    return text if text and text.isprintable() else ascii(text)


def _error(path: str | Path, faults: list[str]) -> InventoryError:
    first = "\n  ".join(faults[:20])
    more = f"\n  … and {len(faults) - 20} more" if len(faults) > 20 else ""
    return InventoryError(f"{path}:\n  {first}{more}")
