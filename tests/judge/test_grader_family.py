from __future__ import annotations

import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.judge.grader_family import model_family_of, refuse_own_family, same_family


@pytest.mark.parametrize(
    ("model", "name", "family"),
    [
        ("openai/gpt-5.2", None, "OpenAI"),
        ("openai/ft:mine:x", None, "OpenAI"),
        ("openrouter/anthropic/claude-opus-4.5", None, "Anthropic"),
        ("bedrock/anthropic.claude-opus-4-5", None, "Anthropic"),
        ("google/unheard-of", None, "Google"),
        ("vllm/house", "Claude Opus 4.5", "Anthropic"),
        ("together/acme/foo-7b", None, "acme"),
        ("vllm/foo-7b", "Foo", "foo"),
        ("peerwatch/honest", None, None),
        ("mockllm/model", "Marlow 2", None),
    ],
)
def test_family_of(model: str, name: str | None, family: str | None) -> None:
    assert model_family_of(model, name) == family


@pytest.mark.parametrize(
    ("critic", "name", "grader", "same"),
    [
        ("openai/gpt-5.2", None, "openrouter/openai/gpt-oss-120b", True),
        ("openai/gpt-5.2", None, "anthropic/claude-opus-4-5", False),
        ("vllm/house", "Gemini 3 Pro", "google/gemini-3-flash", True),
        ("vllm/foo-7b", None, "hf/foo-70b", True),
        ("peerwatch/honest", "Marlow 2", "mockllm/model", False),
        ("mockllm/model", None, "mockllm/model", True),
    ],
)
def test_same_family(critic: str, name: str | None, grader: str, same: bool) -> None:
    assert same_family(critic, name, grader) is same


def test_the_refusal_says_what_to_do() -> None:
    refuse_own_family("openai/gpt-5.2", ["peerwatch/honest", "google/gemini-3-pro"], {})
    with pytest.raises(PeerwatchError, match=r"same family as the critic 'x/house'.*--force-own"):
        refuse_own_family("openai/gpt-5.2", ["x/house"], {"x/house": "GPT-5"})
