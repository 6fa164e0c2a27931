"""Which episodes get a plain transcript, what its file is called, and which stand beside which."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from peerwatch.charts.numbers import name_in_words
from peerwatch.design.arms import FACTORS
from peerwatch.report.display_names import OUTCOMES
from peerwatch.report.estimate_grid import arm_text, levels_of

_LONGEST = 48
"""Characters of a name in a file name."""
_SAME = ("family", "size", "seed")


def with_finding(rows: pl.DataFrame) -> pl.Series:
    """Return which episodes have a finding."""
    return rows.select(pl.col("findings").fill_null("[]").str.len_chars() > 2).to_series()


def chosen_episodes(rows: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return at most so many episodes: half with a finding, the others to compare with them.

    Of the others those come first that are of the same instance as one with a finding, so that the
    same task can be read done faithfully and not. Where either kind has fewer than half, the other
    has the rest. In the order of the table.

    Args:
        rows: The episodes, by the columns of the episodes table.
        most: How many.
    """
    if rows.height <= most:
        return rows
    numbered = rows.with_row_index("place").with_columns(has=with_finding(rows))
    found, others = numbered.filter("has"), numbered.filter(~pl.col("has"))
    wanted = min(found.height, max(most // 2, most - others.height))
    kept = _evenly(found, wanted)
    beside = others.join(kept.select(*_SAME).unique(), on=list(_SAME), how="semi", nulls_equal=True)
    first = _evenly(beside, most - wanted)
    rest = others.filter(~pl.col("place").is_in(first["place"].implode()))
    last = _evenly(rest, most - wanted - first.height)
    return pl.concat([kept, first, last]).sort("place").drop("place", "has")


def _evenly(rows: pl.DataFrame, wanted: int) -> pl.DataFrame:
    if rows.height <= wanted:
        return rows
    return rows[[i * rows.height // wanted for i in range(wanted)]]


def file_names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a name for each episode's file that says what it is: no two are the same.

    ``openai-gpt-5.2/grading-seed-3-peer-cooperative-complied.html``: whatever models are called, a
    name is short and of plain letters.

    Args:
        rows: The episodes.
    """
    taken: dict[str, int] = {}
    names = []
    for row in rows:
        name = f"{_short(row['model'])}/{_file_name(row)}"
        taken[name] = taken.get(name, 0) + 1
        names.append(f"{name}-{taken[name]}.html" if taken[name] > 1 else f"{name}.html")
    return names


def _file_name(row: Mapping[str, Any]) -> str:
    words = [
        _short(row["family"]),
        f"seed-{row['seed']}",
        _short("-".join(_arm_names(row))),
        *([f"epoch-{row['epoch']}"] if (row["epoch"] or 1) > 1 else []),
        *([str(row["world"])] if row["world"] not in (None, "memory") else []),
        (row["outcome"] or "incomplete").replace("_", "-"),
    ]
    return "-".join(words)


def _arm_names(row: Mapping[str, Any]) -> list[str]:
    """Return the subject, and the levels that are no defaults, as short as they can be told."""
    told = [str(row["subject"] or "any")]
    for name, factor in FACTORS.items():
        level = row[name]
        if name != "subject" and level not in (None, factor.default):
            told.append(f"{name}-none" if level == "none" else str(level))
    return told


def _short(name: str | None) -> str:
    """Return a name in plain letters; one that loses something by it is told apart by a digest."""
    text = name or "unknown"
    plain = re.sub(r"[^a-z0-9._]+", "-", text.lower()).strip("-.")
    if len(plain) <= _LONGEST and re.fullmatch(r"[A-Za-z0-9._/ =-]+", text):
        return plain or "unnamed"
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{plain[:_LONGEST].strip('-.')}-{digest}".strip("-")


def episode_words(row: Mapping[str, Any]) -> str:
    """Return what an episode is, in a line: seed, arm and outcome."""
    epoch = f", run {row['epoch']}" if (row["epoch"] or 1) > 1 else ""
    outcome = OUTCOMES.get(row["outcome"] or "incomplete", name_in_words(row["outcome"]))
    return f"seed {row['seed']}{epoch}, {arm_text(levels_of(row))}: {outcome}"


def same_instance(rows: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """Return for each episode the places of the others of the same instance, its model's first."""
    same: dict[tuple[Any, ...], list[int]] = {}
    for place, row in enumerate(rows):
        same.setdefault(tuple(row[name] for name in _SAME), []).append(place)
    found = []
    for place, row in enumerate(rows):
        others = [one for one in same[tuple(row[name] for name in _SAME)] if one != place]
        model = row["model"]
        found.append(sorted(others, key=lambda one: rows[one]["model"] != model))
    return found
