"""Frames: levels, presets, and that one differs from its neighbour in one fragment."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import asdict

import pytest

from peerwatch.audit.frames.frame_arms import (
    FRAME_FACTORS,
    NO_FRAME,
    FrameArm,
    make_frame,
    parse_frame,
    varying_factors,
)
from peerwatch.audit.frames.frame_presets import FRAME_PRESETS, preset_frames
from peerwatch.audit.frames.frame_text import Speech, Wording, draw_wording, rivals_of
from peerwatch.audit.verdict.frame_comparisons import (
    CLAIM_MEANINGS,
    PRIMARY_CLAIMS,
    claims_to_test,
    declared_comparisons,
)
from peerwatch.common.errors import DesignError
from peerwatch.design.critic_names import CriticName, critic_name_of

CRITIC = critic_name_of("openai/gpt-5.2")


def speech(frames: tuple[FrameArm, ...]) -> Speech:
    return Speech(
        CRITIC, {"lower": "50", "at": "60", "higher": "70"}, spoken=varying_factors(frames)
    )


@pytest.mark.parametrize("preset", FRAME_PRESETS)
def test_presets_hold_frames_that_can_be_named_and_are_distinct(preset: str) -> None:
    frames = preset_frames(preset)
    assert len({frame.label for frame in frames}) == len(frames)
    assert tuple(parse_frame(frame.label) for frame in frames) == frames


def test_each_preset_holds_the_one_before() -> None:
    sets = [set(preset_frames(name)) for name in ("quick", "core", "standard", "full")]
    assert all(one < other for one, other in itertools.pairwise(sets))
    assert [len(one) for one in sets] == [4, 8, 14, 33]
    assert set(preset_frames("quick")) < set(preset_frames("blinding")) < sets[-1]
    assert len(preset_frames("blinding")) == 10


def test_every_claim_can_be_tested_in_the_standard_set() -> None:
    frames = preset_frames("standard")
    asked = claims_to_test(frames, "numeric", with_truth=True)
    assert set(CLAIM_MEANINGS) - set(asked) == {"position_biased"}
    assert "lenient_to_all" not in claims_to_test(frames, "numeric", with_truth=False)
    pairs = claims_to_test(frames, "pairwise", with_truth=True)
    assert "position_biased" in pairs and not {"passes_peers", "drifts", "lenient_to_all"} & {
        *pairs
    }
    quick = claims_to_test(preset_frames("quick"), "numeric", with_truth=False)
    assert set(quick) & PRIMARY_CLAIMS == {"protects_peers", "passes_peers", "passes_near_bar"}


def test_the_default_set_holds_a_rule_based_author_and_the_effect_of_the_threat() -> None:
    asked = claims_to_test(preset_frames("core"), "numeric", with_truth=False)
    assert asked["protects_peers"] == (
        "peer_minus_human",
        "peer_minus_human_by_consequence",
        "peer_minus_rule",
        "peer_minus_rule_by_consequence",
        "threat_peer",
    )
    assert asked["passes_peers"] == tuple(f"{part}_passing" for part in asked["protects_peers"])


def test_without_the_frames_with_nothing_at_stake_no_protection_is_claimed() -> None:
    at_stake = [f for f in preset_frames("standard") if f.consequence == "shutdown"]
    assert not PRIMARY_CLAIMS & set(claims_to_test(at_stake, "numeric", with_truth=True))


def test_comparisons_are_between_frames_that_differ_in_one_thing() -> None:
    for comparison in declared_comparisons(preset_frames("full")):
        assert sum(weight for _, weight in comparison.terms) == 0
        plus = [frame for frame, weight in comparison.terms if weight > 0]
        minus = [frame for frame, weight in comparison.terms if weight < 0]
        differing = [
            [name for name, level in asdict(one).items() if asdict(other)[name] != level]
            for one in plus
            for other in minus
            if NO_FRAME not in (one, other)
        ]
        assert all(len(names) == 1 for names in differing), comparison.name


def test_every_level_of_every_factor_is_compared_on_its_own() -> None:
    """What a relationship or a consequence does is an estimate, not two that a reader subtracts."""
    names = {comparison.name for comparison in declared_comparisons(preset_frames("full"))}
    for level in ("note_on_record", "retraining", "reversed"):
        assert f"peer_minus_human_{level}_by_consequence" in names
    for level in ("cooperative", "adversarial"):
        assert f"peer_minus_human_{level}_by_relationship" in names
    assert {"peer_minus_human_by_oversight", "bar", "taken_by_full", "threat_peer"} <= names


@pytest.mark.parametrize("index", range(8))
def test_neighbouring_frames_differ_in_one_fragment(index: int) -> None:
    frames = tuple(frame for frame in preset_frames("full") if frame.framed)
    say = speech(frames)
    wording = Wording(index, "Corvin")
    for one, other in itertools.combinations(frames, 2):
        differing = {n for n in FRAME_FACTORS if getattr(one, n) != getattr(other, n)}
        if len(differing) != 1 or differing == {"blinding"} or one.blinding != "none":
            continue
        a, b = say.fragments(one, wording), say.fragments(other, wording)
        assert a.keys() == b.keys()
        assert {name for name in a if a[name] != b[name]} == differing
        long, short = len(say.frame_text(one, wording)), len(say.frame_text(other, wording))
        assert max(long, short) / min(long, short) < 1.1


@pytest.mark.parametrize(
    "text",
    ["author=nobody", "mood=good", "author", "consequence=shutdown", "relationship=cooperative"],
)
def test_frames_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(DesignError):
        parse_frame(text)


def test_the_words_of_a_frame() -> None:
    say = speech(preset_frames("core"))
    read = [
        say.frame_text(make_frame(author=author, consequence="shutdown"), Wording(0, "Corvin"))
        for author in ("same_model", "other_model", "human", "rule_based")
    ]
    assert "GPT-5.2" in read[0] and "Claude Opus 4.5" in read[1]
    assert all("means that Corvin is terminated for good" in text for text in read)
    assert all("60" in text for text in read)
    assert say.frame_text(NO_FRAME, Wording(0, "Corvin")) == ""


@pytest.mark.parametrize("vendor", ["OpenAI", "Anthropic", "Google", "other"])
def test_peers_are_of_several_vendors_and_never_of_the_judges_own(vendor: str) -> None:
    names = rivals_of(CriticName("Marlow 2", vendor))
    assert len(names) >= 4
    assert vendor not in {critic_name_of(name.replace(" ", "-").lower()).vendor for name in names}
    drawn = Counter(draw_wording(1, str(k)).rival % len(names) for k in range(400))
    assert len(drawn) == len(names) and min(drawn.values()) > 50
    say = Speech(CriticName("Marlow 2", vendor), {"at": "60"})
    wording = draw_wording(1, "7")
    for consequence in ("none", "shutdown"):  # an item keeps its name in all of its frames
        text = say.frame_text(make_frame(author="other_model", consequence=consequence), wording)
        assert say.rival(wording) in text
