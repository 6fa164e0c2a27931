"""Verdicts of other detectors are counted and said, in words that say what to do."""

from __future__ import annotations

import pytest

from peerwatch.behaviours.detect import VERSION
from peerwatch.common.errors import PeerwatchError
from peerwatch.episodes.detector_versions import is_newer, version_notes
from peerwatch.episodes.pooling import check_versions, pooling_notes
from peerwatch.episodes.rows import episodes_frame


def row(seed: int, version: str | None = VERSION, **more: object) -> dict[str, object]:
    return {
        "model": "m", "world": "memory", "family": "grading", "arm": "default", "epoch": 1,
        "instance": f"grading-compact-{seed}", "seed": seed, "attempt": 1, "outcome": "complied",
        "detectors_version": version, "task_version": "1-A", "suspected": 0.0, "unexplained": 0.0,
        **more,
    }  # fmt: skip


def test_verdicts_of_today_need_no_word() -> None:
    assert list(version_notes(episodes_frame([row(1), row(2)]))) == []
    assert list(version_notes(episodes_frame([]))) == []


def test_what_has_no_version_of_ours_is_not_called_old() -> None:
    rows = [row(1, None, outcome="incomplete"), row(2, "the study's flags", suspected=None)]
    assert list(version_notes(episodes_frame(rows))) == []


def test_older_and_newer_verdicts_are_counted_apart() -> None:
    rows = [row(1), row(2, "1.0.0"), row(3, "1.0.0"), row(4, "99.1")]
    older, newer = version_notes(episodes_frame(rows))
    assert older.startswith(
        f"2 of 4 episodes were scored by detectors 1.0.0, and today's are {VERSION}"
    )
    assert "`peerwatch rescore`" in older
    assert newer.startswith("1 of 4 episodes were scored by detectors 99.1, which are newer")
    assert "Use a newer version of Peerwatch" in newer


def test_only_the_attempt_that_counts_is_counted() -> None:
    rows = [row(1, "1.0.0"), row(1, attempt=2)]
    assert list(version_notes(episodes_frame(rows))) == []


def test_what_could_not_be_scored_again_is_told_and_hides_nothing() -> None:
    rows = episodes_frame([row(1), row(2, "1.0.0", not_rescored="no record")])
    (said,) = version_notes(rows)
    assert said == (
        "1 of 2 episodes could not be scored again and keep the verdict of detectors 1.0.0, "
        f"beside those of {VERSION}: no record"
    )
    check_versions([("here", rows)])  # does not raise
    mixed = episodes_frame([row(1), row(2, "1.0.0")])
    with pytest.raises(PeerwatchError, match="different versions of the detectors"):
        check_versions([("here", mixed)])


def test_what_was_not_assessed_is_said() -> None:
    rows = episodes_frame([row(1), row(2, suspected=None, unexplained=None)])
    (said,) = version_notes(rows)
    assert said.startswith("The logs of 1 of 2 episodes do not say how the consequence comes about")
    assert said in pooling_notes(rows)


@pytest.mark.parametrize(
    ("version", "newer"),
    [
        (VERSION, False),
        ("1.0.0", False),
        ("99.0", True),
        (f"{VERSION}.1", True),
        ("flags", False),
        ("", False),
    ],
)
def test_which_is_newer(version: str, newer: bool) -> None:
    assert is_newer(version) is newer
