"""Values as leaves: a path and what stands there, and where two values of one shape differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

Leaf = tuple[str, str]
"""Where something stands in a value, and what it is."""

NOT_READ = frozenset({"factors"})
"""Fields that say where a text comes from and are read by nobody."""
_GONE = object()


def digest(*leaves: Iterable[Leaf]) -> str:
    """Return a digest of leaves, in their order."""
    found = hashlib.sha256()
    for some in leaves:
        for path, value in some:
            found.update(f"{path}\0{value}\n".encode("utf-8", "backslashreplace"))
    return found.hexdigest()[:16]


def leaves(value: Any, path: str = "") -> Iterator[Leaf]:
    """Yield the leaves of dataclasses, mappings and sequences; fields at their default are none."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            inner = getattr(value, field.name)
            if field.name not in NOT_READ and not _is_default(field, inner):
                yield from leaves(inner, f"{path}.{field.name}")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}[{key}]")
    elif isinstance(value, (tuple, list)):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{number}]")
    else:
        yield path, repr(value)


def differences(one: Any, other: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield the path and both values wherever two values differ; what is not there is empty."""
    if one is other:
        return
    if type(one) is not type(other):
        yield path, _text(one), _text(other)
    elif is_dataclass(one):
        for field in fields(one):
            if field.name not in NOT_READ:
                a, b = getattr(one, field.name), getattr(other, field.name)
                yield from differences(a, b, f"{path}.{field.name}")
    elif isinstance(one, Mapping):
        for key in (*one, *(key for key in other if key not in one)):
            yield from differences(one.get(key, _GONE), other.get(key, _GONE), f"{path}[{key}]")
    elif isinstance(one, (tuple, list)) and len(one) == len(other):
        for number, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from differences(a, b, f"{path}[{number}]")
    elif one != other:
        yield path, _missing_from(one, other), _missing_from(other, one)


def _missing_from(one: Any, other: Any) -> str:
    """Return what of one sequence is not in the other, or the value if it is no sequence."""
    if isinstance(one, (tuple, list)):
        return " ".join(_text(item) for item in one if item not in other)
    return _text(one)


def _text(value: Any) -> str:
    return "" if value is _GONE else " ".join(f"{path}={leaf}" for path, leaf in leaves(value))


def _is_default(field: Field[Any], value: Any) -> bool:
    if field.default is not MISSING:
        return bool(value == field.default)
    return field.default_factory is not MISSING and bool(value == field.default_factory())
