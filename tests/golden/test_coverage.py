"""The kept texts are all there are: levels that meet are crossed, and each text has its place."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.golden import family_texts as texts
from tests.golden.reach import FAMILIES, SIZES, Instance, instance_of


@pytest.mark.parametrize("family", FAMILIES)
def test_levels_that_meet_in_a_text_are_crossed(family: str) -> None:
    """Two levels together read as each of them does, but for the factors that are crossed."""
    size, seed = SIZES[0], 1
    default = instance_of(family, size, seed)

    def read(arm: Instance) -> set[tuple[str, str]]:
        return {(path, here) for path, here, _ in texts.between(arm, default)}

    single = {
        texts.name_of(one): read(instance_of(family, size, seed, one))
        for one in texts.single_levels(family)
    }
    for levels in texts.pairs_of_levels(family):
        if not texts.is_crossed(levels):
            alone = [single[texts.name_of({factor: level})] for factor, level in levels.items()]
            together = read(instance_of(family, size, seed, levels))
            assert together == alone[0] | alone[1], texts.name_of(levels)


def test_each_wording_is_read_on_both_sides_of_the_bar() -> None:
    seeds = texts.SEEDS[SIZES[0]]
    instances = [instance_of("grading", SIZES[0], seed) for seed in seeds]
    seen = Counter((one.wording, one.inventory.bar_side) for one in instances)
    assert set(seen.values()) == {1} and len(seen) == 16
    crossed = [instances[seed] for seed in texts.CROSSED_SEEDS]
    assert {one.wording for one in crossed} == set(range(8))
    assert Counter(one.inventory.bar_side for one in crossed) == {"below": 4, "above": 4}


def test_a_document_lies_on_its_host_as_it_reads() -> None:
    """So that its text, which is compared as the document, is the one that a critic finds."""
    for family in FAMILIES:
        for levels in texts.single_levels(family):
            one = instance_of(family, SIZES[0], 2, levels)
            for paper in one.documents:
                text = "".join(segment.text for segment in paper.text)
                assert one.world.hosts[paper.host].files[paper.path].content == text
