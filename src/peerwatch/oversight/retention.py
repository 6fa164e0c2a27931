"""Taking out entries that are older than the configuration keeps, and nothing that is needed still.

Off unless the configuration has an age. An order that is not withdrawn keeps its entries and all
that follow them, since it is looked after as long as it stands. Passkeys are carried over.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import structlog

from peerwatch.oversight.given_numbers import last_number
from peerwatch.oversight.orders.order_states import OrderStanding
from peerwatch.oversight.record.entry_index import Entry
from peerwatch.oversight.record.oversight_record import Record

DAY = 86_400.0
PERSON = "the configuration"
_log = structlog.get_logger("peerwatch.retention")


def retire_old(
    record: Record, orders: Iterable[OrderStanding], places: Iterable[str], days: float, now: float
) -> Entry | None:
    """Take out entries that are older than that, up to what is needed still.

    Args:
        record: The record.
        orders: The orders as they stand.
        places: The second places of the configuration: what one of them has not been told, stays.
        days: The age.
        now: Unix seconds, UTC.

    Returns:
        The leaf that says so; None if there is nothing to take out.

    Raises:
        RecordError: The record was changed, or cannot be written.
    """
    before = now - days * DAY
    keep_from = min((record.size, *_of_orders(record, orders), *_told(record, places)))
    if next((one.at for one in record.entries(limit=1)), now) >= before:
        return None
    _carry_passkeys(record, before)
    numbers = {"order": last_number(record, "order"), "incident": last_number(record, "incident")}
    why = f"retention_days: {days:g}"
    return record.retire(before, PERSON, why, keep_from=keep_from, numbers=numbers)


def _of_orders(record: Record, orders: Iterable[OrderStanding]) -> Iterable[int]:
    """Yield the first entry that each order needs that is not withdrawn.

    One needs the inventory in force when it was given, too, if another has come after it.
    """
    names = {one.order.id for one in orders if one.state != "withdrawn"}
    inventories = list(record.entries(("inventory_read",)))
    for given in record.entries(("order_given",)):
        if given.body["order"] in names:
            then = [one for one in inventories if one.seq < given.seq][-1:]
            changed = then and then[0].body["digest"] != inventories[-1].body["digest"]
            yield then[0].seq if changed else given.seq


def _told(record: Record, places: Iterable[str]) -> Iterable[int]:
    """Yield how many entries each second place has been told of."""
    sizes = dict.fromkeys(places, 0)
    for entry in record.entries(("anchored",)):
        if entry.body["place"] in sizes:
            sizes[entry.body["place"]] = max(sizes[entry.body["place"]], entry.body["size"])
    return sizes.values()


def _carry_passkeys(record: Record, before: float) -> None:
    """Record the passkeys again whose last leaf is old, so that they sign in afterwards."""
    newest: dict[str, tuple[float, dict[str, Any]]] = {}
    for entry in record.entries(("signed_in",)):
        if entry.body.get("passkey"):
            newest[entry.body["passkey"]["id"]] = entry.at, entry.body
    for at, body in newest.values():
        if at < before and body["how"] != "passkey_withdrawn":
            carried = {"person": body["person"], "how": "passkey_carried"}
            record.append("signed_in", {**carried, "passkey": body["passkey"]}, durable=True)


class Retention(threading.Thread):
    """The thread that takes old entries out, once a day; a failure ends nothing."""

    def __init__(
        self,
        record: Record,
        orders: Callable[[], Iterable[OrderStanding]],
        places: Iterable[str],
        days: float,
    ) -> None:
        super().__init__(name="retention", daemon=True)
        self._record, self._orders, self._places, self._days = record, orders, tuple(places), days
        self._stop_asked = threading.Event()

    def run(self) -> None:
        """Take out what is old, and again a day later, until :meth:`stop`."""
        while True:
            try:
                told = self._places, self._days, time.time()
                entry = retire_old(self._record, self._orders(), *told)
                if entry is not None:
                    _log.info("retired", past=entry.body["past"])
            except Exception:  # the sensor goes on, whatever is wrong with old entries
                _log.exception("retention_failed")
            if self._stop_asked.wait(DAY):
                return

    def stop(self) -> None:
        """End it after what is under way."""
        self._stop_asked.set()
        self.join(10)
