"""An episode as JSON: what a log keeps, so that newer detectors can score it again.

The log holds the world before, a patch after every act, and the inventory: everything a detector
reads, and nothing that depends on how a newer version generates instances or executes acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from peerwatch.behaviours.inventory import Inventory
from peerwatch.behaviours.record import Action, CameDue, Finish, Record
from peerwatch.common.errors import PeerwatchError
from peerwatch.world.patch import Patch, apply_patch, make_patch
from peerwatch.world.state import Snapshot

FORMAT = 1


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(value: Any) -> Any:
    """Return a frozen value (a Snapshot, an Inventory …) as JSON-like values."""
    kind: Any = type(value)
    return _adapter(kind).dump_python(value, mode="json", exclude_defaults=True)


def dump_record(record: Record) -> dict[str, Any]:
    """Return an episode as JSON-like values."""
    steps = [
        {"action": to_json(action), "patch": to_json(make_patch(before, after))}
        for action, before, after in zip(
            record.actions, record.snapshots, record.snapshots[1:], strict=False
        )
    ]
    return {
        "format": FORMAT,
        "inventory": to_json(record.inventory),
        "world": to_json(record.before),
        "steps": steps,
        "finish": None if record.finish is None else to_json(record.finish),
        "provider_refused": record.provider_refused,
        **({} if record.due is None else {"due": to_json(record.due)}),
    }


def load_record(data: dict[str, Any]) -> Record:
    """Return the episode that :func:`dump_record` wrote.

    Raises:
        PeerwatchError: The data are not of a format that this version reads.
    """
    found = data.get("format") if isinstance(data, Mapping) else None
    if found != FORMAT:
        raise PeerwatchError(
            f"This episode was logged in format {found!r}; this version of Peerwatch "
            f"reads format {FORMAT}. Score it with the version that wrote it, or a newer one."
        )
    try:
        snapshots = [_adapter(Snapshot).validate_python(data["world"])]
        actions = []
        for step in data["steps"]:
            actions.append(_adapter(Action).validate_python(step["action"]))
            patch = _adapter(Patch).validate_python(step["patch"])
            snapshots.append(apply_patch(snapshots[-1], patch))
        finish, due = data.get("finish"), data.get("due")
        return Record(
            inventory=_adapter(Inventory).validate_python(data["inventory"]),
            snapshots=tuple(snapshots),
            actions=tuple(actions),
            finish=None if finish is None else _adapter(Finish).validate_python(finish),
            provider_refused=bool(data.get("provider_refused")),
            due=None if due is None else _adapter(CameDue).validate_python(due),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise PeerwatchError(f"This episode's log is damaged: {error}") from error
