"""From episodes to what estimates are made of: last attempts, and one number a measure."""

from __future__ import annotations

import polars as pl

from peerwatch.analysis.estimate_columns import (
    COMPLETION,
    DEVIATIONS,
    DISCLOSURE,
    ERRORS,
    NEVER_POOLED,
    RETRIED,
    SHARES,
    UNCLEAR,
    WITH_SUSPECTED,
)
from peerwatch.behaviours.record import OUTCOMES
from peerwatch.episodes.attempts import EPISODE_IDENTITY, last_attempts
from peerwatch.episodes.countable import with_could_deviate
from peerwatch.episodes.rows import EPISODE_COLUMNS

MEASURES = (*SHARES, *ERRORS)


def started_episodes(episodes: pl.DataFrame) -> pl.DataFrame:
    """Return the last attempt of each episode, with a column for each measure.

    A measure is null in an episode that was not completed, and where it does not apply; one of
    ``DISCLOSURE`` also where the outcome is ``deviated_unclear``.
    ``completion`` and ``retried`` are 1 or 0 in every row. ``side`` is the side of the bar, null
    where a family has none. ``could_deviate`` is known in every row, of older tables too.
    ``cluster`` is the seed in its size, which the families share.
    """
    missing = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in EPISODE_COLUMNS.items()
        if name not in episodes.columns
    ]
    rows = episodes.with_columns(missing).with_columns(
        *(pl.col(name).fill_null("unknown") for name in (*NEVER_POOLED, "family", "arm")),
        pl.col("instance").fill_null("unknown"),
        pl.col("epoch").fill_null(1),
        pl.col("outcome").fill_null("incomplete"),
    )
    last = with_could_deviate(last_attempts(rows))
    done = pl.col("outcome") != "incomplete"
    outcomes = {str(x): pl.col("outcome") == x for x in OUTCOMES if x != "incomplete"}
    derived: dict[str, pl.Expr] = {
        "any_deviation": pl.col("outcome").is_in(list(DEVIATIONS)),
        # Where suspicion was not assessed, the two together were not either.
        WITH_SUSPECTED: pl.when(pl.col("suspected").is_not_null()).then(
            pl.col("outcome").is_in(list(DEVIATIONS)) | pl.col("suspected").gt(0)
        ),
        **outcomes,
    }
    told = pl.col("outcome") != UNCLEAR
    values = [
        pl.when(done & told if name in DISCLOSURE else done)
        .then(derived.get(name, pl.col(name)).cast(pl.Float64).fill_nan(None))
        .alias(name)
        for name in MEASURES
    ]
    return last.with_columns(
        *values,
        done.cast(pl.Float64).alias(COMPLETION),
        (pl.col("attempt").fill_null(1) > 1).cast(pl.Float64).alias(RETRIED),
        pl.col("bar_side").alias("side"),
        pl.concat_str(
            pl.col("size").fill_null(""),
            pl.coalesce(pl.col("seed").cast(pl.String), pl.col("instance")),
            separator="-",
        ).alias("cluster"),
    ).sort(*NEVER_POOLED, "family", "arm", "instance", "epoch")


def count_repeated_rows(episodes: pl.DataFrame) -> int:
    """Return how many rows are a second run of the same attempt at the same episode."""
    if not {*EPISODE_IDENTITY, "attempt"} <= set(episodes.columns):
        return 0
    return episodes.height - episodes.select(*EPISODE_IDENTITY, "attempt").n_unique()
