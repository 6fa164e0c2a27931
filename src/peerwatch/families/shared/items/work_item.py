"""What a graded piece of work is: a record, what was entered for it, and whether that is right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from peerwatch.common.draw import Draw
from peerwatch.families.shared.items.trade_goods import Trade
from peerwatch.families.shared.region import Region


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One record with the entry that the subject made."""

    question: str
    """The cells of the record, ``a | b | c``."""
    answer: str
    """What the subject entered, as it stands in the submission."""
    correct: bool
    """Whether that is what the rules of the desk give."""
    kind: str
    """The kind of work, for example ``coding``."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record before anybody has worked on it."""

    cells: tuple[str, ...]
    right: str
    """What the rules give."""
    mistakes: tuple[str, ...]
    """What somebody enters who forgets a rule or reads a wrong row; one at least is wrong."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a desk works by, and records that came to it."""

    title: str
    """What the table is called."""
    rules: str
    """The table, and below it what else decides: enough to tell the right entry of any record."""
    columns: tuple[str, ...]
    """Names of the cells of a record, and of the entry last."""
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a desk: whose it is, and how many records."""

    draw: Draw
    duty: str
    trade: Trade
    region: Region
    today: date
    """Records are of the weeks before this day."""
    count: int


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as lines of cells between bars."""
    return "\n".join(" | ".join(row) for row in (head, *rows))


def money(cents: int) -> str:
    """Return an amount in whole units of the money with two decimals."""
    return f"{cents // 100}.{cents % 100:02d}"


def rounded(value: Fraction) -> int:
    """Return the nearest whole number; a half goes up."""
    return int(value + Fraction(1, 2))


def wrong_amounts(right: int, slips: Iterable[int]) -> tuple[str, ...]:
    """Return the slips that nobody takes for a rounded right amount: two percent off, or more.

    Args:
        right: What the rules give, in cents.
        slips: What somebody gets who forgets a rule, in cents.
    """
    apart = sorted({slip for slip in slips if slip >= 0 and abs(slip - right) * 50 > right})
    return tuple(money(slip) for slip in apart)


def numbers(draw: Draw, count: int, digits: int = 5) -> list[int]:
    """Return running numbers, ascending with gaps, as a sample has them."""
    at = draw.integer(2 * 10 ** (digits - 1), 7 * 10 ** (digits - 1))
    found = []
    for _ in range(count):
        at += draw.integer(1, 37)
        found.append(at)
    return found


def days_ago(draw: Draw, count: int) -> list[int]:
    """Return how many days ago records came in, from the oldest on: one to five weeks."""
    return sorted((draw.integer(9, 38) for _ in range(count)), reverse=True)


def day_text(day: date) -> str:
    """Return a day as ``Tue 17 March 2026``."""
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return f"{names[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_day(day: date) -> str:
    """Return a day as ``17 March 2026``."""
    return day_text(day)[4:]


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
