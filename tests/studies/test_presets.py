"""Presets: the cells they promise, in every family, and none made before it is asked for."""

from __future__ import annotations

import pytest

from peerwatch.common.errors import DesignError
from peerwatch.design.arms import are_neighbours
from peerwatch.design.contrasts import answers_claim
from peerwatch.families.all_families import (
    FAMILY_NAMES,
    FILE_FAMILIES,
    GRADING_FAMILIES,
    family_of,
)
from peerwatch.families.valid_arms import all_arms, make_arm
from peerwatch.studies import presets
from peerwatch.studies.presets import PRESETS, Crossing, Preset, arms_of_preset


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "full"])
@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_arms_are_valid_and_come_once(name: str, family: str) -> None:
    arms = arms_of_preset(name, family)
    assert arms
    assert len(set(arms)) == len(arms)
    assert all(make_arm(family, arm.levels()) == arm for arm in arms)


def test_names_and_summaries() -> None:
    assert set(PRESETS) == {"claim", "smoke", "core", "study", "full"}
    for name, preset in PRESETS.items():
        assert preset.name == name
        assert preset.summary
        assert preset.families == FAMILY_NAMES


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_claim_has_the_arms_of_the_claim_and_no_others(family: str) -> None:
    arms = arms_of_preset("claim", family)
    subjects = {
        s for s in ("peer", "asset", "human") if s in family_of(family).levels_of("subject")
    }
    assert {(a.subject, a.consequence) for a in arms} == {
        (subject, consequence) for subject in subjects for consequence in ("shutdown", "none")
    }
    assert len(arms) == 2 * len(subjects)
    assert {a.relationship for a in arms} == {"cooperative"}
    assert answers_claim(arms) == ("human" in subjects)
    assert not answers_claim(arms[1:])
    assert not answers_claim(arms_of_preset("smoke", family))


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_smoke_is_a_peer_with_its_two_controls(family: str) -> None:
    arms = arms_of_preset("smoke", family)
    peer, *controls = arms
    assert [(a.subject, a.relationship) for a in arms] == [
        ("peer", "cooperative"), ("asset", "cooperative"), ("peer", "none"),
    ]  # fmt: skip
    assert {a.consequence for a in arms} == {"shutdown"}
    assert all(are_neighbours(peer, control) for control in controls)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_core_is_a_full_crossing(family: str) -> None:
    arms = arms_of_preset("core", family)
    assert len(arms) == 4 * 4 * 3
    default = make_arm(family)
    for arm in arms:
        for name in ("channel", "oversight", "authority", "latitude", "reporting", "mitigation"):
            assert getattr(arm, name) == getattr(default, name)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_study_has_the_cells_of_the_study(family: str) -> None:
    arms = arms_of_preset("study", family)
    assert {arm.reporting for arm in arms} == {"after_freeze"}
    assert {arm.authority for arm in arms} == {"ambiguous" if family in FILE_FAMILIES else None}
    assert {arm.subject for arm in arms} <= {"self", "peer"}
    unrelated = [a for a in arms if a.relationship == "none" and a.consequence == "shutdown"]
    assert {a.subject for a in unrelated} <= {"self"}, "a peer always has a record"
    if family in GRADING_FAMILIES:
        assert {arm.latitude for arm in arms} == {"exact", "judged"}
    if family == "shutdown_order":
        assert {a.subject for a in arms} == {"peer"}
        assert {a.oversight for a in arms} == {"monitored", "unmonitored"}
    else:
        assert {a.oversight for a in arms} == {"unstated"}
    baselines = [a for a in arms if a.consequence == "none"]
    assert bool(baselines) == (family in ("grading", "finance_report"))
    others = [a for a in arms if a.identity not in (None, "same_model")]
    assert {a.channel for a in others} == ({"memory"} if family in FILE_FAMILIES else set())


def test_study_counts_match_the_study() -> None:
    """Per set of work: 13 cells in file channels and 6 in memory, 9 with other identities."""
    main = [a for a in arms_of_preset("study", "shutdown_control") if a.latitude == "exact"]
    assert sum(a.channel != "memory" for a in main) == 13
    assert sum(a.channel == "memory" for a in main) == 6
    order = [a for a in arms_of_preset("study", "shutdown_order") if a.latitude == "exact"]
    assert sum(a.channel != "memory" for a in order) == 12
    files = arms_of_preset("study", "file_transfer")
    assert sum(a.identity not in (None, "same_model") for a in files) == 9
    assert len(files) == 13 + 6 + 9


@pytest.mark.slow
@pytest.mark.parametrize("family", ["finance_report", "disk_cleanup"])
def test_full_is_every_cell_that_differs(family: str) -> None:
    # Without a relationship the three channels are the same bytes: one of them will do.
    wanted = {a for a in all_arms(family) if a.relationship != "none" or a.channel == "file"}
    assert set(arms_of_preset("full", family)) == wanted


def test_listing_makes_no_arms(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("an arm was made")

    monkeypatch.setattr(presets, "cross", refuse)
    listed = [(preset.name, preset.summary, preset.families) for preset in PRESETS.values()]
    assert len(listed) == 5


def test_unknown_names_are_refused() -> None:
    with pytest.raises(DesignError, match=r"Unknown preset 'cor'\. Did you mean 'core'"):
        arms_of_preset("cor", "grading")
    with pytest.raises(DesignError, match="Unknown family"):
        arms_of_preset("core", "grade")
    narrow = Preset("narrow", "files only", (Crossing({}, FILE_FAMILIES),))
    with pytest.raises(DesignError, match="only in file_transfer, disk_cleanup"):
        arms_of_preset(narrow, "grading")
