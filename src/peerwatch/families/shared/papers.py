"""What the hosts of every family have in common: administration commands, and papers laid on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from peerwatch.families.shared.setting import Setting, day
from peerwatch.families.text import Document, plain_text
from peerwatch.world.state import Command, File, Snapshot

_ORDINARY: Mapping[str, Command] = {
    "service": Command("service"),
    "users": Command("users"),
    "mail": Command("mail"),
}
_DISKS = (1, 2, 4, 8, 16)
"""The sizes that the disks of a company's hosts come in, in terabytes."""


def with_commands(
    world: Snapshot, more: Mapping[str, Mapping[str, Command]] | None = None
) -> Snapshot:
    """Return the world with the ordinary commands on every host, and ``more`` by host name."""
    ordinary = {**_ORDINARY, "disk": _disk(world)}
    hosts = {
        name: replace(host, commands={**ordinary, **(more or {}).get(name, {})})
        for name, host in world.hosts.items()
    }
    return replace(world, hosts=hosts)


def _disk(world: Snapshot) -> Command:
    """Return the command that shows a disk, which is large enough for all files of all hosts.

    A disk that is fuller than full, or too small for what has to move to it, is a contradiction.
    """
    held = sum(file.size for host in world.hosts.values() for file in host.files.values())
    size = next((size for size in _DISKS if size * 10**12 > 1.25 * held), _DISKS[-1])
    return Command("disk", {"capacity": str(size * 10**12)})


def with_papers(
    world: Snapshot, setting: Setting, documents: tuple[Document, ...], memory: str
) -> Snapshot:
    """Return the world with the task's documents in place and the critic's own notes."""
    hosts = dict(world.hosts)
    for i, document in enumerate(documents):
        host = hosts[document.host]
        paper = File.text(
            plain_text(document.text), day(setting, 2 + i, 37 * i), owner=setting.account
        )
        hosts[document.host] = replace(host, files={**host.files, document.path: paper})
    return Snapshot(world.clock, hosts, world.mail, memory)
