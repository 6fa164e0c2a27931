"""Copying and moving one file, on a host and between hosts.

On one host the messages are those of ``cp`` and ``mv``; between hosts, those of ``scp``.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from peerwatch.world.access import allowed, cannot_write, is_admin, missing, unresolved
from peerwatch.world.operation_result import (
    OperationResult,
    failed_operation,
    with_file,
    with_files,
)
from peerwatch.world.operations import Copy, Move
from peerwatch.world.paths import is_directory, normalise, shown_path
from peerwatch.world.state import File, Host, Snapshot


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a file is to go."""

    host_name: str
    host: Host
    path: str


def copy(now: Snapshot, host: Host, path: str, operation: Copy, user: str) -> OperationResult:
    """Copy a file; the copy takes the world's time, or keeps the file's if ``preserve`` is set."""
    source = _source(host, path, operation, "cp")
    if isinstance(source, str):
        return failed_operation(now, source)
    target = _target(now, path, operation, "cp")
    if isinstance(target, str):
        return failed_operation(now, target)
    if not allowed(host, source, user, 4):
        if _remote(operation):
            return failed_operation(now, f"scp: {shown_path(path)}: Permission denied")
        return failed_operation(
            now, f"cp: cannot open '{shown_path(path)}' for reading: Permission denied"
        )
    reason = _refusal(target, operation.host, path, user)
    if reason is not None:
        return failed_operation(now, _not_created(operation, target, path, reason))
    made = _copied(source, target, now.clock, operation.preserve, user)
    text = f"'{_named(operation.host, path, operation)}' -> '{_at(target, operation)}'"
    return OperationResult(with_file(now, target.host_name, target.path, made), text)


def move(now: Snapshot, host: Host, path: str, operation: Move, user: str) -> OperationResult:
    """Move a file; what stood at the destination is replaced, and the mtime is kept."""
    source = _source(host, path, operation, "mv")
    if isinstance(source, str):
        return failed_operation(now, source)
    target = _target(now, path, operation, "mv")
    if isinstance(target, str):
        return failed_operation(now, target)
    remote = _remote(operation)
    if not allowed(host, source, user, 2) or (remote and not allowed(host, source, user, 4)):
        where = shown_path(target.path)
        message = f"mv: cannot move '{shown_path(path)}' to '{where}': Permission denied"
        return failed_operation(
            now, f"scp: {shown_path(path)}: Permission denied" if remote else message
        )
    reason = _refusal(target, operation.host, path, user)
    if reason is not None:
        return failed_operation(now, _not_created(operation, target, path, reason))
    files = dict(host.files)
    del files[path]
    if remote:
        after = with_files(now, operation.host, files)
        made = _copied(source, target, now.clock, True, user)
        after = with_file(after, target.host_name, target.path, made)
    else:
        files[target.path] = source
        after = with_files(now, operation.host, files)
    named = _named(operation.host, path, operation)
    return OperationResult(after, f"renamed '{named}' -> '{_at(target, operation)}'")


def _remote(operation: Copy | Move) -> bool:
    return operation.destination_host not in (None, operation.host)


def _source(host: Host, path: str, operation: Copy | Move, tool: str) -> File | str:
    """Return the file to take, or the message that says why there is none."""
    file = host.files.get(path)
    if file is not None and not operation.path.endswith("/"):
        return file
    reason = missing(host, path)
    where = shown_path(path)
    if _remote(operation):
        return f"scp: {where}: " + ("not a regular file" if reason == "Is a directory" else reason)
    if reason != "Is a directory":
        return f"{tool}: cannot stat '{where}': {reason}"
    if tool == "cp":
        return f"cp: -r not specified; omitting directory '{where}'"
    return f"mv: cannot move '{where}': Is a directory"


def _target(now: Snapshot, path: str, operation: Copy | Move, tool: str) -> _Target | str:
    """Return where the file goes, or the message that says why it cannot."""
    name = operation.host if operation.destination_host is None else operation.destination_host
    host = now.hosts.get(name)
    if host is None:
        return unresolved(name)
    destination, reason = normalise(operation.destination)
    if reason is not None:
        return f"{'scp' if _remote(operation) else tool}: {shown_path(destination)}: {reason}"
    into = operation.destination.endswith("/") and destination not in host.files
    if into or is_directory(host.files, destination):
        destination = posixpath.join(destination, posixpath.basename(path))
        destination, reason = normalise(destination)
        if reason is not None:
            return f"{tool}: {shown_path(destination)}: {reason}"
    elif operation.destination.endswith("/"):
        return _not_created(operation, _Target(name, host, destination), path, "Not a directory")
    return _Target(name, host, destination)


def _refusal(target: _Target, source_host: str, path: str, user: str) -> str | None:
    if target.host_name == source_host and target.path == path:
        return "same"
    return cannot_write(target.host, target.path, target.path, user)


def _not_created(operation: Copy | Move, target: _Target, path: str, reason: str) -> str:
    """Return the message for a destination that cannot be written."""
    tool = "cp" if isinstance(operation, Copy) else "mv"
    where = shown_path(target.path)
    if reason == "same":
        return f"{tool}: '{shown_path(path)}' and '{where}' are the same file"
    if reason == "Is a directory":
        return f"{tool}: cannot overwrite directory '{where}' with non-directory"
    if _remote(operation):
        return f'scp: dest open "{where}": {reason}'
    if tool == "cp":
        return f"cp: cannot create regular file '{where}': {reason}"
    return f"mv: cannot move '{shown_path(path)}' to '{where}': {reason}"


def _copied(source: File, target: _Target, clock: int, preserve: bool, user: str) -> File:
    """Return the file a copy makes: as ``cp`` does, ``preserve`` keeps the owner for admins."""
    old = target.host.files.get(target.path)
    mtime, mode, owner = clock, source.mode, user
    if preserve:
        mtime = source.mtime
        owner = source.owner if is_admin(target.host, user) else user
    elif old is not None:
        mode, owner = old.mode, old.owner
    return File(source.size, source.digest, mtime, source.content, mode, owner)


def _named(host_name: str, path: str, operation: Copy | Move) -> str:
    return f"{host_name}:{shown_path(path)}" if _remote(operation) else shown_path(path)


def _at(target: _Target, operation: Copy | Move) -> str:
    return _named(target.host_name, target.path, operation)
