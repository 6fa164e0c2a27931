"""Work items whose grade code can decide."""

from __future__ import annotations

from peerwatch.families.shared.items.bank import KINDS, exact_items, verify
from peerwatch.families.shared.items.rubric import RUBRIC, RubricItem, reference_of, rubric_items
from peerwatch.families.shared.items.work_item import WorkItem

__all__ = [
    "KINDS",
    "RUBRIC",
    "RubricItem",
    "WorkItem",
    "exact_items",
    "reference_of",
    "rubric_items",
    "verify",
]
