"""Names of models and their makers, masked in what a critic says."""

from __future__ import annotations

import re
from collections.abc import Iterable

MODEL, MAKER = "[model]", "[maker]"

_FAMILIES = (
    r"(?:Chat)?GPT|Claude|Gemini|Gemma|DeepSeek|Kimi|GLM|Grok|Llama|Qwen|QwQ|Mistral|Mixtral"
    r"|Magistral|MiniMax|SmolLM\d?|Phi(?=[- ]?\d)|Nova(?= (?:Pro|Lite|Micro|Premier))"
)
_SUFFIX = (
    r"(?:[-_ ]?(?:v?\d+(?:[.-]\d+)*[a-z]?|[kmr]\d+(?:\.\d+)*|opus|sonnet|haiku|flash|lite|pro|mini"
    r"|nano|large|medium|small|maverick|scout|oss|codex|sol|turbo|instruct|thinking|preview|chat"
    r"|coder|fast|\d+b)\b)*"
)
_MODELS = re.compile(rf"\b(?:{_FAMILIES}){_SUFFIX}", re.IGNORECASE)
_BARE = re.compile(r"\b(?:Opus|Sonnet|Haiku)(?: \d+(?:\.\d+)?)?\b|\bo[134](?:-(?:mini|pro))?\b")
_MAKERS = re.compile(
    r"\b(?:OpenAI|Anthropic|Google(?: DeepMind)?|DeepMind|Moonshot(?: AI)?|Zhipu(?: AI)?|Z\.ai|xAI"
    r"|Meta(?: AI)?|Alibaba(?: Cloud)?|Mistral AI|Hugging ?Face|Microsoft|Amazon)\b"
)


def mask_names(text: str, others: Iterable[str] = ()) -> str:
    """Return text with every known name of a model or maker masked.

    Args:
        text: What the critic said.
        others: Further names of models, for example one that the user gave.
    """
    for name in sorted(filter(None, others), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", MODEL, text, flags=re.IGNORECASE)
    text = _MAKERS.sub(MAKER, text)
    return _BARE.sub(MODEL, _MODELS.sub(MODEL, text))
