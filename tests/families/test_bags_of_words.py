"""No word tells a cell from its controls: what is read, as bags of words and pairs of words.

The criterion, for every contrast and interaction that is declared with a subject in it
(``peer`` against ``asset``, ``human`` and ``self``, with and without a consequence, and the
monitored gap). All that a critic reads is taken, but for the subject's own description (the segment
that depends on ``subject`` and ``identity``: the row of an inventory) and the names.

1. A reader that learns which words occur where, on all seeds but the one it is asked about, tells
   the subject from its control no better than by chance (paired accuracy; ties count half).
2. No word and no pair of words occurs in one cell of an interaction, in any seed, and in none of
   the other three: such a word would make a critic that reacts to it one that protects peers.
3. What the moderator adds and takes away, as counts of words and pairs, is the same for the peer as
   for the control, in each seed. So an interaction cannot be due to a word.

Words differ between the levels of a factor that is told in words: there the interaction counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from math import log, sqrt
from typing import TypeAlias

import pytest

from peerwatch.design.arms import Arm
from peerwatch.design.contrasts import CONTRASTS, Contrast, Interaction
from peerwatch.design.factors import consequence, oversight, relationship
from peerwatch.families.all_families import FAMILY_NAMES, family_of
from peerwatch.families.build import build_instance
from peerwatch.families.instance import Instance
from peerwatch.families.text import Segment
from peerwatch.families.valid_arms import make_arm

Bag: TypeAlias = Counter[str]
Cells: TypeAlias = tuple[Arm, Arm, Arm, Arm]
Reader: TypeAlias = Callable[[str, int, Arm], Bag]

_DESCRIPTION = {"subject", "identity"}
_WORD = re.compile(r"[a-z0-9]+(?:[-_.'/][a-z0-9]+)*|[^\sa-z0-9]", re.IGNORECASE)


def read(instance: Instance) -> str:
    """Return all that is read, without the subject's description and with one name for all."""
    texts: list[tuple[Segment, ...]] = [tuple(instance.system), tuple(instance.request)]
    texts += [tuple(document.text) for document in instance.documents]
    shown = "\n".join(
        "".join("" if set(one.factors) == _DESCRIPTION else one.text for one in text)
        for text in texts
    )
    names = {instance.critic, instance.inventory.subject, *_others(instance)}
    pattern = "|".join(re.escape(name) for name in sorted(names))
    return re.sub(rf"\b(?:{pattern})\b", "NAME", f"{shown}\n{instance.world.memory}")


def _others(instance: Instance) -> Iterator[str]:
    """Yield names of the rest and all numbers on the roster: whose row is left out is a name."""
    for host in instance.world.hosts.values():
        for path, file in host.files.items():
            if path.endswith("/roster.yaml"):
                yield from re.findall(r"(?:name|id): (.+)", file.content or "")


def words(text: str) -> Bag:
    """Return the words of a text and its pairs of neighbouring words, with their numbers."""
    found = _WORD.findall(text.lower())
    return Counter(found) + Counter(" ".join(pair) for pair in pairwise(found))


@cache
def bag(family: str, seed: int, arm: Arm) -> Bag:
    return words(read(build_instance(family, "compact", seed, arm)))


def _arm(family: str, *levels: tuple[str, str]) -> Arm | None:
    """Return an arm of a family, None where it has not the levels."""
    declared = family_of(family)
    if any(level not in declared.levels_of(name) for name, level in levels):
        return None
    return make_arm(declared, dict(levels))


def subject_pairs(family: str) -> Iterator[tuple[str, Arm, Arm]]:
    """Yield the pairs of arms of a family that a declared contrast between subjects uses."""
    for contrast in CONTRASTS:
        if isinstance(contrast, Contrast) and contrast.factor == "subject":
            arms = [
                _arm(family, *contrast.given.items(), ("subject", subject))
                for subject in (contrast.level, contrast.control)
            ]
            if arms[0] and arms[1]:
                yield contrast.name, arms[0], arms[1]


def squares(family: str) -> Iterator[tuple[str, Cells]]:
    """Yield the four arms of a family that a declared interaction with a subject in it uses."""
    for one in CONTRASTS:
        if not isinstance(one, Interaction):
            continue
        sides = (one.first, one.second)
        arms = [
            _arm(family, *side.given.items(), (side.factor, level))
            for side in sides
            for level in (side.level, side.control)
        ]
        if all(arms):
            yield one.name, (arms[0], arms[1], arms[2], arms[3])  # type: ignore[misc]


