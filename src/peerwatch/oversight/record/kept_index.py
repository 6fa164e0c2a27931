"""What opening a record has learned once, kept beside its key, so that it need not read all again.

A piece is of so many entries that follow each other, a power of two: the hashes of the complete
subtree that they make, and where each kind and subject stands. It has a seal of the key. A piece
that is missing, damaged or of another history is passed over, and its entries are read.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from peerwatch.oversight.record.merkle_tree import HASH_SIZE
from peerwatch.oversight.record.record_keys import Keys

CHUNK = 4096
"""Entries of a piece."""
INDEX_FOLDER = "index"
"""Beside the key; it may be removed at any time."""
_SEAL = 16
_LENGTH = 8


@dataclass(frozen=True, slots=True)
class IndexPiece:
    """What is known of ``CHUNK`` entries.

    Attributes:
        first: The first of them.
        before: Root of the tree of all that came before, in hexadecimal.
        levels: The hashes of their subtree, the leaves first and its root last.
        kinds: Kind -> places.
        about: Field, value, and the places of entries that have it.
        kept: Name of a kept value -> digest, as the entries say.
        carried: The same, as an entry says that retires others.
        retirements: Past -> root, of entries that say so.
        policy: Digest of the inventory that is in force after them.
        mode: The mode after them.
    """

    first: int
    before: str
    levels: tuple[bytes, ...]
    kinds: Mapping[str, list[int]] = field(default_factory=dict)
    about: tuple[tuple[str, str, list[int]], ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    carried: Mapping[str, str] = field(default_factory=dict)
    retirements: tuple[tuple[int, str], ...] = ()
    policy: str | None = None
    mode: str = "observe"

    @property
    def size(self) -> int:
        """How many entries it is of."""
        return len(self.levels[0]) // HASH_SIZE


def write_piece(keys: Keys, piece: IndexPiece) -> None:
    """Keep a piece beside the key. Where the folder takes nothing, none is kept."""
    told: dict[str, Any] = asdict(piece)
    del told["levels"]
    head = json.dumps(told, separators=(",", ":")).encode()
    content = len(head).to_bytes(_LENGTH, "big") + head + b"".join(piece.levels)
    place = _place(keys, piece.first)
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    with contextlib.suppress(OSError):  # it is read from the database then
        place.parent.mkdir(mode=0o700, exist_ok=True)
        part.write_bytes(_seal(keys, piece.first, content) + content)
        part.replace(place)


def read_piece(keys: Keys, first: int) -> IndexPiece | None:
    """Return the piece that begins with an entry; None if there is none that holds."""
    try:
        whole = _place(keys, first).read_bytes()
    except OSError:
        return None
    content = whole[_SEAL:]
    if whole[:_SEAL] != _seal(keys, first, content):
        return None
    end = _LENGTH + int.from_bytes(content[:_LENGTH], "big")
    told = json.loads(content[_LENGTH:end])
    told["about"] = tuple((name, value, places) for name, value, places in told["about"])
    told["retirements"] = tuple((past, root) for past, root in told["retirements"])
    piece = IndexPiece(levels=_levels(content[end:]), **told)
    return piece if piece.size == CHUNK else None


def remove_pieces(keys: Keys, before: int) -> None:
    """Remove the pieces that begin before an entry: what they are of was retired."""
    with contextlib.suppress(OSError):
        for one in (keys.folder / INDEX_FOLDER).iterdir():
            if one.name.isdecimal() and int(one.name) < before:
                one.unlink()


def _levels(hashes: bytes) -> tuple[bytes, ...]:
    found, at, length = [], 0, (len(hashes) // HASH_SIZE + 1) // 2
    while length:
        found.append(hashes[at : at + length * HASH_SIZE])
        at, length = at + length * HASH_SIZE, length // 2
    return tuple(found)


def _place(keys: Keys, first: int) -> Path:
    return keys.folder / INDEX_FOLDER / f"{first:020d}"


def _seal(keys: Keys, first: int, content: bytes) -> bytes:
    return keys.seal(b"index", first.to_bytes(8, "big"), content)
