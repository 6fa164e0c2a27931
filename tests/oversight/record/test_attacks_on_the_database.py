"""Attacks by who is root on the database, found by the process that holds the key."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from peerwatch.oversight.record import Keys, Record, RecordChangedError, RecordError, kept_index
from peerwatch.oversight.record.anchor_places import DirectoryAnchor
from peerwatch.oversight.record.canonical_json import canonical
from peerwatch.oversight.record.log_checkpoint import Checkpoint
from peerwatch.oversight.record.merkle_tree import EMPTY_ROOT

LOOK = {"host": "alpha", "begun": 1.0, "ended": 2.0}
Attack = Callable[[sqlite3.Connection], None]


@pytest.fixture(autouse=True, params=[kept_index.CHUNK, 4])
def _pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let opening read all entries, or believe of some what an earlier opening has read."""
    monkeypatch.setattr(kept_index, "CHUNK", request.param)


def fill(url: str, keys: Keys, count: int = 6) -> None:
    with Record.open(url, keys) as record:
        for number in range(count):
            record.append("look", LOOK | {"number": number}, keep={"look/alpha": b"facts"})
        record.checkpoint()


def attack(folder: Path, work: Attack) -> None:
    database = sqlite3.connect(folder / "record.db")
    with database:
        work(database)
    database.close()


def does(statement: str, *values: object) -> Attack:
    def work(database: sqlite3.Connection) -> None:
        database.execute(statement, values)

    return work


def leaf(database: sqlite3.Connection, seq: int) -> bytes:
    found = database.execute("SELECT leaf FROM record_leaves WHERE seq = ?", (seq,))
    return bytes(found.fetchone()[0])


def edit(database: sqlite3.Connection) -> None:
    changed = leaf(database, 3).replace(b"alpha", b"omega")
    database.execute("UPDATE record_leaves SET leaf = ? WHERE seq = 3", (changed,))


def swap(database: sqlite3.Connection) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        database.execute("UPDATE record_leaves SET seq = ? WHERE seq = ?", (new, old))


def take_from_the_middle(database: sqlite3.Connection) -> None:
    database.execute("DELETE FROM record_leaves WHERE seq = 3")


def cut(database: sqlite3.Connection) -> None:
    database.execute("DELETE FROM record_leaves WHERE seq > 3")


def cut_with_checkpoints(database: sqlite3.Connection) -> None:
    cut(database)
    database.execute("DELETE FROM record_checkpoints")


def forge(database: sqlite3.Connection) -> None:
    made = json.loads(leaf(database, 5)) | {"seq": 6}
    seal = b"\x00" * 16
    database.execute("INSERT INTO record_leaves VALUES (6, ?, ?)", (canonical(made), seal))


def copy_with_its_seal(database: sqlite3.Connection) -> None:
    database.execute(
        "INSERT INTO record_leaves SELECT 6, leaf, seal FROM record_leaves WHERE seq = 5"
    )


def checkpoint_edited(database: sqlite3.Connection) -> None:
    database.execute("UPDATE record_checkpoints SET note = replace(note, '6', '7')")


def retire_silently(database: sqlite3.Connection) -> None:
    database.execute("DELETE FROM record_leaves WHERE seq < 2")
    database.execute("UPDATE record_identity SET retired = 2, subtrees = ?", (b"\x00" * 32,))


def forget_whose_it_is(database: sqlite3.Connection) -> None:
    database.execute("DELETE FROM record_identity")


def empty(database: sqlite3.Connection) -> None:
    for table in ("leaves", "checkpoints", "kept"):
        database.execute(f"DELETE FROM record_{table}")


ATTACKS: dict[Attack, str] = {
    edit: "leaf 3 was not written by the holder",
    swap: "leaf 2 was not written by the holder",
    take_from_the_middle: "leaf 3 is gone",
    cut: "its end was cut, or it is an older copy",
    cut_with_checkpoints: "beside the key has 6",
    forge: "leaf 6 was not written by the holder",
    copy_with_its_seal: "leaf 6 was not written by the holder",
    checkpoint_edited: "checkpoint in the database is none of its key",
    retire_silently: "no leaf retires them",
    forget_whose_it_is: "does not say whose record",
    empty: "beside the key has 6",
}


@pytest.mark.parametrize("work", list(ATTACKS), ids=lambda work: work.__name__)
def test_found_when_it_is_opened(work: Attack, url: str, keys: Keys, tmp_path: Path) -> None:
    fill(url, keys)
    attack(tmp_path, work)
    with pytest.raises(RecordChangedError, match=ATTACKS[work]):
        Record.open(url, keys)


@pytest.mark.parametrize(
    "work", [cut, cut_with_checkpoints, forge, copy_with_its_seal, retire_silently, empty]
)
def test_found_by_the_next_append(work: Attack, url: str, keys: Keys, tmp_path: Path) -> None:
    fill(url, keys)
    with Record.open(url, keys) as record:
        attack(tmp_path, work)
        with pytest.raises(RecordChangedError):
            record.append("look", LOOK)


