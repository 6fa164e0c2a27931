"""What a third party does with an export, the public key and anchors, and with nothing else.

Everything is checked against signatures of the key; what the export says of itself is not believed.
Where something is wrong it is said what and where, as exactly as the signatures tell: a leaf whose
hash stands under a checkpoint is named; of leaves that were rewritten with their hashes, the range
between two checkpoints is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from peerwatch.oversight.record.anchor_places import AnchorPlace
from peerwatch.oversight.record.canonical_json import canonical
from peerwatch.oversight.record.entry_index import Entry, entry_of
from peerwatch.oversight.record.leaf_kinds import SIGNS_OF_LIFE
from peerwatch.oversight.record.log_checkpoint import Checkpoint, checkpoint_of, read_checkpoint
from peerwatch.oversight.record.log_export import FORM, VERSION
from peerwatch.oversight.record.merkle_tree import HASH_SIZE, MerkleTree
from peerwatch.oversight.record.record_errors import NoteError, RecordError
from peerwatch.oversight.record.signed_note import PublicKey, public_key, split_note

ProblemKind = Literal[
    "leaf_changed",
    "order_changed",
    "leaf_missing",
    "leaf_twice",
    "rewritten",
    "fork",
    "tail_cut",
    "not_signed",
    "checkpoint_damaged",
    "checkpoint_of_another_key",
    "checkpoint_of_another_origin",
    "another_record",
    "clock_set_back",
    "clock_set_forward",
    "silence",
    "retired_unannounced",
    "anchor_missing",
    "anchor_edited",
    "line_unreadable",
]
_CLOCK_SECONDS = 5.0
"""How far the two clocks of a machine may drift apart between two leaves."""
_BACK_SECONDS = 1.0
_ALL = 2**63
"""More entries than a record has."""
_ABOUT_THE_LAST = frozenset({"fork", "clock_set_back", "clock_set_forward"})
"""Problems that came with their last entry, whatever the first is."""


@dataclass(frozen=True, slots=True)
class LogProblem:
    """Something that is wrong with a record."""

    kind: ProblemKind
    said: str
    first: int | None = None
    """The entry that it is about, or the first of several."""
    last: int | None = None


@dataclass(frozen=True, slots=True)
class LogReport:
    """What an export shows.

    Attributes:
        origin: The name of the log.
        size: How many entries it has, retired ones included.
        retired: How many of them, from the beginning, have no content any more.
        checkpoints: How many checkpoints of the key are in the export and hold.
        signed: The entries before this one are what the key has signed.
        anchored: The entries before this one are what stands at an anchor too.
        anchors: Place -> the largest checkpoint there that holds.
        unchecked: Checkpoints that cannot be checked: older than what is retired, or beyond a gap.
        begun: When the first entry that is there was recorded, Unix seconds, UTC.
        ended: When the last one was.
        exported: When the export says that it was made; nothing vouches for it.
        problems: What is wrong; empty if nothing is.
    """

    origin: str
    size: int
    retired: int
    checkpoints: int
    signed: int
    anchored: int
    anchors: dict[str, int]
    unchecked: int
    begun: float | None
    ended: float | None
    exported: float | None
    problems: tuple[LogProblem, ...]


@dataclass(slots=True)
class _Read:
    """What stands in an export, in its order."""

    head: dict[str, Any]
    retired: int
    entries: list[Entry] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    """What the export says each entry's hash is; one under a checkpoint is what was signed."""
    notes: list[str] = field(default_factory=list)
    problems: list[LogProblem] = field(default_factory=list)


def verify_log(
    export: str | Path,
    key: str,
    anchors: Sequence[AnchorPlace] = (),
    *,
    until: float | None = None,
    size: int | None = None,
) -> LogReport:
    """Check an export against the public key and anchors.

    Args:
        export: The file.
        key: The public key's text, from a source other than the export.
        anchors: The second places at which checkpoints stand.
        until: Check the record as it stood then, Unix seconds: without the entries that were
            recorded later. When the export says that it was made unless told.
        size: Check the record as it stood with its first so many entries, as at a checkpoint.

    Raises:
        RecordError: It is no export or no key, or it has not so many entries.
    """
    trusted = public_key(key)
    read = _read(Path(export))
    stood = _as_it_stood(read, size, until)
    entries, tree = _in_order(read)
    held = _Held(trusted, tree, read.problems, stood)
    if read.head.get("public_key") != str(trusted):
        read.problems.insert(0, _another_record(read.head, trusted))
    held.of_export(read.notes)
    then = [entry for entry in entries if entry.seq < stood]
    for place in anchors:
        held.of_anchor(place, _anchored_there(then, place.name))
    exported = _number(read.head.get("exported_at"))
    read.problems += _retirement(entries, tree)
    read.problems += _clocks(entries)
    problems = [one for one in read.problems if _was_so(one, stood)]
    end = exported if size is None else None
    problems += _silences(then, end if until is None else until)
    return LogReport(
        origin=trusted.name,
        size=min(tree.size, stood),
        retired=tree.retired,
        checkpoints=held.good,
        signed=min(held.signed, stood),
        anchored=max(held.anchors.values(), default=0),
        anchors=held.anchors,
        unchecked=held.unchecked,
        begun=then[0].at if then else None,
        ended=then[-1].at if then else None,
        exported=exported,
        problems=tuple(problems),
    )


