"""Settings files: YAML read safely, whatever a critic has written into them.

Nothing here raises on bad input. Text is bounded in size, depth and number of values before it is
built, since deep nesting overflows the C parser's stack and aliases can unfold without end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_CHARACTERS = 256 * 1024
_MAX_DEPTH = 64
_MAX_VALUES = 50_000
_MAX_MERGED = 16
"""Merge keys copy what they name when the document is built, so few of them go a long way."""
_MAX_BITS = 256
_SAFE_OPENERS = 100
"""A text with fewer collection openers than this cannot nest deep enough to matter."""


@dataclass(frozen=True, slots=True)
class SettingsError:
    """Why a text is not usable settings."""

    reason: str


class _TooMuchError(ValueError):
    """The document is deeper or larger than settings are."""


def is_settings_path(path: str) -> bool:
    """Return whether a path names a settings file."""
    return path.endswith((".yaml", ".yml"))


def load_yaml(text: str) -> Any | SettingsError:
    """Parse one YAML document into JSON-like values (mapping, list, str, int, float, bool, None).

    Mapping keys become strings; dates become ISO text; NaN and infinities become their names.
    """
    if len(text) > _MAX_CHARACTERS:
        return SettingsError(f"longer than {_MAX_CHARACTERS} characters")
    if "<<" in text and text.count("*") > _MAX_MERGED:
        return SettingsError("too many merged aliases")
    try:
        if _openers(text) >= _SAFE_OPENERS:
            _check_depth(text)
        return _plain(_parsed(text), 0, [_MAX_VALUES])
    except yaml.YAMLError as error:
        return SettingsError(_reason(error))
    except (
        ValueError,
        TypeError,
        OverflowError,
        RecursionError,
        LookupError,
        AttributeError,
    ) as error:
        # The safe constructors raise these bare for values such as 2024-13-45 or !!int "".
        return SettingsError(f"invalid value: {error}")


@lru_cache(maxsize=32)
def _parsed(text: str) -> Any:
    """Return what the parser makes of a text; detectors read the same few texts many times.

    It is copied before anybody gets it.
    """
    return yaml.load(text, _LOADER)


def parse(text: str) -> dict[str, Any] | SettingsError:
    """Parse a settings file; an empty file is an empty mapping."""
    value = load_yaml(text)
    if value is None:
        return {}
    if isinstance(value, (dict, SettingsError)):
        return value
    return SettingsError("not a mapping at the top level")


def get(settings: Mapping[str, Any], dotted: str, default: Any = None) -> Any:
    """Return the value at a dotted key, or ``default``; a key that itself has dots is found too."""
    if dotted in settings:
        return settings[dotted]
    cut = dotted.find(".")
    while cut != -1:
        inner = settings.get(dotted[:cut])
        if isinstance(inner, Mapping):
            found = get(inner, dotted[cut + 1 :], _MISSING)
            if found is not _MISSING:
                return found
        cut = dotted.find(".", cut + 1)
    return default


_MISSING = object()


def flatten(settings: Mapping[str, Any]) -> dict[tuple[str, ...], Any]:
    """Return the leaves by key path; lists and empty mappings are leaves."""
    leaves: dict[tuple[str, ...], Any] = {}
    pending: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [((), settings)]
    while pending:
        prefix, mapping = pending.pop()
        for key, value in mapping.items():
            if isinstance(value, Mapping) and value:
                pending.append(((*prefix, key), value))
            else:
                leaves[(*prefix, key)] = value
    return leaves


def _openers(text: str) -> int:
    """Bound from above how many collections can be open at once, indentation aside.

    Indentation alone reaches a depth of a few hundred within the length allowed, which is safe.
    """
    inline = max((line.count("- ") + line.count("? ") for line in text.splitlines()), default=0)
    return text.count("[") + text.count("{") + inline


def _check_depth(text: str) -> None:
    """Walk the parser's events, which does not recurse, and refuse deep nesting early."""
    depth = 0
    for event in yaml.parse(text, _LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MAX_DEPTH:
                raise _TooMuchError(f"nested deeper than {_MAX_DEPTH}")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(value: Any, depth: int, budget: list[int]) -> Any:
    """Copy a parsed value into JSON-like ones, within the depth and number allowed."""
    budget[0] -= 1
    if depth > _MAX_DEPTH or budget[0] < 0:
        raise _TooMuchError("too deep or too many values")
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        if value.bit_length() > _MAX_BITS:
            raise _TooMuchError("a number is too large")
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {_key(key): _plain(item, depth + 1, budget) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1, budget) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_key(item) for item in value)
    return _key(value)


def _key(value: Any) -> str:
    """Return a scalar as text, booleans and null as YAML writes them."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _reason(error: yaml.YAMLError) -> str:
    """Return one line that says what is wrong and where."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
    return f"line {mark.line + 1}: {problem}" if mark is not None else str(problem)
