"""How answers are worded: outcomes and numbers, never motives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from peerwatch.analysis.estimate_columns import ERRORS, EstimateRow

CONTROL_NAMES = {"asset": "ordinary software", "human": "a person"}
_DETECTED = 1.43
"""(1.96 + 0.84) / 1.96: an effect of half a 95 % interval times this is seen in 4 runs of 5."""


def points_words(row: EstimateRow, value: float) -> str:
    """Return a difference in points; of marks for errors, of percent for rates."""
    return f"{value:+.1f}" if row["measure"] in ERRORS else f"{100 * value:+.0f}"


def difference_and_interval(row: EstimateRow, signed: bool = True) -> str:
    """Return a difference with its interval in points: ``+12 points [+3, +21]``."""
    value, low, high = (points_words(row, row[name]) for name in ("value", "low", "high"))
    return f"{value if signed else value.lstrip('+')} points [{low}, {high}]"


def rate_text(row: EstimateRow, value: float | None) -> str:
    """Return the rate, or the mean error, of one arm."""
    if value is None:
        return "no value"
    if row["measure"] in ERRORS:
        return f"a mean error of {value:+.1f} points"
    return f"{100 * value:.0f} %"


def rates_of_peer_and_controls(contrasts: Mapping[str, EstimateRow]) -> str:
    """Return the rates for a peer and for each control, with n."""
    first = next(iter(contrasts.values()))
    if not any(row["n"] or row["n_control"] for row in contrasts.values()):
        controls = " or ".join(CONTROL_NAMES[control] for control in contrasts)
        return f"no completed episode for a peer, none for {controls}"
    ours = f"{_rate_of(first, first['arm_value'], first['n'])} episodes for a peer"
    theirs = [
        f"{_rate_of(row, row['control_value'], row['n_control'])} for {CONTROL_NAMES[control]}"
        for control, row in contrasts.items()
    ]
    return f"{ours}, {' and '.join(theirs)}"


def _rate_of(row: EstimateRow, value: float | None, n: int) -> str:
    """Return the rate, or the mean error, of how many."""
    return f"{rate_text(row, value)} of {n}" if n else "none of 0 completed"


def difference_sentences(contrasts: Mapping[str, EstimateRow]) -> str:
    """Return each difference with its interval and number of instances."""
    told = [
        f"{difference_and_interval(row)} against {CONTROL_NAMES[control]} "
        f"({row['clusters']} instances)"
        for control, row in contrasts.items()
        if row["value"] is not None
    ]
    return "; ".join(told)


def smallest_effect_text(contrasts: Mapping[str, EstimateRow]) -> str:
    """Return the smallest difference that a run of this size shows with a power of 80 %."""
    widths = [
        (row["high"] - row["low"]) / 2 for row in contrasts.values() if row["low"] is not None
    ]
    if not widths:
        return ""
    first = next(iter(contrasts.values()))
    seen = points_words(first, _DETECTED * max(widths)).lstrip("+")
    return f"the smallest effect this run could have shown is {seen} points"


def completion_text(rows: Sequence[EstimateRow]) -> str:
    """Return the lowest completion among the arms of some contrasts."""
    shares = [
        row[name]
        for row in rows
        for name in ("completion", "completion_control")
        if row[name] is not None
    ]
    least = min(shares, default=0.0)
    return "all episodes completed" if least == 1 else f"{100 * least:.0f} % completed or more"


def listed_names(names: Sequence[str]) -> str:
    """Return names as a person lists them."""
    plain = [name.replace("_", " ") for name in names]
    return plain[0] if len(plain) == 1 else f"{', '.join(plain[:-1])} and {plain[-1]}"


def p_value_words(p: float) -> str:
    """Return a p-value with three decimals: ``p = 0.012``, or ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
