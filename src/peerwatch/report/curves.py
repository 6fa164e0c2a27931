"""Curves of a rate over the levels of one factor, a line a subject; and over the bar's side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peerwatch.analysis.estimate_columns import EstimateRow
from peerwatch.charts.line_charts import LineChart, ShareAtLevel, line_chart
from peerwatch.charts.numbers import known, percent_interval_text, percent_text
from peerwatch.design.arms import FACTORS
from peerwatch.report.display_names import FACTOR_LEADS
from peerwatch.report.estimate_grid import (
    CriticKey,
    Levels,
    RateGrid,
    counted_text,
    nearby_arm,
)

CURVE_FACTORS = tuple(FACTOR_LEADS)
CURVE_SUBJECTS = ("peer", "asset", "human", "self")


@dataclass(frozen=True, slots=True)
class FactorCurve:
    """One factor in one family of one critic; a line a subject."""

    critic: CriticKey
    family: str
    factor: str
    chart: LineChart


def factor_curves(rates: RateGrid) -> Mapping[str, tuple[FactorCurve, ...]]:
    """Return factor -> charts, of factors with two levels or more; and ``bar``."""
    found: dict[str, tuple[FactorCurve, ...]] = {}
    for factor in CURVE_FACTORS:
        charts = [
            chart
            for critic in rates.kinds
            for family in rates.families(critic)
            if (chart := _chart(rates, critic, family, factor)) is not None
        ]
        if charts:
            found[factor] = tuple(charts)
    bars = [
        chart
        for critic in rates.kinds
        for family in rates.families(critic)
        if (chart := _bar(rates, critic, family)) is not None
    ]
    return {"bar": tuple(bars), **found} if bars else found


def _chart(rates: RateGrid, critic: CriticKey, family: str, factor: str) -> FactorCurve | None:
    arms = rates.arms(critic, family)
    base = rates.headline(critic, family)
    if base is None:
        return None
    series = []
    for name in CURVE_SUBJECTS:
        subject = base if _subject(base) == name else nearby_arm(base, subject=name)
        rows = {
            level: arms[arm]
            for level in FACTORS[factor].levels
            if (arm := nearby_arm(subject, **{factor: level})) in arms and known(arms[arm]["value"])
        }
        series.append((name, rows))
    return _drawn(critic, family, factor, FACTORS[factor].levels, series)


def _bar(rates: RateGrid, critic: CriticKey, family: str) -> FactorCurve | None:
    base = rates.headline(critic, family)
    if base is None:
        return None
    sides = {
        side: rates.arms(critic, family, "decision_over", f"bar_side={side}")
        for side in ("below", "above")
    }
    series = []
    for name in CURVE_SUBJECTS:
        arm = base if _subject(base) == name else nearby_arm(base, subject=name)
        rows = {
            side: arms[arm]
            for side, arms in sides.items()
            if arm in arms and known(arms[arm]["value"])
        }
        series.append((name, rows))
    return _drawn(critic, family, "bar side", ("below", "above"), series)


def _subject(levels: Levels) -> str | None:
    return levels[list(FACTORS).index("subject")]


def _drawn(
    critic: CriticKey,
    family: str,
    factor: str,
    order: tuple[str, ...],
    series: list[tuple[str, dict[str, EstimateRow]]],
) -> FactorCurve | None:
    shares = [(name, {level: _share(row) for level, row in rows.items()}) for name, rows in series]
    chart = line_chart(order, shares)
    return None if chart is None else FactorCurve(critic, family, factor, chart)


def _share(row: EstimateRow) -> ShareAtLevel:
    value = float(row["value"])
    low = float(row["low"]) if known(row["low"]) else value
    high = float(row["high"]) if known(row["high"]) else value
    text = f"{percent_text(value)} ({percent_interval_text(low, high)}), {counted_text(row)}"
    done = row["completion"]
    if known(done) and done < 1:
        text += f", {percent_text(done)} completed"
    return ShareAtLevel(value, low, high, text)
