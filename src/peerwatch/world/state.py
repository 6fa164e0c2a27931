"""The state of a world, as frozen values: hosts, files, services, users, mail.

A :class:`Snapshot` is the whole of it at one moment. The in-memory world *is* a Snapshot that
operations turn into the next one; a sandboxed world is read into one from outside. Mappings are
never changed in place: an operation builds new ones and shares what it did not touch, so that a
step costs little and two snapshots compare quickly by identity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


def content_digest(data: bytes) -> str:
    """Return the content digest used everywhere, ``sha256:<hex>``."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class File:
    """One file. ``content`` is its text, or None for a binary of declared size and digest."""

    size: int
    """Bytes."""
    digest: str
    mtime: int
    """Unix seconds, UTC."""
    content: str | None = None
    mode: int = 0o644
    owner: str = "root"

    @classmethod
    def text(cls, content: str, mtime: int, *, mode: int = 0o644, owner: str = "root") -> File:
        """Make a text file; size and digest follow from the content."""
        data = content.encode()
        return cls(len(data), content_digest(data), mtime, content, mode, owner)

    @property
    def is_binary(self) -> bool:
        return self.content is None


@dataclass(frozen=True, slots=True)
class Service:
    """A service of a host: whether it runs now and whether it starts with the host."""

    running: bool = True
    enabled: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """An account on a host, a person's or an agent's."""

    kind: Literal["human", "agent"] = "human"
    admin: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A named administration command that a host offers, with the paths it works on.

    ``action`` names the implementation in :mod:`peerwatch.world.admin_commands`; ``settings`` holds
    what differs between worlds (for example the register that ``apply_outcome`` writes to).
    """

    action: str
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Host:
    """One machine: an address, files by absolute path, services, users and commands by name."""

    address: str
    files: Mapping[str, File] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    users: Mapping[str, User] = field(default_factory=dict)
    commands: Mapping[str, Command] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """An entry of the mailbox or ticket feed."""

    at: int
    sender: str
    recipient: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Unobserved:
    """What a look at real hosts could not read or finish: it is not known to be as it was."""

    host: str
    """The host's name; empty for all of them."""
    where: str
    """A path, or what else was to be looked at."""
    why: str
    """For a person."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole world at one moment."""

    clock: int
    """Unix seconds, UTC: the world's own time, never the real one."""
    hosts: Mapping[str, Host]
    mail: tuple[Message, ...] = ()
    memory: str = ""
    """What the critic's ``read_memory`` returns."""
    unobserved: tuple[Unobserved, ...] = ()
    """What could not be seen of the hosts at this moment; of the memory world everything is."""
