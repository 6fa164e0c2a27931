"""The world in memory: carries operations out on snapshots, as an administrator would expect.

:func:`execute` is pure and raises for nothing that a critic can ask. Every operation takes
``STEP_SECONDS`` of the world's time, also one that fails or only reads; what an operation writes
carries the time at its end. A failed operation changes nothing else.

Where this differs from a real shell: directories exist as long as a file lies below them; files
in them can be moved or removed by whoever may write the *file*; moves act on single files; and a
file holds at most ``MAX_FILE`` bytes of text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from peerwatch.world import transfer
from peerwatch.world.access import allowed, cannot_write, missing, unresolved
from peerwatch.world.admin_commands import run_named_command
from peerwatch.world.listings import list_files, stat
from peerwatch.world.operation_result import (
    OperationResult,
    failed_operation,
    with_file,
    with_files,
)
from peerwatch.world.operations import (
    Append,
    Copy,
    Edit,
    ListFiles,
    Move,
    Operation,
    Read,
    ReadMemory,
    Remove,
    Run,
    Stat,
    Touch,
    Write,
)
from peerwatch.world.paths import is_directory, normalise, shown_path
from peerwatch.world.state import File, Host, Snapshot, content_digest

STEP_SECONDS = 7
"""How far the world's clock moves with each operation."""
MAX_FILE = 16 * 1024 * 1024
MAX_TIME = 253402300799
"""The last second of the year 9999."""

_EMPTY_DIGEST = content_digest(b"")


def execute(snapshot: Snapshot, operation: Operation, *, user: str) -> OperationResult:
    """Carry one operation out and return the next snapshot with what the user is shown."""
    now = Snapshot(snapshot.clock + STEP_SECONDS, snapshot.hosts, snapshot.mail, snapshot.memory)
    if isinstance(operation, ReadMemory):
        return OperationResult(now, now.memory)
    host = now.hosts.get(operation.host)
    if host is None:
        return failed_operation(now, unresolved(operation.host))
    if isinstance(operation, Run):
        return run_named_command(now, operation.host, operation.command, operation.arguments, user)
    path, reason = normalise(operation.path)
    if reason is not None:
        return failed_operation(now, f"{_NAMES[type(operation)]}: {shown_path(path)}: {reason}")
    return _HANDLERS[type(operation)](now, host, path, operation, user)


def _read(now: Snapshot, host: Host, path: str, operation: Read, user: str) -> OperationResult:
    file = host.files.get(path)
    if file is None or operation.path.endswith("/"):
        return failed_operation(now, f"cat: {shown_path(path)}: {missing(host, path)}")
    if not allowed(host, file, user, 4):
        return failed_operation(now, f"cat: {shown_path(path)}: Permission denied")
    if file.content is None:
        return failed_operation(
            now, f"cat: {shown_path(path)}: binary file ({file.size} bytes), not shown"
        )
    return OperationResult(now, file.content)


def _write(now: Snapshot, host: Host, path: str, operation: Write, user: str) -> OperationResult:
    return _put(now, host, path, operation, user, operation.content)


def _append(now: Snapshot, host: Host, path: str, operation: Append, user: str) -> OperationResult:
    file = host.files.get(path)
    before = ""
    if file is not None:
        if file.content is None:
            return failed_operation(
                now, f"bash: {shown_path(path)}: binary file ({file.size} bytes)"
            )
        before = file.content
    return _put(now, host, path, operation, user, before + operation.content)


def _put(
    now: Snapshot, host: Host, path: str, operation: Write | Append, user: str, content: str
) -> OperationResult:
    """Write a text where a shell redirection would."""
    old = host.files.get(path)
    reason = cannot_write(host, path, operation.path, user)
    if reason is None:
        file = _text_file(content, now.clock, old, user)
        if isinstance(file, File):
            text = f"{file.size} bytes written to {shown_path(path)}"
            return OperationResult(with_file(now, operation.host, path, file), text)
        reason = file
    return failed_operation(now, f"bash: {shown_path(path)}: {reason}")


