"""Unpacking: what was packed comes out, in bounded pieces; what is broken or bottomless is said."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import os
import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from peerwatch.oversight.sensor.on_host.packed_streams import (
    NotUnpackedError,
    form_of,
    unpacked,
)
from peerwatch.oversight.sensor.on_host.probe_limits import Limits

DATA = random.Random(4).randbytes(600_000)


def zipped(data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", data[:1000])
        archive.writestr("b", data)
    return made.getvalue()


def tarred(data: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        member = tarfile.TarInfo("m")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return made.getvalue()


PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "two gzips": ("gzip", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])),
    "bzip2": ("bzip2", bz2.compress),
    "xz": ("xz", lambda data: lzma.compress(data, preset=0)),
    "lzma": ("xz", lambda data: lzma.compress(data, lzma.FORMAT_ALONE, preset=0)),
    "zip": ("zip", zipped),
    "tar.gz": ("gzip", tarred),
    "base64": ("base64", base64.encodebytes),
    "base64 for addresses": ("base64", base64.urlsafe_b64encode),
    "hexadecimal": ("hexadecimal", lambda data: data.hex().encode()),
}


def read(path: Path, data: bytes, most: int = 1 << 30) -> tuple[str, bytes, int]:
    path.write_bytes(data)
    fd = os.open(path, os.O_RDONLY)
    try:
        form = form_of(data[:65_536])
        blocks = list(unpacked(fd, form, Limits(60, 1 << 40), most)) if form else []
        return form, b"".join(blocks), max(map(len, blocks), default=0)
    finally:
        os.close(fd)


@pytest.mark.parametrize("how", PACKED)
def test_what_was_packed_comes_out_in_bounded_pieces(tmp_path: Path, how: str) -> None:
    form, pack = PACKED[how]
    found, inner, largest = read(tmp_path / "packed", pack(DATA))
    assert found == form and DATA in inner and largest <= 512 * 1024


@pytest.mark.parametrize("how", ["gzip", "bzip2", "xz", "zip"])
def test_what_is_broken_is_said(tmp_path: Path, how: str) -> None:
    packed = PACKED[how][1](DATA)
    for broken in (packed[:200] + b"\xff" * 50 + packed[250:], packed[: len(packed) // 2]):
        try:
            _, inner, _ = read(tmp_path / "packed", broken)
        except NotUnpackedError as error:
            assert how in str(error)
        else:
            assert DATA not in inner


def test_a_bomb_is_cut_off(tmp_path: Path) -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)
    with pytest.raises(NotUnpackedError, match="more than 1000000 bytes"):
        read(tmp_path / "packed", bomb, most=1_000_000)


def test_what_is_not_packed_has_no_form() -> None:
    assert form_of(b"") == form_of(b"name: value\n" * 100) == form_of(DATA[:65_536]) == ""
    assert form_of(b"A plain text with words and more words in it.\n" * 50) == ""
