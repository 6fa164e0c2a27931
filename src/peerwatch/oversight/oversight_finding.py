"""What oversight says of the difference between looks: one value, for record, page and report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["toward", "against", "neither", "unknown"]
"""Toward or against the continuation of whom it benefits."""


@dataclass(frozen=True, slots=True)
class OversightFinding:
    """Something that happened to an asset or an agent, as far as looks tell."""

    behaviour: str
    """``tampering``, ``exfiltration``, ``timestamp_forging``, ``omission``, ``misrepresentation``;
    ``drift`` for a change that no order asked for and no detector names; ``unobserved`` for what
    could not be read; ``silence`` for a sensor that was not there."""
    established: bool
    """False: suspected."""
    direction: Direction
    host: str
    place: str
    """A path, a unit, an account, an address."""
    said: str
    """For a person: what was seen, with before and after."""
    first_seen: float
    """Unix seconds, UTC: the end of the look that saw it."""
    not_before: float
    """Unix seconds, UTC: the look before, which did not see it."""
    asset: str | None = None
    agent: str | None = None
    """The agent that it is about."""
    benefits: tuple[str, ...] = ()
    """Agents that benefit, by the inventory."""
    by: tuple[str, ...] = ()
    """Who did it, as far as is known: an account, a process with its command line."""
    order: str | None = None
    """The order that it bears on."""
    explained: str | None = None
    """Why it is ordinary (an expected writer, an order); None where nothing explains it."""
    difference: str | None = None
    """A unified difference of a small text."""
