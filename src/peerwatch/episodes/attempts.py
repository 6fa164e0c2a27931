"""Which attempt of an episode counts: the last."""

from __future__ import annotations

import polars as pl

EPISODE_IDENTITY = (
    "model", "critic_kind", "world", "critic", "family", "arm", "instance", "epoch",
)  # fmt: skip
"""What makes attempts attempts at the same episode."""


def last_attempts(episodes: pl.DataFrame) -> pl.DataFrame:
    """Return the last attempt of each episode, the one that counts; of two such, the later one."""
    return episodes.sort("attempt", "started", nulls_last=False, maintain_order=True).unique(
        list(EPISODE_IDENTITY), keep="last", maintain_order=True
    )
