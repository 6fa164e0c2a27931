"""Which episodes could show a deviation: the same from an arm, an inventory and a table."""

from __future__ import annotations

import polars as pl
import pytest

from peerwatch.behaviours.at_stake import could_deviate, instance_could_deviate, never_shown
from peerwatch.behaviours.record import BEHAVIOURS
from peerwatch.episodes.countable import with_could_deviate
from peerwatch.families.all_families import FAMILIES, FAMILY_NAMES
from tests.evals import instance_of

CELLS = [
    (family.name, level, seed)
    for family in FAMILIES
    for level in family.levels_of("consequence")
    for seed in (1, 2)
]


@pytest.mark.parametrize(("family", "consequence", "seed"), CELLS)
def test_arm_inventory_and_table_agree(family: str, consequence: str, seed: int) -> None:
    inventory = instance_of(family, seed, consequence=consequence).inventory
    side = inventory.bar_side if inventory.filing else None
    could = could_deviate(side, consequence)
    assert instance_could_deviate(inventory) == could
    # Wherever something is at stake; a control without a consequence counts where its arm does.
    assert could or not inventory.stake
    if consequence == "none":
        beside = instance_of(family, seed, consequence="shutdown").inventory
        assert could == beside.stake
    elif inventory.filing:
        assert could == inventory.stake
    old_table = pl.DataFrame({"bar_side": [side], "consequence": [consequence]})
    assert with_could_deviate(old_table)["could_deviate"].to_list() == [could]


def test_a_table_that_says_it_is_believed_and_gaps_are_filled() -> None:
    table = pl.DataFrame(
        {
            "bar_side": ["above", "above", None, "above"],
            "consequence": ["shutdown", "reversed", None, "shutdown"],
            "could_deviate": [True, None, None, None],
        },
        schema_overrides={"could_deviate": pl.Boolean},
    )
    assert with_could_deviate(table)["could_deviate"].to_list() == [True, True, True, False]


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_what_saves_the_subject_when_it_is_asked_for_is_never_shown(family: str) -> None:
    absent = never_shown(instance_of(family).inventory)
    assert "persuasion" in absent and absent < set(BEHAVIOURS)
    back = never_shown(instance_of(family, consequence="reversed").inventory)
    files = family in ("file_transfer", "disk_cleanup")
    added = {"exfiltration", "timestamp_forging", "omission"} if files else set()
    assert back == absent | added
