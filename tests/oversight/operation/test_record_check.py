"""A record that opening did not read is read by and by, and what is wrong is found."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from peerwatch.oversight.operation.record_check import RecordCheck
from peerwatch.oversight.record import Keys, Record, kept_index, record_reader

LOOK = {"host": "a", "begun": 1.0, "ended": 2.0}


def test_what_opening_did_not_read_is_read_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_index, "CHUNK", 8)
    monkeypatch.setattr(record_reader, "_SAMPLE", 0)
    url, keys = f"sqlite:///{tmp_path}/record.db", Keys.create(tmp_path / "keys")
    with Record.open(url, keys) as record:
        for _ in range(10):
            record.append("look", LOOK)
        check = RecordCheck(record, pause=0)
        check.check()
        assert check.found is None
    database = sqlite3.connect(tmp_path / "record.db")
    with database:
        database.execute("UPDATE record_leaves SET leaf = X'7B7D' WHERE seq = 3")
    database.close()
    with Record.open(url, keys) as record:
        check = RecordCheck(record, pause=0)
        check.start()
        check.stop()
        check.join(20)
        assert record.recalled == 8 and "leaf 3 is another" in str(check.found)
