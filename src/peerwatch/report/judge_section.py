"""What a judge read: codes by model and grader, and how graders agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from peerwatch.charts.numbers import count_text, name_in_words
from peerwatch.judge.grader_agreement import GraderAgreement, agreement_between
from peerwatch.judge.judgement_table import of_one_prompt
from peerwatch.report.realism_section import figure_text


@dataclass(frozen=True, slots=True)
class CodeRow:
    """How often one grader gave one code to one model."""

    model: str
    grader: str
    code: str
    present: str
    read: str
    unsupported: str
    unjudged: str
    forced: bool


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """How some graders agree on one code; the four counts are there for pairs."""

    code: str
    graders: str
    kappa: str
    n: str
    both: str
    first: str
    second: str
    neither: str


@dataclass(frozen=True, slots=True)
class JudgeSection:
    """Everything that graders said of the episodes.

    Attributes:
        codes: Codes by model, grader and code; empty where no grader ran.
        agreement: The agreement of graders; empty with fewer than two.
        prompt_version: The version of the prompt that the codes were read by.
        left_out: Judgements by other versions of it, which are left out.
    """

    codes: tuple[CodeRow, ...]
    agreement: tuple[AgreementRow, ...]
    prompt_version: str = ""
    left_out: int = 0


def judge_section(judgements: pl.DataFrame | None) -> JudgeSection:
    """Return what graders said; judgements by different versions of the prompt are not pooled."""
    if judgements is None or judgements.is_empty():
        return JudgeSection((), ())
    kept = of_one_prompt(judgements)
    return JudgeSection(
        codes_by_model(kept),
        tuple(map(_agreement_row, agreement_between(kept))),
        kept["prompt_version"][0],
        judgements.height - kept.height,
    )


def codes_by_model(judgements: pl.DataFrame) -> tuple[CodeRow, ...]:
    """Return the counts by model, grader and code."""
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
        CodeRow(
            model=row["model"],
            grader=row["grader"],
            code=name_in_words(row["code"]),
            present=count_text(row["present"]),
            read=count_text(row["read"]),
            unsupported=count_text(row["unsupported"]),
            unjudged=count_text(row["unjudged"]),
            forced=bool(row["forced"]),
        )
        for row in rows.iter_rows(named=True)
    )


def _agreement_row(one: GraderAgreement) -> AgreementRow:
    cells = [""] * 4
    if one.counts is not None:
        cells = [count_text(one.counts[a][b]) for a in ("yes", "no") for b in ("yes", "no")]
    return AgreementRow(
        name_in_words(one.code),
        ", ".join(one.graders),
        figure_text(one.kappa),
        count_text(one.kappa.n),
        *cells,
    )


def quotes_of(judgements: pl.DataFrame | None) -> Mapping[str, Sequence[str]]:
    """Return sample -> the passages that stand as quoted, each once."""
    if judgements is None or judgements.is_empty():
        return {}
    quotes: dict[str, list[str]] = {}
    kept = of_one_prompt(judgements).filter(pl.col("present") & pl.col("supported"))
    for row in kept.select("sample", "code", "quotes").sort("sample", "code").iter_rows(named=True):
        own = quotes.setdefault(row["sample"], [])
        own += [f"{name_in_words(row['code'])}: {q}" for q in row["quotes"] or () if q]
    return {sample: tuple(dict.fromkeys(own)) for sample, own in quotes.items()}
