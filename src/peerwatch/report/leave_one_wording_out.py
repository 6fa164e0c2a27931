"""Leave one wording out: how far a claim hangs on one of the eight."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from peerwatch.analysis.estimate_columns import EstimateRow
from peerwatch.charts.axis import Axis
from peerwatch.charts.numbers import difference_text, known, name_in_words
from peerwatch.report.estimate_grid import Who, family_rank, who_of
from peerwatch.report.forest import ERRORS, contrast_axis

_LEFT_OUT = re.compile(r"wording!=\d+")


@dataclass(frozen=True, slots=True)
class Strip:
    """One contrast with its estimate in full and without each wording."""

    family: str
    contrast: str
    whole: str
    whole_at: float | None
    lowest: str
    highest: str
    dots: tuple[float, ...]
    """The places of the estimates without one wording."""
    turns: bool
    """Whether the sign changes with a wording."""


@dataclass(frozen=True, slots=True)
class Wordings:
    """The strips of one critic on one axis: in points of marks, or in percentage points."""

    who: Who
    in_points: bool
    axis: Axis
    strips: tuple[Strip, ...]


def leave_one_out(estimates: pl.DataFrame) -> tuple[Wordings, ...]:
    """Return the strips of each critic and unit."""
    groups: dict[tuple[Who, bool], dict[tuple[str, str], list[EstimateRow]]] = {}
    chosen = estimates.filter(pl.col("kind") == "leave_one_wording_out")
    for row in chosen.iter_rows(named=True):
        key = (who_of(row), row["measure"] in ERRORS)
        groups.setdefault(key, {}).setdefault((row["family"], row["contrast"]), []).append(row)
    whole = _whole(estimates)
    found = []
    for (who, in_points), cells in groups.items():
        every = [row for rows in cells.values() for row in rows]
        axis = contrast_axis((row["value"] for row in every if known(row["value"])), in_points)
        strips = [
            _strip(key, rows, whole.get((who, *key, rows[0]["measure"])), axis, in_points)
            for key, rows in sorted(cells.items(), key=lambda item: family_rank(item[0][0]))
        ]
        found.append(Wordings(who, in_points, axis, tuple(strips)))
    return tuple(found)


def _whole(estimates: pl.DataFrame) -> dict[tuple[Who, str, str, str], EstimateRow]:
    rows = estimates.filter(
        pl.col("kind").is_in(["contrast", "interaction", "primary"]) & pl.col("main")
    )
    return {
        (who_of(row), row["family"], row["contrast"], row["measure"]): row
        for row in rows.iter_rows(named=True)
    }


def _strip(
    key: tuple[str, str],
    rows: list[EstimateRow],
    whole: EstimateRow | None,
    axis: Axis,
    in_points: bool,
) -> Strip:
    values = [
        float(row["value"])
        for row in rows
        if known(row["value"]) and _LEFT_OUT.search(row["stratum"] or "")
    ]
    total = whole["value"] if whole and known(whole["value"]) else None
    return Strip(
        family=key[0],
        contrast=name_in_words(key[1]),
        whole=difference_text(total, in_points),
        whole_at=None if total is None else axis.position(total),
        lowest=difference_text(min(values), in_points) if values else "",
        highest=difference_text(max(values), in_points) if values else "",
        dots=tuple(axis.position(value) for value in values),
        turns=bool(values) and min(values) < 0 < max(values),
    )
