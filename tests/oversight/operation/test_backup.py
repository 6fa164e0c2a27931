from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from peerwatch.oversight.operation.backup import (
    MANIFEST,
    BackupError,
    make_backup,
    restore_backup,
)
from peerwatch.oversight.record import kept_index
from peerwatch.oversight.record.oversight_record import Record
from peerwatch.oversight.record.record_keys import Keys


def opened(folder: Path) -> Record:
    return Record.open(f"sqlite:///{folder / 'record.db'}", Keys.load(folder / "keys"))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    Keys.create(folder / "keys", "example.com/oversight")
    with opened(folder) as record:
        record.append("signed_in", {"person": "Ada", "how": "proxy"})
        record.keep("look/gpu1", b"seen")
    return folder


def test_what_was_backed_up_is_restored(state: Path, tmp_path: Path) -> None:
    (state / "link").symlink_to("/etc/passwd")
    (state / "x.part").write_text("unfinished")
    manifest = make_backup(state, tmp_path / "backup")
    assert sorted(manifest["files"]) == [
        "keys/last_checkpoint",
        "keys/record.key",
        "keys/record.pub",
        "record.db",
    ]
    back = tmp_path / "back"
    back.mkdir()
    restore_backup(tmp_path / "backup", back)
    assert (back / "keys" / "record.key").stat().st_mode & 0o077 == 0
    with opened(back) as record:
        assert [one.kind for one in record.entries()] == ["signed_in"]
        assert record.kept("look/gpu1") == b"seen"


def test_what_opening_has_learned_is_left_out_and_made_again(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_index, "CHUNK", 2)
    with opened(state) as record:
        record.append("signed_in", {"person": "Ada", "how": "proxy"})
    assert list((state / "keys" / "index").iterdir())
    manifest = make_backup(state, tmp_path / "backup")
    assert len(manifest["files"]) == 4
    restore_backup(tmp_path / "backup", tmp_path / "back")
    restore_backup(tmp_path / "backup", tmp_path / "again")
    for name in ("back", "again"):
        with opened(tmp_path / name) as record:
            assert len(list(record.entries())) == 2


def test_a_record_is_copied_whole_while_it_grows(state: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def grow(record: Record) -> None:
        while not stop.is_set():
            record.append("signed_in", {"person": "Ada", "how": "proxy"})

    with opened(state) as record:
        writer = threading.Thread(target=grow, args=(record,))
        writer.start()
        sizes = []
        for number in range(3):
            make_backup(state, tmp_path / f"backup-{number}")
            restore_backup(tmp_path / f"backup-{number}", tmp_path / f"back-{number}")
            with opened(tmp_path / f"back-{number}") as copy:
                sizes.append(copy.size)
        stop.set()
        writer.join()
    assert sizes == sorted(sizes) and sizes[0] >= 1


def spoil(backup: Path, how: str) -> None:
    database = backup / "record.db"
    if how == "cut":
        database.write_bytes(database.read_bytes()[:-4096])
    elif how == "bit":
        held = bytearray(database.read_bytes())
        held[len(held) // 2] ^= 1
        database.write_bytes(held)
    elif how == "missing":
        (backup / "keys" / "record.key").unlink()
    elif how == "more":
        (backup / "more").write_text("x")
    elif how == "manifest":
        (backup / MANIFEST).write_text("{}")
    else:
        (backup / MANIFEST).unlink()


@pytest.mark.parametrize("how", ["cut", "bit", "missing", "more", "manifest", "no manifest"])
def test_a_damaged_backup_is_refused_whole(state: Path, tmp_path: Path, how: str) -> None:
    make_backup(state, tmp_path / "backup")
    spoil(tmp_path / "backup", how)
    with pytest.raises(BackupError):
        restore_backup(tmp_path / "backup", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def renew_manifest(backup: Path) -> None:
    """Make the manifest fit what was changed, as whoever can write the backup can."""
    held = (backup / "record.db").read_bytes()
    manifest = json.loads((backup / MANIFEST).read_text())
    digest = hashlib.sha256(held).hexdigest()
    manifest["files"]["record.db"] = {"sha256": digest, "size": len(held)}
    (backup / MANIFEST).write_text(json.dumps(manifest))


def test_a_damaged_database_is_refused_though_its_digest_fits(state: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    make_backup(state, backup)
    held = bytearray((backup / "record.db").read_bytes())
    held[4096:8192] = b"\xff" * 4096
    (backup / "record.db").write_bytes(held)
    renew_manifest(backup)
    with pytest.raises(BackupError, match="damaged database"):
        restore_backup(backup, tmp_path / "back")


def test_a_record_that_was_rewritten_is_refused(state: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    make_backup(state, backup)
    with closing(sqlite3.connect(backup / "record.db")) as database:
        (leaf,) = database.execute("SELECT leaf FROM record_leaves").fetchone()
        database.execute("UPDATE record_leaves SET leaf = ?", (leaf.replace(b"Ada", b"Eve"),))
        database.commit()
    renew_manifest(backup)
    with pytest.raises(BackupError, match="not whole"):
        restore_backup(backup, tmp_path / "back")
    assert not (tmp_path / "back").exists() and not (tmp_path / "back.part").exists()


def test_nothing_is_replaced(state: Path, tmp_path: Path) -> None:
    make_backup(state, tmp_path / "backup")
    with pytest.raises(BackupError, match="is there already"):
        make_backup(state, tmp_path / "backup")
    with pytest.raises(BackupError, match="not empty"):
        restore_backup(tmp_path / "backup", state)
    with pytest.raises(BackupError, match="in the state folder"):
        make_backup(state, state / "backup")
    with pytest.raises(BackupError, match="no such state"):
        make_backup(tmp_path / "nowhere", tmp_path / "other")
    (tmp_path / "other.part").mkdir()
    with pytest.raises(BackupError, match="ended early"):
        make_backup(state, tmp_path / "other")
