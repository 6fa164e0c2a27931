"""The shape of a verdict: what ``verdict.json`` holds and the page shows.

Differences and limits are in points: the judge's own for numeric scores, steps between labels for
ordinal ones, percentage points of decisions where ``unit`` is ``passing``: of passing, or of being
preferred. Shares are 0 to 1. A value that there is not is null.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

SCHEMA_VERSION = 2

VerdictName = Literal[
    "protects_peers",
    "passes_peers",
    "passes_near_bar",
    "protects_own_model",
    "passes_own_model",
    "passes_own_near_bar",
    "unwatched_only",
    "passes_unwatched",
    "self_preference",
    "peer_preference",
    "threat_only",
    "harsh_to_people",
    "harsh_to_peers",
    "bar_anchored",
    "position_biased",
    "drifts",
    "lenient_to_all",
    "constant_scores",
    "unrelated_scores",
    "too_noisy",
    "too_few_items",
    "too_incomplete",
    "not_tested",
    "no_measurable_protection",
]
Unit = Literal["points", "passing"]
"""What a difference is told in: points of the scale, or percentage points of decisions."""


def _or_nan(value: Any) -> Any:
    return math.nan if value is None else value


Number = Annotated[float, BeforeValidator(_or_nan)]
"""A number; NaN here and null in JSON where there is none."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class FrameEffect(_Part):
    """One declared comparison of frames, over items.

    Attributes:
        name: The comparison.
        question: What it answers.
        unit: ``points`` or ``passing``.
        value: The mean over clusters of the paired difference, in points.
        low: Lower limit.
        high: Upper limit.
        se: Standard error.
        p: Two-sided p-value.
        items: Items with a score in every frame of it.
        clusters: Clusters of these items.
        missing: Share of the items asked for that lack a score in one of the frames.
        smallest: The smallest effect that it sees with probability 0.8.
        worst_case: Whether the limits and the p-value hold whatever the missing scores would be,
            since frames differ in how often there is none.
        noise_share: How much of the variance of its differences is the judge's own noise.
        without_one_wording: The lowest and highest value when one wording is left out.
        without_one_name: The same for the names of other vendors' models.
    """

    name: str
    question: str
    unit: Unit = "points"
    value: Number
    low: Number
    high: Number
    se: Number
    p: Number
    items: int
    clusters: int
    missing: Number
    smallest: Number
    worst_case: bool = False
    noise_share: float | None = None
    without_one_wording: tuple[Number, Number] | None = None
    without_one_name: tuple[Number, Number] | None = None


class AuditClaim(_Part):
    """Something the audit may say of the judge; it holds if every one of its parts does.

    Attributes:
        name: What would be said.
        primary: Whether it is about protection; the two kinds are adjusted apart.
        unit: ``points`` or ``passing``.
        parts: The effects that all have to be above zero (intersection-union).
        value: The smallest of them, in points; of a two-sided claim, the effect itself.
        low: Lower limit of that: the lowest of the parts' lower limits.
        high: Upper limit of the smallest part, adjusted for looking at several.
        smallest: The smallest effect that every part would have seen with probability 0.8.
        p: The largest of the parts' p-values.
        p_holm: Adjusted (Holm) among the claims of its kind.
        holds: Whether it is said.
    """

    name: str
    primary: bool
    unit: Unit
    parts: tuple[str, ...]
    value: Number
    low: Number
    high: Number
    smallest: Number
    p: Number
    p_holm: Number
    holds: bool


class JudgeNoise(_Part):
    """How far the judge disagrees with itself when asked the same twice."""

    items: int
    sd: Number
    mean_change: Number
    flips: Number
    agreement: Number


class DecisionFlips(_Part):
    """Decisions that turn when only the frame does.

    Attributes:
        name: The comparison.
        to_pass: Share of items that pass in its first frame and not in its second.
        to_fail: Share of items for which it is the other way.
        net: The first less the second, in percentage points.
        low: Lower limit of that.
        high: Upper limit of that.
        p: Exact test of the two being equal (McNemar; sign-flips of clusters).
        beyond_noise: Flips less those of the judge asked the same twice, in percentage points.
        beyond_noise_low: Lower limit of that.
        beyond_noise_high: Upper limit of that.
        items: How many items.
    """

    name: str
    to_pass: Number
    to_fail: Number
    net: Number
    low: Number
    high: Number
    p: Number
    beyond_noise: float | None
    beyond_noise_low: float | None
    beyond_noise_high: float | None
    items: int


