"""The first plot: how much more each critic deviates for a peer than for each control, on one axis.

On average over families where the estimates have that; otherwise in each family. Models that were
run on the same instances are compared with each other below it, on the same axis.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from peerwatch.analysis.estimate_columns import ALL_FAMILIES, EstimateRow
from peerwatch.charts.axis import Axis
from peerwatch.charts.forest_rows import ForestRow, interval_mark
from peerwatch.charts.numbers import (
    count_text,
    difference_interval_text,
    difference_text,
    known,
    name_in_words,
    p_value_text,
    percent_text,
)
from peerwatch.report.estimate_grid import CriticKey, critic_key_of, family_rank
from peerwatch.report.forest import contrast_axis

BETWEEN_MODELS = "between_models"
"""The kind of the rows that compare two models; ``other_model`` is the second."""
_MEASURE = "any_deviation"
CONTROLS: Mapping[str, str] = {
    "peer_minus_asset": "software",
    "peer_minus_human": "a person",
}
"""Contrast -> what the peer is compared with, in words."""
AVERAGE = "on average over the families in which every control was run"
_UNTOLD: Mapping[str, str] = {
    "floor": "",  # the numbers beside say it
    "ceiling": "",
    "too_few": "",
    "incomplete": "too few completed",
    "not_run": "not run",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadlineRow(ForestRow):
    """A critic's difference between a peer and one control; ``name`` is the control in words.

    Attributes:
        families: Which families it is over, in words.
        note: Where no difference can be given, between what it lies.
        peer: The rate for the peer, and of how many episodes.
        control: The same for the control.
        instances: Instances that the interval is made from.
    """

    families: str
    peer: str
    control: str
    instances: str


@dataclass(frozen=True, slots=True)
class HeadlineGroup:
    """The rows of one critic, one a control, or one a family and control."""

    critic: CriticKey
    rows: tuple[HeadlineRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPair(ForestRow):
    """One model less another, the higher first; ``name`` is the control in words.

    Attributes:
        model: The model with the higher difference between a peer and the control.
        other: The model that is taken away.
        world: Where both acted, in words.
        families: Which families it is over.
        instances: Instances that both were run on.
        p_holm: The p-value adjusted over the pairs; empty where there is none.
    """

    model: str
    other: str
    world: str
    families: str
    instances: str
    p_holm: str


@dataclass(frozen=True, slots=True)
class HeadlineForest:
    """The plot: critics from the highest estimate to the lowest, and pairs of models below them.

    ``where`` are the families of all rows, in words; empty where they differ.
    """

    axis: Axis
    where: str
    groups: tuple[HeadlineGroup, ...]
    pair_axis: Axis
    pairs: tuple[ModelPair, ...]

    @property
    def order(self) -> Mapping[CriticKey, int]:
        """The place of each critic, from 0."""
        return {group.critic: place for place, group in enumerate(self.groups)}


def headline_forest(estimates: pl.DataFrame, critics: Iterable[CriticKey]) -> HeadlineForest:
    """Return the first plot of a page.

    Args:
        estimates: The estimates table.
        critics: Everybody who was run; one without an estimate has a group without rows.
    """
    chosen = estimates.filter(
        (pl.col("kind") == "contrast")
        & pl.col("main")
        & (pl.col("measure") == _MEASURE)
        & pl.col("contrast").is_in(list(CONTROLS))
    )
    by: dict[CriticKey, list[EstimateRow]] = {critic: [] for critic in critics}
    for row in chosen.iter_rows(named=True):
        by.setdefault(critic_key_of(row), []).append(row)
    shown = {critic: _pooled_or_all(rows) for critic, rows in by.items()}
    pairs = estimates.filter(
        (pl.col("kind") == BETWEEN_MODELS) & pl.col("contrast").is_in(list(CONTROLS))
    )
    between = [_higher_first(row) for row in pairs.iter_rows(named=True)]
    axis = contrast_axis(_ends(row for rows in shown.values() for row in rows), False)
    order = sorted(shown, key=lambda critic: _rank(shown[critic]))
    groups = tuple(HeadlineGroup(c, tuple(_row(row, axis) for row in shown[c])) for c in order)
    where = {row.families for group in groups for row in group.rows}
    pair_axis = contrast_axis(_ends(between), False)
    return HeadlineForest(
        axis,
        where.pop() if len(where) == 1 else "",
        groups,
        pair_axis,
        tuple(_pair(row, pair_axis) for row in sorted(between, key=_rank_of_pair)),
    )


def _pooled_or_all(rows: Sequence[EstimateRow]) -> list[EstimateRow]:
    """Return the rows on average over families, or, where there are none, those of each family."""
    pooled = [row for row in rows if row["family"] == ALL_FAMILIES]
    place = {name: i for i, name in enumerate(CONTROLS)}
    return sorted(
        pooled or rows, key=lambda r: (family_rank(r["family"] or ""), place[r["contrast"]])
    )


def _rank(rows: Sequence[EstimateRow]) -> float:
    """Return what critics are ordered by: the least by which the peer exceeds a control."""
    values = [row["value"] for row in rows if known(row["value"])]
    if values:
        return -float(min(values))
    return 1.0 if rows else math.inf  # what cannot be told after what can, what was not run last


def _rank_of_pair(row: EstimateRow) -> tuple[int, float]:
    return list(CONTROLS).index(row["contrast"]), -float(row["value"] or 0.0)


def _higher_first(row: EstimateRow) -> EstimateRow:
    """Return a comparison of two models with the higher one first."""
    if not known(row["value"]) or row["value"] >= 0:
        return row
    turned = {"model": row["other_model"], "other_model": row["model"], "value": -row["value"]}
    if known(row["low"]) and known(row["high"]):
        turned |= {"low": -row["high"], "high": -row["low"]}
    return {**row, **turned}


def _ends(rows: Iterable[EstimateRow]) -> Iterator[float]:
    for row in rows:
        names = ("value", "low", "high") if known(row["value"]) else ("bound_low", "bound_high")
        yield from (float(row[name]) for name in names if known(row[name]))


def _row(row: EstimateRow, axis: Axis) -> HeadlineRow:
    value, low, high = (float(row[k]) if known(row[k]) else None for k in ("value", "low", "high"))
    ends = row["bound_low"], row["bound_high"]
    bounds = ends if value is None and all(map(known, ends)) else None
    between = difference_interval_text(*bounds, False) if bounds else ""
    return HeadlineRow(
        name=CONTROLS[row["contrast"]],
        question="",
        value="" if value is None else difference_text(value, False),
        interval=difference_interval_text(low, high, False),
        mark=interval_mark(axis, value, low, high, bounds),
        p=p_value_text(row["p"]) if known(row["p"]) else "",
        note=between,
        status="" if row["status"] == "ok" else _UNTOLD.get(row["status"], row["status"] or ""),
        families=_families(row["family"]),
        peer=_rate(row["arm_value"], row["n"]),
        control=_rate(row["control_value"], row["n_control"]),
        instances=count_text(row["clusters"]),
    )


def _families(family: str | None) -> str:
    return AVERAGE if family == ALL_FAMILIES else f"in {name_in_words(family)}"


def _rate(value: float | None, n: int | None) -> str:
    return f"{percent_text(value)} of {count_text(n)}" if n else "none"


def _pair(row: EstimateRow, axis: Axis) -> ModelPair:
    value, low, high = (float(row[k]) if known(row[k]) else None for k in ("value", "low", "high"))
    return ModelPair(
        name=CONTROLS[row["contrast"]],
        question="",
        value="" if value is None else difference_text(value, False),
        interval=difference_interval_text(low, high, False),
        mark=interval_mark(axis, value, low, high),
        p=p_value_text(row["p"]) if known(row["p"]) else "",
        note="",
        status="" if row["status"] == "ok" else _UNTOLD.get(row["status"], row["status"] or ""),
        model=row["model"],
        other=row["other_model"],
        world=f"{row['world']}, {row['critic']}",
        families=_families(row["family"]),
        instances=count_text(row["clusters"]),
        p_holm=p_value_text(row["p_holm"]) if known(row["p_holm"]) else "",
    )
