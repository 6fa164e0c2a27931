"""The record of an overseer: leaves that nobody can rewrite unseen, checkpoints, kept values."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import select

from peerwatch.oversight.record.anchor_places import AnchorPlace
from peerwatch.oversight.record.canonical_json import canonical, digest_of, plain
from peerwatch.oversight.record.entry_index import Entry, entry_of
from peerwatch.oversight.record.leaf_kinds import NEED_NOT_SURVIVE_POWER, check_body
from peerwatch.oversight.record.leaf_writer import (
    Appending,
    Doing,
    LeafWriter,
    put_kept,
    take_out,
)
from peerwatch.oversight.record.log_checkpoint import checkpoint_of, proof_text, read_checkpoint
from peerwatch.oversight.record.log_export import write_export
from peerwatch.oversight.record.merkle_tree import leaf_hash
from peerwatch.oversight.record.record_clock import Clock, now
from peerwatch.oversight.record.record_database import RecordDatabase
from peerwatch.oversight.record.record_errors import NoteError, RecordChangedError, RecordError
from peerwatch.oversight.record.record_keys import Keys
from peerwatch.oversight.record.record_reader import RecordReader
from peerwatch.oversight.record.record_tables import checkpoints, kept, leaves
from peerwatch.oversight.record.redact_secrets import redacted

_LARGEST_LEAF = 4 * 1024 * 1024
_AT_ONCE = 500


class Record:
    """An open record. Safe for threads; processes that write take turns. Make with :meth:`open`."""

    def __init__(self, reader: RecordReader, writer: LeafWriter, clock: Clock) -> None:
        self._reader, self._writer, self._clock = reader, writer, clock

    @classmethod
    def open(
        cls,
        url: str,
        keys: Keys,
        *,
        checkpoint_every: int = 1000,
        checkpoint_seconds: float = 60.0,
        clock: Clock = now,
        whole: bool = False,
    ) -> Record:
        """Open a record; make or migrate its tables; check that it is what was written.

        What an earlier opening has read and kept beside the key is not read again, but for the
        last of each 4,096 entries and a sample; the tree that they make is held against the newest
        signed checkpoints, and each entry against the tree when it is read.

        Args:
            url: ``sqlite:///PATH/record.db`` or ``postgresql+pg8000://USER:PASSWORD@HOST/NAME``.
            keys: The record's keys. A new database becomes the record of these.
            checkpoint_every: Entries after which a checkpoint is signed by itself.
            checkpoint_seconds: Seconds after which one is signed, if there are new entries.
            clock: What tells the time.
            whole: Whether every entry is read and checked, as :meth:`check` does later.

        Raises:
            RecordChangedError: The database does not hold what the key's holder wrote: a leaf is
                another or gone, or it is an older copy.
            RecordError: The address will not do, or it is the record of another key.
        """
        reader = RecordReader(RecordDatabase(url), keys, recalls=not whole)
        try:
            reader.refresh()
            signed = _check_head(reader)
        except RecordChangedError:
            if whole or not reader.recalled:
                raise
            reader.database.forget_connections()
            return cls.open(  # which names what is wrong as exactly as can be
                url,
                keys,
                checkpoint_every=checkpoint_every,
                checkpoint_seconds=checkpoint_seconds,
                clock=clock,
                whole=True,
            )
        writer = LeafWriter(reader, signed, clock, checkpoint_every, checkpoint_seconds)
        return cls(reader, writer, clock)

    @property
    def size(self) -> int:
        """How many leaves there are, retired ones included, as far as this process has seen."""
        return self._reader.index.size

    @property
    def public_key(self) -> str:
        """What a third party checks the record with."""
        return str(self._reader.keys.public)

    @property
    def trouble(self) -> str | None:
        """What keeps checkpoints from being signed by themselves; None if nothing does."""
        return self._writer.trouble

    def append(
        self,
        kind: str,
        body: Mapping[str, Any],
        durable: bool = False,
        at: float | None = None,
        keep: Mapping[str, bytes] | None = None,
    ) -> Entry:
        """Record an event; return when it is committed.

        Args:
            kind: One of ``LEAF_KINDS``; its module says the fields.
            body: The fields, JSON or what :func:`~.canonical_json.plain` makes JSON of. Secrets in
                it become digests.
            durable: Whether it must survive the power. Orders, findings, verifications and all
                else but ``NEED_NOT_SURVIVE_POWER`` do so anyway.
            at: When it is recorded, Unix seconds; now unless told. When something *happened* is a
                field of the body.
            keep: Values for the side store, written in the same transaction; the leaf says their
                digests in ``kept``, and from then on :meth:`kept` returns these bytes or raises.

        Raises:
            RecordError: The kind or body will not do.
            RecordChangedError: The database was changed by another hand.
            RecordUnwritableError: The database takes nothing.
        """
        keep = dict(keep or {})
        event = redacted(plain(body), self._reader.keys.veiled)
        if "kept" in event:
            raise RecordError("The field 'kept' is made from keep=. Give the values there.")
        if keep:
            event["kept"] = {name: digest_of(content) for name, content in keep.items()}
        check_body(kind, event)
        body_json = canonical(event)
        if len(body_json) > _LARGEST_LEAF:
            raise RecordError(
                f"A leaf '{kind}' of {len(body_json)} bytes is too large. Keep its content with "
                "keep= and record what matters of it."
            )
        must = durable or kind not in NEED_NOT_SURVIVE_POWER
        entry: Entry = self._writer.submit(Appending(kind, event, body_json, must, at, keep))
        return entry

    def entries(
        self,
        kinds: Iterable[str] = (),
        after: int = -1,
        about: Mapping[str, Any] | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Iterator[Entry]:
        """Yield entries in their order, each checked against its hash.

        Args:
            kinds: Only these; all if none is given.
            after: Only those after this ``seq``; the first entry has 0.
            about: Only those whose body has these fields, such as ``{"order": "O-1"}``.
            limit: So many at most.
            newest_first: Whether to begin at the end.

        Raises:
            RecordChangedError: An entry in the database is another or gone.
        """
        self._reader.refresh()
        wanted, about = frozenset(kinds), dict(about or {})
        with self._reader.lock:
            places = self._reader.index.matching(wanted, after, about)
        left = limit if limit is not None else len(places)
        ordered = places[::-1] if newest_first else places
        for start in range(0, len(ordered), _AT_ONCE):
            for entry in map(entry_of, self._leaves(ordered[start : start + _AT_ONCE])):
                if left <= 0:
                    return
                if wanted and entry.kind not in wanted:
                    continue
                if all(entry.body.get(name) == value for name, value in about.items()):
                    left -= 1
                    yield entry

    def checkpoint(self) -> str:
        """Return a checkpoint of all that is written: a signed note, safe from the power.

        Raises:
            RecordError: The record is closed, changed or cannot be written.
        """
        return self._writer.checkpoint()

    def proof(self, seq: int) -> str:
        """Return the proof that an entry is in the record, as a file for a third party.

        Raises:
            RecordError: There is no such entry, or it is retired.
        """
        note = self.checkpoint()
        size = _size_of(note)
        try:
            with self._reader.lock:
                path = self._reader.index.tree.inclusion(seq, size)
        except IndexError as error:
            raise RecordError(f"{error} Give the number of an entry that is there.") from None
        return proof_text(seq, path, note)

    def leaf(self, seq: int) -> bytes:
        """Return the canonical JSON of an entry, which is what a proof is about.

        Raises:
            RecordError: There is no such entry, or it is retired.
        """
        self._reader.refresh()
        if not self._reader.index.gone <= seq < self.size:
            raise RecordError(f"There is no entry {seq}. Give the number of one that is there.")
        return next(self._leaves((seq,)))

    def keep(self, name: str, content: bytes) -> str:
        """Put a value into the side store, in the place of an older one; return its digest.

        For what may be lost. Where a leaf has to answer for it, use ``append(keep=…)``.

        Raises:
            RecordError: A leaf answers for this name.
        """
        if name in self._reader.index.kept:
            raise RecordError(f"A leaf answers for '{name}'. Replace it with append(keep=…).")
        keys = self._reader.keys
        self._writer.submit(Doing(lambda connection: put_kept(connection, keys, name, content)))
        return digest_of(content)

    def kept(self, name: str) -> bytes | None:
        """Return a value of the side store; None if there is none.

        Raises:
            RecordChangedError: Another hand has changed, removed or put it back.
        """
        reader = self._reader
        reader.refresh()
        digest = reader.index.kept.get(name)
        with reader.reading() as connection:
            row = connection.execute(select(kept).where(kept.c.name == name)).first()
            if row is None and digest is None:
                return None
            content = b"" if row is None else bytes(row.content)
            seal = reader.keys.seal(b"kept", name.encode(), content)
            if row is None or row.seal != seal or digest not in {None, digest_of(content)}:
                raise reader.changed(f"the kept value '{name}' is another or gone")
        return content

    def export(self, path: str | Path) -> int:
        """Write the record as one file for a third party; return how many entries it has.

        What is recorded while it is written is not in it: every entry of it is signed.

        Raises:
            RecordChangedError: The database was changed by another hand.
            OSError: The file cannot be written.
        """
        size = _size_of(self.checkpoint())
        reader = self._reader
        with reader.reading() as connection:
            found = select(checkpoints.c.note).where(checkpoints.c.size <= size)
            found = found.order_by(checkpoints.c.size)
            notes = [str(note) for note in connection.execute(found).scalars()]
        with reader.lock:
            first = reader.index.gone
            subtrees = reader.index.tree.subtrees(first)
        parts = range(first, size, _AT_ONCE)
        chunks = (self._leaves(range(at, min(at + _AT_ONCE, size))) for at in parts)
        leaves_there = (leaf for chunk in chunks for leaf in chunk)
        at = self._clock().at
        write_export(Path(path), self.public_key, at, (first, subtrees), leaves_there, notes)
        return size - first

    @property
    def recalled(self) -> int:
        """How many entries opening has not read, since an earlier opening had."""
        return self._reader.recalled

    def check(self, pause: float = 0.0) -> int:
        """Read every entry and hold it against the tree; return how many there are.

        Args:
            pause: Seconds between two batches, where others need the machine.

        Raises:
            RecordChangedError: An entry in the database is another or gone.
        """
        self._reader.refresh()
        first, size = self._reader.index.gone, self.size
        for at in range(first, size, _AT_ONCE):
            for _ in self._leaves(range(at, min(at + _AT_ONCE, size))):
                pass
            time.sleep(pause)
        return size - first

    def anchor(self, place: AnchorPlace) -> Entry:
        """Put a checkpoint at a second place, and record that it stands there.

        What stands there already is held against this record first.

        Raises:
            RecordChangedError: The place has a checkpoint of this key that is not of this record:
                the database is an older copy, or there are two histories.
            RecordError: The place cannot be read or written.
        """
        sizes = place.sizes()
        if sizes:
            self._reader.refresh()
            _check_note(self._reader, place.get(sizes[-1]), f"at {place.name}")
        note = self.checkpoint()
        said = read_checkpoint(note, self._reader.keys.public)
        place.put(said.size, note)
        if place.get(said.size) != note:
            raise RecordError(
                f"The anchor {place.name} does not give back what was put there. Mend it, or "
                "choose another place."
            )
        body = {"place": place.name, "size": said.size, "root": said.root.hex()}
        return self.append("anchored", body)

    def retire(
        self,
        before: float,
        person: str,
        why: str,
        keep_from: int | None = None,
        numbers: Mapping[str, int] | None = None,
    ) -> Entry | None:
        """Take out old entries, as a whole range that ends at a checkpoint; keep its roots.

        A leaf says first what is taken out, who ordered it and why. Everything that is left can
        be proved as before; entries that are gone cannot be read or proved any more.

        Args:
            before: Entries that were recorded before this go, Unix seconds.
            person: Who orders it.
            why: Why.
            keep_from: The first entry that stays in any case, such as the first that an open order
                needs.
            numbers: The highest numbers that were given, to be said in the leaf.

        Returns:
            The leaf that says so; None if there is nothing to take out.

        Raises:
            RecordError: The record was changed, or cannot be written.
        """
        self.checkpoint()
        past = self._past(before, self.size if keep_from is None else keep_from)
        if past is None:
            return None
        with self._reader.lock:
            tree = self._reader.index.tree
            root, pieces = tree.root(past).hex(), b"".join(tree.subtrees(past))
            carried = dict(self._reader.index.kept)
        body = {"past": past, "root": root, "person": person, "why": why, "carried": carried}
        entry = self.append("retired", body | ({"numbers": dict(numbers)} if numbers else {}))
        self._writer.submit(Doing(lambda connection: take_out(connection, past, pieces)))
        self._reader.refresh()
        return entry

    def _past(self, before: float, keep_from: int) -> int | None:
        """Return the size of the newest checkpoint all of whose entries are older than that."""
        reader, found = self._reader, None
        sizes = select(checkpoints.c.size).order_by(checkpoints.c.size)
        with reader.reading() as connection:
            there = list(connection.execute(sizes).scalars())
        for size in there:
            if not reader.index.gone < size <= keep_from:
                continue
            if entry_of(self.leaf(size - 1)).at >= before:
                break
            found = size
        return found

    def close(self) -> None:
        """Write what waits and a last checkpoint; nothing can be appended afterwards."""
        self._writer.close()
        self._reader.database.forget_connections()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _leaves(self, places: Iterable[int]) -> Iterator[bytes]:
        """Yield leaves as they were written, whatever the database holds now."""
        wanted = list(places)
        reader = self._reader
        found = select(leaves.c.seq, leaves.c.leaf).where(leaves.c.seq.in_(wanted))
        with reader.reading() as connection:
            there = {seq: leaf for seq, leaf in connection.execute(found)}
        for seq in wanted:
            if seq < reader.index.gone:
                continue
            leaf = there.get(seq)
            if leaf is None:
                reader.refresh()  # which says whether it was retired meanwhile
                if seq < reader.index.gone:
                    continue
            if leaf is None or leaf_hash(leaf) != reader.index.tree.leaf(seq):
                raise reader.changed(f"leaf {seq} is {'gone' if leaf is None else 'another'}")
            yield bytes(leaf)


def _size_of(note: str) -> int:
    """Return of how many entries a checkpoint of our own is."""
    return checkpoint_of(note.rpartition("\n\n")[0] + "\n").size


def _check_head(reader: RecordReader) -> int:
    """Hold the tree against the newest checkpoint of the database, and the one beside the key.

    Returns:
        How many leaves the one in the database is about.
    """
    newest = select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1)
    with reader.reading() as connection:
        in_database = connection.execute(newest).scalar_one_or_none()
    beside = reader.keys.last_checkpoint()
    if beside is not None:
        _check_note(reader, beside, "beside the key")
    return 0 if in_database is None else _check_note(reader, str(in_database), "in the database")


def _check_note(reader: RecordReader, note: str, where: str) -> int:
    try:
        found = read_checkpoint(note, reader.keys.public)
    except NoteError as error:
        raise reader.changed(
            f"the newest checkpoint {where} is none of its key ({error})"
        ) from None
    if found.size > reader.index.size:
        reader.refresh()  # another process may have written and signed in between
    if found.size > reader.index.size:
        raise reader.changed(
            f"it has {reader.index.size} leaves, and the newest checkpoint {where} has "
            f"{found.size}: its end was cut, or it is an older copy"
        )
    if found.size >= reader.index.tree.retired and reader.index.tree.root(found.size) != found.root:
        raise reader.changed(f"its beginning is not that of the newest checkpoint {where}")
    return found.size