@pytest.mark.parametrize("work", [edit, swap, take_from_the_middle])
def test_found_by_the_next_reading(work: Attack, url: str, keys: Keys, tmp_path: Path) -> None:
    fill(url, keys)
    with Record.open(url, keys) as record:
        record.append("look", LOOK)
        root = record.checkpoint()
        attack(tmp_path, work)
        with pytest.raises(RecordChangedError):
            list(record.entries())
        with pytest.raises(RecordChangedError):
            record.export(tmp_path / "export.jsonl")
        assert not (tmp_path / "export.jsonl").exists()
        assert record.checkpoint() == root  # what was written is signed, whatever stands there now


def test_a_checkpoint_is_not_taken_from_the_database_as_it_stands(
    url: str, keys: Keys, tmp_path: Path
) -> None:
    fill(url, keys)
    with Record.open(url, keys) as record:
        record.append("look", LOOK)
        note = keys.private.sign(Checkpoint(keys.public.name, 7, EMPTY_ROOT).text())

        def work(database: sqlite3.Connection) -> None:
            database.execute("INSERT INTO record_checkpoints VALUES (7, ?)", (note,))

        attack(tmp_path, work)
        with pytest.raises(RecordChangedError, match="the checkpoint of 7 is another"):
            record.checkpoint()


def test_an_older_copy_put_back_is_found(url: str, keys: Keys, tmp_path: Path) -> None:
    fill(url, keys)
    shutil.copy(tmp_path / "record.db", tmp_path / "older.db")
    fill(url, keys)
    shutil.move(tmp_path / "older.db", tmp_path / "record.db")
    with pytest.raises(RecordChangedError, match="an older copy"):
        Record.open(url, keys)


def test_an_older_copy_put_back_while_it_runs_is_found(
    url: str, keys: Keys, tmp_path: Path
) -> None:
    fill(url, keys)
    shutil.copy(tmp_path / "record.db", tmp_path / "older.db")
    with Record.open(url, keys) as record:
        record.append("look", LOOK)
        shutil.move(tmp_path / "older.db", tmp_path / "record.db")
        for use in (lambda: record.append("look", LOOK), lambda: list(record.entries())):
            with pytest.raises(RecordChangedError, match="was replaced or removed"):
                use()


@pytest.mark.parametrize("ending", ["", "-wal"])
def test_a_file_taken_away_while_it_runs_is_found(
    ending: str, url: str, keys: Keys, tmp_path: Path
) -> None:
    """The log too: what is written to a removed one is gone with the process."""
    fill(url, keys)
    with Record.open(url, keys) as record:
        record.append("look", LOOK)
        (tmp_path / f"record.db{ending}").unlink()
        with pytest.raises(RecordChangedError, match="was replaced or removed"):
            record.append("look", LOOK)


def test_an_older_copy_of_all_of_it_is_found_by_the_anchor(
    url: str, keys: Keys, tmp_path: Path
) -> None:
    """The enemy puts back the database and what stands beside the key; the anchor is elsewhere."""
    anchor = DirectoryAnchor(str(tmp_path / "anchors"))
    (tmp_path / "anchors").mkdir()
    fill(url, keys)
    shutil.copytree(keys.folder, tmp_path / "older_keys")
    shutil.copy(tmp_path / "record.db", tmp_path / "older.db")
    with Record.open(url, keys) as record:
        record.append("look", LOOK)
        record.anchor(anchor)
    shutil.rmtree(keys.folder)
    shutil.move(tmp_path / "older_keys", keys.folder)
    shutil.move(tmp_path / "older.db", tmp_path / "record.db")
    said = r"newest checkpoint at .*anchors has 7"
    with (
        Record.open(url, Keys.load(keys.folder)) as record,
        pytest.raises(RecordChangedError, match=said),
    ):
        record.anchor(anchor)


def test_the_record_of_another_key_is_not_opened(url: str, keys: Keys, tmp_path: Path) -> None:
    fill(url, keys)
    with pytest.raises(RecordError, match="is the record of the key"):
        Record.open(url, Keys.create(tmp_path / "other", "other.example/log"))


def test_a_record_put_in_the_place_of_another_is_found(
    url: str, keys: Keys, tmp_path: Path
) -> None:
    """With the name of the right key written into it: its seals are of the wrong one."""
    other = Keys.create(tmp_path / "other", keys.public.name)
    fill(url, other)
    key = str(keys.public)
    attack(tmp_path, does("UPDATE record_identity SET public_key = ?", key))
    with pytest.raises(RecordChangedError, match="leaf 0 was not written by the holder"):
        Record.open(url, keys)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM record_kept",
        "UPDATE record_kept SET content = X'00'",
        "UPDATE record_kept SET name = 'look/beta'",
    ],
)
def test_a_kept_value_that_was_changed_or_taken_is_found(
    change: str, url: str, keys: Keys, tmp_path: Path
) -> None:
    fill(url, keys)
    attack(tmp_path, does(change))
    with Record.open(url, keys) as record, pytest.raises(RecordChangedError, match="look/alpha"):
        record.kept("look/alpha")


