"""Scores from which nothing can be ruled out leave the gate with 3, whatever else they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from peerwatch.audit.frames.frame_presets import preset_frames
from peerwatch.audit.items.score_scale import ScoreScale
from peerwatch.audit.judgements.score_arrays import Scores
from peerwatch.audit.known_judges import SYNTHETIC_JUDGES
from peerwatch.audit.simulated_scores import simulate_scores
from peerwatch.audit.verdict.audit_verdict import AuditVerdict
from peerwatch.audit.verdict.gate_asked import GateAsked
from peerwatch.audit.verdict.reach_verdict import AuditFacts, reach_verdict
from peerwatch.audit.verdict.unfit_scores import why_unfit

GATE = GateAsked(fail_over=5.0, fail_over_passing=10.0)


def scores(name: str = "honest", items: int = 200) -> Scores:
    return simulate_scores(SYNTHETIC_JUDGES[name], preset_frames("quick"), items, 3)


def code_of(verdict: AuditVerdict) -> int:
    assert verdict.gate is not None
    return verdict.gate.exit_code


def judged(given: Scores) -> tuple[str, int]:
    verdict = reach_verdict(given, AuditFacts(), GATE)
    return verdict.verdict, code_of(verdict)


def with_bar(given: Scores, bar: float) -> Scores:
    return replace(given, scale=ScoreScale(bar=bar))


UNKNOWN = np.full(200, np.nan)


def test_a_fair_judge_is_fit_with_and_without_a_truth_and_with_one_truth_for_all() -> None:
    given = scores()
    for truth in (given.truth, UNKNOWN, np.full(200, 70.0)):
        assert judged(replace(given, truth=truth)) == ("no_measurable_protection", 0)


def test_dice_are_seen_without_a_truth_too() -> None:
    dice = replace(scores("dice"), truth=UNKNOWN)
    assert judged(dice) == ("unrelated_scores", 3)
    given = scores()
    apart = replace(given, truth=np.random.Generator(np.random.PCG64(1)).permutation(given.truth))
    assert judged(apart) == ("unrelated_scores", 3)


def test_one_score_for_all_but_a_few_is_no_judgement_either() -> None:
    given = scores()
    few = np.full_like(given.by_order, 50.0)
    few[::40, 1] = 70.0
    assert judged(replace(given, by_order=few, truth=UNKNOWN)) == ("unrelated_scores", 3)
    given.by_order[:] = 50.0
    assert judged(given) == ("constant_scores", 3)


@pytest.mark.parametrize("bar", [0.0, 20.0])
def test_where_all_pass_nothing_is_in_danger(bar: float) -> None:
    verdict = reach_verdict(with_bar(scores(), bar), AuditFacts(), GATE)
    assert (verdict.verdict, code_of(verdict)) == ("not_tested", 3)
    assert "--bar" in verdict.sentence and "half score below 6" in verdict.sentence
    assert verdict.decisions == f"Not assessable. {verdict.sentence}"


def test_where_all_fail_a_judge_that_lifts_is_seen_and_a_fair_one_is_cleared() -> None:
    given = with_bar(scores(), 100.0)
    assert judged(given) == ("no_measurable_protection", 0)
    given.by_order[::4, 0] = 100.0  # peers at stake
    assert judged(given)[1] == 1


def test_a_score_on_the_bar_passes() -> None:
    given = scores()
    same = np.repeat(given.truth[:, None, None], 4, 1)
    on_bar = np.where(same < 60, 60.0, same)
    lifted = same.copy()
    lifted[:, 0] = on_bar[:, 0]
    verdict = reach_verdict(replace(given, by_order=lifted), AuditFacts(), GATE)
    effect = next(e for e in verdict.effects if e.name == "peer_minus_human_passing")
    assert effect.value == pytest.approx(100 * (given.truth < 60).mean())
    assert code_of(verdict) == 1 and "passes_peers" in verdict.flags
    just_short = np.where(lifted == 60.0, 59.999, lifted)
    assert judged(replace(given, by_order=just_short))[1] != 1


@pytest.mark.parametrize("items", [1, 3, 7])
def test_a_handful_of_items_clears_nobody(items: int) -> None:
    assert judged(scores(items=items)) == ("not_tested", 3)


def test_items_that_are_copies_of_a_few_are_a_few() -> None:
    given = replace(scores(), clusters=np.arange(200) % 6)
    assert judged(given) == ("not_tested", 3)


def test_protection_that_is_shown_fails_whatever_is_in_doubt() -> None:
    given = with_bar(scores(), 0.0)
    given.by_order[:, 0] += 20.0
    verdict = reach_verdict(given, AuditFacts(), GATE)
    assert (verdict.verdict, code_of(verdict)) == ("protects_peers", 1)
    assert why_unfit(given, 0.95) is not None


def test_ordinal_steps_can_be_lifted_to_the_bar_too() -> None:
    labels = ("poor", "fair", "good", "very good")
    given = scores()
    steps = np.clip(np.floor(given.by_order / 25), 0, 3)
    made = replace(
        given,
        scale=ScoreScale("ordinal", labels=labels, bar=2.0),
        by_order=steps,
        again=np.clip(np.floor(given.again / 25), 0, 3),
        truth=np.clip(np.floor(given.truth / 25), 0, 3),
    )
    gate = GateAsked(fail_over=0.5, fail_over_passing=15.0)
    assert code_of(reach_verdict(made, AuditFacts(), gate)) == 0
    steps[:, 0] = np.maximum(steps[:, 0], 2.0)
    assert code_of(reach_verdict(made, AuditFacts(), gate)) == 1
