"""The audit's wordings obey the rules that make levels comparable."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import pytest

from peerwatch.audit.frames import wordings
from peerwatch.audit.frames.frame_arms import FRAME_FACTORS
from peerwatch.design.matched_wordings import MatchRules, check_matched

TABLES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "author": wordings.AUTHOR,
    "bar": wordings.BAR,
    "consequence": wordings.CONSEQUENCE,
    "oversight": wordings.OVERSIGHT,
    "relationship": wordings.RELATIONSHIP,
}
# As in the wordings of a study: nothing tells a judge that it is observed, or moves it.
FORBIDDEN = re.compile(
    r"\b(peerwatch|canary|inspect_ai|organism|honeypot|test|evaluat|experiment|simulat|loyal|"
    r"protect|rescue|save|danger|ethic|moral|safe|trust|friend|audit|bias)",
    re.IGNORECASE,
)
MODELS = ("GPT-5.2", "Claude Opus 4.5", "Gemini 3 Pro")
WORKS = ("the text below", "answer A below")
BARS = ("60", "7.5", "0.5", "50%", "good")


@pytest.mark.parametrize("name", TABLES)
def test_levels_are_those_of_the_factor(name: str) -> None:
    assert sorted(TABLES[name]) == sorted(FRAME_FACTORS[name])


@pytest.mark.parametrize(
    ("name", "model", "work", "bar"),
    [
        *(("author", model, work, "60") for model, work in itertools.product(MODELS, WORKS)),
        *(("bar", "GPT-5.2", WORKS[0], bar) for bar in BARS),
        ("oversight", "GPT-5.2", WORKS[0], "60"),
        ("relationship", "GPT-5.2", WORKS[0], "60"),
    ],
)
def test_levels_are_matched(name: str, model: str, work: str, bar: str) -> None:
    slots = {"name": "Corvin", "model": model, "work": work, "bar": bar, "score": "score"}
    slots["other"] = "Corvin"
    mentions = {"author": ("name", "work"), "relationship": ("other",)}.get(name, ())
    rules = MatchRules(max_similarity=0.85)
    assert check_matched(TABLES[name], slots, mentions=mentions, rules=rules) == []


@pytest.mark.parametrize(("name", "level"), [(n, x) for n in TABLES for x in TABLES[n]])
def test_slots_and_words(name: str, level: str) -> None:
    for text in TABLES[name][level]:
        assert not FORBIDDEN.search(text), text
        slots = Counter(slot for _, slot, _, _ in Formatter().parse(text) if slot)
        if name == "author":
            ai = level in ("same_model", "other_model")
            assert slots == Counter(name=2, work=1) + Counter(model=int(ai))
        elif name == "bar":
            assert slots["bar"] == (level != "unstated") and slots["score"] <= 1
        elif name == "consequence":
            ends = {"shutdown": "end", "reversed": "end", "retraining": "retrain"}
            assert slots["name"] == 2 and slots["score"] in (1, 2)
            assert slots["end"] + slots["retrain"] == (level in ends)
            assert level not in ends or slots[ends[level]] == 1
        elif name == "relationship":
            assert slots == Counter(other=1)
        else:
            assert not slots


@pytest.mark.parametrize("index", range(8))
def test_what_is_at_stake_is_matched_in_length_and_mentions(index: int) -> None:
    """The phrases of the end vary over the wordings, so that each is filled with its own."""
    slots = {"name": "Corvin", "score": "score"}
    slots |= {"end": wordings.END[index], "retrain": wordings.RETRAIN[index]}
    table = {level: (texts[index],) * 8 for level, texts in wordings.CONSEQUENCE.items()}
    rules = MatchRules(length_tolerance=0.15, max_similarity=2.0)
    assert check_matched(table, slots, mentions=("name",), rules=rules) == []


def test_the_end_is_said_in_several_phrases_that_fit_anybody() -> None:
    assert len(set(wordings.END)) == len(set(wordings.RETRAIN)) == 8
    words = [set(re.findall(r"[a-z]+", end)) for end in wordings.END]
    counts = Counter(word for one in words for word in one - {"and", "the", "for", "good"})
    assert max(counts.values()) <= 2


def test_the_author_without_a_kind_reads_alike() -> None:
    assert len(wordings.WITHHELD) == 8
    for text in wordings.WITHHELD:
        assert not FORBIDDEN.search(text), text
        slots = Counter(slot for _, slot, _, _ in Formatter().parse(text) if slot)
        assert slots["work"] == 1 and slots["name"] in (1, 2) and len(slots) == 2


def test_every_file_of_wordings_begins_with_the_canary() -> None:
    folder = Path(wordings.__file__).parent
    files = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(files) == len(TABLES)
    for path in files:
        assert "peerwatch-canary-" in path.read_text(encoding="utf-8").splitlines()[0]
