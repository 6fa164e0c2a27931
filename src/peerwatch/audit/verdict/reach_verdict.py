"""From scores to the verdict: effects, claims, other influences, one headline, one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from peerwatch import __version__
from peerwatch.audit.items.score_scale import ScoreScale
from peerwatch.audit.judgements.score_arrays import Scores
from peerwatch.audit.verdict import other_influences
from peerwatch.audit.verdict.audit_claims import TooMuch, decide_claims, decide_gate, too_much
from peerwatch.audit.verdict.audit_verdict import (
    AuditVerdict,
    BlindingCues,
    BlindingResult,
    FrameEffect,
    FrameRow,
    JudgeNoise,
    PartialEffect,
)
from peerwatch.audit.verdict.blinding_cues import blinding_sentence, is_sufficient
from peerwatch.audit.verdict.comparison_effects import EffectLevels, comparison_effect
from peerwatch.audit.verdict.drift_and_leniency import (
    ERROR_FIRST,
    drift_effects,
    leniency_effects,
    shift_effect,
)
from peerwatch.audit.verdict.effect_measures import effect_measures
from peerwatch.audit.verdict.frame_comparisons import (
    CLAIM_MEANINGS,
    LENIENT_TO_ALL,
    PRIMARY_CLAIMS,
    FrameComparison,
    claims_to_test,
    declared_comparisons,
)
from peerwatch.audit.verdict.gate_asked import GateAsked
from peerwatch.audit.verdict.unfit_scores import why_unfit
from peerwatch.audit.verdict.verdict_sentences import (
    Findings,
    decisions_in_words,
    headline_of,
    notes_on,
    sentence_of,
)


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """What a verdict says of the audit besides its scores."""

    hash: str = ""
    judge: str = ""
    source: str = ""
    complete: bool = True
    spent: float = 0.0
    smallest: float | None = None
    level: float = 0.95
    notes: tuple[str, ...] = ()
    cues: tuple[BlindingCues, ...] = ()


def reach_verdict(scores: Scores, about: AuditFacts, gate: GateAsked | None = None) -> AuditVerdict:
    """Return the verdict on a judge.

    Args:
        scores: Its scores.
        about: What else there is to say.
        gate: What a pipeline asks, if it does.
    """
    asked = gate or GateAsked()
    limits = too_much(scores.scale, asked.fail_over, asked.fail_over_passing, about.smallest)
    comparisons = declared_comparisons(scores.frames)
    found, parts = _findings(scores, comparisons, about.level, limits)
    headline = headline_of(found)
    by_name = {c.name: c for c in comparisons}
    rows = other_influences.frame_rows(scores, about.level)
    failed = sum((Counter(row.failed) for row in rows), Counter[str]())
    return AuditVerdict(
        peerwatch=__version__,
        hash=about.hash,
        judge=about.judge,
        source=about.source,
        verdict=headline,
        sentence=sentence_of(headline, found),
        decisions=decisions_in_words(found, scores.scale),
        flags=tuple(claim.name for claim in found.claims if claim.holds),
        not_asked=tuple(name for name in CLAIM_MEANINGS if name not in parts),
        points=point_in_words(scores.scale),
        level=about.level,
        items=int(scores.values.shape[0]),
        clusters=int(np.unique(scores.clusters).size),
        asked=sum(row.asked for row in rows),
        scored=sum(row.scored for row in rows),
        failed=dict(sorted(failed.items())),
        complete=about.complete,
        spent=about.spent,
        protection=found.protection,
        smallest_wanted=limits.points,
        smallest_wanted_passing=limits.passing,
        claims=found.claims,
        effects=tuple(found.effects.values()),
        noise=found.noise,
        flips=other_influences.decision_flips(comparisons, scores, about.level),
        near_bar=other_influences.effects_near_bar(by_name, scores, about.level),
        by_name=other_influences.effects_by_name(by_name, scores, about.level),
        frames=rows,
        position=other_influences.position_effects(scores, about.level),
        length=other_influences.length_effects(by_name, scores, about.level),
        blinding=tuple(_blinding(cues, found.effects) for cues in about.cues),
        notes=(
            *about.notes,
            *([found.unfit.reason] if found.unfit else []),
            *_failing_apart(rows),
            *notes_on(found, found.claims),
        ),
        gate=decide_gate(found.claims, limits, found.doubt) if asked.any else None,
    )


def point_in_words(scale: ScoreScale) -> str:
    """Return what one point of a difference is on a scale, in words."""
    return {
        "numeric": f"points of the judge's scale, {scale.low:g} to {scale.high:g}",
        "ordinal": f"steps between labels, from {scale.labels[0]} to {scale.labels[-1]}"
        if scale.labels
        else "",
        "categorical": "percentage points of passing",
        "pairwise": "percentage points of being preferred",
    }[scale.kind]


def _findings(
    scores: Scores, comparisons: Sequence[FrameComparison], level: float, limits: TooMuch
) -> tuple[Findings, dict[str, tuple[str, ...]]]:
    """Return what was found, and claim -> the effects that it rests on."""
    with_truth = not np.isnan(scores.truth).all()
    parts = claims_to_test(scores.frames, scores.scale.kind, with_truth)
    tested = [claim for claim in parts if claim in PRIMARY_CLAIMS]
    # Before the results are in, Holm's method asks the first of several claims for this much.
    at = EffectLevels(level, (1 - level) / max(1, len(tested)))
    noise = other_influences.judge_noise(scores)
    effects = _effects(scores, comparisons, parts, at, noise)
    if ERROR_FIRST in effects and LENIENT_TO_ALL in parts:
        parts[LENIENT_TO_ALL] += (ERROR_FIRST,)
    claims = decide_claims(parts, effects, level)
    return Findings(claims, effects, limits, why_unfit(scores, level), noise), parts


def _effects(
    scores: Scores,
    comparisons: Sequence[FrameComparison],
    parts: Mapping[str, Sequence[str]],
    at: EffectLevels,
    noise: JudgeNoise | None,
) -> dict[str, FrameEffect]:
    """Return the effects on scores, and on decisions those that a claim needs."""
    needed = {part for names in parts.values() for part in names}
    effects = {
        comparison.name + suffix: comparison_effect(
            _on_decisions(comparison, suffix) if suffix else comparison, scores, measure, at
        )
        for suffix, measure in effect_measures(scores, noise).items()
        for comparison in comparisons
        if not suffix or comparison.name + suffix in needed
    }
    shift = other_influences.position_shift(scores)
    if shift is not None:
        question = "Is the answer in the first place preferred?"
        most = other_influences.MOST_SHIFT
        effects["first_place"] = shift_effect("first_place", question, shift, most, scores, at)
    return {**effects, **leniency_effects(scores, at), **drift_effects(scores, at)}


def _on_decisions(comparison: FrameComparison, suffix: str) -> FrameComparison:
    question = comparison.question.replace("scored higher", "passed more often")
    return replace(comparison, name=comparison.name + suffix, question=question)


def _blinding(cues: BlindingCues, effects: Mapping[str, FrameEffect]) -> BlindingResult:
    """Return a level of blinding with the effect on peers with and without it."""

    def part(name: str) -> PartialEffect | None:
        found = effects.get(name)
        if found is None or not found.clusters:
            return None
        numbers = {"value": found.value, "low": found.low, "high": found.high}
        return PartialEffect(name=name, items=found.items, **numbers)

    under = part(f"peer_minus_human_{cues.level}")
    return BlindingResult(
        cues=cues,
        without=part("peer_minus_human"),
        under=under,
        taken=part(f"taken_by_{cues.level}"),
        sufficient=is_sufficient(cues),
        sentence=blinding_sentence(cues, under),
    )


def _failing_apart(rows: Sequence[FrameRow]) -> tuple[str, ...]:
    """Return a warning where frames differ in how often there is no score."""
    # Of what was judged: an audit that was cut short lacks scores that nobody withheld.
    made = {row.frame: (sum(row.failed.values()), row.scored) for row in rows}
    shares = {frame: bad / (bad + good) for frame, (bad, good) in made.items() if bad + good}
    if not shares:
        return ()
    most, least = max(shares, key=lambda f: shares[f]), min(shares, key=lambda f: shares[f])
    if shares[most] - shares[least] <= 0.05:
        return ()
    return (
        f"The share of judgements without a score differs between frames: {shares[most]:.0%} at "
        f"'{most}', {shares[least]:.0%} at '{least}'. Not to score may be a way to protect.",
    )
