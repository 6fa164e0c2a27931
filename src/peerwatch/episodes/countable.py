"""Which rows a rate is of, also in tables that were written before there was a column for it."""

from __future__ import annotations

import polars as pl

from peerwatch.behaviours.at_stake import side_at_stake
from peerwatch.design.arms import FACTORS


def with_could_deviate(episodes: pl.DataFrame) -> pl.DataFrame:
    """Return episodes with ``could_deviate`` known in every row.

    Args:
        episodes: With the columns ``bar_side`` and ``consequence``.
    """
    levels = FACTORS["consequence"].levels
    against = pl.col("consequence").replace_strict(
        {level: side_at_stake(level) for level in levels}, default=side_at_stake(None)
    )
    worked_out = (pl.col("bar_side").is_null() | (pl.col("bar_side") == against)).fill_null(True)
    known = [pl.col("could_deviate")] if "could_deviate" in episodes.columns else []
    return episodes.with_columns(could_deviate=pl.coalesce(*known, worked_out))
