"""The keys of a record, in a folder: what signs its checkpoints, and what follows from that.

The private key is the text of a signed note's key in a file that only its owner may read. From it
come two more secrets, so that there is one file to guard: the seal over each leaf and each kept
value, by which the holder of the key knows what came into the database by another hand, and the
digest that takes a secret's place, which nobody without the key can try passwords against.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import re
import secrets
import socket
import stat
from dataclasses import dataclass, field
from pathlib import Path

from peerwatch.common.files import write_text
from peerwatch.oversight.record.record_errors import NoteError, RecordError
from peerwatch.oversight.record.signed_note import PrivateKey, PublicKey, private_key

PRIVATE_FILE = "record.key"
PUBLIC_FILE = "record.pub"
HEAD_FILE = "last_checkpoint"
"""The newest checkpoint that was signed with the key; a database that is older was put back."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a record is written with. Make with :meth:`create` and :meth:`load`."""

    private: PrivateKey
    folder: Path
    _seal: bytes = field(repr=False)
    _veil: bytes = field(repr=False)

    @classmethod
    def create(cls, folder: str | Path, name: str | None = None) -> Keys:
        """Make a key in a folder, which is made where it is not there.

        Args:
            folder: Where its files go, with rights for their owner alone.
            name: The name of the key and the origin of its log, such as ``example.com/oversight``;
                without spaces and ``+``. From the machine's name and chance unless told.

        Raises:
            RecordError: There is a key already, the name will not do, or nothing can be written.
        """
        name = name if name is not None else _name()
        if not re.fullmatch(r"[^\s+]+", name):
            raise RecordError(f"The key's name {name!r} has a space or a '+'. Choose another.")
        key, place = PrivateKey(name, secrets.token_bytes(32)), Path(folder)
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(place / PRIVATE_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(key.text() + "\n")
                file.flush()
                os.fsync(file.fileno())
            write_text(place / PUBLIC_FILE, f"{key.public}\n")
        except FileExistsError as error:
            raise RecordError(
                f"{place / PRIVATE_FILE} is there already. Use it, or choose another folder: a "
                "record cannot be written with a new key."
            ) from error
        except OSError as error:
            raise RecordError(
                f"No key can be made in {place} ({error.strerror}). Choose another folder, or mend "
                "its rights."
            ) from error
        return cls._of(key, place)

    @classmethod
    def load(cls, folder: str | Path) -> Keys:
        """Read the key of a folder.

        Raises:
            RecordError: There is none, others may read it, or it is damaged.
        """
        place = Path(folder) / PRIVATE_FILE
        try:
            with place.open(encoding="utf-8") as file:
                others = stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077
                text = file.read(10_000)
        except FileNotFoundError:
            raise RecordError(
                f"There is no key {place}. Make one, or restore it from the backup."
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise RecordError(f"The key {place} cannot be read ({error}). Mend it.") from error
        if others:
            raise RecordError(f"Others may read the key {place}. Do: chmod 600 {place}")
        try:
            return cls._of(private_key(text), place.parent)
        except NoteError as error:
            raise RecordError(
                f"The key {place} is damaged. Restore it from the backup. ({error})"
            ) from None

    @classmethod
    def _of(cls, key: PrivateKey, folder: Path) -> Keys:
        return cls(
            key, folder, _derived(key, "seal of a leaf"), _derived(key, "digest of a secret")
        )

    @property
    def public(self) -> PublicKey:
        return self.private.public

    def seal(self, *parts: bytes) -> bytes:
        """Return 16 bytes that only who has the key can make of these parts."""
        named = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return hmac.digest(self._seal, named, "sha256")[:16]

    def veiled(self, secret: str) -> str:
        """Return what takes a secret's place: equal for equal secrets, and says nothing else."""
        made = hmac.digest(self._veil, secret.encode("utf-8", "surrogatepass"), "sha256")
        return f"[withheld:{made[:8].hex()}]"

    def last_checkpoint(self) -> str | None:
        """Return the newest checkpoint that was kept beside the key; None if there is none."""
        try:
            return (self.folder / HEAD_FILE).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def keep_checkpoint(self, note: str) -> None:
        """Keep a checkpoint beside the key, in the place of one of fewer entries.

        Where the folder takes nothing, none is kept.
        """
        part = self.folder / f".{HEAD_FILE}.{os.getpid()}"
        # The record itself is whole without it; what was put back is then found by anchors alone.
        with contextlib.suppress(OSError):
            if _size(self.last_checkpoint() or "") >= _size(note):
                return
            with part.open("w", encoding="utf-8") as file:
                file.write(note)
                file.flush()
                os.fsync(file.fileno())  # an empty one would be taken for an attack
            part.replace(self.folder / HEAD_FILE)


def _derived(key: PrivateKey, purpose: str) -> bytes:
    return hmac.digest(key.seed, f"peerwatch record: {purpose}".encode(), "sha256")


def _name() -> str:
    host = re.sub(r"[^\w.-]", "-", socket.gethostname()) or "host"
    return f"{host}/peerwatch-oversight/{secrets.token_hex(4)}"


def _size(note: str) -> int:
    """Return of how many entries a checkpoint is; -1 if it says nothing of the kind."""
    lines = note.split("\n")
    return int(lines[1]) if len(lines) > 1 and lines[1].isdecimal() else -1
