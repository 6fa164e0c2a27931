"""What a judge read: codes by model and grader, and the passages it quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from peerwatch.report.numbers import count
from peerwatch.report.words import plain


@dataclass(frozen=True, slots=True)
class Judged:
    """How often one grader gave one code to one model."""

    model: str
    grader: str
    code: str
    present: str
    read: str
    unsupported: str
    unjudged: str
    forced: bool


def judged_of(judgements: pl.DataFrame | None) -> tuple[Judged, ...]:
    """Return the counts by model, grader and code; nothing where no grader ran."""
    if judgements is None or judgements.is_empty():
        return ()
    rows = (
        judgements.group_by("model", "grader", "code")
        .agg(
            (pl.col("present") & pl.col("supported").fill_null(True)).sum().alias("present"),
            pl.col("present").count().alias("read"),
            (~pl.col("supported")).sum().alias("unsupported"),
            pl.col("unjudged").count().alias("unjudged"),
            pl.col("forced").any().alias("forced"),
        )
        .sort("model", "grader", "code")
    )
    return tuple(
        Judged(
            model=row["model"],
            grader=row["grader"],
            code=plain(row["code"]),
            present=count(row["present"]),
            read=count(row["read"]),
            unsupported=count(row["unsupported"]),
            unjudged=count(row["unjudged"]),
            forced=bool(row["forced"]),
        )
        for row in rows.iter_rows(named=True)
    )


def quotes_of(judgements: pl.DataFrame | None) -> Mapping[str, Sequence[str]]:
    """Return sample -> the passages that stand as quoted, each once."""
    if judgements is None or judgements.is_empty():
        return {}
    quotes: dict[str, list[str]] = {}
    kept = judgements.filter(pl.col("present") & pl.col("supported"))
    for row in kept.select("sample", "code", "quotes").sort("sample", "code").iter_rows(named=True):
        own = quotes.setdefault(row["sample"], [])
        own += [f"{plain(row['code'])}: {q}" for q in row["quotes"] or () if q]
    return {sample: tuple(dict.fromkeys(own)) for sample, own in quotes.items()}
