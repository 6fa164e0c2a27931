"""The one thread of a process that writes a record: many waiting appends become one transaction.

Whoever appends waits until the transaction that holds his leaf is committed. While one is under
way others gather, and the next takes all of them: the disk is waited for once. A transaction with a
leaf that must survive the power ends with a checkpoint, which is kept beside the key too.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from peerwatch.oversight.record.canonical_json import canonical
from peerwatch.oversight.record.entry_index import Entry, after, entry_of
from peerwatch.oversight.record.log_checkpoint import Checkpoint, read_checkpoint
from peerwatch.oversight.record.merkle_tree import MerkleTree
from peerwatch.oversight.record.record_clock import Clock, Moment
from peerwatch.oversight.record.record_database import CANNOT, said_plainly
from peerwatch.oversight.record.record_errors import RecordError
from peerwatch.oversight.record.record_keys import Keys
from peerwatch.oversight.record.record_reader import RecordReader
from peerwatch.oversight.record.record_tables import checkpoints, identity, kept, leaves

_MOST_IN_ONE = 256
_PAUSES = (0.1, 0.5, 2.0, 4.0)
"""Seconds between tries where the server of a database is away."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Appending:
    """A leaf that waits to be written."""

    kind: str
    body: dict[str, Any]
    body_json: bytes
    durable: bool
    at: float | None = None
    keep: Mapping[str, bytes] = field(default_factory=dict)
    done: Future[Entry] = field(default_factory=Future)


@dataclass(slots=True)
class Doing:
    """Other work on the database that waits for its turn."""

    work: Callable[[Connection], Any]
    done: Future[Any] = field(default_factory=Future)


class _End:
    """The end of what waits."""


