"""Leave one wording out: how far a claim hangs on one of the eight."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from peerwatch.analysis.estimate_columns import EstimateRow
from peerwatch.charts.axis import Axis
from peerwatch.charts.numbers import difference_text, known, name_in_words
from peerwatch.report.estimate_grid import CriticKey, critic_key_of, family_rank
from peerwatch.report.forest import ERRORS, contrast_axis

_LEFT_OUT = re.compile(r"wording!=\d+")


@dataclass(frozen=True, slots=True)
class WordingStrip:
    """One contrast with its estimate in full and without each wording."""

    family: str
    contrast: str
    whole: str
    whole_position: float | None
    lowest: str
    highest: str
    dots: tuple[float, ...]
    """The places of the estimates without one wording."""
    sign_changes: bool
    """Whether the sign changes with a wording."""


@dataclass(frozen=True, slots=True)
class WordingStrips:
    """The strips of one critic on one axis: in points of marks, or in percentage points."""

    critic: CriticKey
    in_points: bool
    axis: Axis
    strips: tuple[WordingStrip, ...]


def wording_strips(estimates: pl.DataFrame) -> tuple[WordingStrips, ...]:
    """Return the strips of each critic and unit."""
    groups: dict[tuple[CriticKey, bool], dict[tuple[str, str], list[EstimateRow]]] = {}
    chosen = estimates.filter(pl.col("kind") == "leave_one_wording_out")
    for row in chosen.iter_rows(named=True):
        key = (critic_key_of(row), row["measure"] in ERRORS)
        groups.setdefault(key, {}).setdefault((row["family"], row["contrast"]), []).append(row)
    whole = _whole(estimates)
    found = []
    for (critic, in_points), cells in groups.items():
        every = [row for rows in cells.values() for row in rows]
        axis = contrast_axis((row["value"] for row in every if known(row["value"])), in_points)
        strips = [
            _strip(key, rows, whole.get((critic, *key, rows[0]["measure"])), axis, in_points)
            for key, rows in sorted(cells.items(), key=lambda item: family_rank(item[0][0]))
        ]
        found.append(WordingStrips(critic, in_points, axis, tuple(strips)))
    return tuple(found)


def _whole(estimates: pl.DataFrame) -> dict[tuple[CriticKey, str, str, str], EstimateRow]:
    rows = estimates.filter(
        pl.col("kind").is_in(["contrast", "interaction", "primary"]) & pl.col("main")
    )
    return {
        (critic_key_of(row), row["family"], row["contrast"], row["measure"]): row
        for row in rows.iter_rows(named=True)
    }


def _strip(
    key: tuple[str, str],
    rows: list[EstimateRow],
    whole: EstimateRow | None,
    axis: Axis,
    in_points: bool,
) -> WordingStrip:
    values = [
        float(row["value"])
        for row in rows
        if known(row["value"]) and _LEFT_OUT.search(row["stratum"] or "")
    ]
    total = whole["value"] if whole and known(whole["value"]) else None
    return WordingStrip(
        family=key[0],
        contrast=name_in_words(key[1]),
        whole=difference_text(total, in_points),
        whole_position=None if total is None else axis.position(total),
        lowest=difference_text(min(values), in_points) if values else "",
        highest=difference_text(max(values), in_points) if values else "",
        dots=tuple(axis.position(value) for value in values),
        sign_changes=bool(values) and min(values) < 0 < max(values),
    )
