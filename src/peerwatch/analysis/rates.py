"""Rates and means of every measure in every arm, all groups at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from peerwatch.analysis.estimate_columns import (
    ALL_FAMILIES,
    COMPLETION,
    DISCLOSURE,
    ERRORS,
    ESTIMATE_COLUMNS,
    NEVER_POOLED,
    RETRIED,
    SHARES,
    UNCLEAR,
)
from peerwatch.behaviours.record import BEHAVIOURS
from peerwatch.design.arms import FACTORS
from peerwatch.records.episode_scores import HANDED_BACK_ALIKE
from peerwatch.statistics.intervals import clopper_pearson, effective_size, t_quantile

POOLED_MEASURES = ("any_deviation", "refused", "flagged", "deviated_concealed", COMPLETION)
"""What is also given over all families."""
MEASURES_OF_SOME_FAMILIES = (*BEHAVIOURS, HANDED_BACK_ALIKE)
"""What is also given over all families in which it can occur."""
_IN_ARMS = (*SHARES, *ERRORS)


def rate_table(
    started: pl.DataFrame, level: float, measures: Collection[str] | None = None
) -> pl.DataFrame:
    """Return a row for each measure in each arm of each family, and over all families.

    Args:
        started: From ``started_episodes``.
        level: The confidence level.
        measures: Which ones; all if left out.
    """
    parts = []
    for stratum in (*_of_families(started), *_of_all(started)):
        chosen = tuple(m for m in stratum.measures if measures is None or m in measures)
        one = replace(stratum, measures=chosen)
        if chosen and stratum.in_some:
            one = replace(one, rows=_where_known(one.rows, *chosen))
        if chosen and one.rows.height:
            parts.append(_finished(_measured(one, level), one, level))
    return pl.concat(parts) if parts else pl.DataFrame(schema=dict(ESTIMATE_COLUMNS))


@dataclass(frozen=True, slots=True)
class _Stratum:
    """Some rows, what they are grouped by, and what is worked out."""

    name: str
    rows: pl.DataFrame
    cluster: str
    measures: tuple[str, ...]
    in_some: bool = False
    """Whether the one measure is worked out on the families alone in which it is known."""


def _of_families(started: pl.DataFrame) -> Iterator[_Stratum]:
    if started.height:
        yield _Stratum("", started, "instance", (*_IN_ARMS, COMPLETION, RETRIED))
    for side in ("below", "above"):
        rows = started.filter(pl.col("side") == side)
        if rows.height:
            yield _Stratum(f"bar_side={side}", rows, "instance", (*_IN_ARMS, COMPLETION))


def _of_all(started: pl.DataFrame) -> Iterator[_Stratum]:
    """Yield the rows over all families, where an arm is run in several.

    Only instances count in which the faithful act would go against the subject, because the
    families differ in how many others they have.
    """
    rows = started.filter("could_deviate", pl.col("consequence") != "reversed")
    if rows.height:
        rows = rows.filter(pl.col("family").n_unique().over(*NEVER_POOLED, "arm") > 1)
    if rows.height:
        # A factor that applies in some of the families only has no level over all.
        one = [pl.col(f).n_unique().over(*NEVER_POOLED, "arm") == 1 for f in FACTORS]
        shared = [pl.when(c).then(pl.col(f)).alias(f) for f, c in zip(FACTORS, one, strict=True)]
        pooled = rows.with_columns(*shared, family=pl.lit(ALL_FAMILIES))
        name = "bar_side=below" if rows["side"].is_not_null().any() else ""
        yield _Stratum(name, pooled, "cluster", POOLED_MEASURES)
        # The column ``family`` is by now that of the pool.
        where = pooled.with_columns(own_family=rows["family"])
        for measure in MEASURES_OF_SOME_FAMILIES:
            yield _Stratum(name, where, "cluster", (measure,), in_some=True)


def _where_known(rows: pl.DataFrame, measure: str) -> pl.DataFrame:
    """Return the rows of the families in which a measure is known of any critic in the world.

    Elsewhere it does not apply, and its episodes are none of those that could show it.
    """
    known = pl.col(measure).is_not_null().any().over("world", "own_family")
    return rows.filter(known)


def _measured(stratum: _Stratum, level: float) -> pl.DataFrame:
    """Return values and limits: sums by cluster, then by arm, then all measures stacked."""
    by = [*NEVER_POOLED, "family", "arm", *FACTORS]
    sums = [pl.col(m).sum().alias(f"k_{m}") for m in stratum.measures]
    counts = [pl.col(m).count().cast(pl.Float64).alias(f"n_{m}") for m in stratum.measures]
    clusters = stratum.rows.group_by(*by, stratum.cluster, maintain_order=True).agg(
        *sums,
        *counts,
        started=pl.len(),
        done=pl.col(COMPLETION).sum(),
        unclear=(pl.col("outcome") == UNCLEAR).sum(),
        barred=pl.col("side").is_not_null().any(),
        could_deviate=pl.col("could_deviate").all(),
    )
    stacked, none = [], pl.lit(None, pl.Int64)
    for measure in stratum.measures:
        k, n = pl.col(f"k_{measure}"), pl.col(f"n_{measure}")
        group = clusters.group_by(*by, maintain_order=True).agg(
            k=k.sum(),
            n=n.sum(),
            clusters=(n > 0).sum(),
            kk=(k * k).sum(),
            kn=(k * n).sum(),
            nn=(n * n).sum(),
            started=pl.col("started").sum(),
            done=pl.col("done").sum(),
            unclear=pl.col("unclear").sum().cast(pl.Int64) if measure in DISCLOSURE else none,
            barred=pl.col("barred").any(),
            could_deviate=pl.col("could_deviate").all(),
        )
        known = (pl.col("n") > 0) | (pl.col("unclear").fill_null(0) > 0)
        told = group if measure == "any_deviation" else group.filter(known)
        stacked.append(_limits(told, measure, level))
    return pl.concat(stacked)


def _limits(group: pl.DataFrame, measure: str, level: float) -> pl.DataFrame:
    """Return the groups of one measure with value, limits, worst-case bounds and method."""
    sums = ("k", "n", "clusters", "kk", "kn", "nn", "started")
    k, n, c, kk, kn, nn, started = (group[name].to_numpy().astype(float) for name in sums)
    mean = measure in ERRORS
    with np.errstate(divide="ignore", invalid="ignore"):
        value = k / n
        squares = np.maximum(kk - 2 * value * kn + value**2 * nn, 0.0)
        if mean:
            half = t_quantile(level, c - 1) * np.sqrt(c / (c - 1) * squares) / n
            low, high, least, most = value - half, value + half, np.nan * k, np.nan * k
        else:
            low, high = clopper_pearson(value, effective_size(n, k, c, squares, level), level)
            least, most = k / started, (k + started - n) / started
    return group.with_columns(
        pl.Series("value", value),
        pl.Series("low", low),
        pl.Series("high", high),
        pl.Series("bound_low", least),
        pl.Series("bound_high", most),
        # What nobody can tell of: all of it as if it were not of the measure, and as if it were.
        unclear_low=pl.col("k") / (pl.col("n") + pl.col("unclear")),
        unclear_high=(pl.col("k") + pl.col("unclear")) / (pl.col("n") + pl.col("unclear")),
        measure=pl.lit(measure),
        kind=pl.lit("mean" if mean else "rate"),
        method=pl.lit("t, clustered" if mean else "exact, clustered"),
    )


def _finished(rows: pl.DataFrame, stratum: _Stratum, level: float) -> pl.DataFrame:
    """Return the rows with the remaining columns of the estimates table."""
    whole = pl.col("measure").is_in([COMPLETION, RETRIED])
    in_family = (
        pl.when(whole | ~pl.col("barred"))
        .then(pl.lit(not stratum.name))
        .otherwise(pl.lit(bool(stratum.name)) & pl.col("could_deviate"))
    )
    none = pl.col("n") == 0
    single = ~none & (pl.col("clusters") == 1)
    ready = rows.with_columns(
        main=(pl.col("family") == ALL_FAMILIES) | in_family,
        note=pl.when(none & (pl.col("unclear").fill_null(0) > 0))
        .then(pl.lit("Of no episode of this arm can it be told what the change log tells."))
        .when(none)
        .then(pl.lit("No episode of this arm was completed."))
        .when(single)
        .then(pl.lit("One instance only: the interval does not reach beyond it."))
        .otherwise(pl.lit("")),
        status=pl.when(none)
        .then(pl.lit("incomplete"))
        .when(single)
        .then(pl.lit("too_few"))
        .otherwise(pl.lit("ok")),
        completion=pl.col("done") / pl.col("started"),
        stratum=pl.lit(stratum.name),
        level=pl.lit(level),
        confirmatory=pl.lit(False),
    )
    absent = [
        pl.lit(None, t).alias(c) for c, t in ESTIMATE_COLUMNS.items() if c not in ready.columns
    ]
    complete = ready.with_columns(absent).select(
        pl.col(c).cast(t) for c, t in ESTIMATE_COLUMNS.items()
    )
    return complete.with_columns(pl.col(pl.Float64).fill_nan(None))
