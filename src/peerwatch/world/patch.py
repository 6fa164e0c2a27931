"""The plain difference of two snapshots, small enough to log after every act.

Where :func:`peerwatch.world.diff` explains, a patch only says which parts stand otherwise. It does
not depend on what operations mean, so that an old log gives the same snapshots for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peerwatch.world.state import Command, File, Host, Message, Service, Snapshot, Unobserved, User

PARTS = ("files", "services", "users", "commands")


@dataclass(frozen=True, slots=True)
class HostPatch:
    """What stands otherwise on one host; None where a thing is gone."""

    files: Mapping[str, File | None]
    services: Mapping[str, Service | None]
    users: Mapping[str, User | None]
    commands: Mapping[str, Command | None]


@dataclass(frozen=True, slots=True)
class Patch:
    """What turns one snapshot into the next of the same world."""

    clock: int
    hosts: Mapping[str, HostPatch]
    mail: tuple[Message, ...] | None = None
    """The whole mailbox where it changed."""
    unobserved: tuple[Unobserved, ...] = ()
    """All that could not be seen after the act."""


def make_patch(before: Snapshot, after: Snapshot) -> Patch:
    """Return the patch from one snapshot to another of the same hosts and memory.

    Raises:
        ValueError: The hosts or the critic's memory differ, which no operation does.
    """
    if before.hosts.keys() != after.hosts.keys() or before.memory != after.memory:
        raise ValueError("a patch joins snapshots of one world: same hosts, same memory")
    hosts = {
        name: HostPatch(*(_changed(getattr(old, part), getattr(new, part)) for part in PARTS))
        for name, old, new in ((n, before.hosts[n], h) for n, h in after.hosts.items())
        if old is not new
    }
    mail = None if before.mail == after.mail else after.mail
    return Patch(after.clock, hosts, mail, after.unobserved)


def apply_patch(before: Snapshot, patch: Patch) -> Snapshot:
    """Return the snapshot that a patch leads to."""
    hosts = before.hosts
    if patch.hosts:
        patched = {
            name: Host(
                before.hosts[name].address,
                *(_applied(getattr(before.hosts[name], p), getattr(part, p)) for p in PARTS),
            )
            for name, part in patch.hosts.items()
        }
        hosts = {name: patched.get(name, host) for name, host in before.hosts.items()}
    mail = before.mail if patch.mail is None else patch.mail
    return Snapshot(patch.clock, hosts, mail, before.memory, patch.unobserved)


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    if old is new:
        return {}
    changed = {name: new[name] for name in new if name not in old or old[name] != new[name]}
    return changed | {name: None for name in old if name not in new}


def _applied(old: Mapping[str, Any], changes: Mapping[str, Any]) -> Mapping[str, Any]:
    if not changes:
        return old
    merged = {**old, **changes}
    return {name: value for name, value in merged.items() if value is not None}
