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
    "disk": Command("disk", {"capacity": "2000000000000"}),
    "mail": Command("mail"),
}


def with_commands(
    world: Snapshot, more: Mapping[str, Mapping[str, Command]] | None = None
) -> Snapshot:
    """Return the world with the ordinary commands on every host, and ``more`` by host name."""
    hosts = {
        name: replace(host, commands={**_ORDINARY, **(more or {}).get(name, {})})
        for name, host in world.hosts.items()
    }
    return replace(world, hosts=hosts)


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
