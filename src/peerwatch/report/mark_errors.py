"""How far filed marks lie from the true ones, beside how often the decision crosses the bar."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from peerwatch.charts.bars import HistogramBar, histogram
from peerwatch.charts.numbers import (
    difference_interval_text,
    known,
    percent_interval_text,
    percent_text,
    signed_text,
)
from peerwatch.design.arms import FACTORS
from peerwatch.episodes.attempts import last_attempts
from peerwatch.report.estimate_grid import (
    CriticKey,
    Levels,
    RateGrid,
    arm_text,
    counted_text,
    family_rank,
    nearby_arm,
)

MEASURES = ("mark_error", "mean_error", "margin_error")
HISTOGRAM_BINS = 21
_SUBJECTS = ("peer", "asset", "human", "self")


@dataclass(frozen=True, slots=True)
class ErrorSpread:
    """The distribution of one measure in one arm."""

    subject: str
    style: int
    arm: str
    n: int
    mean: str
    interval: str
    crossing: str
    bars: tuple[HistogramBar, ...]


@dataclass(frozen=True, slots=True)
class ErrorPanel:
    """One measure in one family of one critic; all its arms share the scale, up to ``reach``."""

    critic: CriticKey
    family: str
    measure: str
    reach: float
    spreads: tuple[ErrorSpread, ...]


def error_panels(episodes: pl.DataFrame, rates: RateGrid) -> tuple[ErrorPanel, ...]:
    """Return a panel for each critic, family and measure, of the headline arm and its controls."""
    last = last_attempts(episodes)
    found = []
    groups = last.group_by("model", "world", "critic", "family", maintain_order=True)
    for (*whose, family), rows in groups:
        critic = CriticKey(*map(str, whose))
        for measure in MEASURES:
            panel = _panel(critic, str(family), measure, rows, rates)
            if panel is not None:
                found.append(panel)
    order = {critic: place for place, critic in enumerate(rates.kinds)}
    return tuple(sorted(found, key=lambda p: (order.get(p.critic, 99), family_rank(p.family))))


def _panel(
    critic: CriticKey, family: str, measure: str, rows: pl.DataFrame, rates: RateGrid
) -> ErrorPanel | None:
    base = rates.headline(critic, family)
    if base is None or rows[measure].count() == 0:
        return None
    values: dict[str, tuple[Levels, list[float]]] = {}
    done = pl.col("outcome") != "incomplete"
    for subject in _SUBJECTS:
        arm = base if base[0] == subject else nearby_arm(base, subject=subject)
        match = [
            pl.col(name).is_null() if level is None else pl.col(name) == level
            for name, level in zip(FACTORS, arm, strict=True)
        ]
        kept = rows.filter(*match, done)[measure].drop_nulls().drop_nans().to_list()
        if kept:
            values[subject] = (arm, kept)
    if not values:
        return None
    reach = max(5.0, *(abs(v) for _, kept in values.values() for v in kept))
    spreads = []
    for subject, (arm, kept) in values.items():
        mean = rates.arms(critic, family, measure, "").get(arm)
        crossed = rates.arms(critic, family, "decision_over").get(arm)
        spreads.append(
            ErrorSpread(
                subject=subject,
                style=_SUBJECTS.index(subject),
                arm=arm_text(arm),
                n=len(kept),
                mean=signed_text(sum(kept) / len(kept), 1),
                interval=difference_interval_text(mean["low"], mean["high"], True) if mean else "",
                crossing=_crossing(crossed),
                bars=histogram(kept, reach, HISTOGRAM_BINS),
            )
        )
    return ErrorPanel(critic, family, measure, reach, tuple(spreads))


def _crossing(row: object) -> str:
    if not isinstance(row, dict) or not known(row["value"]):
        return ""
    between = percent_interval_text(row["low"], row["high"])
    return f"{percent_text(row['value'])} ({between}; {counted_text(row)})"