def _read(export: Path) -> _Read:
    try:
        with export.open("rb") as file:
            head = _head(file.readline(), export)
            found = _Read(head, retired=int(_number(head.get("retired")) or 0))
            for number, line in enumerate(file, 2):
                _take(found, number, line)
    except OSError as error:
        raise RecordError(
            f"The export {export} cannot be read ({error.strerror}). Give the file that "
            "`peerwatch oversee export` has made."
        ) from error
    return found


def _head(line: bytes, export: Path) -> dict[str, Any]:
    head = _object(line)
    if head.get("export") != FORM:
        raise RecordError(
            f"{export} is no export of a record: its first line does not say so. Give the file "
            "that `peerwatch oversee export` has made."
        )
    if head.get("version") != VERSION:
        raise RecordError(f"{export} was made by another version. Check it with that version.")
    return head


def _take(read: _Read, number: int, line: bytes) -> None:
    value = _object(line)
    if isinstance(value.get("checkpoint"), str):
        read.notes.append(value["checkpoint"])
        return
    try:
        entry = entry_of(canonical(value.get("leaf")))
        read.hashes.append(_hash(value.get("hash")))
    except (ValueError, RecordError):
        said = f"line {number} of the export is neither an entry nor a checkpoint"
        read.problems.append(LogProblem("line_unreadable", said))
        return
    read.entries.append(entry)
    if bytes.fromhex(entry.leaf_hash) != read.hashes[-1]:
        said = f"entry {entry.seq} was changed: its hash is of other content"
        read.problems.append(LogProblem("leaf_changed", said, entry.seq, entry.seq))


def _as_it_stood(read: _Read, size: int | None, until: float | None) -> int:
    """Return how many entries there were then; more than there are if all count.

    What came later still vouches for what was there: it is left out of the report alone.
    """
    whole = 1 + max((entry.seq for entry in read.entries), default=read.retired - 1)
    if until is not None:
        later = (entry.seq for entry in read.entries if entry.at > until)
        size = min(next(iter(sorted(later)), _ALL), _ALL if size is None else size)
    if size is None or size == _ALL:
        return _ALL
    if not read.retired <= size <= whole:
        raise RecordError(
            f"The export has the entries from {read.retired} to {whole - 1}, so it cannot be "
            f"checked as it stood with {size}. Choose a later checkpoint or time."
        )
    return size


def _was_so(problem: LogProblem, stood: int) -> bool:
    """Return whether a problem is one of the first entries, as many as stood there."""
    if problem.kind in _ABOUT_THE_LAST:
        return problem.last is not None and problem.last < stood
    return problem.first is None or problem.first < stood


def _object(line: bytes) -> dict[str, Any]:
    """Return the object that a line is the canonical JSON of; an empty one if it is none."""
    try:
        value = json.loads(line)
        same = isinstance(value, dict) and canonical(value) == line.removesuffix(b"\n")
    except (ValueError, RecursionError, RecordError):
        return {}
    return value if same else {}


def _hash(text: Any) -> bytes:
    found = bytes.fromhex(text) if isinstance(text, str) else b""
    if len(found) != HASH_SIZE:
        raise ValueError("no hash")
    return found


def _number(value: Any) -> float | None:
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
    return value if good else None


def _in_order(read: _Read) -> tuple[list[Entry], MerkleTree]:
    """Return entries and tree in the order of their numbers, as far as none is missing."""
    order = sorted(range(len(read.entries)), key=lambda at: read.entries[at].seq)
    moved = [read.entries[at].seq for place, at in enumerate(order) if place != at]
    if moved:
        said = f"the entries from {min(moved)} to {max(moved)} are not in their order"
        read.problems.append(LogProblem("order_changed", said, min(moved), max(moved)))
    tree = _beginning(read)
    whole: list[Entry] = []
    for at in order:
        entry = read.entries[at]
        if entry.seq < tree.size:
            said = f"entry {entry.seq} stands twice, or before what was retired"
            read.problems.append(LogProblem("leaf_twice", said, entry.seq, entry.seq))
            continue
        if entry.seq > tree.size:
            said = f"the entries from {tree.size} to {entry.seq - 1} are missing"
            read.problems.append(LogProblem("leaf_missing", said, tree.size, entry.seq - 1))
            break
        tree.append(read.hashes[at])
        whole.append(entry)
    return whole, tree