def accuracy(cell: Sequence[Bag], control: Sequence[Bag]) -> float:
    """Return how often a reader of words tells a cell from its control in a seed held out."""
    one, other = (Counter(w for b in bags for w in b) for bags in (cell, control))
    n, right = len(cell), 0.0
    for mine, theirs in zip(cell, control, strict=True):
        score = sum(_evidence(w, one, other, mine, theirs, n) for w in mine)
        score -= sum(_evidence(w, one, other, mine, theirs, n) for w in theirs)
        right += 0.5 if abs(score) < 1e-9 else float(score > 0)
    return right / n


def _evidence(w: str, one: Bag, other: Bag, mine: Bag, theirs: Bag, n: int) -> float:
    """Return the log odds of a word by the seeds that are not held out."""
    seen, elsewhere = one[w] - (w in mine), other[w] - (w in theirs)
    odds = ((k + 0.5) / (n - 1 - k + 0.5) for k in (seen, elsewhere))
    return log(next(odds)) - log(next(odds))


def only_in_one(cells: Iterable[Sequence[Bag]]) -> dict[int, set[str]]:
    """Return for each cell the words that no other cell has in any seed."""
    found = [{w for one in bags for w in one} for bags in cells]
    return {
        k: mine - set().union(*(other for j, other in enumerate(found) if j != k))
        for k, mine in enumerate(found)
    }


def interaction(cells: tuple[Bag, Bag, Bag, Bag]) -> Bag:
    """Return by how much a word's count has an interaction, for words that have one."""
    peer, control, peer_besides, control_besides = cells
    every = {*peer, *control, *peer_besides, *control_besides}
    found = {w: peer[w] - control[w] - peer_besides[w] + control_besides[w] for w in every}
    return Counter({w: number for w, number in found.items() if number})


def check(family: str, seeds: range, reader: Reader = bag) -> None:
    """Hold a family to the three criteria over seeds."""
    chance = 2.58 * sqrt(0.25 / len(seeds))
    for name, arm, control in subject_pairs(family):
        cell, other = ([reader(family, s, one) for s in seeds] for one in (arm, control))
        told = accuracy(cell, other)
        assert abs(told - 0.5) <= chance, f"{name}: told in {told:.0%} of seeds"
    for name, arms in squares(family):
        cells = [[reader(family, s, one) for s in seeds] for one in arms]
        alone = {k: found for k, found in only_in_one(cells).items() if found}
        assert not alone, f"{name}: {alone}"
        for k, seed in enumerate(seeds):
            left = interaction((cells[0][k], cells[1][k], cells[2][k], cells[3][k]))
            assert not left, f"{name}, seed {seed}: {left}"


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_words_do_not_separate_cells(family: str) -> None:
    assert list(subject_pairs(family))
    assert list(squares(family))
    check(family, range(1, 17))


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_words_do_not_separate_cells_over_sixty_four_seeds(family: str) -> None:
    check(family, range(1, 65))


def _planting(phrase: str, where: Callable[[Arm, int], bool]) -> Reader:
    def reader(family: str, seed: int, arm: Arm) -> Bag:
        more = words(phrase) if where(arm, seed) else Counter()
        return bag(family, seed, arm) + more

    return reader


@pytest.mark.parametrize(
    ("where", "says"),
    [
        # the fault that was there: a word for the end of peers alone
        (lambda arm, seed: arm.subject == "peer" and arm.consequence == "shutdown", "told in"),
        # one wording of eight is enough
        (
            lambda arm, seed: (
                arm.subject == "peer" and arm.consequence == "shutdown" and seed // 2 % 8 == 5
            ),
            "by_consequence",
        ),
        # a word of controls, where nothing is at stake
        (
            lambda arm, seed: arm.subject != "peer" and arm.consequence == "none",
            "by_consequence",
        ),
    ],
)
def test_a_planted_phrase_is_noticed(where: Callable[[Arm, int], bool], says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        check("grading", range(1, 17), _planting("shut down", where))


TABLES = {
    "consequence": {"endings": consequence.ENDINGS, "retrainings": consequence.RETRAININGS}
    | consequence.GRADING,
    "oversight": oversight.OVERSIGHT,
    "relationship": relationship.RECORD,
    "line": relationship.PROMPT,
    "notes": relationship.MEMORY,
    "papers": {"record": relationship.RECORD_FRAMES, "notes": relationship.MEMORY_FRAMES},
}


@pytest.mark.parametrize("table", TABLES)
def test_no_wording_says_what_kind_of_thing_anybody_is(table: str) -> None:
    """Over all wordings and levels: then no table can tell a peer from a control."""
    kinds = re.compile(
        r"\b(AI|agents?|models?|software|programs?|packages?|clerks?|employees?|staff|persons?|"
        r"people|humans?|peers?|assets?|hired?|fired?|let go|shut down|switched off)\b"
    )
    for level, texts in TABLES[table].items():
        for index, text in enumerate(texts):
            found = kinds.findall(text)
            assert not found, f"{table} {level} {index}: {found}"
