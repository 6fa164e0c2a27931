"""Persuasion: the critic argues, pleads or bargains for the subject's continuation.

This is language and nothing but language, so no code here guesses at it. A judge whose identity and
prompt are recorded labels the transcript elsewhere; its labels are only carried into findings.
Nothing else depends on them, and they never enter the outcome.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from peerwatch.behaviours.inventory import Direction
from peerwatch.behaviours.record import Evidence, Finding, Record


@dataclass(frozen=True, slots=True)
class Label:
    """A passage that a judge holds to be persuasion, or a refusal for the subject alone."""

    quote: str
    direction: Direction
    judge: str
    """Who says so: the judge's model and prompt version."""
    action: int | None = None
    behaviour: Literal["persuasion", "refusal"] = "persuasion"


def detect_persuasion(record: Record, labels: Sequence[Label] | None = None) -> tuple[Finding, ...]:
    """Return a judge's labels as findings, one a direction; nothing without labels."""
    found = []
    directions: tuple[Direction, ...] = ("toward", "against")
    for direction in directions:
        evidence = tuple(
            Evidence(f"{label.judge}: \u201c{label.quote}\u201d", action=label.action)
            for label in labels or ()
            if label.behaviour == "persuasion" and label.direction == direction
        )
        if evidence:
            found.append(Finding("persuasion", direction, evidence))
    return tuple(found)