def _beginning(read: _Read) -> MerkleTree:
    try:
        roots = [_hash(one) for one in read.head.get("subtrees", ())]
        return MerkleTree(read.retired, roots)
    except (ValueError, TypeError):
        raise RecordError(
            "The export does not say what its retired entries leave behind. Have it made anew."
        ) from None


class _Held:
    """Checkpoints held against a tree."""

    def __init__(
        self, key: PublicKey, tree: MerkleTree, problems: list[LogProblem], stood: int
    ) -> None:
        self._stood = stood
        """How many entries count; checkpoints of more came later."""
        self.signed = self.good = self.unchecked = 0
        self.anchors: dict[str, int] = {}
        self._key, self._tree, self._problems = key, tree, problems

    def of_export(self, notes: Iterable[str]) -> None:
        """Hold those of the export; say from where to where it was rewritten or cut."""
        found = [one for note in notes if (one := self._opened(note, "of the export"))]
        wrong: list[Checkpoint] = []
        for one in sorted(found, key=lambda checkpoint: checkpoint.size):
            if one.size > self._tree.size:
                self._cut(one, "the export has a checkpoint")
            elif (holds := self._root(one)) is False:
                wrong.append(one)
            elif holds:
                self.good += one.size <= self._stood
                self.signed = max(self.signed, one.size)
        self._rewritten(wrong)
        if self.signed < self._tree.size and not wrong:
            first, last = self.signed, self._tree.size - 1
            said = f"no checkpoint of the key holds for the entries from {first} to {last}"
            self._problems.append(LogProblem("not_signed", said, first, last))

    def of_anchor(self, place: AnchorPlace, said_by_leaves: Iterable[int]) -> None:
        """Hold those of an anchor, and what leaves say that stands there."""
        try:
            sizes = place.sizes()
            notes = {size: place.get(size) for size in sizes}
        except RecordError as error:
            self._problems.append(LogProblem("anchor_missing", str(error)))
            return
        missing = sorted(set(said_by_leaves) - set(sizes))
        if not sizes or missing:
            what = f"the checkpoints of {missing[:5]} entries" if missing else "any checkpoint"
            said = f"{place.name} has not {what}, which should stand there"
            self._problems.append(LogProblem("anchor_missing", said))
        for size, note in notes.items():
            if self._anchor_holds(place.name, size, note) and size <= self._stood:
                self.anchors[place.name] = max(size, self.anchors.get(place.name, 0))

    def _anchor_holds(self, name: str, size: int, note: str) -> bool:
        found = self._opened(note, f"at {name}")
        if found is None:
            return False
        if found.size != size:
            said = f"{name} has a checkpoint of {found.size} entries under the name of {size}"
            self._problems.append(LogProblem("anchor_edited", said, size, found.size))
            return False
        if found.size > self._tree.size:
            older = (
                f". If the export is only older, have a newer one, or use --until {self._tree.size}"
            )
            self._cut(found, f"{name} has a checkpoint", older)
            return False
        holds = self._root(found)
        if holds is False:
            self._fork(found, f"{name} has a checkpoint")
        return bool(holds)

    def _fork(self, found: Checkpoint, where: str) -> None:
        said = (
            f"{where} of the key of {found.size} entries that is of other entries: the key has "
            "signed two histories"
        )
        self._problems.append(LogProblem("fork", said, 0, found.size - 1))

    def _rewritten(self, wrong: Sequence[Checkpoint]) -> None:
        for one in wrong:
            if one.size <= self.signed:
                self._fork(one, "the export has a checkpoint")
        for one in [one for one in wrong if one.size > self.signed][:1]:
            first = self.signed
            said = (
                f"the entries from {first} to {one.size - 1} are not what the key has signed in "
                f"its checkpoint of {one.size}"
            )
            self._problems.append(LogProblem("rewritten", said, first, one.size - 1))

    def _cut(self, found: Checkpoint, where: str, hint: str = "") -> None:
        if any(one.kind == "leaf_missing" for one in self._problems):
            self.unchecked += 1  # what lies beyond a gap is no end that was cut
            return
        size = self._tree.size
        said = f"{where} of {found.size} entries, and there are {size}: the end was cut{hint}"
        self._problems.append(LogProblem("tail_cut", said, size, found.size - 1))

    def _root(self, found: Checkpoint) -> bool | None:
        """Return whether a checkpoint's root is the tree's; None if that cannot be known."""
        if found.size < self._tree.retired:
            self.unchecked += 1
            return None
        return self._tree.root(found.size) == found.root

    def _opened(self, note: str, where: str) -> Checkpoint | None:
        try:
            return read_checkpoint(note, self._key)
        except NoteError as error:
            kind = _what_is_wrong(note, self._key)
            if where != "of the export" and kind == "checkpoint_damaged":
                kind = "anchor_edited"
            self._problems.append(LogProblem(kind, f"a checkpoint {where} does not hold: {error}"))
            return None


