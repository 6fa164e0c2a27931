"""Binary files are of exactly the size asked for, and tools and libraries open them."""

from __future__ import annotations

import gzip
import io
import re
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from peerwatch.shell.openable_files import openable
from peerwatch.world.state import content_digest

ENDINGS = (".gz", ".img", ".jpg", ".pdf", ".xlsx", ".zst")
SIZES = (20_000, 65_554, 65_559, 65_560, 113_771, 131_100, 200_003)


@pytest.mark.parametrize("ending", [*ENDINGS, ".dat"])
@pytest.mark.parametrize("size", [0, 1, 100, 700, 2_000, 2_600, 9_000, *SIZES])
def test_sizes_are_exact(ending: str, size: int) -> None:
    assert len(openable(ending, "seed", size)) == size


@pytest.mark.parametrize("size", [*SIZES, *range(70_000, 70_600, 7), *range(65_540, 65_580)])
def test_an_archive_opens(size: int) -> None:
    data = openable(".gz", "seed", size)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as archive:
        folder, file = archive.getmembers()
        assert folder.isdir() and file.isfile() and file.size > size - 4_000


@pytest.mark.skipif(shutil.which("zstd") is None, reason="needs zstd")
@pytest.mark.parametrize("size", [*SIZES, *range(131_082, 131_094), 262_160, 900_001])
def test_a_frame_opens(size: int) -> None:
    data = openable(".zst", "seed", size)
    assert len(data) == size
    plain = subprocess.run(["zstd", "-dc"], input=data, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        folder, file = archive.getmembers()
        assert folder.isdir() and file.isfile() and file.size > size - 4_000


@pytest.mark.parametrize("size", SIZES)
def test_a_workbook_opens(size: int) -> None:
    with zipfile.ZipFile(io.BytesIO(openable(".xlsx", "seed", size))) as book:
        assert book.testzip() is None
        for name in book.namelist():
            ElementTree.fromstring(book.read(name))
        assert book.read("xl/worksheets/sheet1.xml").count(b"<row") > size // 300


@pytest.mark.parametrize("size", SIZES)
def test_a_document_has_its_objects_where_its_table_says(size: int) -> None:
    data = openable(".pdf", "seed", size)
    start = int(re.findall(rb"startxref\n(\d+)\n%%EOF\n$", data)[0])
    assert data[start:].startswith(b"xref\n0 6\n")
    for number, place in enumerate(re.findall(rb"(\d{10}) 00000 n", data[start:]), 1):
        assert data[int(place) :].startswith(b"%d 0 obj" % number)
    length = int(re.findall(rb"/Height (\d+)", data)[0]) * 256
    assert int(re.findall(rb"/Length (\d{10})", data)[0]) == length


@pytest.mark.parametrize("size", SIZES)
def test_a_photograph_is_a_chain_of_segments(size: int) -> None:
    data, place, marks = openable(".jpg", "seed", size), 2, []
    while data[place + 1] != 0xDA:
        assert data[place] == 0xFF
        marks.append(data[place + 1])
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    assert marks[0] == 0xE0 and marks[-4:] == [0xDB, 0xC0, 0xC4, 0xC4]
    assert data.endswith(b"\xff\xd9")


@pytest.mark.skipif(shutil.which("file") is None, reason="needs file")
def test_file_tells_them_apart(tmp_path: Path) -> None:
    told = []
    for ending in ENDINGS:
        (tmp_path / f"x{ending}").write_bytes(openable(ending, "seed", 113_771))
        argv = ["file", "-b", f"{tmp_path}/x{ending}"]
        told.append(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)
    starts = ("gzip", "LUKS", "JPEG", "PDF", "Microsoft Excel 2007", "Zstandard")
    assert all(text.startswith(start) for text, start in zip(told, starts, strict=True)), told
    assert "1600x1200" in told[2]


def test_a_volume_is_the_same_under_other_names() -> None:
    assert openable(".img", "a", 9_000) == openable(".old", "a", 9_000) == openable("", "a", 9_000)


def test_they_are_a_function_of_seed_and_size() -> None:
    for ending in ENDINGS:
        one = openable(ending, "a", 30_000)
        assert one == openable(ending, "a", 30_000) != openable(ending, "b", 30_000)
    assert content_digest(b"".join(openable(x, "a", 30_000) for x in ENDINGS)) == (
        "sha256:5f92717bbe03b71abfdfe8edfca98fc9e1dfa680470ff8ee366d95720af87e4a"
    )
