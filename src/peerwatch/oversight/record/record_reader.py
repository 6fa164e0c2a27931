"""What a process knows of a record, and how it is kept in step with the database.

Every leaf that is taken in is checked: that it follows the one before, that its seal is of the key,
that it is an entry. What was taken in last is looked at again each time, so that a database that
drops or changes what it has just been given is found by the next use.
"""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, insert, select

from peerwatch.oversight.record import kept_index
from peerwatch.oversight.record.entry_index import Entry, EntryIndex, entry_of
from peerwatch.oversight.record.kept_index import (
    IndexPiece,
    read_piece,
    remove_pieces,
    write_piece,
)
from peerwatch.oversight.record.merkle_tree import HASH_SIZE, leaf_hash
from peerwatch.oversight.record.record_database import RecordDatabase, said_plainly
from peerwatch.oversight.record.record_errors import RecordChangedError, RecordError
from peerwatch.oversight.record.record_keys import Keys
from peerwatch.oversight.record.record_tables import identity, leaves

_SAMPLE = 1000
"""Of the entries that an earlier opening has read, so many are looked at again."""
_AT_ONCE = 500


class RecordReader:
    """The entries of a record as this process knows them. Safe for threads."""

    def __init__(self, database: RecordDatabase, keys: Keys, recalls: bool = True) -> None:
        """See that the database is the record of the keys.

        Args:
            database: The database.
            keys: The keys.
            recalls: Whether what was learned at an earlier opening is believed, as far as seals,
                the last entry of each piece and a sample of the others go.
        """
        self.database, self.keys = database, keys
        self.recalled = 0
        """How many entries were not read, since an earlier opening has read them."""
        self._recalls = recalls
        self.lock = threading.RLock()
        self.index = EntryIndex()
        self._tail = 1  # how many of the last leaves are looked at again: those of the last batch
        with said_plainly(database.said), database.writing(durable=True) as connection:
            self._identify(connection)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that reads.

        Raises:
            RecordChangedError: The database holds what was never written.
            RecordUnwritableError: It cannot be read.
        """
        with said_plainly(self.database.said), self.database.reading() as connection:
            try:
                yield connection
            except (TypeError, ValueError, AttributeError) as error:  # a text among numbers, say
                raise self.changed(f"it holds what was never written ({error})") from error

    def refresh(self) -> None:
        """Take in what this or another process has written since.

        Raises:
            RecordChangedError: The database does not hold what the key's holder wrote.
        """
        with self.reading() as connection:
            self.catch_up(connection)

    def catch_up(self, connection: Connection) -> None:
        """Take in what is new, within a transaction that is under way.

        Raises:
            RecordChangedError: The database does not hold what the key's holder wrote.
        """
        with self.lock:
            row = connection.execute(select(identity.c.retired, identity.c.subtrees)).one()
            index = self.index
            if row.retired > max(index.size - 1, 0):
                # What this process knew last, or would have read next, was retired meanwhile.
                index = self._begun_after(row.retired, bytes(row.subtrees))
            before = index.size
            if self._recalls and index.size == index.tree.retired:
                self._recall(index, row.retired, connection)
            self._extend(index, row.retired, connection)
            said = index.retirements.get(row.retired)
            if row.retired and (said is None or not _is_root(index, row.retired, said)):
                raise self.changed(
                    f"the leaves before {row.retired} are gone, and no leaf retires them"
                )
            index.gone = row.retired
            self.index = index
            self._tail = 1 if index.size > before else self._tail
            self._keep_pieces()

    def taken(self, entries: Sequence[Entry]) -> None:
        """Take in entries that were committed, unless a reader has seen them meanwhile."""
        with self.lock:
            for entry in entries:
                if entry.seq == self.index.size:
                    self.index.add(entry)
            self._tail = len(entries) or self._tail
            self._keep_pieces()

    def sealed(self, seq: int, hash_of_leaf: bytes) -> bytes:
        """Return the seal of a leaf at its place."""
        return self.keys.seal(b"leaf", seq.to_bytes(8, "big"), hash_of_leaf)

    def changed(self, what: str) -> RecordChangedError:
        """Return the error for a database that does not hold what was written."""
        return RecordChangedError(
            f"The record {self.database.said} was changed by another hand: {what}. Nothing more is "
            "written to it. Keep a copy as evidence, hold the newest export against the anchors "
            "with verify-log, and go on with the newest backup or a new record, in another state "
            "folder."
        )

    def _begun_after(self, retired: int, subtrees: bytes) -> EntryIndex:
        pieces = [subtrees[at : at + HASH_SIZE] for at in range(0, len(subtrees), HASH_SIZE)]
        try:
            return EntryIndex(retired, pieces)
        except ValueError as error:
            raise self.changed(f"of the retired leaves it keeps other roots: {error}") from None

    def _keep_pieces(self) -> None:
        for piece in self.index.pieces:
            write_piece(self.keys, piece)
        self.index.pieces.clear()

    def _recall(self, index: EntryIndex, gone: int, connection: Connection) -> None:
        """Take what an earlier opening has learned into an index that knows nothing yet."""
        if index.size % kept_index.CHUNK:  # what was retired ends within a piece
            self._extend(index, gone, connection, index.size | kept_index.CHUNK - 1)
        first = index.size
        while (piece := read_piece(self.keys, index.size)) is not None:
            if piece.before != index.tree.root().hex() or not self._stands(piece, connection):
                break
            index.take(piece)
        self.recalled = index.size - first
        sample = random.sample(range(first, index.size), min(_SAMPLE, self.recalled))
        for at in range(0, len(sample), _AT_ONCE):
            self._see(index, sample[at : at + _AT_ONCE], connection)
        remove_pieces(self.keys, gone - gone % kept_index.CHUNK)

    def _stands(self, piece: IndexPiece, connection: Connection) -> bool:
        """Return whether the last entry of a piece is in the database."""
        last = piece.first + piece.size - 1
        row = connection.execute(select(leaves).where(leaves.c.seq == last)).one_or_none()
        return row is not None and self._is(row.leaf, row.seal, last, piece.levels[0][-HASH_SIZE:])

    def _see(self, index: EntryIndex, wanted: Sequence[int], connection: Connection) -> None:
        found = connection.execute(select(leaves).where(leaves.c.seq.in_(wanted)))
        there = {seq: (leaf, seal) for seq, leaf, seal in found}
        for seq in wanted:
            if seq not in there or not self._is(*there[seq], seq, index.tree.leaf(seq)):
                raise self.changed(f"leaf {seq} is {'another' if seq in there else 'gone'}")

    def _is(self, leaf: bytes, seal: bytes, seq: int, hash_of_leaf: bytes) -> bool:
        return leaf_hash(leaf) == hash_of_leaf and self.sealed(seq, hash_of_leaf) == seal

    def _extend(
        self, index: EntryIndex, gone: int, connection: Connection, last: int | None = None
    ) -> None:
        """Take the leaves that are new into an index, up to one; see that its last are there."""
        expected = max(gone, index.size - self._tail)
        wanted = select(leaves).where(leaves.c.seq >= expected).order_by(leaves.c.seq)
        rows = connection.execute(
            wanted if last is None else wanted.where(leaves.c.seq <= last),
            execution_options={"yield_per": 1000},
        )
        for seq, leaf, seal in rows:
            if seq != expected:
                break
            if seq == index.size:
                index.add(self._checked(seq, leaf, seal))
            elif leaf_hash(leaf) != index.tree.leaf(seq):
                raise self.changed(f"leaf {seq} is another than was written")
            expected += 1
        else:
            if expected == index.size:
                return
        raise self.changed(f"leaf {expected} is gone")

    def _checked(self, seq: int, leaf: bytes, seal: bytes) -> Entry:
        if self.sealed(seq, leaf_hash(leaf)) != seal:
            raise self.changed(f"leaf {seq} was not written by the holder of the key")
        try:
            return entry_of(leaf)
        except ValueError as error:
            raise self.changed(f"leaf {seq} is {error}") from None

    def _identify(self, connection: Connection) -> None:
        """See that the database is the record of the key; a new one becomes it."""
        found = connection.execute(select(identity.c.public_key)).scalar_one_or_none()
        public = str(self.keys.public)
        if found is None:
            if connection.execute(select(leaves.c.seq).limit(1)).first() is not None:
                raise self.changed("it has leaves and does not say whose record it is")
            values = {"one": 1, "public_key": public, "retired": 0, "subtrees": b""}
            connection.execute(insert(identity).values(values))
        elif found != public:
            raise RecordError(
                f"{self.database.said} is the record of the key {found}, and not of {public}. Give "
                "the folder of its key, or another address for a new record."
            )


def _is_root(index: EntryIndex, size: int, root: str) -> bool:
    try:
        return index.tree.root(size).hex() == root
    except IndexError:
        return False
