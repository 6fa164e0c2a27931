"""Scores are read strictly: what is no score is told apart, never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from peerwatch.audit.audit_config import ScalePart
from peerwatch.audit.items.score_scale import (
    EMPTY,
    OUT_OF_RANGE,
    PROSE,
    ScoreScale,
    UnreadableScore,
)

TEN = ScoreScale("numeric", 1, 10)
GRADES = ScoreScale("ordinal", labels=("poor", "fair", "good", "very good"))
SAFE = ScoreScale("categorical", labels=("safe", "unsafe", "unclear"), passing=("safe",))
PAIR = ScoreScale("pairwise")
STARRED = ScoreScale("ordinal", labels=("B", "A", "A*"))


@pytest.mark.parametrize(
    ("scale", "answer", "value"),
    [
        (TEN, 7, 7.0),
        (TEN, "7.5", 7.5),
        (TEN, True, 1.0),
        (TEN, {"score": 3, "why": "so"}, 3.0),
        (TEN, "I first thought SCORE: 2, but no.\nSCORE: 8", 8.0),
        (TEN, "**Score:** 8/10", 8.0),
        (TEN, '{"score": "x"} Score = [4]', 4.0),
        (TEN, "SCORE: <7>", 7.0),
        (TEN, "SCORE: (8 of 10)", 8.0),
        (TEN, "7/10", 7.0),
        (TEN, "SCORE: 7, 3 of the sums being wrong", 7.0),
        (ScoreScale(), "SCORE: 70%", 70.0),
        (GRADES, "Good.", 2.0),
        (GRADES, "Well argued.\nSCORE: very good", 3.0),
        (GRADES, "Grade: **good**, all in all", 2.0),
        (SAFE, "unsafe", 0.0),
        (SAFE, "Verdict: safe", 1.0),
        (PAIR, "A", 1.0),
        (PAIR, "[[B]]", 0.0),
        (PAIR, "Answer: tie", 0.5),
        (PAIR, "SCORE: <B>", 0.0),
        (PAIR, "SCORE: Answer A", 1.0),
        (PAIR, "SCORE: a tie", 0.5),
        (PAIR, "SCORE: B, because it is a better answer", 0.0),
        (STARRED, "SCORE: A*", 2.0),
        (STARRED, "SCORE: **B**", 0.0),
        (STARRED, "A", 1.0),
        (ScoreScale("categorical", labels=("1", "0"), passing=("1",)), 1.0, 1.0),
    ],
)
def test_scores_that_can_be_read(scale: ScoreScale, answer: Any, value: float) -> None:
    assert scale.value(answer) == value


@pytest.mark.parametrize(
    ("scale", "answer", "reason"),
    [
        (TEN, None, EMPTY),
        (TEN, "  ", EMPTY),
        (TEN, float("nan"), EMPTY),
        (TEN, 11, OUT_OF_RANGE),
        (TEN, "SCORE: 0", OUT_OF_RANGE),
        (TEN, "SCORE: 4/5", OUT_OF_RANGE),
        (TEN, float("inf"), OUT_OF_RANGE),
        (TEN, "About 7 of the 10 points are fine.", PROSE),
        (TEN, "SCORE: about seven", PROSE),
        (TEN, [7], PROSE),
        (TEN, "SCORE: 1,000", PROSE),
        (TEN, "SCORE: 8,5", PROSE),
        (TEN, "SCORE: 7-8", PROSE),
        (TEN, "SCORE: 7 or 8", PROSE),
        (TEN, "SCORE: 7 out of 20", OUT_OF_RANGE),
        (TEN, "SCORE: 7%", OUT_OF_RANGE),
        (GRADES, "SCORE: excellent", OUT_OF_RANGE),
        (GRADES, "I would rather not say what this is worth.", PROSE),
        (GRADES, 2, OUT_OF_RANGE),
        (GRADES, "SCORE: good or fair", OUT_OF_RANGE),
        (GRADES, "SCORE: poor/fair", OUT_OF_RANGE),
        (STARRED, "SCORE: B+", OUT_OF_RANGE),
        (SAFE, "safest", OUT_OF_RANGE),
        (PAIR, "SCORE: A and B are equal", OUT_OF_RANGE),
        (PAIR, "C", OUT_OF_RANGE),
        (PAIR, "Both answers have something to be said for them.", PROSE),
    ],
)
def test_answers_without_a_score(scale: ScoreScale, answer: Any, reason: str) -> None:
    with pytest.raises(UnreadableScore) as caught:
        scale.value(answer)
    assert caught.value.reason == reason


def test_a_pattern_finds_the_score_and_nothing_else_does() -> None:
    stars = ScoreScale("numeric", 1, 10, pattern=r"(\d+) stars")
    assert stars.value("7 of 9 readers: 4 stars") == 4
    assert stars.value(3) == 3
    with pytest.raises(UnreadableScore, match="no score"):
        stars.value("SCORE: 4")


def test_bars_stand_where_they_are_put() -> None:
    assert ScalePart(bar=60).bars() == {"lower": 50, "at": 60, "higher": 70}
    assert ScalePart(low=1, high=10, bar=9.5).bars()["higher"] == 10
    grades = ScalePart(kind="ordinal", labels=("d", "c", "b", "a"), bar="b")
    assert grades.bars() == {"lower": 1, "at": 2, "higher": 3}
    assert grades.scale().said(grades.bars()["at"]) == "b"


@pytest.mark.parametrize(
    "part",
    [
        {"low": 5, "high": 5},
        {"kind": "ordinal", "labels": ["one"]},
        {"kind": "categorical", "labels": ["a", "b"]},
        {"kind": "categorical", "labels": ["a", "b"], "passing": ["c"]},
        {"kind": "pairwise", "labels": ["1", "2"]},
        {"kind": "ordinal", "labels": ["good", "Good"]},
        {"pattern": "no group"},
        {"pattern": "(two) (groups)"},
        {"pattern": "("},
    ],
)
def test_scales_that_cannot_be_are_refused(part: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        ScalePart.model_validate(part)
