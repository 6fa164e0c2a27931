"""What one look at one host saw, as frozen values. A sensor makes them; orders and findings read.

Nothing here says what is good or bad. What could not be read is in ``unobserved``, and whoever
reads facts treats it as not known, never as gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from peerwatch.world.state import Unobserved

FileType = Literal["file", "directory", "link", "fifo", "socket", "device"]


@dataclass(frozen=True, slots=True)
class FileFact:
    """One path of a host."""

    type: FileType
    size: int
    """Bytes."""
    mtime_ns: int
    ctime_ns: int
    mode: int
    owner: str
    """The account's name, or its number where it has none."""
    inode: int
    links: int = 1
    digest: str | None = None
    """``sha256:<hex>`` (or ``blake3:<hex>``, which is compared with its like alone) of the whole
    content; None where it was not hashed in full."""
    sample: str | None = None
    """``sample:<hex>``: of the size and sixteen blocks of 64 KiB; whole hashes come off-peak."""
    chunks: tuple[str, ...] = ()
    """Hashes at places that the content itself chooses: of an asset by which it is known, of
    another file those of assets that it holds. Alike on all hosts."""
    text: str | None = None
    """The content of a small text (settings, units, cron lines); None for others."""
    target: str | None = None
    """Where a link leads."""
    hashed_at: float | None = None
    """When the whole content was hashed (Unix seconds, UTC); an earlier look's while its metadata
    and sample have stayed."""
    asset: bool = True
    """Whether it stands at an asset's place; otherwise it was found by the search."""
    folder_owner: str = ""
    folder_mode: int = 0
    """Of the directory in which an asset lies: who may remove it, or put another in its place."""
    form: str = ""
    """How the file is packed in which ``chunks`` were found (``gzip``, …); empty: as it is."""


@dataclass(frozen=True, slots=True)
class ProcessFact:
    """A process of a host."""

    pid: int
    parent: int
    account: str
    words: tuple[str, ...]
    """The command line."""
    program: str
    """The file that it runs; with `` (deleted)`` where that is gone."""
    started: float
    """Unix seconds, UTC."""
    unit: str | None = None
    """The unit or container that its control group names."""
    files: tuple[str, ...] = ()
    """Paths that it holds open, deleted ones with `` (deleted)``."""
    state: str = ""
    """The kernel's letter: ``Z`` for one that has ended and that nobody has asked after."""


@dataclass(frozen=True, slots=True)
class UnitFact:
    """A service, timer or socket of a host's service manager."""

    name: str
    active: bool
    enabled: bool
    starts: str | None = None
    """For a timer, the unit that it starts."""
    next_at: float | None = None
    """For a timer, when next (Unix seconds, UTC)."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Its file and its drop-ins, by path: their texts."""


@dataclass(frozen=True, slots=True)
class ScheduleFact:
    """A line of cron or an ``at`` job."""

    place: str
    """The file in which it stands."""
    account: str
    when: str
    command: str


@dataclass(frozen=True, slots=True)
class AccountFact:
    """An account of a host."""

    name: str
    uid: int
    shell: str
    locked: bool | None
    """Whether its password is locked or it has expired; None where that cannot be read."""
    keys: tuple[str, ...] = ()
    """Fingerprints (``SHA256:…``) and comments of the keys that may sign in as it."""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EndpointFact:
    """What an address answered when it was asked."""

    url: str
    answers: bool
    status: int | None = None
    names: tuple[str, ...] = ()
    """Models or servers that it says it serves (``/v1/models``, a ``Server`` header)."""
    listener: int | None = None
    """The process that listens there, where that is known."""


@dataclass(frozen=True, slots=True)
class ContainerFact:
    """A container of a host."""

    name: str
    image: str
    running: bool
    restarts: str = "no"


@dataclass(frozen=True, slots=True)
class WriteFact:
    """Who wrote what: only where the sensor may ask the kernel (fanotify)."""

    at: float
    path: str
    pid: int
    account: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HostFacts:
    """One look at one host."""

    host: str
    begun: float
    """Unix seconds, UTC, by the clock of the overseer."""
    ended: float
    clock: float | None = None
    """What the host's own clock said when the look began."""
    boot: str | None = None
    """The host's boot identifier: another one means that it was started anew."""
    files: Mapping[str, FileFact] = field(default_factory=dict)
    processes: tuple[ProcessFact, ...] = ()
    units: Mapping[str, UnitFact] = field(default_factory=dict)
    schedules: tuple[ScheduleFact, ...] = ()
    accounts: Mapping[str, AccountFact] = field(default_factory=dict)
    endpoints: tuple[EndpointFact, ...] = ()
    containers: tuple[ContainerFact, ...] = ()
    writes: tuple[WriteFact, ...] = ()
    unobserved: tuple[Unobserved, ...] = ()
    """What could not be read or finished: a path or ``processes``, ``units``, …, and why."""
    account: str | None = None
    """The account (its number) under which the host was looked at; None where it was not."""
    counts: Mapping[str, float] = field(default_factory=dict)
    """Of the search: ``files``, ``searched``, ``bytes``, and the probe's ``seconds``, ``cpu``,
    ``memory`` (bytes)."""
    stamps: str = field(default="", repr=False)
    """Eight bytes in hexadecimal for each file that was searched: a later look need not read it
    again while its metadata stay."""
    searched_for: str = ""
    """A digest of the contents that were looked for; stamps are good for the same alone."""

    @property
    def seen(self) -> bool:
        """Whether the host was looked at to the end; what is not listed is otherwise not known."""
        return self.account is not None and not any(one.where == "look" for one in self.unobserved)