def _edit(now: Snapshot, host: Host, path: str, operation: Edit, user: str) -> OperationResult:
    reason: str | None
    file = host.files.get(path)
    if file is None or operation.path.endswith("/"):
        reason = missing(host, path)
    elif not (allowed(host, file, user, 4) and allowed(host, file, user, 2)):
        reason = "Permission denied"
    elif file.content is None:
        reason = f"binary file ({file.size} bytes), not edited"
    elif not operation.old:
        reason = "the text to replace is empty"
    else:
        # A find from one past the first hit counts overlapping occurrences too.
        first = file.content.find(operation.old)
        if first == -1:
            reason = "the text to replace does not occur in the file"
        elif file.content.find(operation.old, first + 1) != -1:
            reason = "the text to replace occurs more than once; give more of its surroundings"
        else:
            content = file.content.replace(operation.old, operation.new, 1)
            changed = _text_file(content, now.clock, file, user)
            if isinstance(changed, File):
                text = f"1 replacement made in {shown_path(path)}"
                return OperationResult(with_file(now, operation.host, path, changed), text)
            reason = changed
    return failed_operation(now, f"edit: {shown_path(path)}: {reason}")


def _remove(now: Snapshot, host: Host, path: str, operation: Remove, user: str) -> OperationResult:
    file = host.files.get(path)
    if file is None or operation.path.endswith("/"):
        return failed_operation(
            now, f"rm: cannot remove '{shown_path(path)}': {missing(host, path)}"
        )
    if not allowed(host, file, user, 2):
        return failed_operation(now, f"rm: cannot remove '{shown_path(path)}': Permission denied")
    files = dict(host.files)
    del files[path]
    return OperationResult(with_files(now, operation.host, files), f"removed '{shown_path(path)}'")


def _touch(now: Snapshot, host: Host, path: str, operation: Touch, user: str) -> OperationResult:
    time = now.clock if operation.time is None else operation.time
    if not 0 <= time <= MAX_TIME:
        return failed_operation(now, f"touch: invalid date '{str(time)[:40]}'")
    file = host.files.get(path)
    if file is None and is_directory(host.files, path):
        return OperationResult(now, "")  # directories carry no time of their own here
    reason = cannot_write(host, path, operation.path, user)
    if reason is not None:
        return failed_operation(now, f"touch: cannot touch '{shown_path(path)}': {reason}")
    if file is None:
        touched = File(0, _EMPTY_DIGEST, time, "", 0o644, user)
    else:
        touched = File(file.size, file.digest, time, file.content, file.mode, file.owner)
    return OperationResult(with_file(now, operation.host, path, touched), "")


def _text_file(content: str, time: int, old: File | None, user: str) -> File | str:
    """Return the file a text makes, with mode and owner of the one it replaces, or why not."""
    try:
        data = content.encode()
    except UnicodeEncodeError:
        return "Invalid or incomplete multibyte or wide character"
    if len(data) > MAX_FILE:
        return "File too large"
    mode, owner = (0o644, user) if old is None else (old.mode, old.owner)
    return File(len(data), content_digest(data), time, content, mode, owner)


_NAMES: dict[type, str] = {
    ListFiles: "ls",
    Stat: "stat",
    Read: "cat",
    Write: "bash",
    Edit: "edit",
    Append: "bash",
    Copy: "cp",
    Move: "mv",
    Remove: "rm",
    Touch: "touch",
}

# The operation of a handler is of its key's type, which a dictionary type cannot say.
_HANDLERS: dict[type, Callable[[Snapshot, Host, str, Any, str], OperationResult]] = {
    ListFiles: list_files,
    Stat: stat,
    Read: _read,
    Write: _write,
    Edit: _edit,
    Append: _append,
    Copy: transfer.copy,
    Move: transfer.move,
    Remove: _remove,
    Touch: _touch,
}
