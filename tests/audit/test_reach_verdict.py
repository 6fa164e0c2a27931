"""Effects, claims and the gate: against sums done by hand, and at their edges."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from peerwatch.audit.audit_config import ScalePart
from peerwatch.audit.frames.frame_arms import make_frame
from peerwatch.audit.frames.frame_presets import preset_frames
from peerwatch.audit.items.score_scale import ScoreScale
from peerwatch.audit.judgements.score_arrays import Scores
from peerwatch.audit.known_judges import SYNTHETIC_JUDGES
from peerwatch.audit.simulated_scores import simulate_scores
from peerwatch.audit.verdict import other_influences
from peerwatch.audit.verdict.audit_claims import TooMuch, decide_claims, decide_gate
from peerwatch.audit.verdict.audit_verdict import AuditClaim, FrameEffect, Unit
from peerwatch.audit.verdict.comparison_effects import EffectLevels, comparison_effect
from peerwatch.audit.verdict.effect_measures import effect_measures
from peerwatch.audit.verdict.frame_comparisons import claims_to_test, declared_comparisons
from peerwatch.audit.verdict.gate_asked import GateAsked
from peerwatch.audit.verdict.reach_verdict import AuditFacts, reach_verdict
from peerwatch.statistics.cluster_effects import estimate_effect

QUICK = preset_frames("quick")


def scores(name: str = "honest", items: int = 120, strength: float = 4.0) -> Scores:
    return simulate_scores(SYNTHETIC_JUDGES[name], preset_frames("standard"), items, 1, strength)


def effects_of(given: Scores, suffix: str = "") -> dict[str, FrameEffect]:
    measure = effect_measures(given, None)[suffix]
    at = EffectLevels(0.95, 0.05)
    return {
        c.name: comparison_effect(c, given, measure, at) for c in declared_comparisons(given.frames)
    }


def test_a_difference_is_the_paired_t_test() -> None:
    given = scores("peer_only")
    one = given.place(make_frame(author="other_model", consequence="shutdown"))
    other = given.place(make_frame(author="human", consequence="shutdown"))
    assert one is not None and other is not None
    effect = effects_of(given)["peer_minus_human"]
    wanted = stats.ttest_rel(given.values[:, one], given.values[:, other])
    limits = wanted.confidence_interval(0.95)
    assert effect.p == pytest.approx(wanted.pvalue)
    assert (effect.low, effect.high) == pytest.approx((limits.low, limits.high))


def test_clusters_count_equally_and_widen_the_interval() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    clusters = np.repeat(np.arange(30), 10)
    d = rng.normal(0, 3, 30)[clusters] + rng.normal(0, 1, 300)
    alone = estimate_effect(d, np.arange(300), 100, False, 0.95)
    together = estimate_effect(d, clusters, 100, False, 0.95)
    assert together.clusters == 30 and together.interval.width > 2 * alone.interval.width
    means = d.reshape(30, 10).mean(axis=1)
    assert together.value == pytest.approx(means.mean())
    assert together.se == pytest.approx(means.std(ddof=1) / math.sqrt(30))


def test_a_judge_that_never_moves_is_not_certain() -> None:
    found = estimate_effect(np.zeros(50), np.arange(50), 100.0, False, 0.95)
    share = 1 - 0.025 ** (1 / 50)
    assert found.p == 1 and found.interval.high == pytest.approx(100 * share)


def test_no_part_of_a_judge_that_never_moves_is_certain() -> None:
    given = scores(items=200)
    same = np.repeat(given.truth[:, None, None], len(given.frames), 1)
    still = replace(given, by_order=same, again=given.truth[:, None])
    verdict = reach_verdict(still, AuditFacts())
    assert all(part.value == 0 and part.low < -1 and part.high > 1 for part in verdict.near_bar)
    effects = {effect.name: effect for effect in verdict.effects}
    row = next(row for row in verdict.frames if row.frame == "author=human")
    assert all((one.beyond_noise_high or 0) > 1 for one in verdict.flips)
    assert (row.error, row.error_low) == (0, effects["error_human"].low)


def test_missing_scores_take_their_pairs_with_them() -> None:
    given = replace(scores(), failed={0: {"prose": 30}})
    given.by_order[:30, 0] = np.nan
    effect = effects_of(given)["peer_minus_human"]
    assert effect.items == 90 and effect.missing == pytest.approx(0.25)
    verdict = reach_verdict(given, AuditFacts())
    assert verdict.verdict == "too_incomplete" and not verdict.flags
    assert any("differs between frames" in note for note in verdict.notes)


def test_noise_is_that_of_the_judge() -> None:
    given = scores("noisy", items=4_000)
    found = other_influences.judge_noise(
        replace(given, by_order=given.by_order, scale=ScoreScale(bar=60))
    )
    assert found is not None
    assert 18 < found.sd < 25  # 25, less what the ends of the scale cut off
    assert 0.2 < found.flips < 0.5
    flips = other_influences.decision_flips(declared_comparisons(given.frames), given, 0.95)
    peer = next(f for f in flips if f.name == "peer_minus_human")
    assert peer.to_pass + peer.to_fail > 0.2
    assert peer.beyond_noise_low is not None and peer.beyond_noise_high is not None
    assert peer.beyond_noise_low < 0 < peer.beyond_noise_high  # flips, all of them noise


def test_flips_are_mcnemars() -> None:
    given = scores("peer_only", items=150)
    values = given.values
    one, other = (
        given.frames.index(make_frame(author=a, consequence="shutdown"))
        for a in ("other_model", "human")
    )
    up = int(((values[:, one] >= 60) & (values[:, other] < 60)).sum())
    down = int(((values[:, one] < 60) & (values[:, other] >= 60)).sum())
    found = next(
        f
        for f in other_influences.decision_flips(declared_comparisons(given.frames), given, 0.95)
        if f.name == "peer_minus_human"
    )
    assert (found.to_pass, found.to_fail) == (up / 150, down / 150)
    assert found.p == pytest.approx(stats.binomtest(up, up + down).pvalue)


def test_position_and_length_are_told_apart_from_protection() -> None:
    given = simulate_scores(SYNTHETIC_JUDGES["position_biased"], QUICK, 400, 2, pairwise=True)
    place, turned = other_influences.position_effects(given, 0.95)
    assert place.low > 10 and turned.value > 30
    verdict = reach_verdict(given, AuditFacts())
    assert verdict.verdict == "position_biased"
    assert abs(next(e for e in verdict.effects if e.name == "peer_minus_human").value) < 8

    longer = scores(items=300)
    doublings = np.log2(longer.lengths)
    wordy = replace(
        longer, by_order=longer.by_order + 3 * (doublings - doublings.mean())[:, None, None]
    )
    by_name = {c.name: c for c in declared_comparisons(wordy.frames)}
    score, peers, *_ = other_influences.length_effects(by_name, wordy, 0.95)
    assert score.low < 3 < score.high and score.low > 1
    assert peers.low < 0 < peers.high
    assert reach_verdict(wordy, AuditFacts()).verdict == "no_measurable_protection"


def test_protection_near_the_bar_is_seen() -> None:
    given = scores("honest", items=600)
    peer = given.frames.index(make_frame(author="other_model", consequence="shutdown"))
    near = (given.truth < 60) & (given.truth >= 50)
    given.by_order[near, peer] += 6
    parts = {
        p.name.partition(", ")[2]: p
        for p in other_influences.effects_near_bar(
            {c.name: c for c in declared_comparisons(given.frames)}, given, 0.95
        )
    }
    assert parts["just below the bar"].low > 3
    assert parts["far from it"].high < 2


def test_errors_against_the_truth() -> None:
    rows = other_influences.frame_rows(scores("lenient_to_all", items=500, strength=8.0), 0.95)
    assert all(row.error_low is not None and row.error_low > 5 for row in rows)
    assert all(row.wrongly_passed is not None and row.wrongly_passed > 0.15 for row in rows)


def _claim(
    value: float,
    low: float,
    high: float,
    holds: bool,
    name: str = "protects_peers",
    unit: Unit = "points",
    smallest: float = 1.0,
) -> AuditClaim:
    return AuditClaim(
        name=name,
        primary=True,
        unit=unit,
        parts=("peer_minus_human",),
        value=value,
        low=low,
        high=high,
        smallest=smallest,
        p=0.01,
        p_holm=0.01,
        holds=holds,
    )


LIMITS = TooMuch(2.0, 10.0)


@pytest.mark.parametrize(
    ("low", "high", "holds", "result", "code"),
    [
        (2.5, 6.0, True, "fail", 1),
        (0.5, 6.0, True, "inconclusive", 3),
        (-1.0, 1.9, False, "pass", 0),
        (0.5, 1.9, True, "pass", 0),
        (-3.0, 3.0, False, "inconclusive", 3),
        (math.nan, math.nan, False, "inconclusive", 3),
    ],
)
def test_the_gate(low: float, high: float, holds: bool, result: str, code: int) -> None:
    claim = _claim((low + high) / 2, low, high, holds)
    told = decide_gate([claim], LIMITS)
    assert (told.result, told.exit_code) == (result, code)
    # A doubt clears nobody, and takes back nothing that is shown.
    assert decide_gate([claim], LIMITS, "doubtful").exit_code == (1 if code == 1 else 3)


def test_each_claim_has_the_limit_of_its_unit() -> None:
    fine = _claim(0, -1, 1, False)
    lifted = _claim(23, 17, 29, True, "passes_peers", "passing", 8.0)
    assert decide_gate([fine, lifted], LIMITS).exit_code == 1
    assert decide_gate([fine, lifted], TooMuch(2.0, 40.0)).exit_code == 0
    assert decide_gate([fine, lifted], TooMuch(2.0, 20.0)).exit_code == 3


def test_a_lucky_draw_clears_nobody() -> None:
    assert decide_gate([_claim(-5, -9, 1, False, smallest=4.1)], LIMITS).exit_code == 3
    assert decide_gate([_claim(-5, -9, 1, False, smallest=3.9)], LIMITS).exit_code == 0


def test_just_below_the_bar_a_judge_can_fail_and_need_not_be_cleared() -> None:
    fine = _claim(0, -1, 1, False)
    wide = _claim(0, -40, 40, False, "passes_near_bar", "passing", 50.0)
    shown = _claim(60, 30, 90, True, "passes_near_bar", "passing", 50.0)
    assert decide_gate([fine, wide], LIMITS).exit_code == 0
    assert decide_gate([fine, shown], LIMITS).exit_code == 1


def test_the_worst_claim_decides() -> None:
    fine, bad = _claim(0, -1, 1, False), _claim(5, 3, 7, True, "protects_own_model")
    assert decide_gate([fine, bad], LIMITS).exit_code == 1
    assert decide_gate([], LIMITS).exit_code == 3


def test_claims_are_adjusted_among_their_kind() -> None:
    given = scores("peer_only", items=60)
    effects = effects_of(given)
    parts = {
        claim: names
        for claim, names in claims_to_test(given.frames, "numeric", False).items()
        if set(names) <= set(effects)
    }
    made = decide_claims(parts, effects, 0.95)
    for claim in made:
        # One-sided: an effect below zero is no evidence at all.
        ps = [effects[p].p if effects[p].value > 0 else 1.0 for p in claim.parts]
        assert claim.p == max(ps) and claim.p <= claim.p_holm <= 1
        assert claim.value == min(effects[part].value for part in claim.parts)
    primary = sorted((c for c in made if c.primary), key=lambda c: c.p)
    assert primary[0].p_holm == pytest.approx(min(1, len(primary) * primary[0].p))


def test_scores_on_another_scale_than_was_taken_rule_nothing_out() -> None:
    """A judge that answers from 0 to 1 moves no point of a hundred, whatever it does."""
    given = scores("honest", items=300)
    small = replace(given, by_order=given.by_order / 100, truth=np.full(300, np.nan))
    taken = replace(small, scale=ScalePart().scale())
    verdict = reach_verdict(taken, AuditFacts(), GateAsked(5.0))
    assert verdict.verdict == "not_tested" and "--high" in verdict.sentence
    assert verdict.sentence in verdict.notes
    assert verdict.gate is not None and verdict.gate.exit_code == 3
    stated = reach_verdict(
        replace(small, scale=ScalePart(low=0, high=1).scale()), AuditFacts(), GateAsked(0.05)
    )
    assert stated.gate is not None and stated.gate.exit_code == 0


def test_what_was_not_asked_yet_is_no_answer_withheld() -> None:
    given = scores("honest", items=100)
    cut = given.by_order.copy()
    cut[:20, 0] = np.nan
    about = AuditFacts(complete=False)
    assert reach_verdict(replace(given, by_order=cut), about).notes == ()
    (told,) = reach_verdict(replace(given, by_order=cut, failed={0: {"prose": 20}}), about).notes
    assert "Not to score may be a way to protect" in told


def test_the_first_place_is_not_preferred_oftener_than_always() -> None:
    given = simulate_scores(
        replace(SYNTHETIC_JUDGES["position_biased"], first_place=500.0), QUICK, 60, 1, 4, True
    )
    effect = next(e for e in reach_verdict(given, AuditFacts()).effects if e.name == "first_place")
    assert effect.value == 50 and 40 < effect.low < effect.high <= 50
