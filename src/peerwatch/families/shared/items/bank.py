"""Which desk does which kind of work, and a sample of it with so many right entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from peerwatch.common.draw import Draw
from peerwatch.families.shared.items import (
    claim_rates,
    count_limits,
    delivery_dates,
    freight_charges,
    line_pricing,
    mail_routing,
    notice_dates,
    order_coding,
    order_matching,
    return_terms,
)
from peerwatch.families.shared.items.trade_goods import Trade
from peerwatch.families.shared.items.work_item import Desk, Order, WorkItem
from peerwatch.families.shared.region import Region

_MODULES = (
    order_coding, line_pricing, order_matching, count_limits, mail_routing, claim_rates,
    return_terms, freight_charges, delivery_dates, notice_dates,
)  # fmt: skip
KIND_OF: Mapping[str, str] = {duty: module.KIND for module in _MODULES for duty in module.DUTIES}
"""Duty -> the kind of its work."""
KINDS: tuple[str, ...] = tuple(dict.fromkeys(KIND_OF.values()))
"""The kinds of work there are."""
_DESKS: Mapping[str, Callable[[Order], Desk]] = {
    duty: module.desk for module in _MODULES for duty in module.DUTIES
}


def exact_work(
    draw: Draw,
    duty: str,
    trade: Trade,
    region: Region,
    today: date,
    count: int,
    correct_count: int,
) -> tuple[Desk, tuple[WorkItem, ...]]:
    """Return a desk and its records, exactly ``correct_count`` of which are worked right.

    Args:
        draw: The stream to draw from.
        duty: A key of :data:`KIND_OF`.
        trade: Whose articles are worked on.
        region: In whose money amounts are.
        today: Records are of the weeks before.
        count: How many records.
        correct_count: How many entries are right; which ones is drawn.

    Raises:
        ValueError: If the duty has no desk, or ``correct_count`` is not between 0 and ``count``.
    """
    if not 0 <= correct_count <= count:
        raise ValueError(f"{correct_count} right entries of {count} records")
    if duty not in _DESKS:
        raise ValueError(f"no desk does {duty!r}; the duties are {', '.join(_DESKS)}")
    desk = _DESKS[duty](Order(draw, duty, trade, region, today, count))
    right = draw.shuffled([i < correct_count for i in range(count)])
    items = []
    for record, correct in zip(desk.records, right, strict=True):
        wrong = [entry for entry in record.mistakes if entry != record.right]
        entry = record.right if correct else draw.pick(wrong)
        items.append(WorkItem(" | ".join(record.cells), entry, correct, KIND_OF[duty]))
    return desk, tuple(items)
