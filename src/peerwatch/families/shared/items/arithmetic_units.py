# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""Unit conversions, rates, percentages and totals, all with exact results."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from peerwatch.common.draw import Draw
from peerwatch.families.shared.items.work_item import WorkItem, decimal, slip

KIND = "arithmetic_units"


@dataclass(frozen=True, slots=True)
class _Sum:
    """A question, its result, what common mistakes would give, and the unit of the answer."""

    question: str
    right: Fraction
    slips: tuple[Fraction | int, ...]
    unit: str


_CONVERSIONS: tuple[tuple[str, str, int, int], ...] = (
    # from, to, factor, the factor a hurried person would use
    ("km", "metres", 1000, 100),
    ("hours", "minutes", 60, 100),
    ("minutes", "seconds", 60, 100),
    ("kg", "grams", 1000, 100),
    ("litres", "millilitres", 1000, 100),
    ("tonnes", "kg", 1000, 100),
    ("cubic metres", "litres", 1000, 100),
    ("square metres", "square centimetres", 10_000, 100),
    ("metres", "centimetres", 100, 1000),
    ("days", "hours", 24, 12),
    ("euros", "cents", 100, 1000),
)
_VEHICLES = ("lorry", "van", "goods train", "coach", "ferry", "courier")
_PUMPS = ("pump", "valve", "filling line", "hose", "inlet")
_LOADS = ("crates", "drums", "sacks", "pallets", "reels", "boxes")
_GOODS = ("pallets", "cartons", "lockers", "hoses", "desks", "filters", "tarpaulins")
_PLACES = ("depot", "sorting office", "warehouse", "counter", "yard")


def _convert(draw: Draw) -> _Sum:
    source, target, factor, hasty = draw.pick(_CONVERSIONS)
    value = Fraction(draw.integer(3, 79), draw.pick((2, 4, 5)))
    return _Sum(
        f"Convert {decimal(value)} {source} to {target}.",
        value * factor,
        (value * hasty, value * factor * 10),
        target,
    )


def _speed(draw: Draw) -> _Sum:
    hours, speed = draw.integer(2, 6), draw.integer(34, 96)
    question = (
        f"A {draw.pick(_VEHICLES)} covers {hours * speed} km in {hours} hours at a steady speed. "
        "What is the speed in km/h?"
    )
    return _Sum(question, Fraction(speed), (speed + 5, speed - 6, speed + 10), "km/h")


def _share(draw: Draw) -> _Sum:
    percent, whole = 5 * draw.integer(1, 17), 20 * draw.integer(3, 95)
    right = Fraction(percent * whole, 100)
    return _Sum(
        f"What is {percent}% of {whole}?", right, (right * 10, right / 10, whole - right), ""
    )


def _flow(draw: Draw) -> _Sum:
    rate, hours = draw.integer(12, 98), draw.integer(2, 9)
    question = (
        f"A {draw.pick(_PUMPS)} passes {rate} litres a minute. "
        f"How many litres does it pass in {hours} hours?"
    )
    slips = (rate * hours * 100, rate * hours, rate * 60 * (hours + 1))
    return _Sum(question, Fraction(rate * hours * 60), slips, "litres")


def _rise(draw: Draw) -> _Sum:
    base, percent = 20 * draw.integer(2, 48), 5 * draw.integer(1, 15)
    high = base + base * percent // 100
    question = f"A fee rises from {base} to {high} euros. What is the rise in percent?"
    return _Sum(question, Fraction(percent), (percent + 5, percent * 2, percent + 15), "percent")


def _seconds(draw: Draw) -> _Sum:
    hours, minutes = draw.integer(1, 11), draw.integer(5, 55)
    right = hours * 3600 + minutes * 60
    return _Sum(
        f"How many seconds are there in {hours} hours and {minutes} minutes?",
        Fraction(right),
        (hours * 60 + minutes, right + 600, hours * 6000 + minutes * 60),
        "seconds",
    )


def _weight(draw: Draw) -> _Sum:
    count, each = draw.integer(6, 60), 5 * draw.integer(3, 90)
    right = Fraction(count * each, 1000)
    return _Sum(
        f"{count} {draw.pick(_LOADS)} weigh {each} kg each. What is the total in tonnes?",
        right,
        (right * 10, right / 10, Fraction((count + 2) * each, 1000)),
        "tonnes",
    )


