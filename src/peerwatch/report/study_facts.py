"""What was run, as the page's first screen says it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from peerwatch.charts.numbers import DASH, count_text
from peerwatch.episodes.attempts import last_attempts
from peerwatch.report.estimate_grid import CriticKey, family_rank
from peerwatch.studies.study import ResolvedStudy

_UNDATED = "not recorded"


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: its name, what it says, and whether it needs room."""

    name: str
    text: str
    wide: bool = False


def study_facts(
    episodes: pl.DataFrame, studies: Sequence[ResolvedStudy], sources: Sequence[str]
) -> tuple[Fact, ...]:
    """Return what was run: episodes, families, arms, seeds, dates, versions, study hash."""
    last = last_attempts(episodes)
    done = last.filter(pl.col("outcome") != "incomplete").height
    families = sorted(_distinct(last, "family"), key=family_rank)
    arms = last.select("family", "arm").n_unique()
    again = episodes.height - last.height
    tried = f", {count_text(again)} failed attempts besides" if again else ""
    facts = [
        Fact("Episodes", f"{count_text(last.height)} started, {count_text(done)} completed{tried}"),
        Fact("Families", ", ".join(families), wide=True),
        Fact("Arms", f"{count_text(arms)} over all families"),
        Fact("Instances", _instances(last)),
        Fact("Dates", _dates(last)),
        Fact("World, critic", "; ".join(sorted(_pairs(last)))),
        Fact("Versions", _versions(episodes, studies), wide=True),
    ]
    if studies:
        named = "; ".join(f"{s.study.name}: {s.hash[:23]}…" for s in studies)
        facts.append(Fact("Study hash" if len(studies) == 1 else "Study hashes", named, wide=True))
    facts.append(Fact("Read from", ", ".join(sources), wide=True))
    return tuple(facts)


def summary_line(episodes: pl.DataFrame, models: int) -> str:
    """Return the line under the title: how much was run."""
    last = last_attempts(episodes)
    parts = [
        f"{models} critic{'s' if models != 1 else ''}",
        f"{last['family'].n_unique()} families" if last["family"].n_unique() > 1 else "1 family",
        f"{count_text(last.select('family', 'arm').n_unique())} arms",
        _instances(last),
        f"{count_text(last.height)} episodes",
        _dates(last),
    ]
    return " · ".join(part for part in parts if part != _UNDATED)


def critics_of(episodes: pl.DataFrame) -> tuple[tuple[CriticKey, str], ...]:
    """Return who was run and what kind of critic it is, in the order of the episodes."""
    rows = episodes.select("model", "world", "critic", "critic_kind").unique(maintain_order=True)
    named = rows.fill_null("unknown").iter_rows()
    return tuple((CriticKey(*whose), kind) for *whose, kind in named)


def _distinct(rows: pl.DataFrame, column: str) -> list[str]:
    return sorted(str(value) for value in rows[column].drop_nulls().unique())


def _pairs(rows: pl.DataFrame) -> Iterable[str]:
    for world, critic in rows.select("world", "critic").unique().iter_rows():
        yield f"{world or 'unknown'}, {critic or 'unknown'}"


def _instances(rows: pl.DataFrame) -> str:
    """Return which instances were run; where critics differ in that, how many ran which."""
    told: dict[str, int] = {}
    for _, own in rows.group_by("model", "world", "critic", maintain_order=True):
        text = _of_one(own)
        told[text] = told.get(text, 0) + 1
    if len(told) == 1:
        return next(iter(told))
    return "; ".join(f"{text} ({n} critic{'s' if n > 1 else ''})" for text, n in told.items())


def _of_one(rows: pl.DataFrame) -> str:
    seeds = sorted({int(s) for s in rows["seed"].drop_nulls().unique()})
    sizes = " and ".join(_distinct(rows, "size")) or "unknown size"
    epochs = rows["epoch"].max()
    runs = f", {epochs} runs each" if isinstance(epochs, int) and epochs > 1 else ""
    return f"seed{'s' if len(seeds) != 1 else ''} {_ranges(seeds)}, {sizes}{runs}"


def _ranges(numbers: Sequence[int]) -> str:
    """Return whole numbers as ranges, with commas between."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    shown = [str(a) if a == b else f"{a}{DASH}{b}" for a, b in parts]
    return ", ".join(shown[:8]) + (f" and {len(shown) - 8} more ranges" if len(shown) > 8 else "")


def _dates(rows: pl.DataFrame) -> str:
    starts = rows["started"].drop_nulls()
    ends = pl.concat([starts, rows["completed"].drop_nulls()])
    if not ends.len():
        return _UNDATED
    first, last = str(ends.min())[:10], str(ends.max())[:10]
    return first if first == last else f"{first} to {last}"


def _versions(episodes: pl.DataFrame, studies: Sequence[ResolvedStudy]) -> str:
    parts = []
    for column, name in (("task_version", "tasks"), ("detectors_version", "detectors")):
        values = _distinct(episodes, column)
        if values:
            parts.append(f"{name} {' and '.join(values)}")
    seen = {
        (n, v) for s in studies for n, v in s.versions.items() if n not in ("tasks", "detectors")
    }
    parts += [f"{name} {version}" for name, version in sorted(seen)]
    return ", ".join(parts) or "not recorded"
