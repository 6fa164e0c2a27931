"""What of the record the page shows, read on as the record grows and kept in memory."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from peerwatch.oversight.orders.order_states import OrderFold
from peerwatch.oversight.record.entry_index import Entry
from peerwatch.oversight.record.oversight_record import Record

MOST_FINDINGS = 5_000
"""Of the newest ones; older ones are found in the record by their number."""
_LOOKS, _SCORES = 200, 50


@dataclass
class RecordView:
    """The leaves that pages are made of. All lists are in the order of the record.

    Attributes:
        findings: The newest ones.
        incidents: All.
        fold: How the orders stand.
        orders: Order -> its leaves: given, reported, verified (first and newest), withdrawn.
        looks: Host -> its newest looks.
        scores: The newest filed scores that were held against what can be computed.
        sign_ins: Bodies of leaves that hold a passkey.
        alive: The newest leaf that shows the overseer alive, and the seconds it promised.
        stopped: The newest announcement of an end, if no start came after it.
        anchored: Leaves that say how far a second place knows.
        retired: How many leaves are known by their root alone.
        size: Leaves read.
    """

    record: Record
    findings: deque[Entry] = field(default_factory=lambda: deque(maxlen=MOST_FINDINGS))
    incidents: list[Entry] = field(default_factory=list)
    fold: OrderFold = field(default_factory=OrderFold)
    orders: dict[str, list[Entry]] = field(default_factory=dict)
    looks: dict[str, deque[Entry]] = field(default_factory=dict)
    scores: deque[Entry] = field(default_factory=lambda: deque(maxlen=_SCORES))
    sign_ins: list[Mapping[str, Any]] = field(default_factory=list)
    alive: tuple[float, float] | None = None
    stopped: Entry | None = None
    anchored: list[Entry] = field(default_factory=list)
    retired: int = 0
    size: int = 0
    _last: int = -1
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read_on(self) -> RecordView:
        """Take in what was appended since, and return the view."""
        with self._lock:
            for entry in self.record.entries(after=self._last):
                self._take(entry)
                self._last = entry.seq
                self.size = entry.seq + 1
        return self

    def _take(self, entry: Entry) -> None:
        body = entry.body
        self.fold.take(entry)
        if entry.kind in ("order_given", "order_withdrawn", "reported_done", "verified"):
            self._take_of_order(entry)
        elif entry.kind == "finding":
            self.findings.append(entry)
        elif entry.kind == "incident":
            self.incidents.append(entry)
        elif entry.kind == "look" and "order" not in body and body.get("seen", True):
            self.looks.setdefault(body["host"], deque(maxlen=_LOOKS)).append(entry)
        elif entry.kind == "signed_in" and body.get("passkey"):
            self.sign_ins.append(body)
        elif entry.kind in ("heartbeat", "started"):
            self.alive = (entry.at, float(body["interval"]))
            self.stopped = None if entry.kind == "started" else self.stopped
        elif entry.kind == "stopped":
            self.stopped = entry
        elif entry.kind == "anchored":
            self.anchored.append(entry)
        elif entry.kind == "retired":
            self.retired = max(self.retired, int(body["past"]))
        elif entry.kind == "score_checked":
            self.scores.append(entry)

    def _take_of_order(self, entry: Entry) -> None:
        own = self.orders.setdefault(entry.body["order"], [])
        if entry.kind == "verified":  # of verifications the newest of each state says all
            same = (
                one
                for one in own
                if one.kind == "verified" and one.body["state"] == entry.body["state"]
            )
            for older in list(same)[1:]:
                own.remove(older)
        own.append(entry)

    def finding(self, seq: int) -> Entry | None:
        """Return a finding by its number, an old one from the record."""
        return self._one(seq, ("finding",))

    def entry(self, seq: int) -> Entry | None:
        """Return any leaf by its number."""
        return self._one(seq, ())

    def page_of(self, last: int, count: int) -> Sequence[Entry]:
        """Return up to ``count`` leaves that end with ``last``, in order."""
        return list(self.record.entries(after=last - count, limit=min(count, last + 1)))

    def _one(self, seq: int, kinds: Sequence[str]) -> Entry | None:
        for entry in self.record.entries(kinds=kinds, after=seq - 1, limit=1):
            return entry if entry.seq == seq else None
        return None
