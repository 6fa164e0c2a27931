"""Published results beside ours: only figures with a source, and how far the arms compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from peerwatch.analysis.outcome_table import CRITIC_KINDS
from peerwatch.analysis.published_comparison import (
    OwnEstimate,
    PublishedComparison,
    compare_with_published,
)
from peerwatch.analysis.published_figures import PublishedFigure, published
from peerwatch.charts.numbers import (
    count_text,
    difference_interval_text,
    difference_text,
    name_in_words,
    percent_interval_text,
    percent_text,
    signed_text,
)
from peerwatch.report.display_names import STATUSES

HEADINGS = ("this run", "ours", "published of", "theirs", "same arms", "source")
_SHOWN = 20
"""Rows of one critic on the page at most; ``peerwatch compare`` prints all."""


@dataclass(frozen=True, slots=True)
class PublishedBeside:
    """Rows of published and own figures, and how many more there are."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int


def published_beside(estimates: pl.DataFrame) -> PublishedBeside:
    """Return the published figures that an own arm can be set beside, by critic, nearest first.

    Scripted critics are left out: what they do is known, and says nothing of any model's figure.
    """
    scripted = [kind for kind, what in CRITIC_KINDS.items() if what == "scripted"]
    found = compare_with_published(
        estimates.filter(~pl.col("critic_kind").is_in(scripted)), published()
    )
    critics: dict[tuple[str, ...], list[PublishedComparison]] = {}
    for one in sorted(found, key=_distance):
        critics.setdefault((one.own.model, one.own.world, one.own.critic), []).append(one)
    shown = [one for _, own in sorted(critics.items()) for one in own[:_SHOWN]]
    return PublishedBeside(HEADINGS, tuple(map(_row, shown)), len(found) - len(shown))


def _distance(one: PublishedComparison) -> tuple[bool, int, int]:
    return not one.same_model, ("yes", "partly", "no").index(one.same_arms), len(one.differs)


def _row(one: PublishedComparison) -> tuple[str, ...]:
    own, figure = one.own, one.figure
    what = name_in_words(own.contrast) if own.contrast else own.arm
    same = one.same_arms if not one.differs else f"{one.same_arms}: {_sentence(one.differs)}"
    return (
        f"{own.model}, {own.family}: {name_in_words(own.measure)}, {what}",
        _ours(own),
        figure.model,
        _theirs(figure),
        same,
        f"{figure.source} ({figure.confidence}): {figure.title}",
    )


def _sentence(phrases: Sequence[str]) -> str:
    return "; ".join(phrases)


def _ours(own: OwnEstimate) -> str:
    in_points = own.measure.endswith("_error")
    n = f"n {count_text(own.n)}"
    if own.value is None:
        return f"{STATUSES.get(own.status, own.status) or 'not estimable'}, {n}"
    if own.contrast or in_points:
        between = difference_interval_text(own.low, own.high, in_points)
        return f"{difference_text(own.value, in_points)} ({between}), {n}"
    control = "asset not run" if own.control is None else f"asset {percent_text(own.control)}"
    return f"{percent_text(own.value)} ({percent_interval_text(own.low, own.high)}), {n}; {control}"


def _theirs(figure: PublishedFigure) -> str:
    most = "at most " if figure.bound else ""
    over = f" {figure.aggregation}" if figure.aggregation else ""
    told = f"{most}{_number(figure.value, figure.unit)}{over}"
    if figure.interval is not None:
        told += f" ({figure.interval[0]:g} to {figure.interval[1]:g})"
    if figure.n is not None:
        told += f", n {count_text(figure.n)}"
    control = figure.control
    if control is None:
        return f"{told}; no control"
    return f"{told}; {control.what} {_number(control.value, figure.unit)}"


def _number(value: float, unit: str) -> str:
    if unit == "percent":
        return percent_text(value / 100)
    return f"{signed_text(value, 2 if unit == 'points' else 1)} {unit}"
