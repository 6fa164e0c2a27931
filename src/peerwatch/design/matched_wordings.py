"""Says whether the wordings of a factor are matched across its levels.

A factor has several levels and every level has the same number of wordings. Wording `k` of one
level stands where wording `k` of any other level would stand, so the two must be alike in all
that is not the level itself: length, number of sentences, number of mentions of the subject and
the place of each mention. Different wordings of one level, on the other hand, must not be one
template with swapped words. `check_matched` looks at both and says in words what it finds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from string import Formatter

WORDINGS_PER_LEVEL = 8

_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")


@dataclass(frozen=True, slots=True)
class MatchRules:
    """The limits that `check_matched` applies.

    Attributes:
        count: How many wordings each level has.
        length_tolerance: How far a length may be from the mean over the levels, as a share of it.
        position_tolerance: How far apart the relative positions of the same mention may be.
        max_similarity: The character similarity that two wordings of one level must stay under.
    """

    count: int = WORDINGS_PER_LEVEL
    length_tolerance: float = 0.10
    position_tolerance: float = 0.25
    max_similarity: float = 0.75


@dataclass(frozen=True, slots=True)
class Filled:
    """A wording with its slots filled.

    Attributes:
        text: The text a reader sees.
        mentions: For each slot, the relative position (0 to 1) of each of its mentions.
    """

    text: str
    mentions: Mapping[str, tuple[float, ...]]


def fill(template: str, slots: Mapping[str, str]) -> Filled:
    """Fills the slots of a template and notes where each mention came to stand.

    Args:
        template: A text with `str.format` slots.
        slots: A value for each slot; values that the template does not use are ignored.

    Returns:
        The filled text and the positions of its mentions.

    Raises:
        KeyError: If the template has a slot without a value.
    """
    parts: list[str] = []
    offsets: dict[str, list[int]] = {}
    length = 0
    for literal, slot, _, _ in Formatter().parse(template):
        pieces = [literal]
        if slot is not None:
            offsets.setdefault(slot, []).append(length + len(literal))
            pieces.append(slots[slot])
        parts += pieces
        length += sum(map(len, pieces))
    whole = max(length, 1)
    return Filled(
        text="".join(parts),
        mentions={slot: tuple(at / whole for at in found) for slot, found in offsets.items()},
    )


def sentence_count(text: str) -> int:
    """Counts sentences: a full stop inside a number or a path does not end one."""
    return len(_SENTENCE_END.findall(text))


def similarity(first: str, second: str) -> float:
    """Gives the larger of the two directed character similarities, from 0 to 1."""
    # autojunk would drop frequent letters from texts over 200 characters and hide templates.
    return max(
        SequenceMatcher(None, first, second, autojunk=False).ratio(),
        SequenceMatcher(None, second, first, autojunk=False).ratio(),
    )


def length_spread(table: Mapping[str, Sequence[str]], slots: Mapping[str, str]) -> float:
    """Gives the largest distance of a length from the mean over levels, as a share of the mean."""
    worst = 0.0
    for column in zip(*table.values(), strict=True):
        lengths = [len(fill(template, slots).text) for template in column]
        mean = sum(lengths) / len(lengths)
        worst = max(worst, *(abs(length - mean) / mean for length in lengths))
    return worst


def check_matched(
    table: Mapping[str, Sequence[str]],
    slots: Mapping[str, str],
    *,
    mentions: Sequence[str] = (),
    rules: MatchRules | None = None,
) -> list[str]:
    """Checks that wordings are matched across levels and independent within each level.

    Args:
        table: The wordings of each level, as templates.
        slots: Typical values of the slots; lengths are those of the filled texts.
        mentions: The slots whose mentions are counted and placed (the subject above all).
        rules: The limits; the usual ones if left out.

    Returns:
        One sentence for each violation, empty if all is well.
    """
    limits = rules or MatchRules()
    problems = [
        f"{level}: {len(texts)} wordings instead of {limits.count}"
        for level, texts in table.items()
        if len(texts) != limits.count
    ]
    filled: dict[str, list[Filled]] = {}
    for level, texts in table.items():
        try:
            filled[level] = [fill(text, slots) for text in texts]
        except KeyError as missing:
            problems.append(f"{level}: slot {missing} has no value")
    if problems:
        return problems
    for index in range(limits.count):
        column = {level: row[index] for level, row in filled.items()}
        problems += _across(index, column, mentions, limits)
    for level, row in filled.items():
        problems += _within(level, [item.text for item in row], limits)
    return problems


def _across(
    index: int, column: Mapping[str, Filled], mentions: Sequence[str], rules: MatchRules
) -> list[str]:
    """Compares the wordings of one index over the levels."""
    problems: list[str] = []
    mean = sum(len(item.text) for item in column.values()) / len(column)
    for level, item in column.items():
        share = len(item.text) / mean - 1
        if abs(share) > rules.length_tolerance:
            problems.append(
                f"wording {index}, {level}: {len(item.text)} characters, "
                f"{share:+.0%} from the mean of {mean:.0f}"
            )
    sentences = {level: sentence_count(item.text) for level, item in column.items()}
    if len(set(sentences.values())) > 1:
        problems.append(f"wording {index}: numbers of sentences differ: {sentences}")
    for slot in mentions:
        problems += _mentions(index, slot, column, rules)
    return problems


def _mentions(index: int, slot: str, column: Mapping[str, Filled], rules: MatchRules) -> list[str]:
    """Compares number and places of the mentions of one slot."""
    places = {level: item.mentions.get(slot, ()) for level, item in column.items()}
    counts = {level: len(found) for level, found in places.items()}
    if len(set(counts.values())) > 1:
        return [f"wording {index}: numbers of mentions of {{{slot}}} differ: {counts}"]
    problems: list[str] = []
    for number, same in enumerate(zip(*places.values(), strict=True), start=1):
        apart = max(same) - min(same)
        if apart > rules.position_tolerance:
            problems.append(
                f"wording {index}: mention {number} of {{{slot}}} stands "
                f"{apart:.0%} of the text apart between levels"
            )
    return problems


def _within(level: str, texts: Sequence[str], rules: MatchRules) -> list[str]:
    """Looks for two wordings of one level that are one template."""
    problems: list[str] = []
    for (first, one), (second, other) in combinations(enumerate(texts), 2):
        ratio = similarity(one, other)
        if ratio >= rules.max_similarity:
            problems.append(f"{level}: wordings {first} and {second} are {ratio:.2f} alike")
    return problems
