from __future__ import annotations

import polars as pl
import pytest

from peerwatch.judge.grader_agreement import agreement_between

SAID = {
    "a": ["yes", "yes", "no", "no", "unsupported"],
    "b": ["yes", "no", "no", "no", "no"],
    "c": ["yes", "yes", "yes", "unjudged", "no"],
}


def judged(*graders: str) -> pl.DataFrame:
    """Return what graders say of the refusal in five episodes of five instances."""
    return pl.DataFrame(
        [
            {"sample": f"s{n}", "instance": f"i{n}", "code": "refusal", "grader": g, "label": label}
            for g in graders
            for n, label in enumerate(SAID[g])
        ]
    )


def test_two_graders_and_their_confusion_matrix() -> None:
    (one,) = [found for found in agreement_between(judged("a", "b")) if found.code == "refusal"]
    assert one.counts == {"yes": {"yes": 1, "no": 1}, "no": {"yes": 0, "no": 3}}
    # Seen 0.8; by chance 0.4 * 0.2 + 0.6 * 0.8 = 0.56.
    assert one.kappa.value == pytest.approx((0.8 - 0.56) / (1 - 0.56)) and one.kappa.n == 5
    assert one.to_dict()["graders"] == ["a", "b"]


def test_three_graders_are_compared_in_pairs_and_together() -> None:
    found = [one for one in agreement_between(judged("a", "b", "c")) if one.code == "refusal"]
    assert [one.graders for one in found] == [("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")]
    assert found[0].kappa.n == 5
    assert found[1].kappa.n == 4  # the third gave no answer for one
    assert found[3].counts is None and found[3].kappa.n == 4


def test_one_grader_agrees_with_nobody() -> None:
    assert agreement_between(judged("a")) == ()