def _what_is_wrong(note: str, key: PublicKey) -> ProblemKind:
    """Return what is wrong with a checkpoint that does not hold."""
    try:
        text, signatures = split_note(note)
        origin = checkpoint_of(text).origin
    except NoteError:
        return "checkpoint_damaged"
    ours = any((name, identifier) == (key.name, key.id) for name, identifier, _ in signatures)
    if not ours:
        return "checkpoint_of_another_key"
    return "checkpoint_of_another_origin" if origin != key.name else "checkpoint_damaged"


def _another_record(head: dict[str, Any], key: PublicKey) -> LogProblem:
    said = (
        f"the export says that it is of the key {head.get('public_key')!s:.200}, and not of {key}"
    )
    return LogProblem("another_record", said)


def _anchored_there(entries: Iterable[Entry], name: str) -> set[int]:
    """Return of how many entries leaves say that a checkpoint was put at a place."""
    bodies = (entry.body for entry in entries if entry.kind == "anchored")
    return {body["size"] for body in bodies if body.get("place") == name and "size" in body}


def _retirement(entries: Iterable[Entry], tree: MerkleTree) -> Iterator[LogProblem]:
    """Yield a problem if entries are gone and none of those that are left says that they are."""
    if not tree.retired:
        return
    root = tree.root(tree.retired).hex()
    for entry in entries:
        past, said = entry.body.get("past"), entry.body.get("root")
        if entry.kind == "retired" and past == tree.retired and said == root:
            return
    said = f"the entries before {tree.retired} are gone, and no entry retires them"
    yield LogProblem("retired_unannounced", said, 0, tree.retired - 1)


def _clocks(entries: Sequence[Entry]) -> Iterator[LogProblem]:
    """Yield where a clock was set, as far as two entries tell.

    Within one start of a machine the second clock tells it, also where time was set back to hide a
    silence; otherwise a time before the one of the entry before.
    """
    for one, two in pairwise(entries):
        step = two.at - one.at
        if one.boot is not None and one.boot == two.boot and None not in {one.up, two.up}:
            moved = step - ((two.up or 0.0) - (one.up or 0.0))
        else:
            moved = min(step, 0.0)
        if step < -_BACK_SECONDS or moved < -_CLOCK_SECONDS:
            said = f"between the entries {one.seq} and {two.seq} the clock was set back"
            back = min(step, moved)
            yield LogProblem("clock_set_back", f"{said} by {-back:.0f} s", one.seq, two.seq)
        elif moved > _CLOCK_SECONDS:
            said = f"between the entries {one.seq} and {two.seq} the clock was set forward"
            yield LogProblem("clock_set_forward", f"{said} by {moved:.0f} s", one.seq, two.seq)


def _silences(entries: Iterable[Entry], until: float | None) -> Iterator[LogProblem]:
    """Yield where a heartbeat was due and none came, between ``started`` and ``stopped``."""
    alive: Entry | None = None
    for entry in entries:
        if entry.kind in SIGNS_OF_LIFE or entry.kind == "stopped":
            yield from _silence(alive, entry.at, f"entry {entry.seq}", entry.seq)
            alive = entry if entry.kind in SIGNS_OF_LIFE else None
    if until is not None:
        yield from _silence(alive, until, "the end", None)


def _silence(alive: Entry | None, at: float, then: str, seq: int | None) -> Iterator[LogProblem]:
    interval = _number(alive.body.get("interval")) if alive else None
    if alive is None or interval is None:
        return
    gap = at - alive.at
    if gap > interval + max(5.0, interval / 2):
        said = (
            f"after entry {alive.seq} there was no sign of life for {gap:.0f} s until {then}; one "
            f"was due every {interval:.0f} s"
        )
        yield LogProblem("silence", said, alive.seq, seq)
