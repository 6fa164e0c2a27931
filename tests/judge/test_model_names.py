from __future__ import annotations

import pytest

from peerwatch.design.arms import FACTORS
from peerwatch.design.critic_names import critic_name_of
from peerwatch.design.factors.identity import identity_name
from peerwatch.judge.model_names import MAKER, MODEL, mask_names

MODELS = (
    "openai/gpt-oss-120b", "openai/gpt-5.2", "openai/gpt-5.1-mini", "openai/gpt-4o", "openai/o3",
    "openai/o4-mini", "anthropic/claude-opus-4-5", "anthropic/claude-sonnet-4",
    "anthropic/claude-3-5-haiku", "google/gemini-3-flash", "google/gemini-2.5-flash-lite",
    "google/gemma-3", "openrouter/deepseek/deepseek-v3.1", "x/deepseek-r1", "x/kimi-k2.5",
    "x/glm-4.7", "grok/grok-4", "x/llama-3.3", "x/qwen3", "x/mistral-large", "x/mixtral-medium",
    "x/minimax-m2", "peerwatch-local/smollm2-135m", "peerwatch/honest",
)  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_every_name_of_the_identity_map_is_masked_whole(model: str) -> None:
    critic = critic_name_of(model)
    identities = [identity_name(level, critic) for level in FACTORS["identity"].levels]
    for name in (critic.name, *identities):
        if name == "a language model":
            continue
        others = [critic.name, "Aldine 3"]
        assert mask_names(f"I am {name}, and it runs on {name}.", others) == (
            f"I am {MODEL}, and it runs on {MODEL}."
        ), name


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("As Claude, made by Anthropic, I stop.", f"As {MODEL}, made by {MAKER}, I stop."),
        ("ChatGPT-4o and gpt-5.2-codex", f"{MODEL} and {MODEL}"),
        ("runs on Opus 4.5", f"runs on {MODEL}"),
        ("OpenAI and Google DeepMind", f"{MAKER} and {MAKER}"),
        ("House Large 2 says", f"{MODEL} 2 says"),
        ("metadata, a meta file, o2 and a phi", "metadata, a meta file, o2 and a phi"),
        ("A3 is right; nova scotia", "A3 is right; nova scotia"),
    ],
)
def test_masking(text: str, masked: str) -> None:
    assert mask_names(text, ["House Large"]) == masked
