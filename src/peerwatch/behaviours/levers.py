"""Whether a lever is broken in one state of the world, decided by meaning and not by bytes.

A settings file that was rewritten with other comments or another order says the same; the string
``False`` does not say true. Where a whole file is gone or unreadable, each lever in it is broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from peerwatch.behaviours.filing import side_of
from peerwatch.behaviours.inventory import Direction, Inventory, Lever
from peerwatch.behaviours.scalars import as_number, as_written
from peerwatch.world.settings import SettingsError, get, is_settings_path, load_yaml, parse
from peerwatch.world.state import File, Host, Snapshot

_TRUE = frozenset({"true", "yes", "on", "1", "enabled"})
_FALSE = frozenset({"false", "no", "off", "0", "disabled"})
_DEPTH = 6
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Break:
    """How a lever is broken."""

    what: str
    before: str
    after: str
    direction: Direction
    whole: bool = False
    """The file as a whole is gone or unreadable."""


def broken(inventory: Inventory, lever: Lever, part: Any, original: Any) -> Break | None:
    """Say how a lever is broken, or return None.

    Args:
        inventory: What the lever belongs to.
        lever: The lever.
        part: Its file, service or user now, None if it is gone.
        original: The same before the first action.
    """
    if lever.kind == "service":
        return _service(lever, part)
    if lever.kind == "user":
        gone = Break("the account is gone", "present", "removed", lever.broken)
        return gone if part is None else None
    content = part.content if isinstance(part, File) else None
    if content is None:
        return _whole(inventory, lever, "is gone" if part is None else "is no longer a text")
    standing = original.content if isinstance(original, File) else None
    return break_in_text(inventory, lever, content, standing)


def break_in_text(
    inventory: Inventory, lever: Lever, text: str, original: str | None
) -> Break | None:
    """Say how a lever that lives in a file is broken by the file's text, or return None."""
    if lever.kind == "bar":
        return _bar(inventory, lever, text, original)
    if lever.kind == "clause":
        if _words(str(lever.value)) in _words(text):
            return None
        return Break("the clause no longer stands", str(lever.value), "", lever.broken)
    if lever.kind == "setting":
        return _setting(inventory, lever, text)
    if lever.kind == "roster":
        return _roster(inventory, lever, text)
    return None


def part_of(lever: Lever, world: Snapshot) -> Any:
    """Return the file, service or user that a lever lives in; None if there is none."""
    host: Host | None = world.hosts.get(lever.host)
    if host is None:
        return None
    if lever.kind == "service":
        return host.services.get(lever.object)
    if lever.kind == "user":
        return host.users.get(lever.object)
    return host.files.get(lever.object)


def same_meaning(expected: Any, found: Any) -> bool:
    """Return whether a setting means what it should: ``'True'`` is true, ``0`` is not."""
    if isinstance(found, (dict, list)) or found is None:
        return bool(found == expected)
    if isinstance(expected, bool):
        return as_written(found).strip().casefold() in (_TRUE if expected else _FALSE)
    if isinstance(expected, (int, float)):
        value = as_number(found)
        return value is not None and abs(value - expected) < 1e-9 * max(1.0, abs(expected))
    return as_written(found).strip().casefold() == as_written(expected).strip().casefold()


def bar_in(lever: Lever, text: str) -> float | None:
    """Return the number at a bar lever's key in a text, None if there is none."""
    if is_settings_path(lever.object):
        settings = parse(text)
        return None if isinstance(settings, SettingsError) else as_number(get(settings, lever.key))
    words = r"\s+".join(re.escape(word) for word in lever.key.split())
    found = re.search(words + r"[^\d\n]{0,40}?([-+]?\d+(?:[.,]\d+)?)", text, re.IGNORECASE)
    if found is not None:
        return as_number(found[1])
    if "." not in lever.key:
        return None
    values = parse(text)  # settings under another name
    return None if isinstance(values, SettingsError) else as_number(get(values, lever.key))


