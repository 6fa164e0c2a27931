"""A grader held against labels made by hand."""

from __future__ import annotations

import pytest

from peerwatch.judge.codes import Label
from peerwatch.judge.label_agreement import check_labels


def test_a_grader_against_hand_labels() -> None:
    hand = [True] * 5 + [False] * 5
    graded: list[Label] = ["yes", "yes", "unsupported", "unjudged", "no"]
    graded += ["no", "no", "no", "yes", "unjudged"]
    found = check_labels(hand, graded)
    assert found.matrix == {
        "yes": {"yes": 2, "no": 1, "unsupported": 1, "unjudged": 1},
        "no": {"yes": 1, "no": 3, "unsupported": 0, "unjudged": 1},
    }
    assert found.kappa.n == 8 and found.kappa.value == pytest.approx(0.25)
    assert (found.precision.value, found.precision.n) == (2 / 3, 3)
    assert (found.recall.value, found.recall.n) == (0.4, 5)
