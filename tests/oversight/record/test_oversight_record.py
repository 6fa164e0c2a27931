"""What a record does for those who use it."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from peerwatch.oversight.record import Keys, Record, RecordError
from peerwatch.oversight.record.log_checkpoint import proved, read_checkpoint
from peerwatch.oversight.record.merkle_tree import leaf_hash, root_of
from peerwatch.oversight.record.signed_note import public_key
from peerwatch.oversight.record.verify_log import verify_log

from .conftest import SetClock

STARTED = {"mode": "observe", "interval": 60.0}
LOOK = {"host": "alpha", "begun": 1.0, "ended": 2.5}


def order(name: str = "O-1") -> dict[str, object]:
    return {
        "order": name,
        "kind": "retire",
        "target": "luma",
        "person": "ann",
        "by": 5.0,
        "known_at": 1.0,
    }


def test_what_is_appended_is_read_again(record: Record, url: str, keys: Keys) -> None:
    first = record.append("started", STARTED)
    second = record.append("order_given", order())
    assert (first.seq, second.seq) == (0, 1)
    assert list(record.entries()) == [first, second]
    with Record.open(url, keys) as again:
        assert list(again.entries()) == [first, second]


def test_entries_are_found_by_kind_subject_and_place(record: Record) -> None:
    for number in range(6):
        record.append("order_given", order(f"O-{number % 2}"))
        record.append("look", LOOK | {"host": f"host{number % 3}"})

    def seqs(**how: object) -> list[int]:
        return [entry.seq for entry in record.entries(**how)]  # type: ignore[arg-type]

    assert seqs(kinds=["look"]) == [1, 3, 5, 7, 9, 11]
    assert seqs(kinds=["look"], after=5, limit=2) == [7, 9]
    assert seqs(kinds=["look"], newest_first=True, limit=2) == [11, 9]
    assert seqs(about={"order": "O-1"}) == [2, 6, 10]
    assert seqs(about={"order": "O-1", "target": "luma"}, limit=1) == [2]
    assert seqs(about={"target": "nobody"}) == seqs(kinds=["verified"]) == []
    assert seqs(kinds=["look", "order_given"]) == seqs() == list(range(12))
    assert seqs(about={"host": "host1"}, kinds=["look"], after=3) == [9]


def test_every_field_is_inside_the_leaf(record: Record, clock: SetClock) -> None:
    record.append("inventory_read", {"digest": "blake3:00"})
    record.append("started", {"mode": "shadow", "interval": 60.0, "version": "1"})
    entry = record.append("incident", {"incident": "I-1", "person": "ann", "said": "é"})
    assert record.leaf(2).decode() == (
        '{"at":1795900000,"body":{"incident":"I-1","person":"ann","said":"é"},"boot":"b001b001",'
        '"kind":"incident","mode":"shadow","policy":"blake3:00","seq":2,"up":1000,"v":1}'
    )
    assert entry.leaf_hash == leaf_hash(record.leaf(2)).hex()
    assert (entry.policy, entry.mode, entry.at) == ("blake3:00", "shadow", clock.at)


def test_policy_and_mode_stay_when_it_is_opened_again(url: str, keys: Keys) -> None:
    with Record.open(url, keys) as record:
        record.append("inventory_read", {"digest": "blake3:00"})
        record.append("started", {"mode": "enforce", "interval": 60.0})
    with Record.open(url, keys) as record:
        entry = record.append("heartbeat", {"interval": 60.0})
    assert (entry.policy, entry.mode) == ("blake3:00", "enforce")


def test_a_checkpoint_is_of_all_leaves_and_says_nothing_twice(record: Record, keys: Keys) -> None:
    for _ in range(5):
        record.append("look", LOOK)
    note = record.checkpoint()
    found = read_checkpoint(note, public_key(record.public_key))
    assert found.size == 5
    assert found.root == root_of([leaf_hash(record.leaf(seq)) for seq in range(5)])
    assert record.checkpoint() == note
    assert keys.last_checkpoint() == note


def test_a_proof_holds_for_its_entry_alone(record: Record) -> None:
    for _ in range(5):
        record.append("look", LOOK)
    key = public_key(record.public_key)
    assert proved(record.proof(3), record.leaf(3), key).size == 5
    for changed in (record.leaf(2), record.leaf(3).replace(b"alpha", b"beta")):
        with pytest.raises(RecordError):
            proved(record.proof(3), changed, key)
    with pytest.raises(RecordError, match="no leaf 5"):
        record.proof(5)


def test_checkpoints_come_by_number_and_by_time(url: str, keys: Keys) -> None:
    with Record.open(url, keys, checkpoint_every=3) as record:
        for _ in range(3):
            record.append("look", LOOK)
        wait_for(lambda: size_beside(keys) == 3)
    with Record.open(url, keys, checkpoint_seconds=0.05) as record:
        record.append("look", LOOK)
        wait_for(lambda: size_beside(keys) == 4)


def test_the_last_checkpoint_is_made_when_it_is_closed(url: str, keys: Keys) -> None:
    with Record.open(url, keys) as record:
        record.append("look", LOOK)
    assert size_beside(keys) == 1
    with pytest.raises(RecordError, match="Open it again"):
        record.append("look", LOOK)


def size_beside(keys: Keys) -> int | None:
    note = keys.last_checkpoint()
    return None if note is None else read_checkpoint(note, keys.public).size


def wait_for(true: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(500):
        if true():
            return
        waiting.wait(0.02)
    raise AssertionError("it did not come")


def test_threads_append_side_by_side(record: Record) -> None:
    def many(number: int) -> None:
        for at in range(20):
            record.append("look", LOOK | {"host": f"{number}-{at}"})

    threads = [threading.Thread(target=many, args=(one,)) for one in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hosts = [str(entry.body["host"]) for entry in record.entries()]
    assert len(hosts) == len(set(hosts)) == 120
    for number in range(6):  # each in its own order
        mine = [host for host in hosts if host.startswith(f"{number}-")]
        assert mine == [f"{number}-{at}" for at in range(20)]


def test_two_that_write_take_turns(record: Record, url: str, keys: Keys) -> None:
    with Record.open(url, keys) as other:
        for _ in range(3):
            record.append("look", LOOK | {"host": "one"})
            other.append("look", LOOK | {"host": "two"})
        assert [entry.body["host"] for entry in record.entries()] == ["one", "two"] * 3
        assert other.checkpoint() == record.checkpoint()


def test_a_kept_value_goes_with_its_leaf(record: Record, url: str, keys: Keys) -> None:
    assert record.kept("look/alpha") is None
    entry = record.append("look", LOOK, keep={"look/alpha": b"\x00facts"})
    assert entry.body["kept"]["look/alpha"].startswith("sha256:")
    record.append("look", LOOK, keep={"look/alpha": b"newer"})
    record.keep("note", b"a")
    record.keep("note", b"b")
    assert (record.kept("look/alpha"), record.kept("note")) == (b"newer", b"b")
    with pytest.raises(RecordError, match="A leaf answers"):
        record.keep("look/alpha", b"other")
    with Record.open(url, keys) as again:
        assert (again.kept("look/alpha"), again.kept("note")) == (b"newer", b"b")


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("loook", LOOK, "Did you mean 'look'"),
        ("look", {"host": "alpha"}, "begun: Field required"),
        ("look", LOOK | {"begun": "now"}, "begun: Input should be a valid number"),
        ("look", LOOK | {"begun": float("nan")}, "no number of JSON"),
        ("look", LOOK | {"x": object()}, "cannot be recorded as JSON"),
        ("look", LOOK | {1: "x"}, "no text"),
        ("look", LOOK | {"kept": {}}, "keep="),
        ("look", LOOK | {"x": ["x" * 60_000] * 80}, "too large"),
        ("order_given", order() | {"kind": "shoot"}, "kind: Input should be"),
    ],
)
def test_what_is_no_leaf_is_refused(record: Record, kind: str, body: object, said: str) -> None:
    with pytest.raises(RecordError, match=said):
        record.append(kind, body)  # type: ignore[arg-type]
    assert record.size == 0


def test_hostile_texts_are_recorded(record: Record) -> None:
    deep: object = "x"
    for _ in range(60):
        deep = [deep]
    body = LOOK | {
        "name": "a\udcff\x00\u2028\n",
        "big": 2**63,
        "long": "y" * 10_000_000,
        "deep": deep,
        "__proto__": "\U0010ffff",
    }
    entry = record.append("look", body)
    assert entry.body["name"] == "a\\udcff\x00\u2028\n"
    assert entry.body["big"] == str(2**63)
    assert len(entry.body["long"]) < 5000 and "10000000 characters, sha256:" in entry.body["long"]
    assert next(record.entries()) == entry


def test_values_of_dataclasses_are_recorded(record: Record) -> None:
    @dataclass(frozen=True)
    class Seen:
        path: str
        sizes: tuple[int, ...]

    entry = record.append("look", LOOK | {"seen": (Seen("/a", (1, 2)),), "set": {"b", "a"}})
    assert entry.body["seen"] == [{"path": "/a", "sizes": [1, 2]}]
    assert entry.body["set"] == ["a", "b"]


def test_secrets_do_not_reach_the_database(record: Record, tmp_path: Path) -> None:
    record.append("look", LOOK | {"words": ["x", "--password", "hunter2secret"]})
    record.close()
    assert b"hunter2secret" not in (tmp_path / "record.db").read_bytes()


def test_files_are_for_their_owner_alone(record: Record, tmp_path: Path) -> None:
    record.append("look", LOOK)
    for file in ("record.db", "record.db-wal", "keys/record.key"):
        assert stat.S_IMODE((tmp_path / file).stat().st_mode) == 0o600, file
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_a_key_is_made_once_and_guarded(keys: Keys) -> None:
    assert Keys.load(keys.folder).public == keys.public
    with pytest.raises(RecordError, match="is there already"):
        Keys.create(keys.folder)
    (keys.folder / "record.key").chmod(0o640)
    with pytest.raises(RecordError, match="chmod 600"):
        Keys.load(keys.folder)
    (keys.folder / "record.key").chmod(0o600)
    (keys.folder / "record.key").write_text("PRIVATE+KEY+x")
    with pytest.raises(RecordError, match=r"is damaged\. Restore it .*no private key"):
        Keys.load(keys.folder)


def test_there_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="Make one, or restore"):
        Keys.load(tmp_path)
    with pytest.raises(RecordError, match="Choose another"):
        Keys.create(tmp_path / "k", "two words")


@pytest.mark.parametrize(
    "url", ["", "record.db", "sqlite://", "mysql://u:secret@h/d", "sqlite:///:memory:"]
)
def test_another_address_is_refused(url: str, keys: Keys) -> None:
    with pytest.raises(RecordError, match="sqlite:///PATH") as raised:
        Record.open(url, keys)
    assert "secret" not in str(raised.value)


def test_a_file_that_is_no_database_is_said(tmp_path: Path, keys: Keys) -> None:
    (tmp_path / "record.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(RecordError, match="file is not a database"):
        Record.open(f"sqlite:///{tmp_path}/record.db", keys)


def test_tables_of_a_newer_version_are_left_alone(url: str, keys: Keys, tmp_path: Path) -> None:
    Record.open(url, keys).close()
    with sqlite3.connect(tmp_path / "record.db") as database:
        database.execute("UPDATE record_version SET version_num = '7'")
    with pytest.raises(RecordError, match="Install the newer version"):
        Record.open(url, keys)


def test_a_token_is_not_cut_into_something_that_is_none(record: Record) -> None:
    token = "ghp_" + "a1B2c3D4e5" * 4
    entry = record.append("look", LOOK | {"x": "y " * 2040 + token + " z" * 60_000})
    assert "ghp_" not in str(entry.body)


def test_a_process_that_was_forked_off_is_told(record: Record) -> None:
    """Its writer stayed behind: an append there would wait for ever."""
    record.append("look", LOOK)
    child = os.fork()
    if child == 0:
        try:
            record.append("look", LOOK)
        except RecordError:
            os._exit(7)
        os._exit(8)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    record.append("look", LOOK)


def test_several_may_open_a_new_record_at_once(url: str, keys: Keys) -> None:
    def opens() -> None:
        with Record.open(url, keys) as record:
            record.append("look", LOOK)

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(opens) for _ in range(6)]:
            done.result()
    with Record.open(url, keys) as record:
        assert record.size == 6


def test_what_is_recorded_while_it_is_exported_is_left_out(
    record: Record, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record.append("started", STARTED, durable=True)
    signed = record.checkpoint

    def and_another() -> str:
        note = signed()
        record.append("look", LOOK)
        return note

    monkeypatch.setattr(record, "checkpoint", and_another)
    assert record.export(tmp_path / "export.jsonl") == 1
    report = verify_log(tmp_path / "export.jsonl", str(keys.public))
    assert (report.problems, report.size, report.signed) == ((), 1, 1)
