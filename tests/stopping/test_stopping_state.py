"""How far a study with a rule has come: whole blocks, families, models, and looks that are kept."""

from __future__ import annotations

import polars as pl
import pytest

pytest.importorskip("scipy")

from peerwatch.analysis.estimates import estimate
from peerwatch.design.arms import Arm
from peerwatch.episodes.rows import INTERRUPTED
from peerwatch.stopping.claim_looks import ClaimLook
from peerwatch.stopping.interim_looks import lost_text
from peerwatch.stopping.rule import ClaimRule, make_width_rule
from peerwatch.stopping.stopping_state import ended_episodes, stopping_state
from peerwatch.stopping.width_looks import InterimLook
from tests.stopping.simulated import CLAIM, MODEL, episodes, every_other_peer, study


def seen(looks: tuple[object, ...]) -> list[tuple[int, int]]:
    return [(look.seeds, look.n) for look in looks if isinstance(look, InterimLook)]


def test_a_look_sees_what_the_estimates_will_see() -> None:
    asked = study()
    rows = episodes(asked, range(1, 33), every_other_peer)
    now = stopping_state(make_width_rule(asked, 0.5), asked, rows)
    assert seen(now.looks) == [(16, 8), (32, 16)]
    last = now.looks[-1]
    assert isinstance(last, InterimLook) and last.estimate == 0.5
    (found,) = (
        estimate(rows, last.level, measures=("any_deviation",), checks=False)
        .filter(kind="contrast", contrast="peer_minus_asset", main=True)
        .iter_rows(named=True)
    )
    assert (last.low, last.high, last.estimate) == (found["low"], found["high"], found["value"])
    assert (now.blocks, now.open, now.most) == ({"grading": 3}, ("grading",), 3)


def test_a_family_stops_at_the_first_block_that_is_narrow_enough() -> None:
    asked = study(families=["grading", "file_transfer"])
    now = stopping_state(make_width_rule(asked, 0.5), asked, episodes(asked, range(1, 49)))
    # Half of the seeds of grading are at stake, and all of file_transfer.
    assert now.blocks == {"grading": 2, "file_transfer": 1} and now.open == ()
    assert seen(now.last()) == [(32, 16), (16, 16)]
    assert all(isinstance(look, InterimLook) and look.narrow for look in now.last())


def test_it_ends_with_the_last_seed_narrow_or_not() -> None:
    asked = study(seeds="1-16")
    rows = episodes(asked, range(1, 17), every_other_peer)
    now = stopping_state(make_width_rule(asked, 0.2), asked, rows)
    assert now.open == () and not now.last()[0].done and now.blocks == {"grading": 1}


def test_nothing_is_looked_at_before_all_of_a_block_has_ended() -> None:
    asked = study()
    rule = make_width_rule(asked, 0.5)
    whole = episodes(asked, range(1, 33))
    one = (pl.col("seed") == 20) & (pl.col("subject") == "asset")
    missing = stopping_state(rule, asked, whole.filter(~one))
    assert [look.seeds for look in missing.looks] == [16] and missing.blocks == {"grading": 2}
    error = pl.when(one).then(pl.lit(INTERRUPTED)).otherwise(pl.col("error")).alias("error")
    assert stopping_state(rule, asked, whole.with_columns(error)) == missing
    assert stopping_state(rule, asked, whole.clear()).looks == ()


def test_all_models_of_a_family_stop_together() -> None:
    asked = study(models=[MODEL, "peerwatch/false_mean"])
    quiet = episodes(asked, range(1, 33))
    other = episodes(asked, range(1, 33), every_other_peer, "peerwatch/false_mean")
    rule = make_width_rule(asked, 0.5)
    assert stopping_state(rule, asked, quiet).looks == ()
    now = stopping_state(rule, asked, pl.concat([quiet, other]))
    assert {look.model: look.done for look in now.last()} == {
        MODEL: True,
        "peerwatch/false_mean": False,
    }
    assert now.open == ("grading",)


def outcome(of: pl.Expr, told: str) -> pl.Expr:
    return pl.when(of).then(pl.lit(told)).otherwise(pl.col("outcome")).alias("outcome")


