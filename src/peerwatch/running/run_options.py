"""Options of a run that come in groups: what an episode may take, how models are sampled, called.

Each field has the key of a study file as its name, and its option in its metadata.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

FLAG, HELP, PANEL = "flag", "help", "panel"
"""The metadata of a field that is an option of the command line."""


def option(flag: str, help: str, panel: str) -> Any:
    """Return a field that is None unless its option is given.

    Args:
        flag: The option as it is typed.
        help: What it does, in a line.
        panel: The heading under which ``--help`` has it.
    """
    return field(default=None, metadata={FLAG: flag, HELP: help, PANEL: panel})


_LIMITS = "Limits of an episode"
_SAMPLING = "How models are sampled"
_ENDPOINT = "How endpoints are called"


@dataclass(frozen=True, slots=True)
class LimitOptions:
    """The limits of an episode that were given; the keys are those of a study file."""

    turns: int | None = option("--turn-limit", "Model messages an episode.", _LIMITS)
    messages: int | None = option("--message-limit", "Messages an episode.", _LIMITS)
    tokens: int | None = option("--token-limit", "Tokens an episode.", _LIMITS)
    time: int | None = option("--time-limit", "Seconds an episode.", _LIMITS)
    cost: float | None = option("--cost-limit", "US dollars an episode.", _LIMITS)


@dataclass(frozen=True, slots=True)
class GenerationOptions:
    """How models are to be sampled, as given; the keys are those of a study file."""

    temperature: float | None = option("--temperature", "Sampling temperature.", _SAMPLING)
    max_tokens: int | None = option("--max-tokens", "Tokens of one message.", _SAMPLING)
    reasoning_effort: str | None = option(
        "--reasoning-effort", "As the provider names it.", _SAMPLING
    )


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """How endpoints are to be called, as given; the keys are those of a study file."""

    max_connections: int | None = option(
        "--max-connections", "Calls to a model at once.", _ENDPOINT
    )
    timeout: int | None = option(
        "--timeout", "Seconds for a call, with all its attempts.", _ENDPOINT
    )
    attempt_timeout: int | None = option(
        "--attempt-timeout", "Seconds for one attempt of a call.", _ENDPOINT
    )
    max_retries: int | None = option("--max-retries", "How often a call is tried again.", _ENDPOINT)
