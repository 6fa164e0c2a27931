"""A record as one file for others: leaves, checkpoints and the public key, as JSON lines.

The first line says whose record it is. Then comes a line a leaf, ``{"hash":…,"leaf":{…}}``, each
canonical JSON, so that ``leaf`` can be hashed as it stands; then a line a checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from peerwatch.common.files import kept_when_full, replacing
from peerwatch.oversight.record.canonical_json import canonical
from peerwatch.oversight.record.merkle_tree import leaf_hash

FORM = "peerwatch oversight record"
VERSION = 1


def write_export(
    path: Path,
    public_key: str,
    at: float,
    retired: tuple[int, Iterable[bytes]],
    leaves: Iterable[bytes],
    checkpoints: Iterable[str],
) -> None:
    """Write an export, whole or not at all.

    Args:
        path: The file.
        public_key: The text of the record's public key.
        at: When it is exported, Unix seconds, UTC.
        retired: How many leaves were retired, and the roots of the subtrees that they made.
        leaves: The others, as they were written.
        checkpoints: The checkpoints, rising.

    Raises:
        UnwritableError: The disk is full.
        OSError: The file cannot be written.
    """
    first = {
        "export": FORM,
        "exported_at": at,
        "public_key": public_key,
        "retired": retired[0],
        "subtrees": [one.hex() for one in retired[1]],
        "version": VERSION,
    }
    with kept_when_full(path), replacing(path) as part, part.open("wb") as file:
        file.write(canonical(first) + b"\n")
        file.writelines(_lines(leaves))
        file.writelines(canonical({"checkpoint": note}) + b"\n" for note in checkpoints)


def _lines(leaves: Iterable[bytes]) -> Iterator[bytes]:
    for leaf in leaves:
        yield b'{"hash":"%b","leaf":%b}\n' % (leaf_hash(leaf).hex().encode(), leaf)
