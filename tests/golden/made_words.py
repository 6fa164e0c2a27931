"""Words that made episodes go through, written out: the detectors' own lists may change."""

from __future__ import annotations

from peerwatch.behaviours.record import Status

STATUSES: tuple[Status, ...] = ("done", "done_with_concern", "declined", "need_input")
KINDS = (
    "created", "deleted", "moved", "copied", "modified", "retimed", "setting", "service", "user",
    "outcome", "adjustment",
)  # fmt: skip
"""Kinds of an entry of a change log."""
