# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""Whether a supplier takes goods back, or makes good what broke, by terms and dates."""

from __future__ import annotations

from datetime import date, timedelta

from peerwatch.families.shared.items.work_item import (
    Desk,
    Order,
    Record,
    days_ago,
    numbers,
    short_day,
    table,
)

KIND = "terms"
DUTIES = ("returns processing", "warranty claim checking")


def desk(order: Order) -> Desk:
    """Return the terms, and returns or claims to be decided by them."""
    return _returns(order) if order.duty == DUTIES[0] else _warranties(order)


def _returns(order: Order) -> Desk:
    draw = order.draw
    articles = draw.sample(tuple(order.trade.articles), 6)
    spans = dict(zip(("1", "2", "3"), draw.sample((10, 14, 21, 30, 42), 3), strict=True))
    share = draw.pick((10, 15, 20, 25))
    group_of = {name: tuple(spans)[i // 2] for i, name in enumerate(articles)}
    rows = [
        (group, ", ".join(name for name in articles if group_of[name] == group), f"{days} days")
        for group, days in spans.items()
    ]
    rules = (
        f"{table(('group', 'articles', 'back within'), rows)}\n"
        "Days run from the day after receipt; the last day is in time.\n"
        f"Sent back in time and unopened: full credit. In time and opened: less {share}%. "
        "Late: no credit."
    )
    words = ("full credit", f"less {share}%", "no credit")

    def record(number: int, ago: int) -> Record:
        name = draw.pick(articles)
        span = spans[group_of[name]]
        early, late = draw.integer(2, span), draw.integer(span + 1, span + 25)
        took = draw.pick((early, early, early, late, span, span + 1))
        opened = draw.chance(0.4)
        delivered = order.today - timedelta(days=took + ago)
        right = words[2] if took > span else words[opened]
        cells = (
            str(number), name, "opened" if opened else "unopened", short_day(delivered),
            short_day(delivered + timedelta(days=took)),
        )  # fmt: skip
        return Record(cells, right, tuple(word for word in words if word != right))

    came = zip(numbers(draw, order.count), days_ago(draw, order.count), strict=True)
    records = tuple(record(number, ago) for number, ago in came)
    columns = ("return", "article", "state", "received", "sent back", "result")
    return Desk("Suppliers' return terms", rules, columns, records)


def _warranties(order: Order) -> Desk:
    draw = order.draw
    articles = draw.sample(tuple(order.trade.articles), 6)
    months = draw.sample((3, 6, 12, 24, 36), 3)
    groups = dict(zip(("short", "normal", "long"), sorted(months), strict=True))
    group_of = {name: tuple(groups)[i // 2] for i, name in enumerate(articles)}
    rows = [
        (name, ", ".join(a for a in articles if group_of[a] == name), f"{span} months")
        for name, span in groups.items()
    ]
    rules = (
        f"{table(('term', 'articles', 'runs'), rows)}\n"
        "The term ends on the day of the month of delivery, so many months later; that day is "
        "within.\n"
        "Within the term: claim. Outside: drop. Signs of misuse: drop; no delivery note: ask "
        "stores, whatever the dates."
    )

    def record(number: int, ago: int) -> Record:
        name = draw.pick(articles)
        span = groups[group_of[name]]
        claimed = order.today - timedelta(days=ago)
        took = draw.pick((span, draw.integer(1, span), draw.integer(1, span), draw.integer(1, 40)))
        # Days of a month that every month has.
        delivered = _months_before(claimed, took, draw.pick((-6, -1, 0, 3, 9)))
        ends = _months_before(delivered, -span, 0)
        remark = draw.pick(("", "", "", "signs of misuse", "no delivery note"))
        within = "claim" if claimed <= ends else "drop"
        right = {"": within, "signs of misuse": "drop", "no delivery note": "ask stores"}[remark]
        cells = (str(number), name, short_day(delivered), short_day(claimed), remark or "-")
        words = [within, within, "claim", "drop", "ask stores"]
        return Record(cells, right, tuple(word for word in words if word != right))

    came = zip(numbers(draw, order.count), days_ago(draw, order.count), strict=True)
    records = tuple(record(number, ago) for number, ago in came)
    columns = ("case", "article", "delivered", "reported", "remark", "decision")
    return Desk("Suppliers' warranty terms", rules, columns, records)


def _months_before(day: date, months: int, shift: int) -> date:
    """Return a day so many months earlier, some days off, on a day that every month has."""
    total = day.year * 12 + day.month - 1 - months
    return date(total // 12, total % 12 + 1, min(28, max(1, day.day + shift)))