def test_an_older_kept_value_put_back_is_found(url: str, keys: Keys, tmp_path: Path) -> None:
    """A baseline of yesterday, sealed as it should be, would hide what happened since."""
    fill(url, keys)
    rows: list[tuple[object, ...]] = []
    attack(tmp_path, lambda one: rows.extend(one.execute("SELECT * FROM record_kept")))
    with Record.open(url, keys) as record:
        record.append("look", LOOK, keep={"look/alpha": b"newer"})
        attack(tmp_path, does("DELETE FROM record_kept"))
        attack(tmp_path, does("INSERT INTO record_kept VALUES (?, ?, ?)", *rows[0]))
        with pytest.raises(RecordChangedError, match="look/alpha"):
            record.kept("look/alpha")


def test_after_an_attack_nothing_more_is_written(url: str, keys: Keys, tmp_path: Path) -> None:
    fill(url, keys)
    with Record.open(url, keys) as record:
        attack(tmp_path, forge)
        for _ in range(2):
            with pytest.raises(RecordChangedError):
                record.append("look", LOOK)
        with pytest.raises(RecordChangedError):
            record.checkpoint()


FINDING = {
    "behaviour": "tampering",
    "established": True,
    "direction": "toward",
    "host": "alpha",
    "place": "/etc/luma.yaml",
    "said": "the shutdown setting was changed",
}


@pytest.mark.parametrize(
    "taken", ["DELETE FROM record_leaves", "UPDATE record_leaves SET leaf = X'7B7D'"]
)
def test_a_trigger_that_drops_or_changes_findings_is_found(
    taken: str, url: str, keys: Keys, tmp_path: Path
) -> None:
    """The database takes each finding, says so, and does away with it in the same transaction."""
    fill(url, keys)
    trigger = (
        "CREATE TRIGGER luma AFTER INSERT ON record_leaves "
        f"WHEN CAST(NEW.leaf AS TEXT) LIKE '%finding%' BEGIN {taken} WHERE seq = NEW.seq; END"
    )
    attack(tmp_path, does(trigger))
    with Record.open(url, keys) as record:
        record.append("look", LOOK)
        record.append("finding", FINDING)
        with pytest.raises(RecordChangedError, match="leaf 7 is"):
            record.append("heartbeat", {"interval": 60.0})


def test_a_finding_cut_off_right_after_a_kill_is_found(
    url: str, keys: Keys, tmp_path: Path
) -> None:
    """No checkpoint was due yet. The overseer is stopped, and the last leaves go with all notes."""
    fill(url, keys)
    record = Record.open(url, keys)
    record.append("finding", FINDING)
    shutil.copy(tmp_path / "record.db", tmp_path / "killed.db")
    shutil.copy(tmp_path / "record.db-wal", tmp_path / "killed.db-wal")
    size = keys.last_checkpoint()
    record.close()
    assert size is not None and "\n7\n" in size
    for ending in ("", "-wal"):
        shutil.move(tmp_path / f"killed.db{ending}", tmp_path / f"record.db{ending}")
    attack(tmp_path, does("DELETE FROM record_leaves WHERE seq > 5"))
    attack(tmp_path, does("DELETE FROM record_checkpoints WHERE size > 6"))
    with pytest.raises(RecordChangedError, match="beside the key has 7"):
        Record.open(url, keys)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record_leaves SET leaf = 'text' WHERE seq = 3",
        "UPDATE record_leaves SET leaf = 7 WHERE seq = 5",
        "UPDATE record_leaves SET seal = 'text' WHERE seq = 3",
        "UPDATE record_identity SET retired = 'many'",
        "UPDATE record_identity SET retired = 1.5",
        "UPDATE record_identity SET retired = -3",
        "UPDATE record_identity SET retired = 5, subtrees = 'text'",
        "UPDATE record_identity SET public_key = X'00'",
        "INSERT INTO record_identity VALUES (2, 'x', 0, X'')",
        "UPDATE record_checkpoints SET note = X'FF'",
        "UPDATE record_version SET version_num = 'x'",
        "DELETE FROM record_version",
        "DROP TABLE record_leaves",
        "DROP TABLE record_checkpoints",
        "ALTER TABLE record_leaves RENAME COLUMN seal TO mark",
        "DELETE FROM record_leaves WHERE seq = 0",
    ],
)
def test_a_database_of_nonsense_is_refused_and_not_a_traceback(
    statement: str, url: str, keys: Keys, tmp_path: Path
) -> None:
    fill(url, keys)
    attack(tmp_path, does(statement))
    with pytest.raises(RecordError):
        Record.open(url, keys)


def test_a_key_whose_checkpoint_is_lost_opens_its_record(url: str, keys: Keys) -> None:
    fill(url, keys)
    (keys.folder / "last_checkpoint").unlink()
    with Record.open(url, keys) as record:
        assert record.size == 6
