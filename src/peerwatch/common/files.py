"""Writing files so that a reader finds a whole file: the new one, or the one that was there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def part_path(path: Path) -> Path:
    """Return where a file is written before it is whole; a run that is killed may leave it."""
    return path.with_name(f"{path.name}.part")


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
    with replacing(path) as part:
        table.write_parquet(part)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield where to write; what was written there takes the place of the file in one step.

    What a write that fails has left behind is removed, and the file is as it was.
    """
    part = part_path(path)
    try:
        yield part
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    os.replace(part, path)
