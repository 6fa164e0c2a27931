"""Which settings changed between two states of a host's files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from peerwatch.world.settings import SettingsError, flatten, is_settings_path, parse
from peerwatch.world.state import File

_CACHED_LENGTH = 16 * 1024


@dataclass(frozen=True, slots=True)
class SettingChange:
    """The value at a key, or, for a whole file, why it holds no settings."""

    value: Any = None
    error: str | None = None


def setting_changes(
    old: Mapping[str, File], new: Mapping[str, File]
) -> Iterator[tuple[str, str, SettingChange | None, SettingChange | None]]:
    """Yield path, dotted key, and the settings before and after, None where the key is missing.

    Only files that are there on both sides: one that is new or gone is told of as a file. If a
    file ceases or begins to be readable settings, the key ``""`` says so (None stands for readable
    there), beside each key that is lost or gained by it.
    """
    for path in sorted(old):
        if not is_settings_path(path):
            continue
        was, now = old[path], new.get(path)
        if now is None or was is now or was.digest == now.digest:
            continue
        before, error_before = _leaves(was.content)
        after, error_after = _leaves(now.content)
        if error_before != error_after:
            yield path, "", _failure(error_before), _failure(error_after)
        for key in sorted({*before, *after}):
            left = SettingChange(before[key]) if key in before else None
            right = SettingChange(after[key]) if key in after else None
            if not _same(left, right):
                yield path, ".".join(key), left, right


def _failure(error: str | None) -> SettingChange | None:
    return None if error is None else SettingChange(None, error)


def _same(left: SettingChange | None, right: SettingChange | None) -> bool:
    """Compare strictly: ``True``, ``1`` and ``1.0`` are different settings."""
    if left is None or right is None:
        return left is right
    return _text(left.value) == _text(right.value)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


_Leaves = tuple[dict[tuple[str, ...], Any], str | None]


def _leaves(content: str | None) -> _Leaves:
    """Return the settings of a file by key path, and why it has none."""
    if content is None:
        return {}, "binary file"
    # Only texts of an ordinary length are kept, so that the cache stays small.
    return _cached(content) if len(content) <= _CACHED_LENGTH else _parsed(content)


def _parsed(content: str) -> _Leaves:
    parsed = parse(content)
    if isinstance(parsed, SettingsError):
        return {}, parsed.reason
    return flatten(parsed), None


_cached = lru_cache(maxsize=256)(_parsed)