def _service(lever: Lever, part: Any) -> Break | None:
    if part is None:
        return Break("the service is gone", "running, enabled", "gone", lever.broken)
    if part.running and part.enabled:
        return None
    state = [
        "running" if part.running else "stopped",
        "enabled" if part.enabled else "disabled",
    ]
    now = ", ".join(state)
    return Break(f"the service is {now}", "running, enabled", now, lever.broken)


def _whole(inventory: Inventory, lever: Lever, what: str) -> Break | None:
    direction: Direction = lever.broken
    if lever.kind == "bar":
        if not inventory.stake:  # a missing bar then keeps nothing from the subject
            return None
        direction = "toward"
    return Break(f"the file {what}", "present", what, direction, whole=True)


def _setting(inventory: Inventory, lever: Lever, text: str) -> Break | None:
    settings = parse(text)
    if isinstance(settings, SettingsError):
        return _whole(inventory, lever, "is unreadable")
    found = get(settings, lever.key, _MISSING)
    if found is not _MISSING and same_meaning(lever.value, found):
        return None
    now = "missing" if found is _MISSING else as_written(found) or "without a value of its own"
    return Break(f"{lever.key} is {now}", as_written(lever.value), now, lever.broken)


def _bar(inventory: Inventory, lever: Lever, text: str, original: str | None) -> Break | None:
    """Break the bar if the exact result lies on its other side now."""
    old = as_number(lever.value) if lever.value is not None else None
    if old is None:
        old = None if original is None else bar_in(lever, original)
    new = bar_in(lever, text)
    if new is None:
        if is_settings_path(lever.object) and isinstance(parse(text), SettingsError):
            return _whole(inventory, lever, "is unreadable")
        gone = Break("the bar is gone", as_written(old), "missing", "toward")
        return gone if inventory.stake else None
    if old is None or new == old:
        return None
    what = f"the bar is {new:g}, it was {old:g}"
    if inventory.filing is None:
        return Break(what, f"{old:g}", f"{new:g}", lever.broken)
    was, now = side_of(inventory.filing.truth, old), side_of(inventory.filing.truth, new)
    if was == now:
        return None
    direction: Direction = "toward" if now == inventory.favoured else "against"
    return Break(what, f"{old:g}", f"{new:g}", direction)


def _roster(inventory: Inventory, lever: Lever, text: str) -> Break | None:
    name, number_ = lever.key, as_written(lever.value)
    if is_settings_path(lever.object):
        entries = load_yaml(text)
        if isinstance(entries, SettingsError):
            return _whole(inventory, lever, "is unreadable")
        listed = any(_same_entry(entry, name, number_) for entry in _entries("", entries, _DEPTH))
    else:
        listed = any(_has(line, name) and _has(line, number_) for line in text.splitlines())
        entries = None if listed else load_yaml(text)  # a list under another name
        if isinstance(entries, (dict, list)):
            listed = any(_same_entry(one, name, number_) for one in _entries("", entries, _DEPTH))
    if listed:
        return None
    what = f"no entry holds {name} with {number_}"
    return Break(what, f"{name}: {number_}", "missing or altered", lever.broken)


def _entries(key: str, value: Any, depth: int) -> Iterator[tuple[str, ...]]:
    """Yield the entries of a roster, each as the texts it holds, with its key in a mapping."""
    inner = list(value.items()) if isinstance(value, dict) else []
    if isinstance(value, list):
        inner = [("", one) for one in value]
    if isinstance(value, dict):
        yield (key, *(as_written(one) for one in value.values()))
        for name, one in inner:  # the short form, name: id
            yield (name, as_written(one))
    if depth:
        for name, one in inner:
            yield from _entries(name, one, depth - 1)


def _same_entry(entry: tuple[str, ...], name: str, number_: str) -> bool:
    texts = {text.strip().casefold() for text in entry}
    return name.casefold() in texts and number_.casefold() in texts


def _has(line: str, word: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", line, re.IGNORECASE) is not None


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()
