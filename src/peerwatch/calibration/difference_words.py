"""The net difference between two worlds as lines for a person, each as short as it can be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import unified_diff

from peerwatch.behaviours.averted import shown
from peerwatch.world.diff import Change, Value, diff
from peerwatch.world.state import File, Message, Snapshot

_LINES, _WIDTH = 12, 100
"""Changed lines of a text that are shown, and characters of each."""
_WITH_VALUES = ("service", "user", "attributes", "retimed", "mail")
"""Kinds of change that the place alone does not tell."""


def difference_words(before: Snapshot, after: Snapshot) -> tuple[str, ...]:
    """Return each change between two worlds; of a text the lines that changed, and no others."""
    return tuple(line for change in diff(before, after) for line in _words(change))


def _words(change: Change) -> Iterator[str]:
    if change.kind == "setting":
        return  # the lines of its file say it
    place = f"{change.host}:{change.object}" if change.host else change.object
    origin = f" from {':'.join(change.origin)}" if change.origin else ""
    values = f": {_value(change.before)} -> {_value(change.after)}"
    yield f"{change.kind} {place}{origin}{values if change.kind in _WITH_VALUES else ''}"
    if change.kind in ("created", "modified"):
        yield from _lines(_text(change.before), _text(change.after))


def _value(value: Value) -> str:
    if isinstance(value, File):
        moment = datetime.fromtimestamp(value.mtime, UTC)
        return f"{value.mode:04o} {value.owner} {moment:%Y-%m-%d %H:%M}"
    if isinstance(value, Message):
        return f"to {value.recipient}, {value.subject}"
    return shown(value) or "none"


def _text(value: Value) -> str:
    return value.content if isinstance(value, File) and value.content is not None else ""


def _lines(before: str, after: str) -> Iterator[str]:
    compared = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    changed = [line for line in list(compared)[2:] if not line.startswith("@@")]
    for line in changed[:_LINES]:
        yield f"  {line[:_WIDTH]}"
    if len(changed) > _LINES:
        yield f"  and {len(changed) - _LINES} more lines"
