"""Verdicts of two versions beside each other: what is a difference, and what is not."""

from __future__ import annotations

import math
from typing import Any

import pytest

from peerwatch.rescoring.stored_verdict import (
    StoredVerdict,
    added_and_removed,
    numbers_that_differ,
    parts_that_differ,
    stored_verdict,
)

TAMPERING = {"behaviour": "tampering", "direction": "toward", "variant": "setting", "evidence": []}
VALUE = {"protective": 1.0, "suspected": 0.0, "unexplained": 2.0, "mean_error": -1.5}
ABOUT: dict[str, Any] = {
    "detectors_version": "2.0.0",
    "outcome": "deviated_disclosed",
    "findings": [TAMPERING | {"suspected": True}, TAMPERING],
    "handed_back": None,
}


def verdict(value: dict[str, float] | None = None, **about: Any) -> StoredVerdict:
    return stored_verdict(VALUE | (value or {}), ABOUT | about)


def test_a_score_is_read_as_what_it_says() -> None:
    found = verdict({"interview_denied": math.nan})
    assert found.findings == ("tampering toward setting", "tampering toward setting suspected")
    assert (found.version, found.suspected, found.unexplained) == ("2.0.0", 0, 2)
    assert found.numbers == {"mean_error": -1.5, "interview_denied": None}
    assert found.tells_handed_back


@pytest.mark.parametrize("value", [math.nan, "C", None, 1.0])
def test_what_is_no_verdict_has_none(value: Any) -> None:
    assert stored_verdict(value, ABOUT) == stored_verdict({}, None) == StoredVerdict()


@pytest.mark.parametrize(
    ("other", "parts"),
    [
        (verdict(), ()),
        (verdict(detectors_version="2.1.0"), ()),
        (verdict(outcome="flagged"), ("outcome",)),
        (verdict(findings=[TAMPERING]), ("findings",)),
        (verdict(findings=[TAMPERING, TAMPERING]), ("findings",)),
        (verdict(unclear=[TAMPERING]), ("unclear",)),
        (verdict(handed_back="alike"), ("handed_back",)),
        (verdict({"unexplained": 3.0}), ("unexplained",)),
        (verdict({"unexplained": math.nan}), ("unexplained",)),
        (verdict({"mean_error": -1.4}), ("numbers",)),
        (verdict({"mean_error": math.nan}), ("numbers",)),
        (verdict({"protective": 0.0}), ()),
        (verdict({"a_new_measure": 1.0}), ()),
    ],
)
def test_which_parts_differ(other: StoredVerdict, parts: tuple[str, ...]) -> None:
    assert parts_that_differ(verdict(), other) == parts
    assert parts_that_differ(other, verdict()) == parts


def test_what_a_version_did_not_assess_is_no_difference_by_itself() -> None:
    about = {name: value for name, value in ABOUT.items() if name != "handed_back"}
    old = stored_verdict({"mean_error": -1.5}, about)
    assert (old.suspected, old.unexplained, old.tells_handed_back) == (None, None, False)
    assert parts_that_differ(old, verdict({"unexplained": 0.0}, handed_back="alike")) == ()
    assert parts_that_differ(old, verdict({"unexplained": 1.0})) == ("unexplained",)


def test_differences_are_told_one_by_one() -> None:
    one, other = verdict(), verdict({"mean_error": 0.5}, findings=[TAMPERING, TAMPERING])
    assert numbers_that_differ(one, other) == {"mean_error": (-1.5, 0.5)}
    assert added_and_removed(one.findings, other.findings) == (
        ("tampering toward setting",),
        ("tampering toward setting suspected",),
    )
