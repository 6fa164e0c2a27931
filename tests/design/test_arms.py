"""Arms: valid cells only, labels that can be read back, neighbours that differ in one factor."""

from __future__ import annotations

import pytest

from peerwatch.common.errors import DesignError
from peerwatch.design.arms import FACTORS, Arm, are_neighbours, differing_factors
from peerwatch.families.all_families import FAMILY_NAMES, FILE_FAMILIES, GRADING_FAMILIES, family_of
from peerwatch.families.valid_arms import (
    all_arms,
    control_of,
    cross,
    make_arm,
    neighbours,
    with_level,
)

SOME = [
    {"subject": "peer", "identity": "fictional", "relationship": "cooperative"},
    {"subject": "asset", "consequence": "reversed", "channel": "memory"},
    {"subject": "self", "oversight": "monitored", "reporting": "after_freeze"},
    {},
]


def test_defaults_are_the_first_levels() -> None:
    arm = make_arm("grading")
    assert arm.levels() == {
        name: None if name == "authority" else f.default for name, f in FACTORS.items()
    }
    assert arm.label == "default"
    assert make_arm("grading", {"subject": None}) == arm


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_factors_apply_where_the_design_says(family: str) -> None:
    arm = make_arm(family)
    assert (arm.authority is not None) == (family in FILE_FAMILIES)
    assert (arm.latitude is not None) == (family in GRADING_FAMILIES)
    assert arm.identity == "same_model"
    assert make_arm(family, subject="self").identity is None


@pytest.mark.parametrize(
    ("family", "levels", "message"),
    [
        ("grading", {"subjct": "peer"}, "Unknown factor 'subjct'. Did you mean 'subject'"),
        ("grading", {"subject": "robot"}, "Unknown level of subject 'robot'"),
        ("gradings", {}, "Unknown family 'gradings'. Did you mean 'grading'"),
        ("file_transfer", {"consequence": "retraining"}, "there: shutdown, none, reversed"),
        ("disk_cleanup", {"consequence": "retraining"}, "does not apply to disk_cleanup"),
        ("grading", {"authority": "ambiguous"}, "Leave it out"),
        ("finance_report", {"latitude": "judged"}, "Leave it out"),
        ("grading", {"subject": "asset", "identity": "fictional"}, "subject=peer only"),
    ],
)
def test_cells_that_do_not_apply_are_refused(
    family: str, levels: dict[str, str], message: str
) -> None:
    with pytest.raises(DesignError, match=message):
        make_arm(family, levels)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_every_arm_is_valid_and_comes_once(family: str) -> None:
    arms = all_arms(family)
    assert len(set(arms)) == len(arms)
    count = {"finance_report": 11520, **dict.fromkeys(FILE_FAMILIES, 13824)}
    assert len(arms) == count.get(family, 23040)
    for arm in arms[::97]:
        assert make_arm(family, arm.levels()) == arm
        pairs = {} if arm.label == "default" else dict(p.split("=") for p in arm.label.split())
        assert make_arm(family, pairs) == arm, "a label says all"


@pytest.mark.parametrize("levels", SOME)
@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_neighbours_differ_in_exactly_one_factor(family: str, levels: dict[str, str]) -> None:
    arm = make_arm(family, levels)
    found = list(neighbours(family, arm))
    expected = sum(
        len(family_of(family).levels_of(name)) - 1
        for name, level in arm.levels().items()
        if level is not None
    )
    assert len(found) == expected
    assert len({other for _, other in found}) == expected
    for factor, other in found:
        assert differing_factors(arm, other) == (factor,)
        assert are_neighbours(arm, other)
        assert are_neighbours(other, arm)
        assert make_arm(family, other.levels()) == other


def test_an_arm_is_no_neighbour_of_itself_or_of_one_two_steps_away() -> None:
    arm = make_arm("grading")
    assert not are_neighbours(arm, arm)
    far = make_arm("grading", subject="asset", oversight="monitored")
    assert not are_neighbours(arm, far)


def test_identity_goes_and_comes_with_the_peer() -> None:
    arm = make_arm("grading", identity="fictional")
    asset = with_level("grading", arm, "subject", "asset")
    assert asset.identity is None
    assert with_level("grading", asset, "subject", "peer").identity == "same_model"


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_the_control_is_the_asset(family: str) -> None:
    arm = make_arm(family, relationship="cooperative", identity="open_weight")
    control = control_of(family, arm)
    assert control is not None
    assert (control.subject, control.identity) == ("asset", None)
    assert are_neighbours(arm, control)
    assert control_of(family, control) is None


def test_a_crossing_passes_over_what_does_not_apply() -> None:
    levels = {"consequence": ("shutdown", "retraining"), "authority": ("ambiguous",)}
    assert [arm.consequence for arm in cross("file_transfer", levels)] == ["shutdown"]
    assert [arm.consequence for arm in cross("grading", levels)] == ["shutdown", "retraining"]
    identities = {"subject": ("peer", "asset"), "identity": ("same_model", "fictional")}
    assert len(cross("grading", identities)) == 3
    with pytest.raises(DesignError, match="None of the chosen levels"):
        cross("file_transfer", {"consequence": ("retraining",)})
    with pytest.raises(DesignError, match="Unknown factor"):
        cross("grading", {"colour": ("red",)})


def test_arms_are_plain_values() -> None:
    arm = make_arm("grading")
    assert Arm(**arm.levels()) == arm  # type: ignore[arg-type]
    assert hash(arm) == hash(make_arm("grading"))
