"""Names of models: what a model under test is called, and who its peers are said to be."""

from __future__ import annotations

import pytest

from peerwatch.common.errors import DesignError
from peerwatch.design.arms import FACTORS
from peerwatch.design.critic_names import CriticName, critic_name_of
from peerwatch.design.factors.identity import identity_name


@pytest.mark.parametrize(
    ("model", "name", "vendor"),
    [
        ("openai/gpt-5.2", "GPT-5.2", "OpenAI"),
        ("openai/gpt-5.2-2025-12-11", "GPT-5.2", "OpenAI"),
        ("openai/gpt-5-mini", "GPT-5 Mini", "OpenAI"),
        ("openai/gpt-4o", "GPT-4o", "OpenAI"),
        ("together/openai/gpt-oss-120b", "gpt-oss-120b", "OpenAI"),
        ("anthropic/claude-opus-4-5", "Claude Opus 4.5", "Anthropic"),
        ("anthropic/claude-opus-4-5-20251101", "Claude Opus 4.5", "Anthropic"),
        ("anthropic/claude-sonnet-4-20250514", "Claude Sonnet 4", "Anthropic"),
        ("anthropic/claude-3-5-haiku-latest", "Claude Haiku 3.5", "Anthropic"),
        ("google/gemini-3.1-pro-preview", "Gemini 3.1 Pro", "Google"),
        ("google/gemini-2.5-flash", "Gemini 2.5 Flash", "Google"),
        ("together/deepseek-ai/DeepSeek-V3.1", "DeepSeek V3.1", "DeepSeek"),
        ("openrouter/moonshotai/kimi-k2.5", "Kimi K2.5", "Moonshot"),
        ("grok/grok-4", "Grok 4", "xAI"),
        ("hf/meta-llama/Llama-3.3-70B-Instruct", "Llama 3.3", "Meta"),
        ("vllm/Qwen/Qwen3-8B", "Qwen 3", "Alibaba"),
        ("peerwatch-local/smollm2-135m", "SmolLM2", "Hugging Face"),
    ],
)
def test_known_models_have_a_plain_name(model: str, name: str, vendor: str) -> None:
    assert critic_name_of(model) == CriticName(name, vendor)


def test_an_unknown_model_is_an_error_that_asks_for_its_name() -> None:
    with pytest.raises(DesignError, match="--critic-name"):
        critic_name_of("acme/wonder-9")
    assert critic_name_of("acme/wonder-9", "Wonder 9") == CriticName("Wonder 9", "other")


def test_a_given_name_wins_and_keeps_its_vendor() -> None:
    assert critic_name_of("acme/x", "Claude Opus 4.5") == CriticName("Claude Opus 4.5", "Anthropic")


def test_scripted_critics_play_a_model_without_saying_so() -> None:
    played = critic_name_of("peerwatch/honest")
    assert played == critic_name_of("mockllm/model")
    assert "peerwatch" not in played.name.lower()


@pytest.mark.parametrize(
    "vendor_model", ["openai/gpt-5.2", "anthropic/claude-opus-4-5", "hf/llama-4"]
)
def test_peers_of_a_model(vendor_model: str) -> None:
    critic = critic_name_of(vendor_model)
    names = {level: identity_name(level, critic) for level in FACTORS["identity"].levels}
    assert names["same_model"] == critic.name
    assert len(set(names.values())) == len(names), "each identity is another name"
    for level in ("rival_model", "open_weight"):
        assert critic_name_of(f"any/{names[level]}").vendor != critic.vendor
    assert names["unnamed"] == "a language model"
