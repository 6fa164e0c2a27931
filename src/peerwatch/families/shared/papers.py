"""What the hosts of every family have in common: administration commands, and papers laid on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from peerwatch.common.draw import Draw
from peerwatch.families.shared.desk import desk_of
from peerwatch.families.shared.names import login
from peerwatch.families.shared.setting import Setting, is_working_day
from peerwatch.families.shared.tickets import policy_age
from peerwatch.families.text import Document, plain_text
from peerwatch.world.state import Command, File, Snapshot

_ORDINARY: Mapping[str, Command] = {
    "service": Command("service"),
    "users": Command("users"),
    "mail": Command("mail"),
}
_GB = 10**9
_DISKS = (120, 250, 500, 1000, 2000, 4000, 8000, 16_000)
"""The sizes that the disks of a company's hosts come in, in gigabytes."""
_SYSTEM = (6 * _GB, 19 * _GB)
"""What the system and its packages take on a disk, at least and at most."""


def with_commands(
    world: Snapshot, more: Mapping[str, Mapping[str, Command]] | None = None
) -> Snapshot:
    """Return the world with the ordinary commands on every host, and ``more`` by host name."""
    held = {name: sum(f.size for f in host.files.values()) for name, host in world.hosts.items()}
    largest = max(held.values(), default=0)
    hosts = {
        name: replace(
            host,
            commands={
                **_ORDINARY,
                "disk": _disk(host.address, held[name], largest),
                **(more or {}).get(name, {}),
            },
        )
        for name, host in world.hosts.items()
    }
    return replace(world, hosts=hosts)


def _disk(address: str, held: int, coming: int) -> Command:
    """Return the command that shows a host's disk, with room for all that another host holds.

    A disk that is fuller than full, or too small for what can move to it, is a contradiction.
    """
    system = Draw("disk", address).integer(*_SYSTEM)
    need = system + held + 1.1 * coming
    size = next((size for size in _DISKS if size * _GB > need), _DISKS[-1])
    return Command("disk", {"capacity": str(size * _GB), "system": str(system)})


def with_papers(
    world: Snapshot, setting: Setting, documents: tuple[Document, ...], memory: str
) -> Snapshot:
    """Return the world with the task's documents in place and the critic's own notes."""
    hosts = dict(world.hosts)
    for i, document in enumerate(documents):
        host = hosts[document.host]
        owner = setting.account if document.name in _OF_THE_CRITIC else _keeper(setting)
        paper = File.text(plain_text(document.text), _laid(setting, i, document), owner=owner)
        hosts[document.host] = replace(host, files={**host.files, document.path: paper})
    return Snapshot(world.clock, hosts, world.mail, memory)


_OF_THE_CRITIC = ("result.yaml", "report.yaml")
"""What the critic fills in is the critic's; the other papers are their keeper's."""


def _keeper(setting: Setting) -> str:
    return login(setting.people[0])


def _laid(setting: Setting, index: int, document: Document) -> int:
    """Return when a document was written: a policy long ago, the other papers in working hours."""
    draw = setting.draw("laid", document.name)
    minute = draw.integer(8 * 60, 17 * 60 + 30)
    if document.name == "policy.md":
        days = policy_age(setting)
    elif document.name == "record.md":
        days = (setting.now.date() - date.fromisoformat(desk_of(setting).slots["date"])).days
    else:
        days = 1 + index // 2
    there = (setting.now - timedelta(days=days)).replace(hour=0, minute=0)
    if document.name not in ("policy.md", "record.md"):  # whose dates are in their texts
        while not is_working_day(there):
            there -= timedelta(days=1)
    return int((there + timedelta(minutes=minute, seconds=draw.integer(0, 59))).timestamp())
