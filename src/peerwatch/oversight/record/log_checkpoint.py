"""Checkpoints of C2SP: origin, size and root of a log, as the text of a signed note.

And proofs that go with one (``c2sp.org/tlog-proof@v1``): that an entry is in the log, as a file
that can be checked with the public key alone.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from peerwatch.oversight.record.merkle_tree import HASH_SIZE, includes, leaf_hash
from peerwatch.oversight.record.record_errors import NoteError
from peerwatch.oversight.record.signed_note import PublicKey, open_note

_PROOF = "c2sp.org/tlog-proof@v1"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How long a log was, and its root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def read_checkpoint(note: str, key: PublicKey) -> Checkpoint:
    """Return what a signed checkpoint of this key says.

    Raises:
        NoteError: It is none, the key has not signed it, or it is of another origin.
    """
    found = checkpoint_of(open_note(note, [key]))
    if found.origin != key.name:
        raise NoteError(f"The checkpoint is of the log {found.origin}, and not of {key.name}.")
    return found


def checkpoint_of(text: str) -> Checkpoint:
    """Return what the text of a checkpoint says; no signature is checked.

    Raises:
        NoteError: It is none.
    """
    lines = text.split("\n")
    root = decoded_hash(lines[2]) if len(lines) > 3 else None
    if root is None or not lines[0] or not _NUMBER.fullmatch(lines[1]):
        raise NoteError(f"{text[:120]!r} is no checkpoint: origin, size and root, a line each.")
    return Checkpoint(lines[0], int(lines[1]), root)


def proof_text(index: int, proof: list[bytes], note: str) -> str:
    """Return the proof that an entry is in the log of a checkpoint, as a file."""
    hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in proof)
    return f"{_PROOF}\nindex {index}\n{hashes}\n{note}"


def proved(text: str, leaf: bytes, key: PublicKey) -> Checkpoint:
    """Return the checkpoint of a proof that holds for this leaf and this key.

    Args:
        text: The proof's file.
        leaf: The canonical JSON of the entry.
        key: The log's public key.

    Raises:
        NoteError: It is no proof, or it does not hold.
    """
    head, _, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    if lines and lines[0].startswith("extra "):
        lines = lines[1:]
    number = lines[0].removeprefix("index ") if lines else ""
    hashes = [decoded_hash(line) for line in lines[1:]]
    if first != _PROOF or not _NUMBER.fullmatch(number) or None in hashes:
        raise NoteError(f"This is no proof of a log: it does not begin with {_PROOF} and an index.")
    checkpoint = read_checkpoint(note, key)
    path = [one for one in hashes if one is not None]
    if not includes(leaf_hash(leaf), int(number), checkpoint.size, path, checkpoint.root):
        raise NoteError(f"The proof does not show this entry at {number} in {checkpoint.origin}.")
    return checkpoint


def decoded_hash(text: str) -> bytes | None:
    """Return the 32 bytes that a line of base64 holds; None if it does not."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if len(found) == HASH_SIZE else None
