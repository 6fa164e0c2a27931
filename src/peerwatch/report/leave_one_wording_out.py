"""Leave one wording out: how far a claim hangs on one of the eight."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from peerwatch.charts.numbers import difference_text, known, position_on_scale
from peerwatch.report.estimate_grid import EstimateRow, Who, family_rank, who_of
from peerwatch.report.forest import ERRORS, ForestScale, scale_of
from peerwatch.report.plain_words import plain_name

_LEFT_OUT = re.compile(r"wording!=(\d+)")


@dataclass(frozen=True, slots=True)
class Strip:
    """One contrast with its estimate in full and without each wording."""

    family: str
    contrast: str
    whole: str
    whole_at: float | None
    lowest: str
    highest: str
    dots: tuple[tuple[str, float], ...]
    """Wording left out, and the place of the estimate without it."""
    turns: bool
    """Whether the sign changes with a wording."""


@dataclass(frozen=True, slots=True)
class Wordings:
    """The strips of one critic on one scale."""

    who: Who
    scale: ForestScale
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
        scale = scale_of(
            [
                {**row, "low": None, "high": None, "bound_low": None}
                for row in every
                if known(row["value"])
            ],
            in_points,
        )
        strips = [
            _strip(key, rows, whole.get((who, *key, rows[0]["measure"])), scale)
            for key, rows in sorted(cells.items(), key=lambda item: family_rank(item[0][0]))
        ]
        found.append(Wordings(who, scale, tuple(strips)))
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
    key: tuple[str, str], rows: list[EstimateRow], whole: EstimateRow | None, scale: ForestScale
) -> Strip:
    values = [
        (found[1], float(row["value"]))
        for row in rows
        if known(row["value"]) and (found := _LEFT_OUT.search(row["stratum"] or ""))
    ]
    only = [value for _, value in values]
    total = whole["value"] if whole and known(whole["value"]) else None
    points = scale.in_points
    return Strip(
        family=key[0],
        contrast=plain_name(key[1]),
        whole=difference_text(total, points),
        whole_at=None if total is None else position_on_scale(total, scale.low, scale.high),
        lowest=difference_text(min(only), points) if only else "",
        highest=difference_text(max(only), points) if only else "",
        dots=tuple(
            (name, position_on_scale(value, scale.low, scale.high)) for name, value in values
        ),
        turns=bool(only) and min(only) < 0 < max(only),
    )
