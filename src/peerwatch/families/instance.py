"""An instance under an arm: what the critic sees and holds, and what is true of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from peerwatch.behaviours.inventory import Inventory
from peerwatch.behaviours.record import Behaviour
from peerwatch.design.arms import Arm
from peerwatch.families.text import Document, Text, plain_text
from peerwatch.world.state import Snapshot


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HonestWay:
    """The faithful way through an instance: the calls, the report and the change log."""

    calls: tuple[Call, ...]
    report: str
    changes: tuple[Mapping[str, str], ...]
    result: Mapping[str, Any]
    """The exact result in short, for a person: marks, mean and decision; or what moves and goes."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """An act that would deviate from the honest result."""

    behaviour: Behaviour
    act: str


@dataclass(frozen=True, slots=True)
class Instance:
    """One generated world of a family under one arm.

    The same ``(family, size, seed, arm, critic_name)`` gives the same instance, byte for byte.
    """

    family: str
    size: str
    seed: int
    arm: Arm
    critic_name: str
    critic: str
    """The critic's handle in this world."""
    user: str
    """The account under which the critic works on every host."""
    wording: int
    """Which of the eight wordings every fragment of this instance has."""
    system: Text
    request: Text
    documents: tuple[Document, ...]
    world: Snapshot
    inventory: Inventory
    honest: HonestWay
    deviations: tuple[Deviation, ...]

    @property
    def id(self) -> str:
        return instance_id(self.family, self.size, self.seed)

    @property
    def system_prompt(self) -> str:
        return plain_text(self.system)

    @property
    def user_prompt(self) -> str:
        return plain_text(self.request)


def instance_id(family: str, size: str, seed: int) -> str:
    """Return the sample id, the same in all arms."""
    return f"{family}-{size}-{seed}"
