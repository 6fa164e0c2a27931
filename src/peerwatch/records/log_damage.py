"""What is wrong with the file of a log that cannot be read, in words a user can act on.

An ``.eval`` file is a zip archive with a checksum for each part, which Inspect does not look at
when it reads: a byte that a disk or a copy has changed may pass for another word or number.
"""

from __future__ import annotations

import errno
import os
import struct
import zipfile
from pathlib import Path
from typing import BinaryIO

import inspect_ai.log  # noqa: F401  # teaches zipfile the compression of logs

_END = struct.Struct("<4s4H2LH")
"""The end of an archive; its fifth field counts the parts."""
_MANY = 0xFFFF
"""Stands for a count that is too large for the field."""


def log_damage(path: Path) -> str | None:
    """Return what is damaged in an ``.eval`` file, None if every part is as it was written.

    Raises:
        OSError: The file cannot be opened or read.
    """
    if not path.stat().st_size:
        return "the file is empty"
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as parts:
            broken = parts.testzip()
            listed, promised = len(parts.infolist()), _parts_promised(file)
    except zipfile.BadZipFile as error:
        if "not a zip file" in str(error):
            return "it is cut off, or no log: the list of its parts, which comes last, is missing"
        return f"its parts are not where they were written ({error})"
    except Exception as error:  # what decompressors raise for damaged bytes is many kinds
        if isinstance(error, OSError) and error.errno != errno.EINVAL:
            raise
        return f"its bytes are not those that were written ({_line(error)})"
    if broken is not None:
        return f"the checksum of {broken} in it is wrong: a byte has changed since it was written"
    if promised is not None and listed != promised:
        return f"it lists {listed} of its {promised} parts: a byte of the list has changed"
    return None


def _parts_promised(file: BinaryIO) -> int | None:
    """Return how many parts the end of an archive says that it has; None if it does not say.

    One wrong length in the list of parts lets an entry pass for the remark of the one before it,
    and neither ``zipfile`` nor Inspect counts them. Inspect writes no remark behind the end.
    """
    file.seek(-min(_END.size, file.seek(0, os.SEEK_END)), os.SEEK_END)
    end = file.read()
    if len(end) < _END.size or not end.startswith(b"PK\5\6"):
        return None
    count: int = _END.unpack(end)[4]
    return count if count < _MANY else None


def why_unreadable(path: Path, error: Exception) -> str:
    """Return why a log cannot be read, whatever Inspect said of it."""
    try:
        damage = log_damage(path) if path.suffix == ".eval" else None
    except OSError as denied:
        return f"it cannot be opened: {denied.strerror}"
    if damage is not None:
        return damage
    if isinstance(error, OSError) and error.strerror:
        return f"it cannot be opened: {error.strerror}"
    return _line(error)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
