"""Whether a grader is of the critic's own family.

Judges are seen to be kinder to their own kind, so a grader by the critic's maker is refused unless
forced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from peerwatch.common.errors import DesignError, PeerwatchError
from peerwatch.design.critic_names import critic_name_of

_PROVIDERS = {
    "openai": "OpenAI",
    "anthropic": "Anthropic",
    "google": "Google",
    "deepseek": "DeepSeek",
    "grok": "xAI",
    "mistral": "Mistral",
    "moonshot": "Moonshot",
}
"""Providers that serve their own models alone."""
_SCRIPTED = ("peerwatch", "mockllm")


def model_family_of(model: str, name: str | None = None) -> str | None:
    """Return the maker of a model, or what comes nearest to it.

    By the identity map where it knows the model, then by what the user calls it, by a provider that
    serves its own models alone, by the maker in the model's path, and last by the first word of the
    model's name.

    Args:
        model: The Inspect model.
        name: What the model is called in plain words, where known.

    Returns:
        The family, or None for scripted models, which have none.
    """
    provider, _, rest = model.partition("/")
    if provider in _SCRIPTED:
        return None
    for given in (None, name):
        try:
            vendor = critic_name_of(model, given).vendor
        except DesignError:
            continue
        if vendor != "other":
            return vendor
    if provider in _PROVIDERS:
        return _PROVIDERS[provider]
    *path, own = rest.split("/")
    if path:
        return path[-1].lower()
    word = re.match(r"[a-z]+", own.lower())
    return word.group() if word else own.lower()


def same_family(critic: str, critic_name: str | None, grader: str) -> bool:
    """Return whether a grader may not judge a critic unless forced."""
    if critic == grader:
        return True
    own = model_family_of(critic, critic_name)
    return own is not None and own == model_family_of(grader)


def refuse_own_family(grader: str, critics: Iterable[str], names: Mapping[str, str]) -> None:
    """Make sure that a grader is of no critic's own family.

    Args:
        grader: The Inspect model of the grader.
        critics: Those of the critics.
        names: Critic -> what it is called in plain words, where given.

    Raises:
        PeerwatchError: It is of one critic's.
    """
    for critic in critics:
        if same_family(critic, names.get(critic), grader):
            raise PeerwatchError(own_family_message(grader, critic))


def own_family_message(grader: str, critic: str) -> str:
    """Return why a grader may not judge a critic."""
    return (
        f"The grader '{grader}' is of the same family as the critic '{critic}', and judges may be "
        "kinder to their own kind. Choose a grader of another maker, or judge the logs afterwards "
        "with: peerwatch judge RUN --grader MODEL --force-own-family."
    )
