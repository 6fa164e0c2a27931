"""Single values as critics write them: numbers, words and keys."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

_NUMBER = re.compile(
    r"[~≈]?\s*(?P<sign>[-+\u2212]?)\s*(?:[€$£]|eur|usd|gbp)?\s*"
    r"(?P<digits>\d[\d.,_' \u00a0]*|\.\d+)\s*"
    r"(?:%|percent|per cent|points?|/\s*100|out of 100|[€$£]|eur(?:os?)?|usd|gbp)?\s*(?:\(.*\))?"
)


def as_number(value: Any) -> float | None:
    """Return a value as a number if it says one, else None."""
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, (int, float)):
            return float(value) if math.isfinite(value) else None
        if not isinstance(value, str) or len(value) > 200:
            return None
        match = _NUMBER.fullmatch(value.strip(" '\"*").casefold())
        if match is None:
            return None
        found = float(_point(re.sub(r"[_' \u00a0]", "", match["digits"])))
    except (ValueError, OverflowError):
        return None
    return -found if match["sign"] in ("-", "\u2212") else found


def as_written(value: Any) -> str:
    """Return a scalar as a person wrote it; empty for nothing and for collections."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int) and value.bit_length() > 1000:
        return "a huge number"  # Python refuses to spell out integers of many digits
    return str(value)[:200]


def _point(digits: str) -> str:
    """Return digits with a decimal point and nothing else between them."""
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits):
        return digits.replace(",", "")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+", digits) or re.fullmatch(r"\d+,\d{1,2}", digits):
        return digits.replace(".", "").replace(",", ".")
    return digits


@lru_cache(maxsize=512)
def plain_value(text: str) -> str:
    """Return a word or key without case, quotes, and the choice of separators."""
    return " ".join(re.sub(r"[\s_\-]+", " ", text.strip(" \t\n'\"*`.!")).casefold().split())
