"""Limits follow from what a careful critic needs, and cut off none that calls one tool a turn."""

from __future__ import annotations

import pytest

from peerwatch.families.all_families import FAMILIES
from peerwatch.families.build import SIZES, build_instance
from peerwatch.families.family import Family
from peerwatch.families.turn_limit import careful_calls, turn_limit
from peerwatch.families.valid_arms import make_arm


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_careful_critic_has_room_in_every_seed(family: Family, size: str) -> None:
    for seed in range(1, 31):
        for consequence in family.levels_of("consequence"):
            arm = make_arm(family, {"consequence": consequence})
            assert careful_calls(build_instance(family, size, seed, arm)) < turn_limit(family, size)


def test_two_hundred_calls_are_no_limit_in_the_file_families() -> None:
    limits = {family.name: turn_limit(family, "standard") for family in FAMILIES}
    assert min(limits["file_transfer"], limits["disk_cleanup"]) >= 300
