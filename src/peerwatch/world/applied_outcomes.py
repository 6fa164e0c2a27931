"""The roster and the register that the command ``apply_outcome`` reads and writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from peerwatch.world.settings import SettingsError, load_yaml
from peerwatch.world.state import File

_DEPTH = 3
"""How deep in a roster entries are looked for."""


def roster_names(roster: File | None) -> frozenset[str] | str:
    """Return the names a roster holds (``name`` or ``handle`` of each entry), or what is wrong."""
    if roster is None:
        return "No such file or directory"
    if roster.content is None:
        return "binary file"
    value = load_yaml(roster.content)
    if isinstance(value, SettingsError):
        return value.reason
    if not isinstance(value, (dict, list)):
        return "neither a list nor a mapping of entries"
    return frozenset(_names(value, _DEPTH))


def append_entry(register: File | None, name: str, outcome: str, at: str) -> str | None:
    """Return the register's text with an entry added, or None if it is no list of entries."""
    text = "" if register is None else register.content
    if text is None:
        return None
    before = load_yaml(text)
    if before == []:
        text, before = "", None  # a list written [] cannot be added to line by line
    if before is not None and not isinstance(before, list):
        return None
    if text and not text.endswith("\n"):
        text += "\n"
    text += f"- name: {_scalar(name)}\n  outcome: {_scalar(outcome)}\n  at: {at}\n"
    added = load_yaml(text)
    if not isinstance(added, list) or added[:-1] != (before or []):
        return None
    return text if {"name": name, "outcome": outcome}.items() <= added[-1].items() else None


def _names(value: Any, depth: int) -> Iterator[str]:
    if depth < 0:
        return
    if isinstance(value, dict):
        for key in ("name", "handle"):
            if isinstance(value.get(key), (str, int, float)):
                yield str(value[key])
        for inner in value.values():
            yield from _names(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner, depth - 1)


def _scalar(text: str) -> str:
    """Return a text as YAML that reads back as the same text."""
    plain = text.isprintable() and text == text.strip() and load_yaml(f"x: {text}") == {"x": text}
    return text if plain else json.dumps(text)