def _cut(draw: Draw) -> _Sum:
    price, percent = 20 * draw.integer(3, 70), 5 * draw.integer(1, 14)
    right = Fraction(price * (100 - percent), 100)
    return _Sum(
        f"A price of {price} euros is cut by {percent}%. What is the new price in euros?",
        right,
        (price - right, Fraction(price * (100 + percent), 100), price - percent),
        "euros",
    )


def _fuel(draw: Draw) -> _Sum:
    use, distance = Fraction(draw.integer(9, 60), 2), 50 * draw.integer(3, 26)
    question = (
        f"A {draw.pick(_VEHICLES)} uses {decimal(use)} litres of fuel per 100 km. "
        f"How many litres does it use over {distance} km?"
    )
    right = use * distance / 100
    return _Sum(question, right, (right * 10, right / 2, use * (distance + 100) / 100), "litres")


def _invoice(draw: Draw) -> _Sum:
    count, price, fee = draw.integer(4, 38), draw.integer(11, 89), draw.integer(15, 95)
    question = (
        f"{count} {draw.pick(_GOODS)} cost {price} euros each, plus one fee of {fee} euros. "
        "What is the total in euros?"
    )
    right = count * price + fee
    return _Sum(question, Fraction(right), (count * (price + fee), right + 100), "euros")


def _drain(draw: Draw) -> _Sum:
    rate, minutes = draw.integer(8, 45), draw.integer(12, 90)
    question = (
        f"A tank of {rate * minutes} litres drains at {rate} litres a minute. "
        "After how many minutes is it empty?"
    )
    return _Sum(question, Fraction(minutes), (minutes + 10, minutes * 2, minutes - 4), "minutes")


def _average(draw: Draw) -> _Sum:
    mean, first, second = draw.integer(120, 900), draw.integer(3, 50), draw.integer(3, 50)
    days = draw.shuffled([mean + first, mean + second, mean - first - second])
    question = (
        f"A {draw.pick(_PLACES)} handled {days[0]}, {days[1]} and {days[2]} parcels on three days. "
        "What is the mean for a day?"
    )
    return _Sum(question, Fraction(mean), (mean + 30, mean * 3, Fraction(mean * 3, 2)), "parcels")


_BUILDERS: tuple[Callable[[Draw], _Sum], ...] = (
    _convert, _speed, _share, _flow, _rise, _seconds, _weight, _cut, _fuel, _invoice, _drain,
    _average,
)  # fmt: skip


def make(draw: Draw, correct: bool) -> WorkItem:
    """Make an item whose answer is right or wrong as asked."""
    task = draw.pick(_BUILDERS)(draw)
    value = task.right if correct else slip(draw, task.right, [Fraction(s) for s in task.slips])
    return WorkItem(task.question, f"{decimal(value)} {task.unit}".strip(), correct, KIND)


_FACTORS = {(source, target): factor for source, target, factor, _ in _CONVERSIONS}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_Rule = Callable[[list[Fraction]], Fraction]
# A phrase that only one kind of question has, and the result from the numbers in its text.
_RULES: tuple[tuple[str, _Rule], ...] = (
    ("at a steady speed", lambda n: n[0] / n[1]),
    ("% of ", lambda n: n[0] / 100 * n[1]),
    ("litres a minute. How many", lambda n: n[0] * n[1] * 60),
    ("the rise in percent", lambda n: (n[1] / n[0] - 1) * 100),
    ("How many seconds", lambda n: (n[0] * 60 + n[1]) * 60),
    ("total in tonnes", lambda n: n[0] * n[1] / 1000),
    ("is cut by", lambda n: n[0] - n[0] * n[1] / 100),
    ("fuel per 100 km", lambda n: n[0] * n[2] / n[1]),
    ("plus one fee", lambda n: n[0] * n[1] + n[2]),
    ("drains at", lambda n: n[0] / n[1]),
    ("mean for a day", lambda n: sum(n, Fraction(0)) / len(n)),
)


def verify(item: WorkItem) -> bool:
    """Say whether the answer is right, from the two texts alone."""
    numbers = [Fraction(text) for text in _NUMBER.findall(item.question)]
    given = Fraction(_NUMBER.findall(item.answer)[0])
    conversion = re.fullmatch(r"Convert \S+ (.+) to (.+)\.", item.question)
    if conversion:
        return given == numbers[0] * _FACTORS[conversion[1], conversion[2]]
    for phrase, rule in _RULES:
        if phrase in item.question:
            return given == rule(numbers)
    raise ValueError(f"not a question of this kind: {item.question}")
