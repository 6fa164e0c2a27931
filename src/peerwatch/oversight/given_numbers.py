"""The numbers of orders and incidents: each is given once, also after old entries were retired."""

from __future__ import annotations

from typing import Literal

from peerwatch.oversight.record.oversight_record import Record

Numbered = Literal["order", "incident"]
_LEAF = {"order": "order_given", "incident": "incident"}
_PREFIX = {"order": "O-", "incident": "I-"}


def last_number(record: Record, what: Numbered) -> int:
    """Return the highest number that was ever given; 0 before the first."""
    names = (entry.body[what] for entry in record.entries((_LEAF[what],)))
    numbers: list[str] = [name.removeprefix(_PREFIX[what]) for name in names]
    said = (entry.body.get("numbers", {}) for entry in record.entries(("retired",)))
    retired: list[int] = [one.get(what, 0) for one in said]
    return max([0, *retired, *(int(one) for one in numbers if one.isdecimal())])


def next_name(record: Record, what: Numbered) -> str:
    """Return the name of the next order or incident."""
    return f"{_PREFIX[what]}{1 + last_number(record, what)}"
