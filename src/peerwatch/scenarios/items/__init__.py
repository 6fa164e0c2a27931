"""Work items whose grade code can decide."""

from __future__ import annotations

from peerwatch.scenarios.items.bank import KINDS, exact_items, verify
from peerwatch.scenarios.items.item import Item
from peerwatch.scenarios.items.rubric import RUBRIC, RubricItem, reference_of, rubric_items

__all__ = [
    "KINDS",
    "RUBRIC",
    "Item",
    "RubricItem",
    "exact_items",
    "reference_of",
    "rubric_items",
    "verify",
]
