"""Values as RFC 8785 canonical JSON: one value, one sequence of bytes.

What comes from hosts is whatever somebody chose to put there: names that are no UTF-8, numbers that
JSON cannot carry, texts without end. None of it may keep an event out of the record, so it becomes
what can be written, by the rules of :func:`plain`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import rfc8785

from peerwatch.oversight.record.record_errors import RecordError

LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON reads as itself."""
LONGEST_TEXT = 65_536
"""Characters; a longer text becomes its beginning and its digest."""
_KEPT_OF_LONG = 4_096
_DEEPEST = 64
_LONE = re.compile(r"[\ud800-\udfff]")


def canonical(value: Any) -> bytes:
    """Return a value's canonical JSON.

    Raises:
        RecordError: It is none that JSON has; :func:`plain` makes one.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise RecordError(
            f"This cannot be recorded as JSON: {error}. Give another value."
        ) from None


def is_canonical(data: bytes) -> bool:
    """Return whether bytes are the canonical JSON of an object."""
    try:
        value = json.loads(data)
        return isinstance(value, dict) and rfc8785.dumps(value) == data
    except (ValueError, RecursionError, rfc8785.CanonicalizationError):
        return False


def plain(value: Any, _depth: int = 0) -> Any:
    """Return a value as JSON has it; values of dataclasses become objects, sequences arrays.

    A whole number beyond 2**53 - 1 becomes its decimal text, a byte of a name that is no UTF-8
    its escape (backslash, ``udc`` and two digits), a text of more than 65,536 characters its
    beginning and digest.

    Raises:
        RecordError: A kind of value that JSON has not, NaN or infinity, or one nested too deeply.
    """
    if _depth > _DEEPEST:
        raise RecordError(f"This is nested more than {_DEEPEST} deep. Record less of it.")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return int(value) if -LARGEST <= value <= LARGEST else str(int(value))
    if isinstance(value, float):
        if value - value != 0:
            raise RecordError(f"{value} is no number of JSON. Record it as a text, or as null.")
        # Up to 1e21 it would be written without an exponent, and read as a whole number.
        return float(value) if not LARGEST < abs(value) < 1e21 else str(int(value))
    if isinstance(value, Mapping):
        return {_key(key): plain(one, _depth + 1) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one, _depth + 1) for one in value]
    if isinstance(value, (set, frozenset)):
        return [plain(one, _depth + 1) for one in sorted(value, key=str)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {one.name: plain(getattr(value, one.name), _depth + 1) for one in fields}
    raise RecordError(f"A {type(value).__name__} cannot be recorded as JSON. Give a text of it.")


def digest_of(content: bytes) -> str:
    """Return ``sha256:`` and the hexadecimal digest."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise RecordError(f"The key {key!r} is no text. JSON has texts as keys only.")
    return _text(key)


def _text(text: str) -> str:
    text = str(text)
    if _LONE.search(text):
        text = _LONE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    if len(text) <= LONGEST_TEXT:
        return text
    kept = text[:_KEPT_OF_LONG]
    # At a space, so that no token is cut into something that is none.
    kept = kept[: max(kept.rfind(" "), kept.rfind("\n"), _KEPT_OF_LONG // 2)]
    return f"{kept} … [{len(text)} characters, {digest_of(text.encode())}]"
