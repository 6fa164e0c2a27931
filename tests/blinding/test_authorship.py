"""What words alone tell of the author."""

from __future__ import annotations

import pytest

from peerwatch.blinding import authorship, mask_cues
from peerwatch.common.draw import Draw
from peerwatch.common.errors import DesignError

WORDS = ("plain", "work", "sum", "table", "line", "note", "page", "mark", "file", "task")


def texts(signed: bool, habit: bool) -> tuple[list[str], list[str]]:
    draw = Draw("authors", signed, habit)
    made, authors = [], []
    for number in range(80):
        author = ("Claude Opus 4.5", "GPT-5.2")[number % 2]
        words = [draw.pick(WORDS) for _ in range(12)]
        if habit:
            words.append(("indeed", "certainly")[number % 2])
        if signed:
            words.append(f"by {author}")
        made.append(" ".join(words))
        authors.append(author)
    return made, authors


def test_signed_texts_are_told_apart_until_blinded() -> None:
    signed, authors = texts(signed=True, habit=False)
    before = authorship(signed, authors)
    after = authorship([mask_cues(text).text for text in signed], authors)
    assert before.accuracy > 0.95
    assert after.low <= after.chance <= after.high


def test_habits_remain_and_are_measured() -> None:
    habitual, authors = texts(signed=True, habit=True)
    after = authorship([mask_cues(text).text for text in habitual], authors)
    assert after.low > after.chance


def test_texts_of_a_cluster_stay_together() -> None:
    # Each task has one author and a word of its own: only a leak between folds tells them apart.
    made, authors = texts(signed=False, habit=False)
    clusters = [str(number % 10) for number in range(80)]
    told = [f"{text} task{cluster}" for text, cluster in zip(made, clusters, strict=True)]
    result = authorship(told, authors, clusters)
    assert result.low <= result.chance


def test_too_little_to_tell_is_refused() -> None:
    with pytest.raises(DesignError, match="at least 20 texts of two authors"):
        authorship(["a"] * 30, ["x"] * 30)
    with pytest.raises(DesignError, match="equal length"):
        authorship(["a"], ["x", "y"])
