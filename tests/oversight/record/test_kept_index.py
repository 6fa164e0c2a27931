"""Opening a record again: what was read once is not read again; what is wrong is found still."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from peerwatch.oversight.record import Keys, Record, RecordChangedError, kept_index, record_reader
from peerwatch.oversight.record.log_checkpoint import proved
from peerwatch.oversight.record.merkle_tree import MerkleTree, leaf_hash, root_of
from peerwatch.oversight.record.record_clock import now

from .conftest import SetClock

LOOK = {"host": "a", "begun": 1.0, "ended": 2.0}


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_index, "CHUNK", 8)


def fill(url: str, keys: Keys, clock: SetClock | None = None) -> None:
    with Record.open(url, keys, clock=clock or now) as record:
        record.append("started", {"mode": "observe", "interval": 60.0})
        for number in range(30):
            keep = {f"look/{number % 3}": b"%d" % number}
            record.append("look", LOOK | {"host": f"h{number % 3}"}, keep=keep)
            if clock is not None:
                clock.passes(10)
                record.checkpoint()
        record.append("inventory_read", {"digest": "sha256:1"})


def known(record: Record) -> tuple[object, ...]:
    """Return all that a record says, proofs included."""
    found = list(record.entries())
    subjects = [[one.seq for one in record.entries(about={"host": f"h{n}"})] for n in range(3)]
    looks = [one.seq for one in record.entries(("look",))]
    last = record.append("heartbeat", {"interval": 1.0})
    kept = [record.kept(f"look/{n}") for n in range(3)]
    proofs = [record.proof(one.seq).partition("\n\n")[0] for one in found[-20:]]
    return found, subjects, looks, kept, (last.policy, last.mode), len(proofs)


def edited(folder: Path, statement: str) -> None:
    database = sqlite3.connect(folder / "record.db")
    with database:
        database.execute(statement)
    database.close()


def test_what_is_recalled_is_what_is_read(url: str, keys: Keys, tmp_path: Path) -> None:
    fill(url, keys)
    with Record.open(url, keys, whole=True) as record:
        assert record.recalled == 0
        read = known(record)
    with Record.open(url, keys) as record:
        assert record.recalled == 32 and record.size == 33
        recalled = known(record)
        leaf = record.leaf(3)
        assert proved(record.proof(3), leaf, keys.public).size == record.size
        assert record.check() == record.size
    assert recalled[0][:-1] == read[0]  # type: ignore[index]
    assert recalled[1:] == read[1:]


def test_an_old_entry_that_was_changed_is_found_by_reading_and_by_checking(
    url: str, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(url, keys)
    edited(tmp_path, "UPDATE record_leaves SET leaf = X'7B7D' WHERE seq = 5")
    with pytest.raises(RecordChangedError, match="leaf 5 was not written by the holder"):
        Record.open(url, keys)
    monkeypatch.setattr(record_reader, "_SAMPLE", 0)  # the sample did not hit it
    with Record.open(url, keys) as record:
        for use in (record.check, lambda: list(record.entries()), lambda: record.leaf(5)):
            with pytest.raises(RecordChangedError, match="leaf 5 is another"):
                use()
        with pytest.raises(RecordChangedError):
            record.export(tmp_path / "export.jsonl")
    with pytest.raises(RecordChangedError, match="leaf 5 was not written"):
        Record.open(url, keys, whole=True)


@pytest.mark.parametrize("damage", ["cut", "flip", "swap", "gone", "empty"])
def test_a_piece_that_does_not_hold_is_passed_over(
    damage: str, url: str, keys: Keys, tmp_path: Path
) -> None:
    fill(url, keys)
    first, second = sorted((keys.folder / "index").iterdir())[:2]
    content = first.read_bytes()
    if damage == "cut":
        first.write_bytes(content[:-5])
    elif damage == "flip":
        first.write_bytes(content[:60] + bytes([content[60] ^ 1]) + content[61:])
    elif damage == "swap":
        first.write_bytes(second.read_bytes())
    elif damage == "empty":
        first.write_bytes(b"")
    else:
        first.unlink()
    with Record.open(url, keys) as record:
        assert record.recalled == 0 and len(list(record.entries())) == 32
    with Record.open(url, keys) as record:
        assert record.recalled == 32  # it was made anew


def test_pieces_of_a_newer_database_do_not_vouch_for_an_older_one(
    url: str, keys: Keys, tmp_path: Path
) -> None:
    fill(url, keys)
    edited(tmp_path, "DELETE FROM record_leaves WHERE seq > 20")
    with pytest.raises(RecordChangedError, match="its end was cut, or it is an older copy"):
        Record.open(url, keys)
    edited(tmp_path, "DELETE FROM record_checkpoints WHERE size > 21")
    (keys.folder / "last_checkpoint").unlink()
    with Record.open(url, keys) as record:
        assert (record.recalled, record.size) == (16, 21)


def test_after_entries_were_retired_the_rest_is_recalled(
    url: str, keys: Keys, tmp_path: Path, clock: SetClock
) -> None:
    fill(url, keys, clock)
    with Record.open(url, keys, clock=clock) as record:
        assert record.retire(clock.at - 195, "ann", "old") is not None
    with Record.open(url, keys, clock=clock) as record:
        first = next(iter(record.entries())).seq
        assert first % 8 and record.recalled == 16
        kept = [record.kept(f"look/{n}") for n in range(3)]
        assert kept == [b"27", b"28", b"29"]
        assert proved(record.proof(30), record.leaf(30), keys.public).size == record.size
    assert int(min((keys.folder / "index").iterdir()).name) == first - first % 8


@pytest.mark.parametrize("retired", [0, 8, 24])
def test_a_tree_takes_whole_subtrees(retired: int) -> None:
    leaves = [leaf_hash(b"%d" % n) for n in range(60)]
    whole = MerkleTree()
    for one in leaves:
        whole.append(one)
    tree = MerkleTree(retired, whole.subtrees(retired))
    for first in range(retired, 56, 8):
        tree.append_subtree(whole.subtree(first, 8))
    for one in leaves[56:]:
        tree.append(one)
    assert [tree.root(n) for n in range(retired, 61)] == [
        root_of(leaves[:n]) for n in range(retired, 61)
    ]
    assert tree.inclusion(58, 60) == whole.inclusion(58, 60)