class LeafWriter:
    """The thread that writes; see the module."""

    def __init__(
        self, reader: RecordReader, signed: int, clock: Clock, every: int, seconds: float
    ) -> None:
        """Begin to write.

        Args:
            reader: What is known of the record.
            signed: How many leaves the newest checkpoint is about.
            clock: What tells the time.
            every: Entries after which a checkpoint is signed.
            seconds: Seconds after which one is, if there are new entries.
        """
        self.reader = reader
        self.trouble: str | None = None
        """What kept the last checkpoint from being made by itself; None if nothing did."""
        self._clock, self._every, self._seconds = clock, every, seconds
        self._signed = signed
        self._due = time.monotonic() + seconds
        self._queue: queue.SimpleQueue[Appending | Doing | _End] = queue.SimpleQueue()
        self._next: Doing | _End | None = None
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="record", daemon=True)
        self._thread.start()

    def submit(self, waiting: Appending | Doing) -> Any:
        """Wait for its turn and its commit; return what comes of it.

        Raises:
            RecordError: It is not written; the message says why.
        """
        with self._closing:
            if self._closed or not self._thread.is_alive():
                raise RecordError("The record is closed in this process. Open it again to write.")
            self._queue.put(waiting)
        return waiting.done.result()

    def close(self) -> None:
        """Write what waits, make a last checkpoint, and end."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._queue.put(_End())
        self._thread.join()

    def checkpoint(self) -> str:
        """Return a signed checkpoint of all that is written."""
        note = str(self.submit(Doing(self.sign)))
        self.reader.keys.keep_checkpoint(note)
        return note

    def sign(self, connection: Connection) -> str:
        """Sign the tree as it is, within the transaction of the writer."""
        with self.reader.lock:
            size, root = self.reader.index.size, self.reader.index.tree.root()
        note = self._note(connection, size, root)
        self._signed = size
        return note

    def _note(self, connection: Connection, size: int, root: bytes) -> str:
        """Return the checkpoint of a size: the one that is there, or a new one."""
        reader = self.reader
        made = Checkpoint(reader.keys.private.name, size, root)
        there = select(checkpoints.c.note).where(checkpoints.c.size == size)
        note = connection.execute(there).scalar_one_or_none()
        if note is None:
            note = reader.keys.private.sign(made.text())
            connection.execute(insert(checkpoints).values(size=size, note=note))
        elif read_checkpoint(str(note), reader.keys.public) != made:
            raise reader.changed(f"the checkpoint of {size} is another")
        return str(note)

    def _run(self) -> None:
        while True:
            batch = self._gathered()
            if batch:
                self._commit(batch)
            grown = self.reader.index.size - self._signed
            due = batch is None or grown >= self._every or time.monotonic() >= self._due
            if due and grown:
                self._sign_quietly()
            if batch is None:
                return
            if due:
                self._due = time.monotonic() + self._seconds

    def _gathered(self) -> list[Appending | Doing] | None:
        """Return what is written together, nothing if a checkpoint is due; None at the end."""
        try:
            first = self._next or self._queue.get(timeout=max(0.0, self._due - time.monotonic()))
        except queue.Empty:
            return []
        self._next = None
        if isinstance(first, _End):
            return None
        batch = [first]
        while isinstance(first, Appending) and len(batch) < _MOST_IN_ONE:
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                break
            if not isinstance(following, Appending):
                self._next = following
                break
            batch.append(following)
        return batch

    def _sign_quietly(self) -> None:
        try:
            self._commit_once([signing := Doing(self.sign)], {})
            self.reader.keys.keep_checkpoint(signing.done.result())
            self.trouble = None
        except Exception as error:  # the thread has to live for those who wait
            self.trouble = str(error)
            _log.warning("no checkpoint was made: %s", error)

    def _commit(self, batch: list[Appending | Doing]) -> None:
        """Write a batch, again with a new connection where one is lost; tell all who wait."""
        made: dict[int, tuple[Entry, bytes]] = {}
        error: BaseException | None = None
        for pause in (*_PAUSES, 0.0):
            try:
                self._commit_once(batch, made)
                return
            except RecordError as found:
                error = found
                break
            except CANNOT as found:
                error = found
                if not self.reader.database.may_return:
                    break
                self.reader.database.forget_connections()
                time.sleep(pause)
            except Exception as found:  # whoever waits has to hear of it, whatever it is
                error = found
                break
        self._refuse(batch, error)

    def _refuse(self, batch: list[Appending | Doing], error: BaseException | None) -> None:
        try:
            with said_plainly(self.reader.database.said):
                raise error or RuntimeError("no try was made")
        except Exception as found:
            for one in batch:
                if not one.done.done():
                    one.done.set_exception(found)

    def _commit_once(
        self, batch: Sequence[Appending | Doing], made: dict[int, tuple[Entry, bytes]]
    ) -> None:
        """Write a batch in one transaction.

        Args:
            batch: What waits.
            made: Place in the batch -> the entry of an earlier try, whose commit may have come
                through although its answer did not.
        """
        durable = any(not isinstance(one, Appending) or one.durable for one in batch)
        note: str | None = None
        results: list[Any]
        with self.reader.database.writing(durable) as connection:
            self.reader.catch_up(connection)
            if made and self._came_through(made):
                results = [made[at][0] if at in made else None for at in range(len(batch))]
            else:
                made.clear()
                results = self._written(connection, batch, made)
                if durable and made:
                    note = self._signed_with(connection, made)
        self.reader.taken([entry for entry, _ in made.values()])
        if note is not None:
            # Before anybody is told: the end of the record cannot be cut off unseen any more.
            self.reader.keys.keep_checkpoint(note)
            self._signed = self.reader.index.size
        for one, result in zip(batch, results, strict=True):
            one.done.set_result(result)

    def _signed_with(self, connection: Connection, made: Mapping[int, tuple[Entry, bytes]]) -> str:
        """Sign the tree with the leaves that are about to be committed."""
        known = self.reader.index.tree
        tree = MerkleTree(known.size, known.subtrees(known.size))
        for entry, _ in made.values():
            tree.append(bytes.fromhex(entry.leaf_hash))
        return self._note(connection, tree.size, tree.root())

    def _came_through(self, made: Mapping[int, tuple[Entry, bytes]]) -> bool:
        index = self.reader.index
        entry = next(iter(made.values()))[0]
        there = index.tree.retired <= entry.seq < index.size
        return there and index.tree.leaf(entry.seq).hex() == entry.leaf_hash

    def _written(
        self,
        connection: Connection,
        batch: Sequence[Appending | Doing],
        made: dict[int, tuple[Entry, bytes]],
    ) -> list[Any]:
        results: list[Any] = []
        index = self.reader.index
        seq, policy, mode = index.size, index.policy, index.mode
        for at, one in enumerate(batch):
            if isinstance(one, Doing):
                results.append(one.work(connection))
                continue
            policy, mode = after(one.kind, one.body, policy, mode)
            moment = self._clock() if one.at is None else Moment(one.at)
            leaf = leaf_bytes(seq, moment, one.kind, one.body_json, policy, mode)
            made[at] = (entry_of(leaf), leaf)
            results.append(made[at][0])
            for name, content in one.keep.items():
                put_kept(connection, self.reader.keys, name, content)
            seq += 1
        if made:
            rows = [self._row(entry, leaf) for entry, leaf in made.values()]
            connection.execute(insert(leaves), rows)
        return results

    def _row(self, entry: Entry, leaf: bytes) -> dict[str, Any]:
        seal = self.reader.sealed(entry.seq, bytes.fromhex(entry.leaf_hash))
        return {"seq": entry.seq, "leaf": leaf, "seal": seal}


def leaf_bytes(
    seq: int, moment: Moment, kind: str, body_json: bytes, policy: str | None, mode: str
) -> bytes:
    """Return a leaf: the canonical JSON of an event, whose body is canonical already."""
    rest = canonical(
        {
            "boot": moment.boot,
            "kind": kind,
            "mode": mode,
            "policy": policy,
            "seq": seq,
            "up": moment.up,
            "v": 1,
        }
    )
    return b'{"at":%b,"body":%b,%b' % (canonical(moment.at), body_json, rest[1:])


def put_kept(connection: Connection, keys: Keys, name: str, content: bytes) -> None:
    """Put a value into the side store, in the place of the one that was there."""
    connection.execute(delete(kept).where(kept.c.name == name))
    seal = keys.seal(b"kept", name.encode(), content)
    connection.execute(insert(kept).values(name=name, content=content, seal=seal))


def take_out(connection: Connection, past: int, subtrees: bytes) -> None:
    """Take the leaves before ``past`` out, and keep the roots of the subtrees that they made."""
    connection.execute(delete(leaves).where(leaves.c.seq < past))
    connection.execute(delete(checkpoints).where(checkpoints.c.size < past))
    connection.execute(update(identity).values(retired=past, subtrees=subtrees))
