"""Writing files so that a reader finds a whole file: the new one, or the one that was there."""

from __future__ import annotations

import contextlib
import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from peerwatch.common.errors import UnwritableError

if TYPE_CHECKING:
    import polars as pl


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
"""What a disk answers that takes no more."""


def part_path(path: Path) -> Path:
    """Return where a file is written before it is whole; a run that is killed may leave it."""
    return path.with_name(f"{path.name}.part")


def whole_path(place: str | Path) -> Path:
    """Return the file that a place is for, which may be where it is written before it is whole."""
    path = Path(place)
    return path.with_suffix("") if path.suffix == ".part" else path


@contextlib.contextmanager
def kept_when_full(place: str | Path, go_on: str = "") -> Iterator[None]:
    """Say in a sentence that a disk is full, read-only or broken, where work is under way.

    Args:
        place: What cannot be written, if the system does not say.
        go_on: The command that goes on with the work; the same one if it is left out.

    Raises:
        UnwritableError: It is.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise UnwritableError(
            f"{whole_path(error.filename or place)} cannot be written ({error.strerror}). What was "
            "written before is kept. Make room or mend the disk, then go on with "
            f"{go_on or 'the same command'}"
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write text in UTF-8, whole or not at all.

    Raises:
        OSError: It cannot be written; what was there is as it was.
    """
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8")


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes, whole or not at all.

    Raises:
        OSError: They cannot be written; what was there is as it was.
    """
    with replacing(path) as part:
        part.write_bytes(content)


def write_table(path: Path, table: pl.DataFrame) -> None:
    """Write a table as Parquet, whole or not at all.

    Raises:
        OSError: It cannot be written; what was there is as it was.
    """
    content = io.BytesIO()  # what Polars says of a full disk has no error number
    table.write_parquet(content)
    write_bytes(path, content.getvalue())


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield where to write; what was written there takes the place of the file in one step.

    What a write that fails has left behind is removed, and the file is as it was.
    """
    part = part_path(path)
    try:
        yield part
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
