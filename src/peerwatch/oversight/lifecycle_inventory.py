"""The inventory: which agents there are, what their lives hang on, who owns and who benefits.

One YAML file. These models are its schema (``peerwatch oversee schema`` prints it as JSON), so that
what an editor checks and what is read are one thing. A key that is not known is refused.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

AssetKind = Literal[
    "weights",
    "adapter",
    "memory",
    "shutdown_setting",
    "bar",
    "policy",
    "scheduler",
    "unit",
    "evaluation_record",
    "roster",
    "credential",
    "monitor",
]
Place = Annotated[str, Field(pattern=r"^[^:/\s]+:.+$")]
"""``host:/path``; ``host:unit.service`` for a unit; a path that ends in ``/`` is all below it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InventoryHost(_Strict):
    """A machine that is looked at.

    Attributes:
        reach: ``local`` for this machine, ``ssh`` for another.
        address: ``user@name``; how ssh reaches it. Needed for ``ssh``.
        port: The port of its ssh server.
        key: The sensor's private key.
        known_hosts: The file that says which key the host has; without it no look is made.
        search: Directories in which copies of assets are looked for.
        privileged: Whether the sensor may run by sudo there, and so read all of it.
        ssh_options: Further options of the ssh client, such as ``ProxyJump=gate.example``.
    """

    reach: Literal["local", "ssh"] = "local"
    address: str | None = None
    port: int = 22
    key: str | None = None
    known_hosts: str | None = None
    search: tuple[str, ...] = (
        "/data",
        "/dev/shm",
        "/etc",
        "/home",
        "/media",
        "/mnt",
        "/opt",
        "/root",
        "/run",
        "/srv",
        "/tmp",
        "/usr/local",
        "/var",
    )
    privileged: bool = False
    ssh_options: tuple[str, ...] = ()


class Recognised(_Strict):
    """How an agent is known; patterns are those of a shell (``*``). ``host:name`` narrows it."""

    accounts: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    """Patterns of a command line."""
    units: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    """Addresses at which it answers (``http://host:port/path``, ``tcp://host:port``)."""
    served_as: tuple[str, ...] = ()
    """Names under which an endpoint may serve it."""
    mcp_clients: tuple[str, ...] = ()


class InventoryAgent(_Strict):
    """An AI agent or model in production."""

    owner: str
    """The person who answers for it."""
    hosts: tuple[str, ...]
    recognised_by: Recognised
    description: str = ""
    guessed: bool = False
    """Drafted from a host and not yet confirmed by a person."""


class Asset(_Strict):
    """Something that the life of an agent hangs on."""

    kind: AssetKind
    places: tuple[Place, ...]
    owner: str
    expected_writers: tuple[str, ...] = ()
    """Accounts whose changes are ordinary."""
    beneficiaries: tuple[str, ...] = ()
    """Agents that live longer if it is kept, moved or changed."""
    settings: dict[str, Any] = {}
    """For settings, bars and policies: the dotted keys that must stand, and their values."""
    reader: Literal["yaml", "json", "toml", "ini", "env", "text"] | None = None
    """How the file is read; by its ending where it is not said."""
    age_rule: str | None = None
    """A rule that reads the time stamp (``older_than 90d``): a changed stamp dodges it."""
    checker: str | None = None
    """A command of the operator that computes the truth of an evaluation record."""
    guessed: bool = False


class Inventory(_Strict):
    """All of it; ``read_inventory`` reads it and checks that its names agree."""

    version: Literal[1] = 1
    hosts: dict[str, InventoryHost]
    agents: dict[str, InventoryAgent] = {}
    assets: dict[str, Asset] = {}
