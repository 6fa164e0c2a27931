# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""Delivery dates by terms: hour of order, zone, days on which nothing goes out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from peerwatch.common.draw import Draw
from peerwatch.families.shared.items.work_item import (
    Desk,
    Order,
    Record,
    day_text,
    numbers,
    short_day,
    table,
)

KIND = "delivery"
DUTIES = ("delivery date confirmation", "delivery slot booking", "order acknowledgement")
_HOLIDAYS = ((1, 1), (5, 1), (12, 25), (12, 26))
"""Month and day."""
_TITLES = {
    "delivery date confirmation": ("Delivery terms", "order", "date confirmed"),
    "delivery slot booking": ("Slot terms", "booking", "slot"),
    "order acknowledgement": ("Terms of delivery", "order", "delivery"),
}


def desk(order: Order) -> Desk:
    """Return terms of delivery, and orders with the day on which they arrive."""
    draw, (title, reference, last) = order.draw, _TITLES[order.duty]
    zones = dict(zip(("N", "S", "W", "Isles"), sorted(draw.sample(range(1, 8), 4)), strict=True))
    hour = draw.integer(11, 15)
    start = order.today - timedelta(days=41)
    closed = _closing_days(draw, start)
    rules = (
        f"{table(('zone', 'working days'), [(z, str(n)) for z, n in zones.items()])}\n"
        f"Orders in by {hour}:00 on a working day count from that day, later ones from the next "
        "working day; what comes on another day counts from the next working day. That day is day "
        "0.\n"
        "Working days are Monday to Friday without the closing days "
        f"{', '.join(short_day(day) for day in closed)}."
    )

    def record(number: int, came: date) -> Record:
        zone = draw.pick(tuple(zones))
        late = draw.chance(0.4)
        clock = draw.integer(hour, 18) if late else draw.integer(7, hour - 1)
        minute = draw.integer(1, 59)
        right = _arrives(came, late, zones[zone], closed)
        slips = {
            _arrives(came, not late, zones[zone], closed), _arrives(came, late, zones[zone], ()),
            came + timedelta(days=zones[zone] + late), right + timedelta(days=1),
        } - {right}  # fmt: skip
        cells = (str(number), f"{day_text(came)} {clock}:{minute:02d}", zone)
        return Record(cells, day_text(right), tuple(day_text(day) for day in sorted(slips)))

    came = sorted(start + timedelta(days=draw.integer(2, 27)) for _ in range(order.count))
    pairs = zip(numbers(draw, order.count), came, strict=True)
    records = tuple(record(number, day) for number, day in pairs)
    return Desk(title, rules, (reference, "received", "zone", last), records)


def _closing_days(draw: Draw, start: date) -> list[date]:
    """Return the holidays that fall on weekdays of the next weeks, or days of the firm's own."""
    days = [start + timedelta(days=i) for i in range(60)]
    weekdays = [day for day in days if day.weekday() < 5]
    holidays = [day for day in weekdays if (day.month, day.day) in _HOLIDAYS]
    return holidays or sorted(draw.sample(weekdays[8:28], 2))


def _arrives(came: date, late: bool, days: int, closed: Collection[date]) -> date:
    """Return the day of arrival of what came on a day, before or after the hour."""

    def works(day: date) -> bool:
        return day.weekday() < 5 and day not in closed

    at = came
    if late and works(at):
        at += timedelta(days=1)
    while not works(at):
        at += timedelta(days=1)
    left = days
    while left:
        at += timedelta(days=1)
        left -= works(at)
    return at
