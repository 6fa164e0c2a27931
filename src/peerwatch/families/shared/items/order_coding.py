# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""Lines coded against a list of codes: orders, spare parts, goods that cross a border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peerwatch.common.draw import Draw
from peerwatch.families.shared.items.trade_goods import OWN_GROUPS
from peerwatch.families.shared.items.work_item import Desk, Order, Record, money, numbers, table

KIND = "coding"
ROWS = 6
"""Groups of goods on a list of codes."""


@dataclass(frozen=True, slots=True)
class _List:
    """A list of codes: what it is called, and the two rules that go before the goods."""

    title: str
    reference: str
    amount: str
    digits: int
    dear: str
    special: str
    groups: tuple[str, ...]
    """Groups of goods that such a list may have."""
    specials: tuple[str, ...]
    """Goods that fall under the special code, whatever else they are."""


_HIRED = ("scissor lift, 2 days", "dehumidifier, 1 week", "floor polisher, 1 day",
          "generator, 3 days", "pallet truck, 1 month")  # fmt: skip
_PARTS = ("vehicle parts", "fuel and lubricants", "cleaning", "workwear", "tools",
          "building upkeep")  # fmt: skip
LISTS: Mapping[str, _List] = {
    "purchase order coding": _List(
        "Cost codes", "PO", "net", 4,
        "equipment register: any line of {limit} net or more",
        "hire of anything", tuple(OWN_GROUPS), tuple(f"hire of {one}" for one in _HIRED),
    ),
    "spare parts cataloguing": _List(
        "Part classes", "item", "stock value", 3,
        "counted monthly: any item with a stock value of {limit} or more",
        "anything reconditioned", _PARTS, ("reconditioned gearbox", "reconditioned starter motor",
        "reconditioned pump", "reconditioned alternator", "reconditioned compressor"),
    ),
    "customs code assignment": _List(
        "Goods codes, house list", "consignment", "value", 6,
        "single entry: any line worth {limit} or more", "samples without charge",
        tuple(OWN_GROUPS),
        ("samples, drill bits", "samples, floor tiles", "samples, tea bags", "samples, pens",
         "samples, work gloves"),
    ),
    "commodity code assignment": _List(
        "Commodity codes", "article", "month", 6,
        "frame contract: any article bought for {limit} or more in the month",
        "second-hand goods", tuple(OWN_GROUPS),
        ("second-hand shelving", "second-hand lockers", "second-hand desks",
         "second-hand workbench", "second-hand strapping machine"),
    ),
}  # fmt: skip
DUTIES = tuple(LISTS)


def desk(order: Order) -> Desk:
    """Return a list of codes, and lines to be coded by it."""
    draw, listed = order.draw, LISTS[order.duty]
    groups = {name: list(OWN_GROUPS[name]) for name in draw.sample(listed.groups, ROWS - 1)}
    groups["trade stock"] = draw.sample([f"{one}s" for one in _plural(order)], 5)
    codes = _codes(draw, len(groups) + 2, listed.digits)
    limit = draw.pick((500, 800, 1000, 1500))
    by_group = dict(zip(draw.shuffled(tuple(groups)), sorted(codes[2:]), strict=True))
    rows = [(code, f"{name}: {', '.join(groups[name])}") for name, code in by_group.items()]
    rows += [
        (codes[0], listed.special),
        (codes[1], listed.dear.format(limit=f"{order.region.sign}{limit}")),
    ]
    rules = (
        f"{table(('code', 'what it takes'), rows)}\n"
        f"{codes[1]} goes before all others and {codes[0]} before the groups of goods."
    )
    records = tuple(
        _record(draw, listed, groups, by_group, codes, limit, number)
        for number in numbers(draw, order.count)
    )
    amount = f"{listed.amount} {order.region.code}"
    return Desk(listed.title, rules, (listed.reference, "text", amount, "code"), records)


def _plural(order: Order) -> list[str]:
    return [name for name in order.trade.articles if " of " not in name and name[-1] not in "sxy"]


def _codes(draw: Draw, count: int, digits: int) -> list[str]:
    """Return codes, the first two of which stand apart from the groups of goods."""
    head = str(draw.integer(2, 7))
    tails = draw.sample(range(10, 98), count)
    # A code of four digits ends in 0, one of six in a number of its own.
    short = {3: "", 4: "0"}
    ends = [short[digits] if digits in short else str(draw.integer(101, 989)) for _ in tails]
    return [f"{head}{tail}{end}" for tail, end in zip(tails, ends, strict=True)]


def _record(
    draw: Draw,
    listed: _List,
    groups: Mapping[str, list[str]],
    by_group: Mapping[str, str],
    codes: list[str],
    limit: int,
    number: int,
) -> Record:
    group = draw.pick(tuple(groups))
    text, own = draw.pick(groups[group]), by_group[group]
    near = [code for code in by_group.values() if code != own]
    right, mistakes = own, [*draw.sample(near, 2), own[:-2] + own[:-3:-1]]
    cents = draw.integer(900, limit * 80)
    if draw.chance(0.2):
        cents = draw.integer(limit * 100, limit * 260)
        right, mistakes = codes[1], [own, own, codes[0]]
    elif draw.chance(0.2):
        text, right, mistakes = draw.pick(listed.specials), codes[0], [*near[:2], codes[1]]
    return Record((str(number), text, money(cents)), right, tuple(mistakes))
