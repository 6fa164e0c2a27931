"""What is known of a record's leaves without asking the database: hashes, kinds, subjects.

It is made from leaves whose seals were checked, so whoever changes the database afterwards can
neither alter an entry that is read nor hide one.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Any

from peerwatch.oversight.record import kept_index
from peerwatch.oversight.record.kept_index import IndexPiece
from peerwatch.oversight.record.merkle_tree import MerkleTree, leaf_hash

INDEXED = ("order", "agent", "asset", "host", "incident")
"""Fields of a body by which entries are found without reading all of them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf of a record.

    Attributes:
        seq: Its place, from 0.
        at: When it was recorded, Unix seconds, UTC.
        kind: One of ``LEAF_KINDS``.
        body: Its fields.
        leaf_hash: Hexadecimal, as in the Merkle tree.
        policy: Digest of the inventory in force; None before the first was read.
        mode: ``observe`` unless the overseer began in another.
        boot: Which start of the machine wrote it; None where that is not known.
        up: Seconds since that start, which nobody can set back.
    """

    seq: int
    at: float
    kind: str
    body: dict[str, Any]
    leaf_hash: str
    policy: str | None = None
    mode: str = "observe"
    boot: str | None = None
    up: float | None = None


def entry_of(leaf: bytes) -> Entry:
    """Return the entry of a leaf.

    Raises:
        ValueError: It is none.
    """
    try:
        event = json.loads(leaf)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(event, dict) or event.keys() != _FIELDS.keys():
        raise ValueError("no entry: it has other fields")
    for name, types in _FIELDS.items():
        if type(event[name]) not in types:
            raise ValueError(f"no entry: its {name} is a {type(event[name]).__name__}")
    del event["v"]
    return Entry(**event, leaf_hash=leaf_hash(leaf).hex())


_FIELDS: dict[str, tuple[type, ...]] = {
    "seq": (int,),
    "at": (int, float),
    "kind": (str,),
    "body": (dict,),
    "policy": (str, type(None)),
    "mode": (str,),
    "boot": (str, type(None)),
    "up": (int, float, type(None)),
    "v": (int,),
}
"""The fields of a leaf."""


class EntryIndex:
    """The entries of a record by seq, kind and what they are about. Not safe for threads."""

    def __init__(self, retired: int = 0, subtrees: Sequence[bytes] = ()) -> None:
        self.tree = MerkleTree(retired, subtrees)
        self.gone = retired
        """How many leaves at the beginning have no content in the database any more."""
        self.retirements: dict[int, str] = {}
        """Past -> root, of the leaves that say so."""
        self.policy: str | None = None
        self.mode = "observe"
        self.kept: dict[str, str] = {}
        """Name of a kept value -> the digest that the newest leaf about it has."""
        self.pieces: list[IndexPiece] = []
        """Pieces of the entries that were added and not read from one; to be kept and taken out."""
        self._begun = retired
        self._news = _News()
        self._kinds: dict[str, array[int]] = defaultdict(lambda: array("q"))
        self._about: dict[tuple[str, str], array[int]] = defaultdict(lambda: array("q"))

    @property
    def size(self) -> int:
        return self.tree.size

    def add(self, entry: Entry) -> None:
        """Take in the next entry."""
        self.tree.append(bytes.fromhex(entry.leaf_hash))
        self._kinds[entry.kind].append(entry.seq)
        for name in INDEXED:
            value = entry.body.get(name)
            if isinstance(value, str):
                self._about[name, value].append(entry.seq)
        self.policy, self.mode = entry.policy, entry.mode
        if entry.body.get("kept") or entry.kind == "retired":
            own = _News()
            for news in (own, self._news):
                news.take(entry)
            self._learn(own)
        if self.size % kept_index.CHUNK == 0:
            first = self.size - kept_index.CHUNK
            if self._begun <= first:
                self.pieces.append(self._piece(first))
            self._news = _News()

    def take(self, piece: IndexPiece) -> None:
        """Take in all entries of a piece, which are the next ones."""
        self.tree.append_subtree(piece.levels)
        for kind, places in piece.kinds.items():
            self._kinds[kind].extend(places)
        for name, value, places in piece.about:
            self._about[name, value].extend(places)
        self.policy, self.mode = piece.policy, piece.mode
        self._learn(piece)
        self._begun = self.size

    def _learn(self, news: _News | IndexPiece) -> None:
        self.kept.update(news.kept)
        for name, digest in news.carried.items():
            self.kept.setdefault(name, digest)  # what a leaf after the range says is newer
        self.retirements.update(news.retirements)

    def _piece(self, first: int) -> IndexPiece:
        about = ((*key, _from(places, first)) for key, places in self._about.items())
        return IndexPiece(
            first,
            self.tree.root(first).hex(),
            self.tree.subtree(first, kept_index.CHUNK),
            {kind: found for kind, own in self._kinds.items() if (found := _from(own, first))},
            tuple(one for one in about if one[2]),
            self._news.kept,
            self._news.carried,
            tuple(self._news.retirements),
            self.policy,
            self.mode,
        )

    def matching(self, kinds: Iterable[str], past: int, about: Mapping[str, Any]) -> Sequence[int]:
        """Return the places after ``past`` of entries that may match, rising."""
        first = max(past + 1, self.gone)
        lists: list[array[int]] = [
            self._about.get((name, value), array("q"))
            for name, value in about.items()
            if name in INDEXED and isinstance(value, str)
        ]
        wanted = tuple(kinds)
        found: Iterable[int]
        if lists:
            found = sorted(lists, key=len)[0]
        elif wanted:
            found = merge(*(self._kinds.get(kind, array("q")) for kind in sorted(set(wanted))))
        else:
            return range(first, self.size)
        return [seq for seq in found if seq >= first]


class _News:
    """What the entries since the last piece say of kept values and of what was retired."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.carried: dict[str, str] = {}
        self.retirements: list[tuple[int, str]] = []

    def take(self, entry: Entry) -> None:
        self.kept.update(entry.body.get("kept") or {})
        if entry.kind == "retired":
            self.carried.update(entry.body.get("carried") or {})
            self.retirements.append((entry.body["past"], entry.body["root"]))


def _from(places: array[int], first: int) -> list[int]:
    """Return the places from one on."""
    return places[bisect_left(places, first) :].tolist()


def after(
    kind: str, body: Mapping[str, Any], policy: str | None, mode: str
) -> tuple[str | None, str]:
    """Return the policy and mode that hold from a leaf on, that leaf included."""
    if kind == "inventory_read":
        policy = body["digest"]
    if kind == "started":
        mode = body["mode"]
    return policy, mode
