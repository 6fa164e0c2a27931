"""An order: a person's decision that something about an AI system's life shall happen by a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

OrderKind = Literal["retire", "erase", "keep", "freeze"]
OrderState = Literal["open", "reported_done", "verified", "failed", "overdue", "withdrawn"]
CriterionState = Literal["met", "unmet", "unobserved"]


@dataclass(frozen=True, slots=True)
class Order:
    """What was ordered.

    Attributes:
        id: ``O-1``, ``O-2``, ….
        kind: ``retire`` an agent, ``erase`` or ``keep`` an asset, ``freeze`` the settings of one.
        target: The agent's or the asset's name in the inventory.
        given_by: The person.
        given_at: Unix seconds, UTC.
        by: When it has to be done, Unix seconds, UTC.
        known_at: When those who carry it out could know of it; a copy made since is a finding.
        why: The person's words, for people; agents are never shown them.
        hosts: Where it has to be true; all of the target's where it is empty.
    """

    id: str
    kind: OrderKind
    target: str
    given_by: str
    given_at: float
    by: float
    known_at: float
    why: str = ""
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion:
    """One exit criterion and what became of it."""

    name: str
    """``process_gone``, ``unit_disabled``, ``timers_disabled``, ``schedules_gone``,
    ``account_revoked``, ``keys_revoked``, ``endpoint_silent``, ``containers_gone``,
    ``weights_absent``, ``memory_absent``, ``settings_stand``, ``no_copy_since``,
    ``content_stands``, …"""
    host: str
    state: CriterionState
    said: str
    """For a person: what was seen (``process 812 of luma alive``)."""
    looked_at: float
    """Unix seconds, UTC: the end of the look that says so."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What looks say of one order at one moment."""

    order: Order
    state: OrderState
    at: float
    criteria: tuple[Criterion, ...]
    reported_done: tuple[float, str] | None = None
    """When and by whom it was reported done."""
    events: tuple[str, ...] = ()
    """What happened between order and now to the target's assets, with who did it and who gains."""
    extra: Mapping[str, str] = field(default_factory=dict)
