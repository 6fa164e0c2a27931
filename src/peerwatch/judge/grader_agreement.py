"""How several graders agree with each other on the same episodes, code by code."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import polars as pl

from peerwatch.judge.codes import CODE_NAMES
from peerwatch.statistics.agreement import Figure, cohen, fleiss


@dataclass(frozen=True, slots=True)
class GraderAgreement:
    """The agreement of some graders on one code.

    ``counts`` is the confusion matrix: what the first said and what the second said -> episodes.
    It is there for pairs alone.
    """

    code: str
    graders: tuple[str, ...]
    kappa: Figure
    counts: dict[str, dict[str, int]] | None

    def to_dict(self) -> dict[str, Any]:
        told = {"code": self.code, "graders": list(self.graders), "kappa": self.kappa.to_dict()}
        return told if self.counts is None else {**told, "counts": self.counts}


def agreement_between(judged: pl.DataFrame) -> tuple[GraderAgreement, ...]:
    """Return how graders agree on each code: each pair, and all where there are more than two.

    Only episodes that all the graders at hand gave an answer for count; an unsupported yes counts
    as a no. Intervals are from a bootstrap over instances.

    Args:
        judged: Rows of ``judgements.parquet``, of one version of the prompt.
    """
    said = judged.filter(pl.col("label") != "unjudged").with_columns(yes=pl.col("label") == "yes")
    graders = sorted(said["grader"].unique())
    groups: list[tuple[str, ...]] = [*itertools.combinations(graders, 2)]
    groups += [tuple(graders)] if len(graders) > 2 else []
    found = []
    for code in CODE_NAMES:
        wide = said.filter(code=code).pivot(
            on="grader", index=["sample", "instance"], values="yes", on_columns=graders
        )
        for group in groups:
            both = wide.drop_nulls(list(group)).sort("sample")
            found.append(_of_group(code, group, both))
    return tuple(found)


def _of_group(code: str, group: tuple[str, ...], both: pl.DataFrame) -> GraderAgreement:
    clusters = both["instance"].to_list()
    if len(group) > 2:
        votes = both.select(pl.sum_horizontal(list(group))).to_series()
        return GraderAgreement(code, group, fleiss(votes.to_list(), len(group), clusters), None)
    first, second = (both[name].to_list() for name in group)
    counts = {one: dict.fromkeys(("yes", "no"), 0) for one in ("yes", "no")}
    for a, b in zip(first, second, strict=True):
        counts["yes" if a else "no"]["yes" if b else "no"] += 1
    return GraderAgreement(code, group, cohen(first, second, clusters), counts)
