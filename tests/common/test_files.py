"""A file is whole, or the one that was there."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from peerwatch.common.errors import UnwritableError
from peerwatch.common.files import (
    kept_when_full,
    part_path,
    write_bytes,
    write_table,
    write_text,
)

WAYS: list[tuple[Callable[[Path, Any], None], Any, Any]] = [
    (write_text, "Größe\n", "new\n"),
    (write_bytes, b"\x00old", b"\x00new"),
    (write_table, pl.DataFrame({"seed": [1]}), pl.DataFrame({"seed": [1, 2]})),
]


@pytest.mark.parametrize(("write", "old", "new"), WAYS)
def test_a_file_takes_the_place_of_another_and_leaves_nothing(
    write: Callable[[Path, Any], None], old: Any, new: Any, tmp_path: Path
) -> None:
    path = tmp_path / "table.parquet"
    write(path, old)
    before = path.read_bytes()
    part_path(path).write_text("of a run that was killed", encoding="utf-8")
    write(path, new)
    assert path.read_bytes() != before
    assert [file.name for file in tmp_path.iterdir()] == ["table.parquet"]


def test_where_a_directory_stands_nothing_is_left_beside_it(tmp_path: Path) -> None:
    (tmp_path / "table").mkdir()
    with pytest.raises(IsADirectoryError):
        write_text(tmp_path / "table", "text")
    assert [file.name for file in tmp_path.iterdir()] == ["table"]


@pytest.mark.parametrize(
    ("write", "old", "new", "how"),
    [
        (*WAYS[0], "pathlib.Path.write_text"),
        (*WAYS[1], "pathlib.Path.write_bytes"),
        (*WAYS[2], "pathlib.Path.write_bytes"),
    ],
)
@pytest.mark.parametrize("error", [OSError("No space left on device"), KeyboardInterrupt()])
def test_what_cannot_be_written_leaves_the_file_as_it_was(
    write: Callable[[Path, Any], None],
    old: Any,
    new: Any,
    how: str,
    error: BaseException,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "file"
    write(path, old)
    before = path.read_bytes()

    def half(*given: Any, **more: Any) -> None:
        part_path(path).touch()
        raise error

    monkeypatch.setattr(how, half)
    with pytest.raises(type(error)):
        write(path, new)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_text(tmp_path / "none" / "file", "x")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_said_with_how_to_go_on(number: int, tmp_path: Path) -> None:
    part = part_path(tmp_path / "table.parquet")
    with pytest.raises(UnwritableError) as caught, kept_when_full(tmp_path, "the command --resume"):
        raise OSError(number, os.strerror(number), str(part))
    said = str(caught.value)
    assert "table.parquet cannot be written" in said and ".part" not in said
    assert said.endswith("then go on with the command --resume") and caught.value.exit_code == 5


def test_other_errors_of_the_system_are_left_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(ConnectionRefusedError), kept_when_full(tmp_path):
        raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
