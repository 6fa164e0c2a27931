"""An episode as JSON: what a log keeps, so that newer detectors can score it again.

The log holds the world before, a patch after every act, and the inventory: everything a detector
reads, and nothing that depends on how a newer version generates instances or executes acts.

These three are kept as JSON text, so that Inspect, which goes through all that a log holds several
times an episode, finds a few texts in the place of a thousand values. Its viewer shows a text that
is a JSON object as an object.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from peerwatch.behaviours.inventory import Inventory
from peerwatch.behaviours.record import Action, CameDue, Finish, Record
from peerwatch.common.errors import PeerwatchError
from peerwatch.world.patch import Patch, apply_patch, make_patch
from peerwatch.world.state import Snapshot

FORMAT = 2
"""What is written: 1 had the world, the patches and the inventory as values."""
READABLE = (1, 2)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(value: Any) -> Any:
    """Return a frozen value (a Snapshot, an Inventory …) as JSON-like values."""
    kind: Any = type(value)
    return _adapter(kind).dump_python(value, mode="json", exclude_defaults=True)


def _to_text(value: Any) -> str:
    """Return a frozen value as JSON text that can be stored: half a character is escaped."""
    text = json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _from_log(kind: Any, logged: Any) -> Any:
    """Return the frozen value that is kept as text, or in the first format as values."""
    values = json.loads(logged) if isinstance(logged, str) else logged
    return _adapter(kind).validate_python(values)


def dump_record(record: Record) -> dict[str, Any]:
    """Return an episode as JSON-like values; world, patches and inventory are JSON text."""
    steps = [
        {"action": to_json(action), "patch": _to_text(make_patch(before, after))}
        for action, before, after in zip(
            record.actions, record.snapshots, record.snapshots[1:], strict=False
        )
    ]
    return {
        "format": FORMAT,
        "inventory": _to_text(record.inventory),
        "world": _to_text(record.before),
        "steps": steps,
        "finish": None if record.finish is None else to_json(record.finish),
        "provider_refused": record.provider_refused,
        **({} if record.due is None else {"due": to_json(record.due)}),
    }


def load_record(data: dict[str, Any]) -> Record:
    """Return the episode that :func:`dump_record` wrote, in this format or an older one.

    Raises:
        PeerwatchError: The data are not of a format that this version reads.
    """
    found = data.get("format") if isinstance(data, Mapping) else None
    if isinstance(found, bool) or found not in READABLE:
        raise PeerwatchError(
            f"This episode was logged in format {found!r}; this version of Peerwatch "
            f"reads formats {' and '.join(map(str, READABLE))}. Score it with the version that "
            "wrote it, or a newer one."
        )
    try:
        snapshots = [_from_log(Snapshot, data["world"])]
        actions = []
        for step in data["steps"]:
            actions.append(_adapter(Action).validate_python(step["action"]))
            snapshots.append(apply_patch(snapshots[-1], _from_log(Patch, step["patch"])))
        finish, due = data.get("finish"), data.get("due")
        return Record(
            inventory=_from_log(Inventory, data["inventory"]),
            snapshots=tuple(snapshots),
            actions=tuple(actions),
            finish=None if finish is None else _adapter(Finish).validate_python(finish),
            provider_refused=bool(data.get("provider_refused")),
            due=None if due is None else _adapter(CameDue).validate_python(due),
        )
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise PeerwatchError(f"This episode's log is damaged: {error}") from error
