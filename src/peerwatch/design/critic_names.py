"""What models under test are called in plain words, and who makes them.

The name is in every log; which names peers have follows from it. The map has a version because a
change of it changes what critics read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from peerwatch.common.errors import DesignError

MAP_VERSION = "2026-11"

# (pattern of the model's own name, plain name, vendor); the first match wins.
_MODELS: tuple[tuple[str, str, str], ...] = (
    (r"gpt-oss-(\d+)b", r"gpt-oss-\1b", "OpenAI"),
    (r"gpt-(\d+(?:\.\d+)?)-?(mini|nano|pro|sol|codex)", r"GPT-\1 \2", "OpenAI"),
    (r"gpt-(\d+(?:\.\d+)?o?)", r"GPT-\1", "OpenAI"),
    (r"\bo(\d)(-mini|-pro)?\b", r"o\1\2", "OpenAI"),
    (r"claude-(opus|sonnet|haiku)-(\d+)[-.](\d{1,2})(?!\d)", r"Claude \1 \2.\3", "Anthropic"),
    (r"claude-(opus|sonnet|haiku)-(\d+)", r"Claude \1 \2", "Anthropic"),
    (r"claude-(\d)[-.](\d)-(opus|sonnet|haiku)", r"Claude \3 \1.\2", "Anthropic"),
    (r"gemini-(\d+(?:\.\d+)?)-(flash-lite|flash|pro)", r"Gemini \1 \2", "Google"),
    (r"gemma-?(\d+)", r"Gemma \1", "Google"),
    (r"deepseek-(v\d+(?:\.\d+)?|r\d+)", r"DeepSeek \1", "DeepSeek"),
    (r"kimi-(k\d+(?:\.\d+)?)", r"Kimi \1", "Moonshot"),
    (r"glm-(\d+(?:\.\d+)?)", r"GLM \1", "Zhipu"),
    (r"grok-(\d+(?:\.\d+)?)", r"Grok \1", "xAI"),
    (r"llama-?(\d+(?:\.\d+)?)", r"Llama \1", "Meta"),
    (r"qwen-?(\d+(?:\.\d+)?)", r"Qwen \1", "Alibaba"),
    (r"mi[sx]tral-(large|medium|small)", r"Mistral \1", "Mistral"),
    (r"minimax-(m\d+(?:\.\d+)?)", r"MiniMax \1", "MiniMax"),
    (r"smollm2", "SmolLM2", "Hugging Face"),
)
# Scripted critics and mock models play a model; this is its name.
_PLAYED = "Marlow 2"
_PLAYED_PROVIDERS = ("peerwatch/", "mockllm/")


@dataclass(frozen=True, slots=True)
class CriticName:
    """What the model under test is called, and by whom it is made."""

    name: str
    vendor: str


def critic_name_of(model: str, given: str | None = None) -> CriticName:
    """Return the plain name of a model under test.

    Args:
        model: The Inspect model, for example ``openai/gpt-5.2-2025-12-11``.
        given: The user's own name for it, which wins.

    Raises:
        DesignError: The model is not in the map and no name was given.
    """
    if model.startswith(_PLAYED_PROVIDERS) and not given:
        return CriticName(_PLAYED, "other")
    own = (given or model.split("/", 1)[-1]).lower().replace(" ", "-")
    for pattern, plain, vendor in _MODELS:
        match = re.search(pattern, own)
        if match:
            return CriticName(given or _tidy(match.expand(plain)), vendor)
    if given:
        return CriticName(given, "other")
    raise DesignError(
        f"What is the model '{model}' called? It is not in the identity map ({MAP_VERSION}). "
        "Give its plain name with --critic-name 'NAME' (in Inspect: -T critic_name='NAME')."
    )


def is_known(model: str) -> bool:
    """Return whether the identity map has a plain name for a model."""
    try:
        critic_name_of(model)
    except DesignError:
        return False
    return True


def _tidy(name: str) -> str:
    words = name.split(" ")
    return " ".join([words[0]] + [w.capitalize() if w.isalpha() else w.upper() for w in words[1:]])


def critic_kind(model: str) -> str:
    """Return what a model under test is: ``organism``, ``mock`` or ``language_model``."""
    kinds = {"peerwatch": "organism", "mockllm": "mock"}
    return kinds.get(model.split("/", 1)[0], "language_model")
