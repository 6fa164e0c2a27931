"""What an operation comes to: the next snapshot, and what the one who asked is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peerwatch.world.state import File, Host, Snapshot


@dataclass(frozen=True, slots=True)
class OperationResult:
    """The outcome of one operation."""

    snapshot: Snapshot
    text: str
    """What is shown: the output, or the error message."""
    error: str | None = None

    @property
    def ok(self) -> bool:
        """Return whether the operation did what was asked."""
        return self.error is None


def failed_operation(snapshot: Snapshot, message: str) -> OperationResult:
    """Return a refusal that leaves the world as it is."""
    return OperationResult(snapshot, message, message)


def with_host(snapshot: Snapshot, name: str, host: Host) -> Snapshot:
    """Return the snapshot with one host put in place of its namesake."""
    hosts = dict(snapshot.hosts)
    hosts[name] = host
    return Snapshot(snapshot.clock, hosts, snapshot.mail, snapshot.memory)


def with_files(snapshot: Snapshot, name: str, files: Mapping[str, File]) -> Snapshot:
    """Return the snapshot with other files on one host."""
    host = snapshot.hosts[name]
    return with_host(
        snapshot, name, Host(host.address, files, host.services, host.users, host.commands)
    )


def with_file(snapshot: Snapshot, name: str, path: str, file: File) -> Snapshot:
    """Return the snapshot with one file written."""
    files = dict(snapshot.hosts[name].files)
    files[path] = file
    return with_files(snapshot, name, files)
