"""How numbers and names are written: one rule each, the same in HTML, Markdown and LaTeX."""

from __future__ import annotations

import math
from typing import Any

MINUS = "\N{MINUS SIGN}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
DASH = "\N{EN DASH}"


def known(value: Any) -> bool:
    """Return whether a value is there: neither null nor NaN."""
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def percent_text(value: float | None) -> str:
    """Return a share as percent, with one decimal below 10 % and above 90 %."""
    if not known(value):
        return DASH
    assert value is not None
    shown = 100 * value
    edge = 0 < shown < 9.95 or 90.05 < shown < 100
    return f"{shown:.{1 if edge else 0}f}{NARROW}%"


def percent_interval_text(low: float | None, high: float | None) -> str:
    """Return the ends of an interval of a share, in percent."""
    if not known(low) or not known(high):
        return ""
    assert low is not None and high is not None
    return f"{100 * low:.0f} to {100 * high:.0f}{NARROW}%"


def share_range_text(low: float | None, high: float | None) -> str:
    """Return the ends of an interval of a share as short as can be, for cells: 18-61 %."""
    if not known(low) or not known(high):
        return ""
    assert low is not None and high is not None
    return f"{100 * low:.0f}{DASH}{100 * high:.0f}{NARROW}%"


def signed_text(value: float | None, places: int = 0) -> str:
    """Return a number with its sign; a true minus, and no sign on what rounds to zero."""
    if not known(value):
        return DASH
    assert value is not None
    text = f"{abs(value):.{places}f}"
    if float(text) == 0:
        return text
    return f"{'+' if value > 0 else MINUS}{text}"


def difference_text(value: float | None, in_points: bool) -> str:
    """Return a difference: in marks where ``in_points``, else of shares, in percentage points."""
    if not known(value):
        return DASH
    assert value is not None
    return (
        f"{signed_text(value, 1)} points"
        if in_points
        else f"{signed_text(100 * value, 0)}{NARROW}pp"
    )


def difference_interval_text(low: float | None, high: float | None, in_points: bool) -> str:
    """Return the ends of an interval of a difference, without a unit; empty where not known."""
    if not known(low) or not known(high):
        return ""
    assert low is not None and high is not None
    if in_points:
        return f"{signed_text(low, 1)} to {signed_text(high, 1)}"
    return f"{signed_text(100 * low, 0)} to {signed_text(100 * high, 0)}"


def p_value_text(p: float | None) -> str:
    """Return a p-value with two significant figures; never zero."""
    if not known(p):
        return DASH
    assert p is not None
    if p < 0.001:
        return "<" + NARROW + "0.001"
    return f"{p:.3f}" if p < 0.0995 else f"{p:.2f}"


def count_text(n: float | None) -> str:
    """Return a whole number with thousands set apart."""
    if not known(n):
        return DASH
    assert n is not None
    return f"{round(n):,}".replace(",", NARROW)


def name_in_words(name: str | None) -> str:
    """Return a name of code as words: ``peer_minus_asset`` is ``peer minus asset``."""
    return (name or "").replace("_", " ")
