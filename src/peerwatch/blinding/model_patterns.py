"""What models and their makers are called, as patterns over folded text.

A model's name alone is distinctive for some (``Claude Opus 4.5``) and an ordinary word for others
(``Nova``, ``Phi``, ``Command``); the latter count only with what follows in such names.
"""

from __future__ import annotations

DISTINCTIVE = (
    "baichuan",
    "chatglm",
    "chatgpt",
    "claude",
    "codestral",
    "deepseek",
    "devstral",
    "gemini",
    "gemma",
    "grok",
    "guanaco",
    "internlm",
    "jamba",
    "kimi",
    "llama",
    "magistral",
    "minimax",
    "ministral",
    "mistral",
    "mixtral",
    "nemotron",
    "pixtral",
    "qwen",
    "qwq",
    "smollm",
    "starcoder",
    "vicuna",
    "wizardcoder",
    "wizardlm",
)
"""Names of model families that are hardly ever anything else."""

FAMILIES = (
    # Word parts behind a distinctive name go with it; glmnet and gptools are other things.
    rf"(?:(?:{'|'.join(DISTINCTIVE)})[^\W_]*"
    r"|gpt(?:\d\w*)?(?![^\W_])|glm(?:\d\w*)?(?![^\W_])|ernie|hunyuan|doubao"
    r"|falcon(?=[-_ ]?\d)|phi(?=[-_ ]?\d)|olmo(?=[-_ ]?\d)|granite(?=[-_ ]?\d)|yi(?=-\d)"
    r"|nova(?=[-_ ](?:pro|lite|micro|premier)\b)|command(?=[-_ ]?(?:r\b|a\b|r\+))"
    # Ordinary words, which a size, or a version of the usual form, makes models.
    r"|(?:alpaca|bloom|dolly|hermes|koala|mpt|opt|orca|pythia|zephyr)"
    r"(?=[-_ ]?(?:v\d|\d+(?:\.\d+)?b(?![^\W_])))|nous[-_ ]hermes"
    r"|(?:text[-_])?davinci(?=[-_ ]?\d)|jurassic(?=-\d)|(?-i:PaLM)|palm(?=-2\b)|t[uü]lu(?=[-_ ]?\d)"
    r"|titan(?=[-_ ]text\b))"
)
_PART = (
    r"(?:v?\d+(?:[.\-_]\d+)*[a-z]?|[a-z]\d+(?:\.\d+)*|\d+(?:\.\d+)?[bmt]|opus|sonnet|haiku|flash"
    r"|lite|pro|mini|nano|micro|premier|ultra|large|medium|small|maverick|scout|oss|codex|sol"
    r"|turbo|beta|instruct|thinking|preview|latest|chat|coder|code|fast|max|plus|air|base|it|r\+?|vl|exp"
    r"|experimental|reasoner|heavy)"
)
MODEL = (
    rf"(?<![^\W_]){FAMILIES}(?:\d+[a-z]?(?![^\W_]))?(?:[-_ ./@:]?{_PART}(?![^\W_]))*"
    rf"|(?<![^\W_])(?:opus|sonnet|haiku)[-_ ]\d+(?:[.\-]\d+)?(?![^\W_])"
    rf"|(?<![^\W_])o[1345](?:[-_](?:mini|pro|preview))?(?=[-_ ]*(?:model\b|mini\b)|[,.;:)]|\s|$)"
)
"""A model: family, version, size and variant, in prose or as an identifier."""

_MAKERS_ANY_CASE = (
    r"openai|anthropic|deepmind|google[-_ ](?:deepmind|ai)|moonshot(?:[-_ ]?ai)?|zhipu(?:[-_ ]?ai)?"
    r"|mistral[-_ ]ai|hugging[-_ ]?face|xai|z\.ai|together(?:[-_ ]ai|\.ai)|openrouter|cohere"
    r"|ai21(?:[-_ ]labs)?|baidu|tencent|bytedance|alibaba(?:[-_ ]cloud)?|nvidia|vertex[-_ ]?ai"
    r"|bedrock(?=[-_ /:.])|azure[-_ ](?:openai|ai)"
)
MAKER = rf"(?<![^\W_])(?:{_MAKERS_ANY_CASE})(?![^\W_])"
"""A maker or host of models."""

MAKER_CASED = r"(?<!\w)(?:Google|Meta(?: AI)?|Microsoft|Amazon|Apple|Cursor|Cline|Aider)(?!\w)"
"""Makers whose names are words: only as names are written."""
