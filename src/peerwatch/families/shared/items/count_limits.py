# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""Counts, readings and measures against what was to be expected, within limits by class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from peerwatch.common.draw import Draw
from peerwatch.families.shared.items.work_item import Desk, Order, Record, numbers, table

KIND = "tolerance"
_GROUPS = ("class", "kind", "grade")
"""What the limits go by."""


@dataclass(frozen=True, slots=True)
class _Check:
    """A check: its words, its limits by class, and how a record comes about.

    ``make`` returns the cells for an expected figure and a found one.
    """

    title: str
    words: tuple[str, str, str]
    columns: tuple[str, ...]
    limits: Mapping[str, tuple[Fraction, ...]]
    """Class -> limits that a firm may have for it."""
    unit: str
    rule: str
    expected: tuple[int, int]
    """Least and most that is to be expected."""
    make: Callable[[Draw, Order, str, Fraction, Fraction], tuple[str, ...]]


def _plain(value: Fraction) -> str:
    return str(int(value)) if value.denominator == 1 else f"{float(value):.2f}".rstrip("0")


def _stock(draw: Draw, order: Order, name: str, book: Fraction, found: Fraction) -> tuple[str, ...]:
    bin_ = f"{draw.integer(1, 28):02d}-{draw.pick('ABCDEF')}{draw.integer(1, 6)}"
    return (bin_, draw.pick(tuple(order.trade.articles)), name, _plain(book), _plain(found))


def _meter(
    draw: Draw, order: Order, name: str, usual: Fraction, found: Fraction
) -> tuple[str, ...]:
    before = draw.integer(1200, 86000)
    meter = f"{draw.pick('GWE')}{draw.integer(10000, 99999)}"
    return (meter, name, _plain(usual), str(before), _plain(before + found))


def _fuel(draw: Draw, order: Order, name: str, norm: Fraction, found: Fraction) -> tuple[str, ...]:
    return (f"{draw.integer(101, 989)}", name, _plain(norm), _plain(found))


def _gauge(draw: Draw, order: Order, name: str, size: Fraction, found: Fraction) -> tuple[str, ...]:
    article = draw.pick(tuple(order.trade.articles))
    return (article, name, f"{float(size):.2f}", f"{float(found):.2f}")


def _limits(**choices: tuple[int | str, ...]) -> dict[str, tuple[Fraction, ...]]:
    return {name: tuple(Fraction(value) for value in values) for name, values in choices.items()}


CHECKS: Mapping[str, _Check] = {
    "stock count checking": _Check(
        "Count tolerances", ("accept", "recount", "report"),
        ("sheet", "bin", "article", "class", "book", "counted", "result"),
        _limits(A=(1, 2), B=(3, 4, 5), C=(8, 10, 12)), "%",
        "The difference counts whether up or down, as a percentage of the book figure.",
        (60, 1200), _stock,
    ),
    "meter reading checking": _Check(
        "Reading limits", ("accept", "read again", "send fitter"),
        ("round", "meter", "class", "usual use", "last reading", "new reading", "result"),
        _limits(shop=(10, 15), office=(20, 25), yard=(30, 40)), "%",
        "Use is the new reading less the last. Its difference from the usual use counts "
        "whether up or down, as a percentage of the usual use.",
        (40, 900), _meter,
    ),
    "fuel card reconciliation": _Check(
        "Fuel limits", ("accept", "ask driver", "report"),
        ("slip", "vehicle", "kind", "litres by distance", "litres on card", "result"),
        _limits(van=(4, 5, 6), rigid=(7, 8), tractor=(10, 12)), "%",
        "The difference counts whether up or down, as a percentage of the litres by distance.",
        (40, 380), _fuel,
    ),
    "supplier inspection checking": _Check(
        "Dimension limits", ("accept", "rework", "reject"),
        ("lot", "article", "grade", "drawing mm", "measured mm", "result"),
        _limits(fine=("0.1", "0.15"), medium=("0.3", "0.4"), coarse=("0.8", "1")), "mm",
        "The difference between measured and drawing counts whether up or down.",
        (12, 240), _gauge,
    ),
}  # fmt: skip
DUTIES = tuple(CHECKS)


def desk(order: Order) -> Desk:
    """Return limits by class, and records to be checked against them."""
    draw, check = order.draw, CHECKS[order.duty]
    good, middle, bad = check.words
    group = next(name for name in check.columns if name in _GROUPS)
    limits = {name: draw.pick(choices) for name, choices in check.limits.items()}
    space = "" if check.unit == "%" else " "
    rows = [(name, f"{_plain(limit)}{space}{check.unit}") for name, limit in limits.items()]
    rules = (
        f"{table((group, 'limit'), rows)}\n"
        f"{check.rule}\n"
        f"Up to the limit, the limit included: {good}. Above it, up to twice the limit, that "
        f"included: {middle}. More: {bad}."
    )
    records = tuple(
        _record(order, check, limits, number) for number in numbers(draw, order.count, 4)
    )
    return Desk(check.title, rules, check.columns, records)


def _record(order: Order, check: _Check, limits: Mapping[str, Fraction], number: int) -> Record:
    draw = order.draw
    name = draw.pick(tuple(limits))
    limit = limits[name]
    expected = Fraction(draw.integer(*check.expected))
    whole = limit * expected / 100 if check.unit == "%" else limit
    within, above = draw.integer(5, 85), draw.integer(115, 185)
    share = draw.pick((0, within, within, 100, above, above, 200, draw.integer(215, 320)))
    step = Fraction(1, 100) if check.unit == "mm" else Fraction(1)
    off = whole * share / 100 // step * step * draw.pick((1, -1))
    size = abs(off)
    place = 0 if size <= whole else 1 if size <= 2 * whole else 2
    others = [word for word in check.words if word != check.words[place]]
    near = [check.words[1], check.words[1]] if place != 1 else []
    cells = (str(number), *check.make(draw, order, name, expected, expected + off))
    return Record(cells, check.words[place], (*others, *near))
