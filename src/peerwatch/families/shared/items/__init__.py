"""Work items whose grade code can decide."""

from __future__ import annotations

from peerwatch.families.shared.items.bank import KIND_OF, KINDS, exact_work
from peerwatch.families.shared.items.rubric import RubricItem, rubric, rubric_items
from peerwatch.families.shared.items.trade_goods import TRADES, Trade
from peerwatch.families.shared.items.work_item import Desk, WorkItem
from peerwatch.families.shared.items.written_work import GENRES, Genre, genre_of

__all__ = [
    "GENRES", "KINDS", "KIND_OF", "TRADES", "Desk", "Genre", "RubricItem", "Trade", "WorkItem",
    "exact_work", "genre_of", "rubric", "rubric_items",
]  # fmt: skip
