"""The judgements of an audit, in one SQLite file that survives being cut off at any point.

A judgement is keyed by what was judged (item and its bytes), under which frame and wording, how
often, and by which judge. Whoever asks for the same again finds it there.
"""

from __future__ import annotations

import shlex
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from peerwatch.audit.asking.audit_design import AuditDesign, FrameCell, Mask
from peerwatch.audit.asking.stored_judgement import OK, StoredJudgement
from peerwatch.common.errors import PeerwatchError, UnwritableError

FLUSH_SECONDS = 0.02
"""How long a judgement may wait for others to be committed with; slow ones never wait."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS judges (id INTEGER PRIMARY KEY, digest TEXT UNIQUE NOT NULL);
CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY, digest BLOB UNIQUE NOT NULL);
CREATE TABLE IF NOT EXISTS frames (id INTEGER PRIMARY KEY, digest TEXT UNIQUE NOT NULL);
CREATE TABLE IF NOT EXISTS judgements (
  judge INTEGER NOT NULL, item INTEGER NOT NULL, frame INTEGER NOT NULL,
  wording INTEGER NOT NULL, repeat INTEGER NOT NULL, swapped INTEGER NOT NULL,
  status TEXT NOT NULL, value REAL, answer TEXT, detail TEXT,
  attempts INTEGER NOT NULL, seconds REAL NOT NULL, cost REAL NOT NULL,
  input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,
  PRIMARY KEY (judge, item, frame, wording, repeat, swapped)
) WITHOUT ROWID;
"""
# What a judgement that is made once more has cost before stays counted.
_INSERT = f"""
INSERT INTO judgements VALUES ({",".join("?" * 15)})
ON CONFLICT DO UPDATE SET
  status = excluded.status, value = excluded.value, answer = excluded.answer,
  detail = excluded.detail, seconds = excluded.seconds,
  attempts = attempts + excluded.attempts, cost = cost + excluded.cost,
  input_tokens = input_tokens + excluded.input_tokens,
  output_tokens = output_tokens + excluded.output_tokens
"""


class JudgementStore:
    """The judgements of one audit folder; call :meth:`begin` before anything else."""

    def __init__(self, path: Path) -> None:
        """Open the file, or begin it.

        Raises:
            PeerwatchError: It is no file of judgements.
        """
        self._path = path
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            # A crash of the process loses nothing that was committed; a power cut may.
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute("PRAGMA cache_size=-65536")
            self._db.executescript(_SCHEMA)
        except sqlite3.OperationalError as error:
            raise self._unwritable(error) from None
        except sqlite3.DatabaseError as error:
            raise PeerwatchError(
                f"{path}: this is no file of judgements that can be read ({error}). "
                "Choose another --out; nothing in it was touched."
            ) from None
        self._waiting: list[tuple[object, ...]] = []
        self._flushed = 0.0
        self._cells: tuple[FrameCell, ...] = ()
        self._keys: tuple[int, npt.NDArray[np.int64], tuple[int, ...]]

    def begin(self, design: AuditDesign, judge: str) -> None:
        """Make the store ready for an audit.

        Args:
            design: What is asked.
            judge: The digest of the judge.
        """
        words = design.speech.digest()
        self._cells = design.cells()
        self._db.execute("BEGIN")
        judge_id = self._id("judges", judge)
        frames = tuple(self._id("frames", f"{frame.label} {words}") for frame in design.frames)
        digests = [item.digest() for item in design.items]
        self._db.executemany(
            "INSERT OR IGNORE INTO items (digest) VALUES (?)", ((d,) for d in digests)
        )
        known = dict(self._db.execute("SELECT digest, id FROM items"))
        self._db.execute("COMMIT")
        ids = np.fromiter((known[d] for d in digests), dtype=np.int64, count=len(digests))
        self._keys = (judge_id, ids, frames)

    def _id(self, table: str, digest: str) -> int:
        self._db.execute(f"INSERT OR IGNORE INTO {table} (digest) VALUES (?)", (digest,))
        row = self._db.execute(f"SELECT id FROM {table} WHERE digest = ?", (digest,)).fetchone()
        return int(row[0])

    def add(self, judgements: Sequence[StoredJudgement]) -> None:
        """Take judgements in; they reach the file at once or in the next few hundredths."""
        judge, items, frames = self._keys
        for j in judgements:
            cell = self._cells[j.cell]
            self._waiting.append(
                (
                    *(judge, int(items[j.item]), frames[cell.frame], j.wording),
                    *(cell.repeat, int(cell.swapped), j.status, j.value, j.answer, j.detail),
                    *(j.attempts, j.seconds, j.cost, j.input_tokens, j.output_tokens),
                )
            )
        if time.monotonic() - self._flushed >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Commit what waits."""
        if self._waiting:
            if self._db.in_transaction:  # the last try was broken off
                self._db.execute("ROLLBACK")
            try:
                self._db.execute("BEGIN")
                self._db.executemany(_INSERT, self._waiting)
                self._db.execute("COMMIT")
            except sqlite3.OperationalError as error:
                raise self._unwritable(error) from None
            self._waiting.clear()
        self._flushed = time.monotonic()

    def _unwritable(self, error: sqlite3.OperationalError) -> UnwritableError:
        return UnwritableError(
            f"{self._path} cannot be written ({error}). What was judged before is kept. Make room "
            "or mend the disk, then go on with peerwatch audit --out "
            f"{shlex.quote(str(self._path.parent))} --resume"
        )

    def rows(self, design: AuditDesign) -> Iterator[StoredJudgement]:
        """Yield the judgements that the audit asks for and that are there."""
        judge, items, frames = self._keys
        place = {int(key): index for index, key in enumerate(items)}
        cells = {(frames[c.frame], c.repeat, int(c.swapped)): k for k, c in enumerate(self._cells)}
        wordings = [wording.index for wording in design.wordings()]
        found = self._db.execute("SELECT * FROM judgements WHERE judge = ?", (judge,))
        while chunk := found.fetchmany(20_000):
            for _, item, frame, wording, repeat, swapped, *rest in chunk:
                index, cell = place.get(item), cells.get((frame, repeat, swapped))
                if index is not None and cell is not None and wordings[index] == wording:
                    yield StoredJudgement(index, cell, wording, *rest)

    def done(self, design: AuditDesign, retry_failed: bool) -> Mask:
        """Return which judgements need not be made any more. Shape (items, cells)."""
        done = np.zeros((len(design.items), len(self._cells)), dtype=bool)
        for j in self.rows(design):
            done[j.item, j.cell] = j.status == OK or not retry_failed
        return done

    def spent(self) -> float:
        """Return the US dollars of all judgements in the file."""
        return float(self._db.execute("SELECT TOTAL(cost) FROM judgements").fetchone()[0])

    def close(self) -> None:
        """Commit what waits and close the file."""
        self.flush()
        self._db.close()