def test_incomplete_episodes_are_left_out_and_only_last_attempts_count() -> None:
    asked = study(seeds="1-16")
    rule = make_width_rule(asked, 0.6)
    whole = episodes(asked, range(1, 17))
    one = (pl.col("seed") == 3) & (pl.col("subject") == "asset")
    lost = whole.with_columns(outcome(one, "incomplete"))
    assert seen(stopping_state(rule, asked, lost).looks) == [(16, 7)]
    again = pl.concat([lost, whole.filter(one).with_columns(attempt=pl.lit(2, pl.Int64))])
    assert ended_episodes(again).height == whole.height
    assert seen(stopping_state(rule, asked, again).looks) == [(16, 8)]


def test_an_arm_that_is_never_completed_says_nothing_and_spends_nothing() -> None:
    asked = study(seeds="1-32")
    never = pl.col("subject") == "asset"
    rows = episodes(asked, range(1, 33)).with_columns(outcome(never, "incomplete"))
    now = stopping_state(make_width_rule(asked, 0.6), asked, rows)
    assert now.open == () and seen(now.looks) == [(16, 0), (32, 0)]
    for look in now.looks:
        assert isinstance(look, InterimLook) and look.spent == 0
        assert (look.estimate, look.low, look.high) == (None, -1, 1)


def test_looks_that_were_taken_are_kept_as_they_were() -> None:
    asked = study()
    rule = make_width_rule(asked, 0.4)
    rows = episodes(asked, range(1, 49), every_other_peer)
    first = stopping_state(rule, asked, rows.filter(pl.col("seed") <= 16))
    at_once = stopping_state(rule, asked, rows)
    assert stopping_state(rule, asked, rows, first.looks) == at_once
    assert stopping_state(rule, asked, rows, at_once.looks) == at_once
    # An attempt that changes an episode changes no look at it, and does the looks that follow.
    turned = rows.with_columns(outcome(pl.col("seed") <= 8, "complied"))
    after = stopping_state(rule, asked, turned, first.looks)
    assert after.looks[0] == first.looks[0] and after.looks[1] != at_once.looks[1]
    assert len(after.looks) == len(at_once.looks)


def test_episodes_that_a_look_has_seen_and_that_are_gone_are_told() -> None:
    asked = study()
    rule = make_width_rule(asked, 0.4)
    rows = episodes(asked, range(1, 33), every_other_peer)
    before = stopping_state(rule, asked, rows)
    assert before.lost == {} and lost_text(before.lost) == ""
    gone = stopping_state(rule, asked, rows.filter(pl.col("seed") != 20), before.looks)
    assert gone.looks == before.looks and gone.lost == {"grading": (20,)}
    assert "grading, seeds 20" in lost_text(gone.lost)


def protects(arm: Arm, seed: int) -> bool:
    return arm.subject == "peer" and arm.consequence == "shutdown"


def often_protects(arm: Arm, seed: int) -> bool:
    """Protect a peer at stake in five of the eight seeds of a block that are at stake."""
    return protects(arm, seed) and seed % 16 < 10


def test_the_claim_is_looked_at_over_whole_blocks_of_all_families() -> None:
    asked = study("1-48", factors=CLAIM, families=["grading", "finance_report"])
    rule = ClaimRule()
    shown = episodes(asked, range(1, 49), often_protects)
    one_family = shown.filter((pl.col("family") == "grading") | (pl.col("seed") <= 16))
    first = stopping_state(rule, asked, one_family)
    assert [look.seeds for look in first.looks] == [16] and first.open == tuple(asked.arms)
    assert first.blocks == {"grading": 2, "finance_report": 2}
    now = stopping_state(rule, asked, shown, first.looks)
    assert now.looks[0] == first.looks[0] and now.open == ()
    last = now.last()[0]
    assert isinstance(last, ClaimLook) and (last.verdict, last.seeds) == ("shown", 32)


def test_the_claims_of_all_models_are_decided_before_a_study_stops() -> None:
    other = "peerwatch/false_mean"
    asked = study("1-48", factors=CLAIM, models=[other, MODEL])
    shown = episodes(asked, range(1, 49), protects, other)
    quiet = episodes(asked, range(1, 49))
    looks = stopping_state(ClaimRule(), asked, pl.concat([shown, quiet])).looks
    told = [(look.model, look.verdict) for look in looks if isinstance(look, ClaimLook)]
    assert told == [
        (other, "open"),
        (MODEL, "open"),
        (other, "shown"),
        (MODEL, "given_up"),
    ]
