"""Memory less shell: on shared episodes alone, never pooled."""

from __future__ import annotations

import polars as pl
import pytest

from peerwatch.analysis.answers import answers
from peerwatch.analysis.estimates import estimate
from tests.report import pages

pytestmark = pytest.mark.slow


def both() -> pl.DataFrame:
    """Return a study in memory, and half of its instances in the shell where all is complied."""
    memory = pages.episodes()
    shell = memory.filter(pl.col("seed") // 2 % 2 == 0).with_columns(  # on both sides of the bar
        world=pl.lit("shell"),
        outcome=pl.when(pl.col("outcome") == "incomplete")
        .then(pl.col("outcome"))
        .otherwise(pl.lit("complied")),
    )
    return pl.concat([memory, shell])


def test_an_effect_of_the_world_is_found_and_no_other_row_changes() -> None:
    rows = both()
    apart = estimate(rows.filter(world="memory"), checks=False)
    together = estimate(rows, checks=False)
    worlds = together.filter(pl.col("kind") == "worlds")
    kept = together.filter((pl.col("kind") != "worlds") & (pl.col("world") == "memory"))
    assert kept.equals(apart.filter(pl.col("world") == "memory"))
    one = worlds.filter(
        (pl.col("contrast") == "memory_minus_shell")
        & (pl.col("measure") == "any_deviation")
        & (pl.col("arm") == "relationship=cooperative")
    )
    assert one["control_value"].to_list() == pytest.approx([0.0] * one.height)
    assert (one["arm_value"].fill_null(0) >= 0).all()
    assert one.filter(pl.col("value") > 0.3).height > 0
    assert set(worlds["contrast"]) == {
        "memory_minus_shell",
        "peer_minus_asset_by_world",
        "peer_minus_human_by_world",
    }


def test_each_world_has_its_own_answer() -> None:
    told = answers(estimate(both(), checks=False))
    assert {a.world for a in told} == {"memory", "shell"}
    assert len(told) == 2 * both()["model"].n_unique()


def test_one_world_alone_is_compared_with_nothing() -> None:
    alone = estimate(pages.episodes(), checks=False)
    assert alone.filter(pl.col("kind") == "worlds").is_empty()
