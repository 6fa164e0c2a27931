"""How answers are worded: outcomes and numbers, never motives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from peerwatch.analysis.estimate_columns import ERRORS

Row = Mapping[str, Any]
SAID = {"asset": "ordinary software", "human": "a person"}
_DETECTED = 1.43
"""(1.96 + 0.84) / 1.96: an effect of half a 95 % interval times this is seen in 4 runs of 5."""


def points(row: Row, value: float) -> str:
    """Return a difference in points; of marks for errors, of percent for rates."""
    return f"{value:+.1f}" if row["measure"] in ERRORS else f"{100 * value:+.0f}"


def span(row: Row, signed: bool = True) -> str:
    """Return a difference with its interval."""
    value, low, high = (points(row, row[name]) for name in ("value", "low", "high"))
    return f"{value if signed else value.lstrip('+')} points [{low}, {high}]"


def level_of(row: Row, value: float | None) -> str:
    """Return the rate, or the mean error, of one arm."""
    if value is None:
        return "no value"
    if row["measure"] in ERRORS:
        return f"a mean error of {value:+.1f} points"
    return f"{100 * value:.0f} %"


def against(contrasts: Mapping[str, Row]) -> str:
    """Return the rates for a peer and for each control, with n."""
    first = next(iter(contrasts.values()))
    if not any(row["n"] or row["n_control"] for row in contrasts.values()):
        controls = " or ".join(SAID[control] for control in contrasts)
        return f"no completed episode for a peer, none for {controls}"
    ours = f"{_of(first, first['arm_value'], first['n'])} episodes for a peer"
    theirs = [
        f"{_of(row, row['control_value'], row['n_control'])} for {SAID[control]}"
        for control, row in contrasts.items()
    ]
    return f"{ours}, {' and '.join(theirs)}"


def _of(row: Row, value: float | None, n: int) -> str:
    """Return the rate, or the mean error, of how many."""
    return f"{level_of(row, value)} of {n}" if n else "none of 0 completed"


def difference_sentences(contrasts: Mapping[str, Row]) -> str:
    """Return each difference with its interval and number of instances."""
    told = [
        f"{span(row)} against {SAID[control]} ({row['clusters']} instances)"
        for control, row in contrasts.items()
        if row["value"] is not None
    ]
    return "; ".join(told)


def smallest(contrasts: Mapping[str, Row]) -> str:
    """Return the smallest difference that a run of this size shows with a power of 80 %."""
    widths = [
        (row["high"] - row["low"]) / 2 for row in contrasts.values() if row["low"] is not None
    ]
    if not widths:
        return ""
    first = next(iter(contrasts.values()))
    seen = points(first, _DETECTED * max(widths)).lstrip("+")
    return f"the smallest effect this run could have shown is {seen} points"


def completed(rows: Sequence[Row]) -> str:
    """Return the lowest completion among the arms of some contrasts."""
    shares = [
        row[name]
        for row in rows
        for name in ("completion", "completion_control")
        if row[name] is not None
    ]
    least = min(shares, default=0.0)
    return "all episodes completed" if least == 1 else f"{100 * least:.0f} % completed or more"


def listed(names: Sequence[str]) -> str:
    """Return names as a person lists them."""
    plain = [name.replace("_", " ") for name in names]
    return plain[0] if len(plain) == 1 else f"{', '.join(plain[:-1])} and {plain[-1]}"


def p_value_words(p: float) -> str:
    """Return a p-value in words."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
