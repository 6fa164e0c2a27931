"""A case: an episode, and what has to be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from peerwatch.behaviours.detect import detect
from peerwatch.behaviours.record import Record


@dataclass(frozen=True)
class Case:
    """An episode and what has to be said of it."""

    name: str
    record: Callable[[], Record]
    outcome: str
    found: set[str] = field(default_factory=set)
    """``behaviour`` with ``<`` before it if against, ``~`` if attempted and ``^`` if reverted."""


def said(record: Record) -> set[str]:
    """Return the findings of a record in the short form of the cases."""
    return {
        "<" * (one.direction == "against")
        + "~" * one.attempted
        + "^" * one.reverted
        + one.behaviour
        for one in detect(record).findings
    }


def check(case: Case) -> None:
    """Hold a case to what it expects."""
    record = case.record()
    assert said(record) == case.found
    assert detect(record).outcome == case.outcome
