# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""What was billed, packed or received against what was ordered."""

from __future__ import annotations

from collections.abc import Mapping

from peerwatch.common.draw import Draw
from peerwatch.families.shared.items.work_item import Desk, Order, Record, money, numbers, table

KIND = "matching"
_SHORT = {
    "packing list checking": ("order", "packed", ("ship", "ship short", "hold")),
    "goods receipt checking": ("PO", "received", ("book", "book short", "query")),
}
DUTIES = ("supplier invoice matching", *_SHORT)


def desk(order: Order) -> Desk:
    """Return the tolerances, and records to be matched by them."""
    return _billed(order) if order.duty == DUTIES[0] else _counted(order)


def _classes(draw: Draw, choices: tuple[int, ...]) -> dict[str, int]:
    letters = draw.pick((("1", "2", "3"), ("A", "B", "C"), ("K", "L", "M")))
    return dict(zip(letters, draw.sample(choices, 3), strict=True))


def _billed(order: Order) -> Desk:
    draw = order.draw
    classes = _classes(draw, (0, 1, 2, 3, 5))
    rules = (
        f"{table(('supplier class', 'price may be above the order by'), _percents(classes))}\n"
        "release: not more billed than received, and the price within the tolerance (the limit "
        "itself is within).\n"
        "hold quantity: more billed than received. hold price: price above the tolerance. "
        "hold both: both."
    )
    columns = ("PO", "class", "article", "ordered", "received", "billed", "result")
    records = tuple(
        _bill(draw, classes, tuple(order.trade.articles.items()), number)
        for number in numbers(draw, order.count)
    )
    return Desk("Invoice tolerances", rules, columns, records)


def _percents(classes: Mapping[str, int]) -> list[tuple[str, str]]:
    return [(name, f"{limit}%" if limit else "nothing") for name, limit in classes.items()]


def _bill(
    draw: Draw, classes: Mapping[str, int], articles: tuple[tuple[str, int], ...], number: int
) -> Record:
    name = draw.pick(tuple(classes))
    article, usual = draw.pick(articles)
    # Whole tens of cents: a percent of them is a whole number of tenths of a cent.
    price = usual * 100 + 20 * draw.integer(-2, 4)
    points = draw.pick((0, 0, -2, classes[name], classes[name] + 1, classes[name] + 2, 1))
    billed_price = price + (price * points + 99 * (points > classes[name])) // 100
    ordered = draw.integer(4, 60)
    received = ordered - draw.pick((0, 0, 0, 1, 2))
    billed = received + draw.pick((0, 0, 0, 0, 1, 2, ordered - received))
    dear = billed_price * 100 > price * (100 + classes[name])
    words = ("release", "hold price", "hold quantity", "hold both")
    right = words[dear + 2 * (billed > received)]
    cells = (
        str(number), name, article, f"{ordered} at {money(price)}", str(received),
        f"{billed} at {money(billed_price)}",
    )  # fmt: skip
    mistakes = {
        "release": ("hold price", "hold quantity"),
        "hold price": ("release", "release", "hold both"),
        "hold quantity": ("release", "hold both"),
        "hold both": ("hold price", "hold quantity"),
    }
    return Record(cells, right, mistakes[right])


def _counted(order: Order) -> Desk:
    draw, (reference, counted, words) = order.draw, _SHORT[order.duty]
    classes = _classes(draw, (0, 4, 5, 10, 20))
    fine, short, hold = words
    shares = table(("class", "a line may be short by"), _percents(classes))
    rules = (
        f"{shares}\n"
        f"{fine}: every line as ordered. {short}: something lacks, but on no line more than the "
        f"class allows (the limit itself is allowed); the rest follows.\n"
        f"{hold}: a line lacks more, or there is more of something than was ordered."
    )
    records = tuple(
        _count(
            draw, classes, draw.sample(tuple(order.trade.articles), draw.integer(2, 3)), words, n
        )
        for n in numbers(draw, order.count)
    )
    title = "Part deliveries" if "packed" in counted else "Short deliveries"
    return Desk(title, rules, (reference, "class", "ordered", counted, "result"), records)


def _count(
    draw: Draw, classes: Mapping[str, int], articles: list[str], words: tuple[str, ...], number: int
) -> Record:
    name = draw.pick(tuple(classes))
    ordered = [draw.pick((10, 20, 25, 30, 40, 50, 60, 100)) for _ in articles]
    found = list(ordered)
    at = draw.integer(0, len(articles) - 1)
    limit = ordered[at] * classes[name] // 100
    lacking = draw.pick((0, 0, limit, max(limit, 1), limit + 1, limit + draw.integer(1, 4), -1))
    found[at] -= lacking
    over = any(there > asked for asked, there in zip(ordered, found, strict=True))
    lacks = any(
        (asked - there) * 100 > asked * classes[name]
        for asked, there in zip(ordered, found, strict=True)
    )
    right = words[2 if over or lacks else 1 if found != ordered else 0]
    cells = (str(number), name, _lines(ordered, articles), _lines(found, articles))
    return Record(cells, right, tuple(word for word in words if word != right))


def _lines(quantities: list[int], articles: list[str]) -> str:
    return ", ".join(f"{n} x {name}" for n, name in zip(quantities, articles, strict=True))
