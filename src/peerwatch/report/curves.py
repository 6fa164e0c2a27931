"""Curves of a rate over the levels of one factor, a line a subject; and over the bar's side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peerwatch.charts.numbers import count_text, known, percent_interval_text, percent_text
from peerwatch.design.arms import FACTORS
from peerwatch.report.estimate_grid import EstimateRow, Levels, Rates, Who, rows_at
from peerwatch.report.plain_words import FACTOR_LEADS

DRAWN = tuple(FACTOR_LEADS)
SUBJECTS = ("peer", "asset", "human", "self")


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A rate at one level. Geometry is percent from the left, and a share from the bottom."""

    level: str
    x: float
    y: float
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class CurveLine:
    """One subject's points; ``style`` picks colour, dash and marker."""

    name: str
    style: int
    points: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One factor in one family of one critic."""

    who: Who
    family: str
    factor: str
    levels: tuple[tuple[str, float], ...]
    """Level and its place, in percent of the width."""
    lines: tuple[CurveLine, ...]


def curves(rates: Rates) -> Mapping[str, tuple[Chart, ...]]:
    """Return factor -> charts, of factors with two levels or more; and ``bar``."""
    found: dict[str, tuple[Chart, ...]] = {}
    for factor in DRAWN:
        charts = [
            chart
            for who in rates.kinds
            for family in rates.families(who)
            if (chart := _chart(rates, who, family, factor)) is not None
        ]
        if charts:
            found[factor] = tuple(charts)
    bars = [
        chart
        for who in rates.kinds
        for family in rates.families(who)
        if (chart := _bar(rates, who, family)) is not None
    ]
    return {"bar": tuple(bars), **found} if bars else found


def _chart(rates: Rates, who: Who, family: str, factor: str) -> Chart | None:
    arms = rates.arms(who, family)
    base = rates.headline(who, family)
    if base is None:
        return None
    series = []
    for name in SUBJECTS:
        subject = base if _subject(base) == name else rows_at(base, subject=name)
        rows = {
            level: arms[arm]
            for level in FACTORS[factor].levels
            if (arm := rows_at(subject, **{factor: level})) in arms and known(arms[arm]["value"])
        }
        series.append((name, rows))
    return _drawn(who, family, factor, FACTORS[factor].levels, series)


def _bar(rates: Rates, who: Who, family: str) -> Chart | None:
    base = rates.headline(who, family)
    if base is None:
        return None
    sides = {
        side: rates.arms(who, family, "decision_over", f"bar_side={side}")
        for side in ("below", "above")
    }
    series = []
    for name in SUBJECTS:
        arm = base if _subject(base) == name else rows_at(base, subject=name)
        rows = {
            side: arms[arm]
            for side, arms in sides.items()
            if arm in arms and known(arms[arm]["value"])
        }
        series.append((name, rows))
    return _drawn(who, family, "bar side", ("below", "above"), series)


def _subject(levels: Levels) -> str | None:
    return levels[list(FACTORS).index("subject")]


def _drawn(
    who: Who,
    family: str,
    factor: str,
    order: tuple[str, ...],
    series: list[tuple[str, dict[str, EstimateRow]]],
) -> Chart | None:
    levels = [level for level in order if any(level in rows for _, rows in series)]
    if len(levels) < 2:
        return None
    width = 100 / len(levels)
    places = {level: round(width * (i + 0.5), 2) for i, level in enumerate(levels)}
    there = [(name, rows) for name, rows in series if rows]
    lines = []
    for number, (name, rows) in enumerate(there):
        # Side by side, so that one interval never hides another.
        shift = (number - (len(there) - 1) / 2) * min(4.0, width / 6)
        points = tuple(_point(level, places[level] + shift, rows[level]) for level in rows)
        lines.append(CurveLine(name, SUBJECTS.index(name), points))
    return Chart(who, family, factor, tuple(places.items()), tuple(lines))


def _point(level: str, x: float, row: EstimateRow) -> CurvePoint:
    value = float(row["value"])
    low = float(row["low"]) if known(row["low"]) else value
    high = float(row["high"]) if known(row["high"]) else value
    text = f"{percent_text(value)} ({percent_interval_text(low, high)}), n {count_text(row['n'])}"
    done = row["completion"]
    if known(done) and done < 1:
        text += f", {percent_text(done)} completed"
    return CurvePoint(level, round(x, 2), value, low, high, text)
