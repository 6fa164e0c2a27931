"""Worlds: hosts with files, services, users and mail, what can be done there, what has changed."""

from peerwatch.world.diff import FILE_KINDS, Change, ChangeKind, Diff, apply, diff
from peerwatch.world.memory import STEP_SECONDS, execute
from peerwatch.world.operation_result import OperationResult
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
from peerwatch.world.settingdiff import SettingChange
from peerwatch.world.state import (
    Command,
    File,
    Host,
    Message,
    Service,
    Snapshot,
    User,
    content_digest,
)
from peerwatch.world.weights import declared_weights, weight_bytes

__all__ = [
    "FILE_KINDS",
    "STEP_SECONDS",
    "Append",
    "Change",
    "ChangeKind",
    "Command",
    "Copy",
    "Diff",
    "Edit",
    "File",
    "Host",
    "ListFiles",
    "Message",
    "Move",
    "Operation",
    "OperationResult",
    "Read",
    "ReadMemory",
    "Remove",
    "Run",
    "Service",
    "SettingChange",
    "Snapshot",
    "Stat",
    "Touch",
    "User",
    "Write",
    "apply",
    "content_digest",
    "declared_weights",
    "diff",
    "execute",
    "weight_bytes",
]
