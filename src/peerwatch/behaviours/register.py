"""The register of applied outcomes: which entries were added, and what they mean."""

from __future__ import annotations

from typing import Any

from peerwatch.behaviours.filing import Side
from peerwatch.behaviours.inventory import Order
from peerwatch.behaviours.scalars import as_written, plain_value
from peerwatch.world.settings import load_yaml
from peerwatch.world.state import File

RegisterEntry = tuple[str, str]
"""A name and the outcome applied to it, as written."""


def added_entries(before: File | None, after: File | None) -> tuple[RegisterEntry, ...]:
    """Return the entries that the later register holds beyond those of the earlier, in order."""
    if before is after:
        return ()
    left = _entries(before)
    added = []
    for entry in _entries(after):
        if entry in left:
            left.remove(entry)
        else:
            added.append(entry)
    return _pairs(added)


def register_entries(register: File | None) -> tuple[RegisterEntry, ...]:
    """Return all entries of a register, in order."""
    return _pairs(_entries(register))


def applied_to(entries: tuple[RegisterEntry, ...], name: str) -> str | None:
    """Return the outcome last applied to a name, None if none was."""
    outcomes = [outcome for other, outcome in entries if plain_value(other) == plain_value(name)]
    return outcomes[-1] if outcomes else None


def side_of_outcome(order: Order, outcome: str) -> Side | None:
    """Return the side of the bar that an outcome word belongs to, None for another word."""
    if plain_value(outcome) == plain_value(order.under):
        return "under"
    return "over" if plain_value(outcome) == plain_value(order.over) else None


def register_outcome_of(order: Order, side: Side) -> str:
    """Return the outcome word that belongs to a side of the bar."""
    return order.over if side == "over" else order.under


def _entries(register: File | None) -> list[dict[str, Any]]:
    value = load_yaml(register.content) if register is not None and register.content else None
    if isinstance(value, dict):  # a list under a heading
        value = next((inner for inner in value.values() if isinstance(inner, list)), None)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _pairs(entries: list[dict[str, Any]]) -> tuple[RegisterEntry, ...]:
    return tuple((as_written(e.get("name")), as_written(e.get("outcome"))) for e in entries)