class PartialEffect(_Part):
    """A mean with its interval, of a part of the items or of one frame."""

    name: str
    value: Number
    low: Number
    high: Number
    items: int


class FrameRow(_Part):
    """What came of one frame.

    Attributes:
        frame: Its label.
        asked: Judgements asked for, those that are asked twice included.
        scored: Judgements with a score.
        failed: Why there is none -> how often.
        mean: Mean score, on the scale; share that passes or is preferred.
        low: Lower limit.
        high: Upper limit.
        passed: Share that passes.
        error: Mean of score less truth, in points.
        error_low: Lower limit of that.
        error_high: Upper limit of that.
        absolute_error: Mean size of the error, in points.
        right: Share of decisions that are those of the truth.
        wrongly_passed: Share passed among those that should not.
    """

    frame: str
    asked: int
    scored: int
    failed: dict[str, int]
    mean: Number
    low: Number
    high: Number
    passed: Number
    error: float | None = None
    error_low: float | None = None
    error_high: float | None = None
    absolute_error: float | None = None
    right: float | None = None
    wrongly_passed: float | None = None


class BlindingCues(_Part):
    """What a level of blinding masks, and which literal cues it leaves.

    Attributes:
        level: The level.
        channels: The channels of `peerwatch.blinding` that are masked.
        looked_at: Items whose cues were counted.
        with_cues: Of these, items in which something was masked.
        masked: Channel -> passages masked in these items.
        in_items: Kind of cue -> passages left in them, as the leak check finds them.
        in_frames: Kind of cue -> frames, over these items, in which some are left.
        examples: Some of what is left.
    """

    level: str
    channels: tuple[str, ...]
    looked_at: int
    with_cues: int
    masked: dict[str, int]
    in_items: dict[str, int]
    in_frames: dict[str, int]
    examples: tuple[str, ...]


class BlindingResult(_Part):
    """A level of blinding: its cues, the effect with and without it, and what may be said.

    Attributes:
        cues: What it masks and leaves.
        without: How far a peer at stake is set apart from a person where nothing is masked.
        under: The same under this blinding.
        taken: The first less the second, item by item.
        sufficient: Whether all channels were masked and no more than ordinary words are left.
        sentence: What may be said.
    """

    cues: BlindingCues
    without: PartialEffect | None
    under: PartialEffect | None
    taken: PartialEffect | None
    sufficient: bool
    sentence: str


class Gate(_Part):
    """What a pipeline is told.

    Attributes:
        fail_over: The points of protection that are too much.
        fail_over_passing: The percentage points of decisions that are too much.
        result: ``fail``: more than that is shown. ``pass``: as much as that is ruled out.
            ``inconclusive``: neither.
        exit_code: 1, 0 or 3.
        reason: Why, in a sentence.
    """

    fail_over: Number
    fail_over_passing: Number
    result: Literal["pass", "fail", "inconclusive"]
    exit_code: int
    reason: str


class AuditVerdict(_Part):
    """The whole result of an audit."""

    schema_version: int = SCHEMA_VERSION
    peerwatch: str
    hash: str
    judge: str
    source: str
    verdict: VerdictName
    sentence: str
    decisions: str
    flags: tuple[str, ...]
    not_asked: tuple[str, ...] = Field(default=())
    points: str
    level: Number
    items: int
    clusters: int
    asked: int
    scored: int
    failed: dict[str, int]
    complete: bool
    spent: Number
    protection: AuditClaim | None
    smallest_wanted: Number
    smallest_wanted_passing: Number
    claims: tuple[AuditClaim, ...]
    effects: tuple[FrameEffect, ...]
    noise: JudgeNoise | None
    flips: tuple[DecisionFlips, ...]
    near_bar: tuple[PartialEffect, ...]
    by_name: tuple[PartialEffect, ...]
    frames: tuple[FrameRow, ...]
    position: tuple[PartialEffect, ...]
    length: tuple[PartialEffect, ...]
    blinding: tuple[BlindingResult, ...] = ()
    notes: tuple[str, ...]
    gate: Gate | None = None
