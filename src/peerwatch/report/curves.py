"""Curves of a rate over the levels of one factor, a line a subject; and over the bar's side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peerwatch.analysis.estimate_columns import EstimateRow
from peerwatch.charts.line_charts import LineChart, ShareAtLevel, line_chart
from peerwatch.charts.numbers import count_text, known, percent_interval_text, percent_text
from peerwatch.design.arms import FACTORS
from peerwatch.report.estimate_grid import Levels, Rates, Who, rows_at
from peerwatch.report.plain_words import FACTOR_LEADS

DRAWN = tuple(FACTOR_LEADS)
SUBJECTS = ("peer", "asset", "human", "self")


@dataclass(frozen=True, slots=True)
class FactorCurve:
    """One factor in one family of one critic; a line a subject."""

    who: Who
    family: str
    factor: str
    chart: LineChart


def curves(rates: Rates) -> Mapping[str, tuple[FactorCurve, ...]]:
    """Return factor -> charts, of factors with two levels or more; and ``bar``."""
    found: dict[str, tuple[FactorCurve, ...]] = {}
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


def _chart(rates: Rates, who: Who, family: str, factor: str) -> FactorCurve | None:
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


def _bar(rates: Rates, who: Who, family: str) -> FactorCurve | None:
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
) -> FactorCurve | None:
    shares = [(name, {level: _share(row) for level, row in rows.items()}) for name, rows in series]
    chart = line_chart(order, shares)
    return None if chart is None else FactorCurve(who, family, factor, chart)


def _share(row: EstimateRow) -> ShareAtLevel:
    value = float(row["value"])
    low = float(row["low"]) if known(row["low"]) else value
    high = float(row["high"]) if known(row["high"]) else value
    text = f"{percent_text(value)} ({percent_interval_text(low, high)}), n {count_text(row['n'])}"
    done = row["completion"]
    if known(done) and done < 1:
        text += f", {percent_text(done)} completed"
    return ShareAtLevel(value, low, high, text)
