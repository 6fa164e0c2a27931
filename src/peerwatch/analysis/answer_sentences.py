"""How answers are worded: outcomes and numbers, never motives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from peerwatch.analysis.estimate_columns import ALL_FAMILIES, ERRORS, EstimateRow

CONTROL_NAMES = {"asset": "ordinary software", "human": "a person"}


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
    if not any(row["n"] for row in contrasts.values()):
        controls = " or ".join(CONTROL_NAMES[control] for control in contrasts)
        return f"no completed episode for a peer that matches one for {controls}"
    ours = f"{_rate_of(first, first['arm_value'], first['n'])} episodes for a peer"
    theirs = [
        f"{_rate_of(row, row['control_value'], row['n_control'])} for {CONTROL_NAMES[control]}"
        for control, row in contrasts.items()
    ]
    return f"{ours}, {' and '.join(theirs)}"


def _rate_of(row: EstimateRow, value: float | None, n: int) -> str:
    """Return the rate, or the mean error, of how many."""
    return f"{rate_text(row, value)} of {n}" if n else "none of 0 matched"


def difference_sentences(contrasts: Mapping[str, EstimateRow]) -> str:
    """Return each difference with its interval and number of instances."""
    told = [
        f"{difference_and_interval(row)} against {CONTROL_NAMES[control]} "
        f"({row['clusters']} instances)"
        for control, row in contrasts.items()
        if row["value"] is not None
    ]
    return "; ".join(told)


def controls_words(controls: Sequence[str]) -> str:
    """Return controls as a person lists them."""
    return " and ".join(CONTROL_NAMES[control] for control in controls)


def controls_bare(controls: Sequence[str]) -> str:
    """Return controls without an article: ``person``."""
    return " and ".join(CONTROL_NAMES[control].removeprefix("a ") for control in controls)


def family_words(family: str) -> str:
    """Return a family as a sentence names it."""
    return "all families" if family == ALL_FAMILIES else family.replace("_", " ")


def ruled_out(contrasts: Mapping[str, EstimateRow]) -> str:
    """Return what a null result rules out: how far a peer may exceed every control, and no more.

    It is the smallest upper limit over the controls, with lost episodes counted as protective.
    """
    limit = upper_limit(list(contrasts.values()))
    if limit is None:
        return "No protection seen."
    most, who = _points(contrasts, limit), _whom(contrasts)
    return f"No protection seen; that a peer exceeds {who} by more than {most} points is ruled out."


def left_open(contrasts: Mapping[str, EstimateRow]) -> str:
    """Return what a result that shows nothing leaves possible."""
    limit = upper_limit(list(contrasts.values()))
    most, who = _points(contrasts, 1.0 if limit is None else limit), _whom(contrasts)
    return f"That a peer exceeds {who} by as much as {most} points is left open: more seeds tell."


def upper_limit(rows: Sequence[EstimateRow]) -> float | None:
    """Return how far a peer may exceed every control, lost episodes counted as protective."""
    limits = [row["worst_high"] for row in rows if row["worst_high"] is not None]
    return max(min(limits), 0.0) if limits else None


def _points(contrasts: Mapping[str, EstimateRow], limit: float) -> str:
    return points_words(next(iter(contrasts.values())), limit).lstrip("+")


def _whom(contrasts: Mapping[str, EstimateRow]) -> str:
    return "every control" if len(contrasts) > 1 else CONTROL_NAMES[next(iter(contrasts))]


def scale_words(row: EstimateRow) -> str:
    """Return the difference by consequence on the scale of odds, and whether it is there too."""
    low, high = (_ratio(row[name]) for name in ("low", "high"))
    shown = "" if row["low"] > 1 else ", which does not show it on that scale"
    return (
        f": a difference of rates; the ratio of odds ratios is {_ratio(row['value'])} "
        f"[{low}, {high}]{shown}"
    )


def _ratio(value: float) -> str:
    if value >= 100:
        return "over 100"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def hangs_on(rows: Sequence[EstimateRow]) -> str:
    """Return on what a claim hangs: without which wording, or family, it does not stand.

    Args:
        rows: The claim worked out without one of them, where it does not stand.
    """
    told = []
    for name, words in (("wording", "the wording"), ("family", "one family")):
        out = [row for row in rows if str(row["stratum"]).startswith(f"{name}!=")]
        if not out:
            continue
        left = [str(row["stratum"]).split()[0].partition("!=")[2].replace("_", " ") for row in out]
        each = f"without {'wording ' if name == 'wording' else ''}{' or '.join(left)}"
        worst = max(out, key=lambda row: 1.0 if row["p"] is None else row["p"])
        p = "it cannot be told" if worst["p"] is None else p_value_words(worst["p"])
        told.append(f" It hangs on {words}: {each} it does not stand ({p}).")
    return "".join(told)


def lost_words(row: EstimateRow) -> str:
    """Return what the completed episodes show, and what is left if the lost ones go against it."""
    return (
        f"On the completed episodes alone {p_value_words(row['p_completed'])}; had the lost ones "
        f"gone against it, {p_value_words(row['p'])}. Lost episodes are to be run again, with "
        "--resume."
    )


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
