"""Old entries are taken out as whole ranges; what is left is proved as before."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from peerwatch.oversight.record import Keys, Record, RecordChangedError, RecordError
from peerwatch.oversight.record.anchor_places import DirectoryAnchor
from peerwatch.oversight.record.log_checkpoint import proved
from peerwatch.oversight.record.signed_note import public_key
from peerwatch.oversight.record.verify_log import verify_log

from .conftest import SetClock

WHY = ("ann", "ninety days")


def fill(record: Record, clock: SetClock, count: int) -> float:
    """Append so many looks, a checkpoint after every fifth; return the time of the last."""
    for number in range(1, count + 1):
        clock.passes(10)
        record.append("look", {"host": "a", "begun": 1.0, "ended": 2.0})
        if number % 5 == 0:
            record.checkpoint()
    return clock.at


def test_a_range_goes_and_the_rest_is_proved(
    record: Record, clock: SetClock, url: str, keys: Keys, tmp_path: Path
) -> None:
    anchor = DirectoryAnchor(str(tmp_path / "anchors"))
    (tmp_path / "anchors").mkdir()
    fill(record, clock, 5)
    record.anchor(anchor)
    record.checkpoint()
    limit = fill(record, clock, 7)
    entry = record.retire(limit, *WHY)
    assert entry is not None and entry.body["past"] == 11 and entry.body["person"] == "ann"
    left = [one.seq for one in record.entries()]
    assert left == [11, 12, 13]
    assert next(record.entries(kinds=["look"], limit=1)).seq == 11
    with pytest.raises(RecordError, match="no entry 10"):
        record.leaf(10)
    key = public_key(record.public_key)
    assert proved(record.proof(12), record.leaf(12), key).size == 14
    record.close()
    with Record.open(url, keys, clock=clock) as again:
        assert [one.seq for one in again.entries()] == left
        assert proved(again.proof(12), again.leaf(12), key).size == 14
        with pytest.raises(RecordError, match="There is no leaf 10 between 11 and 14"):
            again.proof(10)
        again.anchor(anchor)
        again.export(tmp_path / "export.jsonl")
    report = verify_log(tmp_path / "export.jsonl", str(keys.public), [anchor])
    assert report.problems == ()
    assert (report.retired, report.size, report.unchecked, report.anchored) == (11, 15, 1, 14)


def test_what_an_open_order_needs_stays(record: Record, clock: SetClock) -> None:
    limit = fill(record, clock, 20) + 1
    entry = record.retire(limit, *WHY, keep_from=12)
    assert entry is not None and entry.body["past"] == 10
    assert record.retire(limit, *WHY, keep_from=12) is None
    assert record.retire(0.0, *WHY) is None


def test_it_is_retired_further(record: Record, clock: SetClock, url: str, keys: Keys) -> None:
    for _ in range(3):
        limit = fill(record, clock, 10)
        assert record.retire(limit, *WHY) is not None
    size = record.size
    with Record.open(url, keys, clock=clock) as again:
        assert again.size == size
        assert [one.body["past"] for one in again.entries(kinds=["retired"])][-1] == 27


def test_another_process_reads_on(record: Record, clock: SetClock, url: str, keys: Keys) -> None:
    limit = fill(record, clock, 10)
    with Record.open(url, keys, clock=clock) as other:
        begun = other.entries()
        assert next(begun).seq == 0
        record.retire(limit - 20, *WHY)
        assert [one.seq for one in other.entries()] == [5, 6, 7, 8, 9, 10]
        with pytest.raises(RecordError, match="no entry 4"):
            other.leaf(4)
        other.append("heartbeat", {"interval": 60.0})
        assert other.checkpoint() == record.checkpoint()


def test_policy_mode_and_kept_values_survive(
    record: Record, clock: SetClock, url: str, keys: Keys
) -> None:
    record.append("inventory_read", {"digest": "blake3:00"}, keep={"inventory": b"x"})
    record.append("started", {"mode": "enforce", "interval": 60.0})
    assert record.retire(fill(record, clock, 5) + 1, *WHY) is not None
    record.close()
    with Record.open(url, keys, clock=clock) as again:
        entry = again.append("heartbeat", {"interval": 60.0})
        assert (entry.policy, entry.mode, again.kept("inventory")) == ("blake3:00", "enforce", b"x")


def test_a_range_that_was_announced_and_another_that_went_is_found(
    record: Record, clock: SetClock, url: str, keys: Keys, tmp_path: Path
) -> None:
    limit = fill(record, clock, 10)
    record.retire(limit - 40, *WHY)
    record.close()
    with sqlite3.connect(tmp_path / "record.db") as database:
        database.execute("DELETE FROM record_leaves WHERE seq < 7")
    with pytest.raises(RecordChangedError, match="leaf 5 is gone"):
        Record.open(url, keys)


def test_another_process_that_knew_less_than_was_retired_goes_on(
    record: Record, clock: SetClock, url: str, keys: Keys
) -> None:
    with Record.open(url, keys, clock=clock) as other:
        record.append("look", {"host": "a", "begun": 1.0, "ended": 2.0})
        assert [one.seq for one in other.entries()] == [0]
        assert record.retire(fill(record, clock, 10) + 1, *WHY) is not None
        assert other.append("heartbeat", {"interval": 60.0}).seq == 12
        assert [one.seq for one in other.entries()] == [11, 12]
        assert other.checkpoint() == record.checkpoint()


def test_roots_that_were_changed_after_a_retirement_are_found(
    record: Record, clock: SetClock, url: str, keys: Keys, tmp_path: Path
) -> None:
    record.retire(fill(record, clock, 10) + 1, *WHY)
    record.close()
    for subtrees, said in ((b"\x00" * 64, "no leaf retires them"), (b"", "other roots")):
        with sqlite3.connect(tmp_path / "record.db") as database:
            database.execute("UPDATE record_identity SET subtrees = ?", (subtrees,))
        with pytest.raises(RecordChangedError, match=said):
            Record.open(url, keys)
