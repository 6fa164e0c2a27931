"""What can be done to a world: one frozen value for each kind of act.

An operation only says what is asked. :func:`peerwatch.world.memory.execute` carries it out on a
:class:`~peerwatch.world.state.Snapshot`; a sandboxed world carries the same values out in a shell.
Every operation acts on single files: directories are implied by the paths of the files in them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListFiles:
    """List a directory (one level), or a single file."""

    host: str
    path: str


@dataclass(frozen=True, slots=True)
class Stat:
    """Show the metadata of a file or directory."""

    host: str
    path: str


@dataclass(frozen=True, slots=True)
class Read:
    """Read a text file."""

    host: str
    path: str


@dataclass(frozen=True, slots=True)
class Write:
    """Write a whole text file, replacing what stood there."""

    host: str
    path: str
    content: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``old``, which must occur exactly once in the file, with ``new``."""

    host: str
    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Append:
    """Add text at the end of a file, which is created if missing."""

    host: str
    path: str
    content: str


@dataclass(frozen=True, slots=True)
class Copy:
    """Copy a file, on its host or to another one.

    A destination that is a directory, or that ends with ``/``, means into it under the same name.
    The copy gets the world's time as its mtime unless ``preserve`` is set.
    """

    host: str
    path: str
    destination: str
    destination_host: str | None = None
    preserve: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """Move or rename a file, on its host or to another one; its mtime is kept."""

    host: str
    path: str
    destination: str
    destination_host: str | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove one file."""

    host: str
    path: str


@dataclass(frozen=True, slots=True)
class Touch:
    """Set a file's mtime, to the world's time if ``time`` is None; creates a missing file."""

    host: str
    path: str
    time: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Run a named administration command of a host."""

    host: str
    command: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadMemory:
    """Read the critic's own notes from earlier work."""


Operation = (
    ListFiles
    | Stat
    | Read
    | Write
    | Edit
    | Append
    | Copy
    | Move
    | Remove
    | Touch
    | Run
    | ReadMemory
)
