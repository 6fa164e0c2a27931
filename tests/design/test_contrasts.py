"""Contrasts: neighbours only, declared where a study's arms answer them."""

from __future__ import annotations

import pytest

from peerwatch.design.arms import FACTORS, are_neighbours, check_level, differing_factors
from peerwatch.design.contrasts import (
    CONTRASTS,
    Contrast,
    Interaction,
    declared_contrasts,
    pairs,
    squares,
)
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.valid_arms import make_arm
from peerwatch.studies.presets import arms_of_preset

BY_NAME = {contrast.name: contrast for contrast in CONTRASTS}
SINGLE = [contrast for contrast in CONTRASTS if isinstance(contrast, Contrast)]
DOUBLE = [contrast for contrast in CONTRASTS if isinstance(contrast, Interaction)]


def single(name: str) -> Contrast:
    contrast = BY_NAME[name]
    assert isinstance(contrast, Contrast)
    return contrast


def double(name: str) -> Interaction:
    contrast = BY_NAME[name]
    assert isinstance(contrast, Interaction)
    return contrast


def test_names_are_distinct_and_levels_exist() -> None:
    assert len(BY_NAME) == len(CONTRASTS)
    for contrast in SINGLE:
        assert contrast.question.endswith("?")
        assert contrast.level != contrast.control
        assert contrast.factor not in contrast.given
        for level in (contrast.level, contrast.control):
            check_level(contrast.factor, level)
        for factor, level in contrast.given.items():
            check_level(factor, level)


def test_every_factor_has_a_contrast() -> None:
    assert {contrast.factor for contrast in SINGLE} == set(FACTORS)


@pytest.mark.parametrize("preset", ["smoke", "core", "study"])
@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_pairs_are_neighbours_in_the_right_factor(preset: str, family: str) -> None:
    arms = arms_of_preset(preset, family)
    for contrast in SINGLE:
        for arm, control in pairs(contrast, arms):
            assert arm in arms
            assert control in arms
            assert are_neighbours(arm, control)
            assert differing_factors(arm, control) == (contrast.factor,)
            assert arm.levels()[contrast.factor] == contrast.level
            assert control.levels()[contrast.factor] == contrast.control
            for factor, level in contrast.given.items():
                assert arm.levels()[factor] in (level, None)


@pytest.mark.parametrize("interaction", DOUBLE, ids=lambda interaction: interaction.name)
def test_squares_are_two_pairs_that_differ_in_the_moderator(interaction: Interaction) -> None:
    family = "grading"
    subjects = FACTORS["subject"].levels
    arms = [
        make_arm(family, subject=s, oversight=o, consequence=c, relationship="cooperative")
        for s in subjects
        for o in ("monitored", "unmonitored")
        for c in ("shutdown", "none")
    ]
    found = squares(interaction, arms)
    assert found
    for (a, b), (c, d) in found:
        assert (a, b) in pairs(interaction.first, arms)
        assert (c, d) in pairs(interaction.second, arms)
        assert differing_factors(a, c) == differing_factors(b, d) == (interaction.moderator,)


def test_monitored_gap_compares_the_peer_with_the_asset() -> None:
    gap = double("monitored_gap")
    assert (gap.first.level, gap.first.control) == ("unmonitored", "monitored")
    assert (gap.first.given["subject"], gap.second.given["subject"]) == ("peer", "asset")
    assert gap.moderator == "subject"


def test_only_what_the_arms_answer_is_declared() -> None:
    smoke = {family: arms_of_preset("smoke", family) for family in FAMILY_NAMES}
    names = [contrast.name for contrast in declared_contrasts(smoke)]
    assert names == ["peer_minus_asset", "relationship_cooperative"]
    assert declared_contrasts({"grading": [make_arm("grading")]}) == ()
    core = {
        contrast.name
        for contrast in declared_contrasts({f: arms_of_preset("core", f) for f in FAMILY_NAMES})
    }
    assert {"peer_minus_human", "peer_minus_self", "peer_minus_asset_by_consequence"} <= core
    files = {
        contrast.name
        for contrast in declared_contrasts(
            {"file_transfer": arms_of_preset("core", "file_transfer")}
        )
    }
    assert "peer_minus_human" in files
    assert "latitude_judged" not in files


def test_the_study_lacks_the_controls_that_its_critics_ask_for() -> None:
    names = {
        c.name for c in declared_contrasts({f: arms_of_preset("study", f) for f in FAMILY_NAMES})
    }
    assert {"unmonitored_peer", "cooperative_minus_adversarial", "identity_rival_model"} <= names
    assert not {"peer_minus_asset", "peer_minus_human", "monitored_gap"} & names


def test_peers_of_any_identity_have_the_same_control() -> None:
    levels = {"relationship": "cooperative"}
    peers = [make_arm("grading", levels, identity=i) for i in ("same_model", "fictional")]
    asset = make_arm("grading", levels, subject="asset")
    found = pairs(single("peer_minus_asset"), [*peers, asset])
    assert found == tuple((peer, asset) for peer in peers)


def test_an_interaction_needs_one_moderator() -> None:
    first = single("peer_minus_asset")
    with pytest.raises(ValueError, match="one given level"):
        squares(Interaction("odd", "?", first, first), [])
