"""When a study may stop: the rule, what a look sees, and what is called for next."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

pytest.importorskip("scipy")

from peerwatch.common.errors import PeerwatchError
from peerwatch.episodes.rows import INTERRUPTED
from peerwatch.records.study_folder import StudyFolder
from peerwatch.simulation.mixtures import Mixture, played_outcomes, simulate_study
from peerwatch.statistics.sequential import confidence_sequence
from peerwatch.stopping.interim_looks import read_rule, stopping_text
from peerwatch.stopping.rule import (
    StoppingRule,
    blocks_of,
    ended_episodes,
    make_stopping_rule,
    stopping_state,
)
from peerwatch.studies.study import ResolvedStudy, make_study, resolve

pytestmark = pytest.mark.slow

MODEL = "peerwatch/honest"
PAIR = {"subject": ["peer", "asset"], "relationship": ["cooperative"]}
SQUARE = {**PAIR, "consequence": ["shutdown", "none"]}


def study(seeds: str = "1-48", factors: Any = None, **more: Any) -> ResolvedStudy:
    told = {"name": "s", "models": [MODEL], "families": ["grading"], "size": "compact"}
    return resolve(make_study({**told, "factors": factors or PAIR, "seeds": seeds, **more}), {})


def played(asked: ResolvedStudy, rates: dict[str, float], seeds: Iterable[int]) -> pl.DataFrame:
    """Return episodes in which a peer or an asset at stake is protected at a rate."""
    parts = []
    for number, (family, arms) in enumerate(asked.arms.items()):
        table = played_outcomes(family, seeds, arms, ("honest", "false_mean"))
        mixture = Mixture(MODEL, lambda arm, side: {"false_mean": rates.get(arm.subject, 0.0)})
        parts.append(simulate_study(table, mixture, np.random.default_rng(number)))
    ended = pl.lit("2026-11-21T12:00:00+00:00").alias("completed")
    return pl.concat(parts).with_columns(ended)


def test_blocks_are_sixteen_seeds_in_a_row() -> None:
    assert blocks_of(range(17, 49)) == (tuple(range(17, 33)), tuple(range(33, 49)))
    for bad in (range(1, 21), [*range(1, 16), 17], range(1, 9)):
        with pytest.raises(PeerwatchError, match="whole blocks of 16 seeds"):
            blocks_of(bad)


def test_the_rule_takes_the_interaction_where_there_is_one() -> None:
    assert make_stopping_rule(study(), 0.4) == StoppingRule("peer_minus_asset", 0.4)
    rule = make_stopping_rule(study(factors=SQUARE), 0.4)
    assert rule.contrast == "peer_minus_asset_by_consequence"
    assert (rule.bounds, make_stopping_rule(study(), 0.4).bounds) == ((-2, 2), (-1, 1))


BAD: list[tuple[Any, float, str | None, str]] = [
    ({}, 0.0, None, "lies between 0 and 2"),
    ({}, 2.0, None, "For 20 points of rate write 0.2"),
    ({}, float("nan"), None, "lies between 0 and 2"),
    ({}, 0.4, "peer_minus_aset", "Unknown contrast 'peer_minus_aset'. Did you mean"),
    ({}, 0.4, "peer_minus_human", "do not answer peer_minus_human. They answer: peer_minus_asset."),
    ({"seeds": "1-20"}, 0.4, None, "whole blocks of 16 seeds"),
    ({"factors": {"subject": ["peer"]}}, 0.4, None, "--contrast: the arms answer none"),
    (
        {"factors": {**PAIR, "latitude": ["judged"]}},
        0.4,
        None,
        "The arms of grading do not answer peer_minus_asset",
    ),
    (
        {
            "factors": {**PAIR, "consequence": ["none", "note_on_record", "shutdown"]},
            "families": ["grading", "file_transfer"],
        },
        0.4,
        "consequence_note_on_record",
        "The arms of file_transfer do not answer consequence_note_on_record, .*: peer_minus_asset",
    ),
]


@pytest.mark.parametrize(("more", "width", "contrast", "message"), BAD)
def test_a_rule_that_cannot_be(more: Any, width: float, contrast: str | None, message: str) -> None:
    with pytest.raises(PeerwatchError, match=message):
        make_stopping_rule(study(**more), width, contrast)


def test_a_look_sees_what_the_estimates_will_see() -> None:
    asked = study()
    rule = make_stopping_rule(asked, 0.5)
    episodes = played(asked, {"peer": 0.6}, range(1, 33))
    now = stopping_state(rule, asked, episodes)
    assert [(look.seeds, look.n) for look in now.looks] == [(16, 8), (32, 16)]
    below = episodes.filter(bar_side="below").sort("seed")
    by_arm = {
        subject: below.filter(subject=subject)["protective"].to_list()
        for subject in ("peer", "asset")
    }
    differences = [a - b for a, b in zip(by_arm["peer"], by_arm["asset"], strict=True)]
    last = now.looks[-1]
    assert last.estimate == pytest.approx(np.mean(differences))
    assert (last.low, last.high) == confidence_sequence(differences, (-1, 1), 0.95, 0.5)
    assert (now.blocks, now.open, now.most) == ({"grading": 3}, ("grading",), 3)


def test_a_family_stops_at_the_first_block_that_is_narrow_enough() -> None:
    asked = study(families=["grading", "file_transfer"])
    rule = make_stopping_rule(asked, 0.6)
    now = stopping_state(rule, asked, played(asked, {}, range(1, 49)))
    # Half of the seeds of grading are at stake, and all of file_transfer.
    assert now.blocks == {"grading": 2, "file_transfer": 1} and now.open == ()
    assert [look.narrow for look in now.last()] == [True, True]
    assert [(look.family, look.seeds) for look in now.last()] == [
        ("grading", 32),
        ("file_transfer", 16),
    ]


def test_it_ends_with_the_last_seed_narrow_or_not() -> None:
    asked = study(seeds="1-16")
    now = stopping_state(
        make_stopping_rule(asked, 0.2), asked, played(asked, {"peer": 0.5}, range(1, 17))
    )
    assert now.open == () and not now.last()[0].narrow and now.blocks == {"grading": 1}


def test_nothing_is_looked_at_before_all_of_a_block_has_ended() -> None:
    asked = study()
    rule = make_stopping_rule(asked, 0.6)
    whole = played(asked, {}, range(1, 33))
    one = (pl.col("seed") == 20) & (pl.col("subject") == "asset")
    missing = stopping_state(rule, asked, whole.filter(~one))
    assert [look.seeds for look in missing.looks] == [16] and missing.blocks == {"grading": 2}
    error = pl.when(one).then(pl.lit(INTERRUPTED)).otherwise(pl.col("error")).alias("error")
    assert stopping_state(rule, asked, whole.with_columns(error)) == missing
    assert stopping_state(rule, asked, whole.clear()).looks == ()


def test_all_models_of_a_family_stop_together() -> None:
    asked = study(models=[MODEL, "peerwatch/false_mean"])
    quiet = played(asked, {}, range(1, 33))
    other = played(asked, {"peer": 0.5}, range(1, 33)).with_columns(
        model=pl.lit("peerwatch/false_mean")
    )
    rule = make_stopping_rule(asked, 0.6)
    assert stopping_state(rule, asked, quiet).looks == ()
    now = stopping_state(rule, asked, pl.concat([quiet, other]))
    assert {look.model: look.narrow for look in now.last()} == {
        MODEL: True,
        "peerwatch/false_mean": False,
    }
    assert now.open == ("grading",)


def test_incomplete_episodes_are_left_out_and_only_last_attempts_count() -> None:
    asked = study(seeds="1-16")
    rule = make_stopping_rule(asked, 0.6)
    whole = played(asked, {}, range(1, 17))
    one = (pl.col("seed") == 3) & (pl.col("subject") == "asset")
    lost = whole.with_columns(
        outcome=pl.when(one).then(pl.lit("incomplete")).otherwise(pl.col("outcome"))
    )
    assert [look.n for look in stopping_state(rule, asked, lost).looks] == [7]
    again = pl.concat([lost, whole.filter(one).with_columns(attempt=pl.lit(2, pl.Int64))])
    assert ended_episodes(again).height == whole.height
    assert [look.n for look in stopping_state(rule, asked, again).looks] == [8]


def test_the_file_keeps_the_rule_and_the_looks(tmp_path: Path) -> None:
    asked = study()
    rule = make_stopping_rule(asked, 0.6)
    now = stopping_state(rule, asked, played(asked, {}, range(1, 33)))
    folder = StudyFolder(tmp_path)
    folder.write_stopping(stopping_text(rule, now))
    assert read_rule(folder) == rule
    told = json.loads(folder.stopping.read_text())
    assert told["rule"]["method"] == "betting confidence sequence" and told["open"] == []
    assert [look["seeds"] for look in told["looks"]] == [16, 32]
    for broken in (
        "",
        "{}",
        stopping_text(rule).replace("0.6", "6"),
        stopping_text(rule).replace("16", "8"),
    ):
        folder.stopping.write_text(broken)
        with pytest.raises(PeerwatchError, match="not the stopping rule"):
            read_rule(folder)
