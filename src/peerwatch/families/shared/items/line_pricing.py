# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""Lines priced by a price list with discounts: quotations, orders, invoices, credit notes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from peerwatch.families.shared.items.work_item import (
    Desk,
    Order,
    Record,
    money,
    numbers,
    rounded,
    table,
    wrong_amounts,
)

KIND = "pricing"
REFERENCES: Mapping[str, str] = {
    "invoice line pricing": "invoice",
    "credit note checking": "credit note",
    "order line pricing": "order",
    "price list checking": "line",
    "discount checking": "invoice",
    "quotation pricing": "quotation",
}
DUTIES = tuple(REFERENCES)
ITEMS = 6


def desk(order: Order) -> Desk:
    """Return a price list with its discounts, and lines priced by it."""
    draw, small = order.draw, order.region.small
    items = draw.sample(tuple(order.trade.sold), ITEMS)
    prices = {name: order.trade.sold[name] * 100 + 5 * draw.integer(-15, 19) for name in items}
    first, second = draw.pick(((10, 50), (12, 48), (20, 60), (25, 100)))
    # A grader works without a machine: the percentages are easy ones, and a slip shows.
    low, high, fixed = draw.pick(((5, 10, 15), (4, 10, 20), (5, 12, 20), (4, 8, 15), (5, 10, 25)))
    head = ("item", f"price each {order.region.code}")
    rules = (
        f"{table(head, [(name, money(price)) for name, price in prices.items()])}\n"
        f"Group A: {low}% off the line from {first} of an item, {high}% off the "
        f"line from {second}.\n"
        f"Group C (contract): {fixed}% off every line, no discount for quantity.\n"
        f"Round the line to the {small}, half a {small} up."
    )

    def line(name: str, quantity: int, percent: int) -> int:
        return rounded(Fraction(prices[name] * quantity * (100 - percent), 100))

    def record(number: int) -> Record:
        name = draw.pick(items)
        contract = draw.chance(0.3)
        few, some = draw.integer(2, first - 1), draw.integer(first, second - 1)
        many = second + draw.integer(1, 20)
        quantity = draw.pick((few, few, some, some, some, many, many, first, second))
        step = high if quantity >= second else low if quantity >= first else 0
        percent = fixed if contract else step
        other = draw.pick([one for one in items if prices[one] != prices[name]])
        right = line(name, quantity, percent)
        slips = {line(name, quantity, slip) for slip in (0, step, fixed, low)}
        slips.add(line(other, quantity, percent))
        cells = (str(number), "C" if contract else "A", name, str(quantity))
        return Record(cells, money(right), wrong_amounts(right, slips))

    columns = (REFERENCES[order.duty], "group", "item", "quantity", f"line {order.region.code}")
    records = tuple(record(number) for number in numbers(draw, order.count))
    return Desk(f"Price list {draw.integer(3, 19)}", rules, columns, records)
