"""Signed notes of C2SP with Ed25519 keys: a text, an empty line, and lines with signatures.

Keys are texts too: ``NAME+ID+KEY`` is public, ``PRIVATE+KEY+NAME+ID+KEY`` is not; the ID is the
beginning of a hash of name and key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from peerwatch.oversight.record.record_errors import NoteError

_ED25519 = b"\x01"
_PRIVATE = "PRIVATE+KEY+"
_SIGNATURE = "\N{EM DASH} "
_MOST_BYTES = 1_000_000
_MOST_SIGNATURES = 100
_NAME = re.compile(r"[^\s+]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checks notes. ``str`` of it is its text."""

    name: str
    key: bytes
    """The 32 bytes of RFC 8032."""

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature line names it."""
        named = self.name.encode() + b"\n" + _ED25519 + self.key
        return hashlib.sha256(named).digest()[:4]

    def __str__(self) -> str:
        return _key_text(self.name, self.id, self.key)

    def signed(self, text: str, signature: bytes) -> bool:
        """Return whether a signature is of this key over this text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key that signs notes. ``text()`` of it is secret; ``repr`` does not show it."""

    name: str
    seed: bytes = field(repr=False)
    """The 32 bytes of RFC 8032."""

    @property
    def public(self) -> PublicKey:
        key = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return PublicKey(self.name, key.public_bytes_raw())

    def text(self) -> str:
        """Return the key as it stands in its file."""
        return _PRIVATE + _key_text(self.name, self.public.id, self.seed)

    def sign(self, text: str) -> str:
        """Return the note: a text that ends in a newline, signed.

        Raises:
            NoteError: The text can be in no note.
        """
        if not text.endswith("\n") or _CONTROL.search(text):
            raise NoteError(
                "A note's text ends in a newline and has no other control characters. Mend the "
                "text."
            )
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return f"{text}\n{_SIGNATURE}{self.name} {_base64(self.public.id + signature)}\n"


def public_key(text: str) -> PublicKey:
    """Read a public key.

    Raises:
        NoteError: It is none.
    """
    name, identifier, key = _key_parts(text.strip(), "public key (NAME+ID+KEY)")
    found = PublicKey(name, key)
    if found.id != identifier:
        raise NoteError(f"The public key {text.strip()!r} does not fit its ID. Copy it anew.")
    return found


def private_key(text: str) -> PrivateKey:
    """Read a private key.

    Raises:
        NoteError: It is none. The message does not show it.
    """
    text = text.strip()
    if not text.startswith(_PRIVATE):
        raise NoteError(f"A private key begins with {_PRIVATE}; this does not. Give the other one.")
    name, identifier, seed = _key_parts(text.removeprefix(_PRIVATE), "private key", hidden=True)
    found = PrivateKey(name, seed)
    if found.public.id != identifier:
        raise NoteError("The private key does not fit its ID. Restore its file from a backup.")
    return found


def open_note(note: str, keys: Iterable[PublicKey]) -> str:
    """Return the text of a note that at least one of the keys has signed.

    Signatures of keys that are not given are passed over; a wrong one of a given key is an error.

    Raises:
        NoteError: It is no note, or none of the keys has signed it.
    """
    text, signatures = split_note(note)
    known = {(key.name, key.id): key for key in keys}
    signers = 0
    for name, identifier, signature in signatures:
        key = known.get((name, identifier))
        if key is None:
            continue
        if not key.signed(text, signature):
            raise NoteError(f"A signature of {name} is wrong: the note was changed.")
        signers += 1
    if not signers:
        names = ", ".join(sorted({name for name, *_ in signatures})) or "nobody"
        raise NoteError(f"The note is signed by {names}, and by none of the given keys.")
    return text


def split_note(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Return a note's text, and name, key ID and signature of each line; nothing is checked.

    Raises:
        NoteError: It is no note.
    """
    text, empty, lines = note.rpartition("\n\n")
    if not empty or not note.endswith("\n") or _CONTROL.search(note):
        raise NoteError("This is no signed note: a text, an empty line, lines with signatures.")
    if len(note.encode("utf-8", "surrogatepass")) > _MOST_BYTES:
        raise NoteError(f"This note is longer than {_MOST_BYTES} bytes, which none of ours is.")
    found = [_signature(line) for line in lines.removesuffix("\n").split("\n")]
    if len(found) > _MOST_SIGNATURES:
        raise NoteError(f"This note has more than {_MOST_SIGNATURES} signatures.")
    return text + "\n", found


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(_SIGNATURE).partition(" ")
    decoded = _decoded(encoded)
    if not line.startswith(_SIGNATURE) or not _NAME.fullmatch(name) or len(decoded) < 5:
        raise NoteError(f"{line[:80]!r} is no signature line of a note.")
    return name, decoded[:4], decoded[4:]


def _key_text(name: str, identifier: bytes, key: bytes) -> str:
    return f"{name}+{identifier.hex()}+{_base64(_ED25519 + key)}"


def _key_parts(text: str, what: str, hidden: bool = False) -> tuple[str, bytes, bytes]:
    name, _, rest = text.partition("+")
    identifier, _, encoded = rest.partition("+")
    key = _decoded(encoded)
    fits = _NAME.fullmatch(name) and re.fullmatch(r"[0-9a-f]{8}", identifier)
    if not fits or len(key) != 33 or key[:1] != _ED25519:
        shown = "" if hidden else f": {text[:120]!r}"
        raise NoteError(f"This is no {what} of a signed note with Ed25519{shown}.")
    return name, bytes.fromhex(identifier), key[1:]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
