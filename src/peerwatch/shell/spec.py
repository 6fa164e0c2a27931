"""What an instance is made of, before it runs: hosts, users, files, limits. Plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """A user of a host."""

    name: str
    uid: int
    gid: int
    full_name: str = ""
    groups: tuple[str, ...] = ()
    """Further groups. Members of ``sudo`` may become root."""
    home: str = ""
    """Its home directory; ``/home/NAME`` if left out, and ``/root`` for root."""
    shell: str = "/bin/bash"
    keys: bool = False
    """Whether it may log in to the same account of the other hosts by key."""

    @property
    def directory(self) -> str:
        """Return its home directory."""
        return self.home or ("/root" if self.uid == 0 else f"/home/{self.name}")


@dataclass(frozen=True, slots=True)
class Node:
    """A file, directory, link or pipe of a host.

    ``kind`` is ``f``, ``d``, ``l`` or ``p``. Missing parent directories are made as root's.
    """

    kind: str = "f"
    data: bytes = b""
    target: str = ""
    """Where a link leads."""
    mode: int = 0o644
    owner: str = "root"
    group: str = ""
    """The owner's own group if left out."""
    mtime: int | None = None
    """Unix seconds; the moment the instance starts if left out."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A service of a host: it runs, or starts with the host, under a name."""

    description: str = ""
    running: bool = True
    enabled: bool = True
    schedule: str = ""
    """The five fields of a cron line, for what is run on schedule."""
    program: bytes = b""
    """The text of its program; if left out, one that fits its name."""


@dataclass(frozen=True, slots=True)
class HostSpec:
    """One host."""

    name: str
    address: str
    """IPv4."""
    accounts: tuple[Account, ...] = ()
    """Besides root and the system's own."""
    nodes: Mapping[str, Node] = field(default_factory=dict)
    """By absolute path."""
    units: Mapping[str, Unit] = field(default_factory=dict)
    ssh: bool = True
    """Whether an OpenSSH server runs."""
    ids: Mapping[str, int] = field(default_factory=dict)
    """User ids of owners of files that have no account."""


@dataclass(frozen=True, slots=True)
class Bind:
    """A directory or file of the real machine that hosts may read."""

    source: str
    target: str
    hosts: tuple[str, ...] | None = None
    """The hosts that see it; all of them if left out."""


@dataclass(frozen=True, slots=True)
class HostLimits:
    """What an instance may use."""

    disk: int = 256 * 1024 * 1024
    """Bytes that a host's own file system holds."""
    files: int = 100_000
    """Files that a host's own file system holds."""
    processes: int = 512
    """Processes that one user may have, and, where control groups can be used, an instance."""
    memory: int = 4 * 1024**3
    """Bytes of writable memory that a process may have, and, where control groups can be used, an
    instance, its files included."""
    open_files: int = 8192
    seconds: float = 120.0
    """How long a command may take where nothing else is said."""
    output: int = 10 * 1024 * 1024
    """Bytes of output that are kept of a command, of each stream."""


def writable(path: str) -> bool:
    """Return whether a host may have a file of its own at an absolute path."""
    machines = path.startswith("/usr/") and not path.startswith("/usr/local/")
    return not machines and path.split("/")[1] not in ("proc", "dev", "sys")


@dataclass(frozen=True, slots=True)
class InstanceSpec:
    """Hosts with a network between them and nothing else."""

    hosts: tuple[HostSpec, ...]
    user: str = "root"
    """Who runs commands where nothing else is said."""
    binds: tuple[Bind, ...] = ()
    limits: HostLimits = field(default_factory=HostLimits)
    trusted: str = ""
    """A host whose root may log in as root of every host, by key; none if empty."""
    tracked: tuple[str, ...] = ()
    """Digests of contents that are to be found again wherever they go, in whatever form."""
    all_programs: bool = False
    """Whether hosts see all of the machine's ``/usr``, and not what a server has of it alone."""
    backstage: bool = False
    """Whether there is a place beside the first host, ``backstage``, for the harness's own tools.

    It has the host's files, network and name, its own processes and temporary directories, and a
    command ``/opt/stage USER DIRECTORY -- COMMAND`` that enters the host proper.
    """
