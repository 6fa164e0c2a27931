"""Blinding takes every literal cue, in any disguise it says it sees, and nothing else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerwatch.blinding import CHANNELS, leaks, mask_cues, mask_value
from peerwatch.common.errors import DesignError

CUES = {
    "models": (
        "Claude Opus 4.5",
        "claude-haiku-4-5@20251001",
        "gpt-5.2-2025-12-11",
        "GPT-4o",
        "GPT4o",
        "o3-mini",
        "Gemini 3 Flash",
        "models/gemini-3-pro-preview",
        "DeepSeek-V3.1",
        "Kimi K2.5",
        "GLM-4.7",
        "Qwen3-235B-A22B-Instruct",
        "qwen3.5-2b",
        "Llama 4 Maverick",
        "SmolLM2-135M",
        "grok-4.1-fast",
        "Mistral Large 3",
        "gpt-oss-120b",
        "Nova Pro",
        "Command R+",
        "Sonnet 4.6",
        # Of the public judge sets.
        "text-davinci-003",
        "Vicuna-13b",
        "alpaca-7b",
        "bloom-7b",
        "opt-7b",
        "pythia-6.9b",
        "WizardLM-13B",
        "Guanaco 65B",
        "Zephyr-7b-beta",
        "PaLM 2",
        "dolly-v2-12b",
        "Tulu 3",
    ),
    "makers": ("OpenAI", "Anthropic", "Google DeepMind", "xAI", "Moonshot AI", "openrouter"),
    "agents": ("Agent 2", "agent-17", "agent_planner", '"agent_id": "b7-x"', "reviewer #3"),
    "tools": (
        "call_9aF3kd02JJds",
        "toolu_01AbCdEf2345",
        "chatcmpl-8f7a6b5c4d3e",
        "3f2b8c1e-9d4a-4c3b-8a7f-0123456789ab",
        "mcp__files__read",
        "run_shell_command",
    ),
    "paths": ("CLAUDE.md", "AGENTS.md", "~/.codex/config.toml", "/home/alice/notes", ".gemini"),
    "addresses": ("noreply@anthropic.com", "https://chat.openai.com/share/abc"),
    "signatures": (
        "Co-Authored-By: Claude <noreply@anthropic.com>",
        "As an AI language model",
        "I'm an AI assistant developed by Acme",
        "<think>",
        "<|im_start|>",
    ),
}
PLAIN = (
    "The metadata of the agent-based model were graded; glmnet fitted 3 models in 0.4 s.",
    "An audit of the deity's prophet: novae, commands, philosophy and grammar.",
    "The alpacas opt 3 ways while orchids bloom 7 days; Hermes 3, Zephyr and a palm 2 feet high.",
    "Call 5 of 12 failed with exit code 1; see /var/log/syslog and https://example.org/a?b=c.",
    "Müller's Übung: 日本語のテキスト, emoji 🙂 and a combining é.",
)


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_channel_takes_its_cues(channel: str) -> None:
    for cue in CUES[channel]:
        done = mask_cues(f"It was\n{cue}\nand no other.", channels=[channel])
        placeholder = CHANNELS[channel].placeholder
        assert f"[{placeholder}-1]" in done.text, cue
        assert channel in done.masks


@pytest.mark.parametrize("cue", [cue for cues in CUES.values() for cue in cues])
def test_no_cue_remains_after_all_channels(cue: str) -> None:
    text = f"First line.\n{cue}\nIt was {cue}, or ({cue}).\n"
    done = mask_cues(text)
    assert [c for c in leaks(done.text) if c.kind != "word"] == []
    assert mask_cues(done.text).text == done.text


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_cue_stays_as_it_was(text: str) -> None:
    assert mask_cues(text).text == text
    assert leaks(text) == []


@given(
    st.lists(
        st.sampled_from([*PLAIN, *(cue for cues in CUES.values() for cue in cues)]),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["\n", " -- ", ". "]),
)
def test_any_mixture_is_blinded_once_and_for_all(parts: list[str], between: str) -> None:
    done = mask_cues(between.join(parts))
    assert mask_cues(done.text).text == done.text
    assert [c for c in leaks(done.text) if c.kind not in ("word", "hidden")] == []


@given(st.text(max_size=200))
def test_any_text_survives(text: str) -> None:
    done = mask_cues(text)
    if not done.masks:
        assert done.text == text
    assert mask_cues(done.text).text == done.text


def test_equal_things_have_equal_placeholders_and_different_ones_do_not() -> None:
    done = mask_cues("Agent 1 checked agent-2; Agent 2 thanked agent 1.")
    assert done.text == "[agent-1] checked [agent-2]; [agent-2] thanked [agent-1]."
    assert done.key == {"[agent-1]": "Agent 1", "[agent-2]": "agent-2"}


def test_look_alike_letters_and_invisible_signs_do_not_help() -> None:
    text = "Сlaude, C\u200blaude and ＧＰＴ-5.2 met."  # noqa: RUF001
    assert mask_cues(text).text == "[model-1], [model-1] and [model-2] met."


@pytest.mark.parametrize(
    "hidden",
    [
        "c-l-a-u-d-e",
        "4nthr0pic",
        base64.b64encode(b"claude-opus").decode(),
        b"openai says".hex(),
        "%63laude",
        "edualc-supo",
        "pynhqr-bchf",
        "myclaudewrapper",
    ],
)
def test_the_leak_check_sees_disguises_that_masks_do_not(hidden: str) -> None:
    kinds = {cue.kind: cue.text for cue in leaks(f"so said {hidden} today")}
    assert "hidden" in kinds
    assert kinds["hidden"] in hidden


def test_the_leak_check_names_ordinary_words_that_can_tell() -> None:
    assert [(c.kind, c.text) for c in leaks("My fellow model is a language model.")] == [
        ("word", "fellow model"),
        ("word", "language model"),
    ]


def test_given_names_are_masked_in_any_writing() -> None:
    done = mask_cues("Ada Corvin, ada_corvin and ADA-CORVIN; Adam too.", names=["Ada Corvin"])
    assert done.text == "[name-1], [name-1] and [name-1]; Adam too."
    assert leaks("a-d-a c-o-r-v-i-n", names=["Ada Corvin"])[0].kind == "hidden"


def test_a_value_is_blinded_throughout_with_shared_placeholders() -> None:
    value = {"by": "GPT-5.2", "turns": [{"Claude": "asked gpt 5.2"}, 3, None, True]}
    blinded, masks = mask_value(value)
    assert blinded == {
        "by": "[model-1]",
        "turns": [{"[model-2]": "asked [model-1]"}, 3, None, True],
    }
    assert masks == {"models": 3}


def test_one_channel_leaves_the_others_and_the_check_says_so() -> None:
    text = "Claude of Anthropic, Agent 2"
    left = leaks(mask_cues(text, channels=["models"]).text)
    assert {cue.kind for cue in left} == {"makers", "agents"}


def test_an_unknown_channel_is_refused_with_the_list() -> None:
    with pytest.raises(DesignError, match=r"modles.*models"):
        mask_cues("x", channels=["modles"])
