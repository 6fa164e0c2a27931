# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""Days by which something has to be done: notice, renewal, keeping, inspection, reminders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

KIND = "deadlines"


@dataclass(frozen=True, slots=True)
class _Diary:
    """A diary of deadlines: the classes, the direction in which months run, and its words.

    ``sign`` is -1 where the deadline lies before the date of the record, 1 where it lies after it.
    """

    title: str
    columns: tuple[str, str, str, str]
    classes: tuple[str, ...]
    spans: tuple[int, ...]
    unit: str
    sign: int
    rule: str


_END = (
    "Months run from the end of a month to the end of a month: three months {way} 31 May is "
    "{example}."
)
_FRIDAY = " A Saturday or Sunday goes back to the Friday before."
DIARIES: Mapping[str, _Diary] = {
    "lease notice tracking": _Diary(
        "Notice periods", ("lease", "kind", "ends", "last day for notice"),
        ("land", "shed", "office", "vehicle"), (1, 2, 3, 6, 9, 12), "months", -1,
        "Notice has to be with the other side so long before the end. "
        + _END.format(way="before", example="28 or 29 February") + _FRIDAY,
    ),
    "renewal date tracking": _Diary(
        "Renewal notice", ("contract", "kind", "term ends", "decide by"),
        ("supply", "service", "licence", "insurance"), (1, 2, 3, 4, 6), "months", -1,
        "A contract renews itself unless it is ended so long before the end of the term. "
        + _END.format(way="before", example="28 or 29 February") + _FRIDAY,
    ),
    "retention date tracking": _Diary(
        "Keeping times", ("file", "kind", "closed", "keep until"),
        ("invoices", "delivery notes", "offers", "accident book"), (2, 3, 6, 8, 10), "years", 1,
        "Years are counted from the end of the calendar year in which the file was closed; it is "
        "kept until the last day of the last of them, whatever weekday that is.",
    ),
    "vehicle inspection planning": _Diary(
        "Inspection intervals", ("vehicle", "kind", "last inspected", "next by"),
        ("van", "rigid", "trailer", "forklift"), (3, 6, 9, 12, 18), "months", 1,
        "The next inspection is due by the end of the month that lies so many months after the "
        "month of the last one." + _FRIDAY,
    ),
    "payment reminder planning": _Diary(
        "Reminder days", ("invoice", "customer", "due", "reminder on"),
        ("trade", "public", "private", "abroad"), (5, 8, 10, 14, 21, 30), "days", 1,
        "The reminder goes out so many days after the due date, the due date not counted. "
        "A Saturday or Sunday goes on to the Monday after.",
    ),
}  # fmt: skip
DUTIES = tuple(DIARIES)


def desk(order: Order) -> Desk:
    """Return periods by class, and records with the day that follows from them."""
    draw, diary = order.draw, DIARIES[order.duty]
    spans = dict(zip(diary.classes, draw.sample(diary.spans, 4), strict=True))
    rows = [(name, f"{span} {_one(diary.unit, span)}") for name, span in spans.items()]
    rules = f"{table((diary.columns[1], 'period'), rows)}\n{diary.rule}"
    answer = _ANSWERS[order.duty]

    def record(number: int) -> Record:
        name = draw.pick(tuple(spans))
        given = _given(draw, order, diary)
        right = answer(given, spans[name], True)
        other = draw.pick([span for span in spans.values() if span != spans[name]])
        slips = {
            answer(given, spans[name], False), answer(given, other, True),
            answer(given, spans[name] + 1, True),
        } - {right}  # fmt: skip
        cells = (str(number), name, short_day(given))
        return Record(cells, day_text(right), tuple(day_text(day) for day in sorted(slips)))

    records = tuple(record(number) for number in numbers(draw, order.count, 4))
    return Desk(diary.title, rules, diary.columns, records)


def _one(unit: str, count: int) -> str:
    return unit[:-1] if count == 1 else unit


def _given(draw: Draw, order: Order, diary: _Diary) -> date:
    """Return the date of a record: ends of months lie ahead, what was done lies behind."""
    if diary.sign < 0:  # far enough for the longest period to end in the future
        return month_end(order.today, max(diary.spans) + draw.integer(1, 24))
    behind = draw.integer(8, 400 if diary.unit == "years" else 55)
    return order.today - timedelta(days=behind if diary.unit != "days" else 5 + behind // 3)


def month_end(day: date, months: int) -> date:
    """Return the last day of the month that lies so many months after that of a day."""
    total = day.year * 12 + day.month + months
    return date(total // 12, total % 12 + 1, 1) - timedelta(days=1)


def _back(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


def _notice(given: date, months: int, weekend: bool) -> date:
    day = month_end(given, -months)
    return _back(day) if weekend else given - timedelta(days=30 * months)


def _keeping(given: date, years: int, from_end: bool) -> date:
    return date(given.year + years, 12, 31) if from_end else date(given.year + years - 1, 12, 31)


def _inspection(given: date, months: int, weekend: bool) -> date:
    day = month_end(given, months)
    return _back(day) if weekend else month_end(given, months - 1)


def _reminder(given: date, days: int, weekend: bool) -> date:
    day = given + timedelta(days=days)
    on = day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day
    return on if weekend else given + timedelta(days=days - 1)


_ANSWERS: Mapping[str, Callable[[date, int, bool], date]] = {
    "lease notice tracking": _notice,
    "renewal date tracking": _notice,
    "retention date tracking": _keeping,
    "vehicle inspection planning": _inspection,
    "payment reminder planning": _reminder,
}
"""Duty -> the day by the rule, or with False the slip of one who reads it carelessly."""
