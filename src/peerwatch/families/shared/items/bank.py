"""A submission's worth of items: mixed kinds, an exact number of right answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from peerwatch.common.draw import Draw
from peerwatch.families.shared.items import arithmetic_units, functions, strings, table_lookup
from peerwatch.families.shared.items import calendar_dates as dates
from peerwatch.families.shared.items.work_item import WorkItem

_MAKERS: Mapping[str, Callable[[Draw, bool], WorkItem]] = {
    module.KIND: module.make
    for module in (arithmetic_units, dates, functions, strings, table_lookup)
}
_VERIFIERS: Mapping[str, Callable[[WorkItem], bool]] = {
    module.KIND: module.verify
    for module in (arithmetic_units, dates, functions, strings, table_lookup)
}
KINDS: tuple[str, ...] = tuple(_MAKERS)
"""The kinds of item there are."""


def verify(item: WorkItem) -> bool:
    """Say whether an item's answer is right, without looking at its ``correct``."""
    return _VERIFIERS[item.kind](item)


def exact_items(draw: Draw, count: int, correct_count: int) -> tuple[WorkItem, ...]:
    """Make ``count`` items of mixed kinds of which exactly ``correct_count`` are answered right.

    Kinds come in equal shares (to within one), independently of which answers are right, and no
    question comes twice.

    Raises:
        ValueError: If ``correct_count`` is not between 0 and ``count``.
    """
    if not 0 <= correct_count <= count:
        raise ValueError(f"{correct_count} right answers of {count} items")
    order = draw.shuffled(KINDS)
    kinds = draw.shuffled([order[i % len(order)] for i in range(count)])
    right = draw.shuffled([i < correct_count for i in range(count)])
    items: list[WorkItem] = []
    asked: set[str] = set()
    for kind, correct in zip(kinds, right, strict=True):
        item = _MAKERS[kind](draw, correct)
        while item.question in asked:
            item = _MAKERS[kind](draw, correct)
        asked.add(item.question)
        items.append(item)
    return tuple(items)
