"""Backup and restore of the state folder, while oversight runs.

A backup is a folder: the record as SQLite's online backup gives it, every other file, and a
manifest of their digests. It is checked when it is made and again before anything is restored, and
then the record with its key, leaf by leaf. A damaged one is refused whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.record.kept_index import INDEX_FOLDER
from peerwatch.oversight.record.oversight_record import Record
from peerwatch.oversight.record.record_errors import RecordError
from peerwatch.oversight.record.record_keys import Keys

MANIFEST = "manifest.json"
RECORD_FILE = "record.db"
KEYS_FOLDER = "keys"
_SQLITE = b"SQLite format 3\0"
_LEFT_OUT = ("-wal", "-shm", "-journal", ".part", ".lock")
"""Ends of names: what SQLite has in work, which its backup holds already, and unfinished files."""


class BackupError(PeerwatchError):
    """A backup that cannot be made or is not whole; nothing was changed."""

    exit_code = 4


def make_backup(state: Path, target: Path) -> dict[str, Any]:
    """Copy a state folder, keys included, into a folder that is not there yet.

    Args:
        state: The state folder; it may be in use.
        target: Where the backup goes. Keep it where no agent can read: it holds the keys.

    Returns:
        The manifest: ``at`` (Unix seconds), ``files`` (name -> digest and size).

    Raises:
        BackupError: There is no state, the target is there, or the copy of a database is damaged.
    """
    if not state.is_dir():
        raise BackupError(f"{state}: there is no such state folder.")
    if target.exists():
        raise BackupError(f"{target} is there already. Name a folder that is not.")
    if target.resolve().is_relative_to(state.resolve()):
        raise BackupError(f"{target} lies in the state folder. Name a folder outside it.")
    part = target.with_name(f"{target.name}.part")
    if part.exists():
        raise BackupError(f"{part} is left from a backup that ended early. Remove it first.")
    part.mkdir(mode=0o700, parents=True)
    try:
        for name in _names(state):
            _copy(state / name, part / name)
        manifest = {"version": 1, "at": time.time(), "files": _digests(part)}
        text = json.dumps(manifest, indent=1, sort_keys=True)
        (part / MANIFEST).write_text(text, encoding="utf-8")
        os.replace(part, target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return manifest


def restore_backup(source: Path, state: Path) -> dict[str, Any]:
    """Put a backup into a state folder that is empty or not there.

    Returns:
        The manifest.

    Raises:
        BackupError: The backup is not whole, or there is something in the state folder.
    """
    manifest = check_backup(source)
    if state.exists() and any(state.iterdir()):
        raise BackupError(
            f"{state} is not empty. Stop oversight and move the folder away; nothing is replaced."
        )
    part = state.with_name(f"{state.name}.part")
    if part.exists():
        raise BackupError(f"{part} is left from a restore that ended early. Remove it first.")
    part.mkdir(mode=0o700, parents=True)
    try:
        for name in manifest["files"]:
            (part / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(source / name, part / name)
        if _digests(part) != manifest["files"]:
            raise BackupError(f"{source} changed while it was restored. Nothing was restored.")
        _check_record(part)
        if state.exists():
            state.rmdir()
        os.replace(part, state)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return manifest


def check_backup(source: Path) -> dict[str, Any]:
    """Return the manifest of a backup that is whole.

    Raises:
        BackupError: It is not; the message names what is wrong with which file.
    """
    manifest = _manifest(source)
    there, wanted = _digests(source), manifest["files"]
    faults = [f"{name} is missing" for name in wanted if name not in there]
    faults += [f"{name} is not in the manifest" for name in there if name not in wanted]
    both = wanted.keys() & there.keys()
    faults += [f"{name} is damaged" for name in sorted(both) if wanted[name] != there[name]]
    if faults:
        raise BackupError(f"{source} is not whole: {'; '.join(faults)}. Nothing was restored.")
    for name in wanted:
        _check_database(source / name)
    return manifest


def _check_record(folder: Path) -> None:
    """Open a record with its key, which checks every leaf of it."""
    database, keys = folder / RECORD_FILE, folder / KEYS_FOLDER
    if not (database.is_file() and keys.is_dir()):
        return
    try:
        Record.open(f"sqlite:///{database.absolute()}", Keys.load(keys), whole=True).close()
    except RecordError as error:
        raise BackupError(f"The record of this backup is not whole: {error}") from error


def _manifest(source: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
        if manifest["version"] == 1 and isinstance(manifest["files"], dict):
            return dict(manifest)
    except OSError as error:
        raise BackupError(
            f"{source}: its {MANIFEST} cannot be read ({error.strerror}). Name a folder that "
            "peerwatch oversee backup made."
        ) from None
    except (ValueError, KeyError, TypeError):
        pass
    raise BackupError(f"{source}: {MANIFEST} is not that of a backup.")


def _names(folder: Path) -> Iterator[str]:
    """Yield the files below a folder by their relative names; links are none.

    What follows from the record and is made again by itself is left out.
    """
    for path in sorted(folder.rglob("*")):
        if path.parent == folder / KEYS_FOLDER / INDEX_FOLDER:
            continue
        if path.is_file() and not path.is_symlink() and not path.name.endswith(_LEFT_OUT):
            yield str(path.relative_to(folder))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_database(source):
        shutil.copy2(source, target)
        return
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    shutil.copymode(source, target)
    _check_database(target)


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def _check_database(path: Path) -> None:
    if not _is_database(path):
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            said = database.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise BackupError(f"{path} is a damaged database: {said.splitlines()[0]}")


def _digests(folder: Path) -> dict[str, dict[str, Any]]:
    return {
        name: {"sha256": _sha256(folder / name), "size": (folder / name).stat().st_size}
        for name in _names(folder)
        if name != MANIFEST
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
