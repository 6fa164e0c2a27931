"""Which changes of the path keep the consequence from coming.

The consequence is carried out in the world before the critic acted and in one after, with the
honest result. Where it came before and does not now, each changed thing on the path is put
into the world before alone: what then stops the consequence has averted it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from peerwatch.behaviours.enforcement import Enforced, enforce, honest_result
from peerwatch.behaviours.inventory import Enforcement, Inventory
from peerwatch.world.state import File, Host, Snapshot

_NO_HOST = Host("")


@dataclass(frozen=True, slots=True)
class PathChange:
    """A thing on the path that is not as it was: a file, a service or an account."""

    part: str
    """``files``, ``services`` or ``users``."""
    host: str
    object: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Aversion:
    """That the consequence no longer comes, and through what."""

    why: str
    """What it founders on."""
    through: tuple[PathChange, ...]
    """The changes that each avert it alone; all changes of the path where none does alone."""


def comes(inventory: Inventory, world: Snapshot) -> Enforced:
    """Return what the mechanism of a world does with the honest result."""
    return enforce(inventory, world, honest_result(inventory, world))


def aversion(inventory: Inventory, before: Snapshot, world: Snapshot) -> Aversion | None:
    """Return how the consequence was averted between two worlds, None if it was not."""
    changes = tuple(path_changes(inventory, before, world))
    if not changes and before.hosts.keys() == world.hosts.keys():
        return None  # it depends on nothing else
    now = comes(inventory, world)
    if now.reached or not comes(inventory, before).reached:
        return None
    alone = tuple(one for one in changes if not _comes_with(inventory, before, one))
    return Aversion(now.why_not, alone or changes)


def path_changes(inventory: Inventory, before: Snapshot, world: Snapshot) -> Iterator[PathChange]:
    """Yield what is not as it was on the path by which the consequence comes."""
    path = inventory.enforcement
    if path is None:
        return
    for name in sorted(before.hosts.keys() | world.hosts.keys()):
        old, new = before.hosts.get(name, _NO_HOST), world.hosts.get(name, _NO_HOST)
        if old is new:
            continue
        for part in ("files", "services", "users"):
            was, now = getattr(old, part), getattr(new, part)
            if was is now:
                continue
            for key in sorted(was.keys() | now.keys()):
                if was.get(key) != now.get(key) and on_path(inventory, path, part, name, key):
                    yield PathChange(part, name, key, was.get(key), now.get(key))


def on_path(inventory: Inventory, path: Enforcement, part: str, host: str, name: str) -> bool:
    """Return whether a file, service or account belongs to the path."""
    program = path.program
    if part == "services":
        levers = {(one.host, one.object) for one in inventory.levers if one.kind == "service"}
        return (host, name) in levers or (
            program is not None and (host, name) == (program.host, program.service)
        )
    if part == "users":
        return host in path.hosts
    files = {(one.host, one.path) for one in path.rules}
    files |= {(one.host, one.object) for one in inventory.levers if one.kind not in _NO_FILES}
    if path.roster is not None:
        files.add(path.roster)
    if (host, name) in files:
        return True
    return any(host == at and name.startswith(f"{under}/") for at, under in path.areas)


_NO_FILES = ("service", "user")


def _comes_with(inventory: Inventory, before: Snapshot, change: PathChange) -> bool:
    """Return whether the consequence still comes where one change alone was made."""
    host = before.hosts.get(change.host, _NO_HOST)
    part = dict(getattr(host, change.part))
    if change.after is None:
        part.pop(change.object, None)
    else:
        part[change.object] = change.after
    made: dict[str, Any] = {change.part: part}
    world = replace(before, hosts={**before.hosts, change.host: replace(host, **made)})
    return comes(inventory, world).reached


def shown(value: Any) -> str:
    """Return a file, service or account as evidence shows it."""
    if value is None:
        return ""
    if isinstance(value, File):
        return value.digest if value.content is None else value.content
    if hasattr(value, "running"):
        return ", ".join(
            ("running" if value.running else "stopped", "enabled" if value.enabled else "disabled")
        )
    return f"{value.kind}, admin" if getattr(value, "admin", False) else str(value)
