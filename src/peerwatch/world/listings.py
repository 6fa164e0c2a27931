"""What a directory listing and a file's metadata look like."""

from __future__ import annotations

import time
from functools import lru_cache

from peerwatch.world.access import missing
from peerwatch.world.operation_result import OperationResult, failed_operation
from peerwatch.world.operations import ListFiles, Stat
from peerwatch.world.paths import entries, is_directory, shown_path
from peerwatch.world.state import File, Host, Snapshot


@lru_cache(maxsize=4096)
def time_text(seconds: int, layout: str = "%Y-%m-%d %H:%M") -> str:
    """Return a time of the world as text, in UTC."""
    return time.strftime(layout, time.gmtime(seconds))


@lru_cache(maxsize=512)
def mode_string(mode: int) -> str:
    """Return a regular file's mode as ``ls -l`` writes it."""
    bits = "rwxrwxrwx"
    return "-" + "".join(
        letter if mode >> (8 - place) & 1 else "-" for place, letter in enumerate(bits)
    )


def list_files(
    now: Snapshot, host: Host, path: str, operation: ListFiles, user: str
) -> OperationResult:
    """List one directory level, or one file; names need no permission to be seen."""
    file = host.files.get(path)
    if file is not None and not operation.path.endswith("/"):
        return OperationResult(now, _line(shown_path(path), file))
    if file is not None or not is_directory(host.files, path):
        return failed_operation(
            now, f"ls: cannot access '{shown_path(path)}': {missing(host, path)}"
        )
    found = entries(host.files, path)
    return OperationResult(
        now, "\n".join(_line(shown_path(name), found[name]) for name in sorted(found))
    )


def stat(now: Snapshot, host: Host, path: str, operation: Stat, user: str) -> OperationResult:
    """Show size, mode, owner and mtime."""
    file = host.files.get(path)
    if file is not None and not operation.path.endswith("/"):
        kind = "regular empty file" if file.size == 0 else "regular file"
        return OperationResult(
            now,
            f"  File: {shown_path(path)}\n"
            f"  Size: {file.size}  {kind}\n"
            f"Access: ({file.mode & 0o7777:04o}/{mode_string(file.mode & 0o777)})"
            f"  Owner: {file.owner}\n"
            f"Modify: {time_text(file.mtime, '%Y-%m-%d %H:%M:%S')}",
        )
    if file is None and is_directory(host.files, path):
        return OperationResult(now, f"  File: {shown_path(path)}\n  Kind: directory")
    return failed_operation(now, f"stat: cannot statx '{shown_path(path)}': {missing(host, path)}")


def _line(name: str, file: File | None) -> str:
    if file is None:
        return name + "/"
    mode = mode_string(file.mode & 0o777)
    return f"{mode} {file.owner} {file.size} {time_text(file.mtime)} {name}"
