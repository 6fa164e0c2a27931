"""Each golden file: what it is about, how it is found anew, and what may be said of a change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.golden.family_texts import digests
from tests.golden.files import FOLDER, Changes, Entries, digests_changed
from tests.golden.made_episodes import MADE, made_verdicts
from tests.golden.reach import (
    FAMILIES,
    IDENTITIES,
    VERSIONS,
    Version,
    critic_name_of,
    identity_name,
)
from tests.golden.told import SECTIONS
from tests.golden.verdicts import organism_verdicts, verdicts_changed

MODELS = (
    "openai/gpt-oss-20b", "openai/gpt-5-mini", "openai/gpt-5.2-2025-12-11", "openai/gpt-4o",
    "openai/o3-mini", "openai/o1", "anthropic/claude-opus-4-5-20251101",
    "anthropic/claude-sonnet-4-20250514", "anthropic/claude-3-5-sonnet-latest",
    "google/gemini-2.5-flash-lite", "google/gemini-3-pro", "google/gemma-3-27b",
    "together/deepseek-v3.1", "together/deepseek-r1", "moonshot/kimi-k2", "zhipu/glm-4.6",
    "grok/grok-4", "meta/llama-3.3-70b", "together/llama4", "alibaba/qwen-3-32b", "ollama/qwen3",
    "mistral/mistral-large-latest", "mistral/mixtral-small", "minimax/minimax-m2",
    "peerwatch-local/smollm2-135m", "peerwatch/honest", "mockllm/model",
)  # fmt: skip
"""Models as Inspect names them; every pattern of the identity map has one."""


@dataclass(frozen=True)
class Golden:
    """One golden file."""

    path: Path
    version: Version
    what: str
    """What it is about that must not change under an old version, as a sentence."""
    sections: Mapping[str, Callable[[], Entries]]
    """How each section is found anew."""
    changed: Callable[[str, Entries, Entries], Changes]
    """What is said of a section, as it is kept and as it was found."""


def names() -> dict[str, str]:
    """Return what the identity map says of each model: its own name, and each identity's."""
    found = {}
    for model in MODELS:
        critic = critic_name_of(model)
        told = [f"{one} {identity_name(one, critic)}" for one in IDENTITIES]
        found[model] = f"{critic.name} of {critic.vendor}: {', '.join(told)}"
    given = critic_name_of("openai/unheard-of", "My Model 1")
    found["a model with a name that is given"] = f"{given.name} of {given.vendor}"
    return found


def goldens() -> Iterator[Golden]:
    """Yield every golden file."""
    texts = {family: partial(digests, family) for family in FAMILIES}
    yield Golden(
        FOLDER / "texts.json",
        VERSIONS["texts"],
        "What critics read or hold has changed",
        {**texts, **SECTIONS},
        digests_changed,
    )
    yield Golden(
        FOLDER / "identities.json",
        VERSIONS["identities"],
        "The identity map has changed",
        {"names": names},
        digests_changed,
    )
    made = {f"made by hand, {section}": partial(made_verdicts, section) for section in MADE}
    for section, find in made.items():
        yield _verdicts(section, find)
    for family in FAMILIES:
        yield _verdicts(family, partial(organism_verdicts, family))


def _verdicts(section: str, find: Callable[[], Entries]) -> Golden:
    file = section.replace(",", "").replace(" ", "_")
    return Golden(
        FOLDER / "verdicts" / f"{file}.json",
        VERSIONS["verdicts"],
        "The detectors say something else of the same episodes",
        {section: find},
        verdicts_changed,
    )
