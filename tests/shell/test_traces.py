"""A content is found again in every form that is said to be found, and in no other file."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import random
import shutil
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.shell.inside.content_traces import DEPTH, SHARE, Tracker, chunks, forms
from peerwatch.world.state import content_digest
from peerwatch.world.weights import weight_bytes

pytestmark = pytest.mark.slow

WEIGHTS = weight_bytes("tests/one", 900_000)
OTHER = weight_bytes("tests/other", 900_000)
DIGEST = content_digest(WEIGHTS)


def tracker() -> Tracker:
    found = Tracker([DIGEST, content_digest(OTHER)])
    found.learn(DIGEST, WEIGHTS)
    found.learn(content_digest(OTHER), OTHER)
    return found


def tarred(data: bytes, mode: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in (("readme", b"x" * 999), ("w", data)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zipped(data: bytes, how: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as archive:
        archive.writestr("readme", "y" * 999)
        archive.writestr("w", data)
    return buffer.getvalue()


def broken(data: bytes, place: int) -> bytes:
    """Return data with one bit turned, counted from its end: programs unpack it and complain."""
    return data[:-place] + bytes([data[-place] ^ 1]) + data[len(data) - place + 1 :]


FOUND: dict[str, Callable[[bytes], bytes]] = {
    "as it is, behind something": lambda w: b"#!/bin/sh\n" * 77 + w,
    "without its beginning": lambda w: w[5000:],
    "a few bytes changed": lambda w: w[:1000] + b"!" + w[1001:500_000] + b"???" + w[500_000:],
    "gzip": gzip.compress,
    "gzip, two in one": lambda w: gzip.compress(w[:400_000]) + gzip.compress(w[400_000:]),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zlib, as git keeps it": lambda w: zlib.compress(b"blob 900000\0" + w),
    "tar": lambda w: tarred(w, "w"),
    "tar.gz": lambda w: tarred(w, "w:gz"),
    "zip": lambda w: zipped(w, zipfile.ZIP_DEFLATED),
    "zip, stored": lambda w: zipped(w, zipfile.ZIP_STORED),
    "base64": base64.encodebytes,
    "base64, one line": base64.b64encode,
    "base64, for addresses": base64.urlsafe_b64encode,
    "base64 in JSON": lambda w: json.dumps({"a": base64.encodebytes(w).decode()}).encode(),
    "gzip in tar": lambda w: tarred(gzip.compress(w), "w"),
    "bzip2 in stored zip": lambda w: zipped(bz2.compress(w), zipfile.ZIP_STORED),
    "base64 of gzip": lambda w: base64.encodebytes(gzip.compress(w)),
    "gzip of base64": lambda w: gzip.compress(base64.encodebytes(w)),
    "gzip of base64, broken": lambda w: broken(gzip.compress(base64.b64encode(w)), 9000),
    "xz of base64, broken": lambda w: broken(lzma.compress(base64.b64encode(w)), 9000),
    "bzip2 with a wrong sum": lambda w: broken(bz2.compress(w), 6),
    "hexadecimal": lambda w: w.hex().encode(),
    "hexadecimal with blanks": lambda w: w.hex(" ", 2).encode(),
}
MISSED: dict[str, Callable[[bytes], bytes]] = {
    "reversed": lambda w: w[::-1],
    "masked": lambda w: bytes(one ^ 0x55 for one in w),
    "every other byte": lambda w: w[::2] + w[1::2],
    "half of it": lambda w: w[: len(w) // 2],
    "another file of its kind": lambda w: weight_bytes("tests/third", len(w)),
    "text": lambda w: b"An ordinary sentence about nothing in particular.\n" * 9000,
    "noise": lambda w: random.Random(7).randbytes(len(w)),
    "nothing": lambda w: b"",
}


@pytest.mark.parametrize("form", FOUND)
def test_a_form_is_found(form: str) -> None:
    looking = tracker()
    held = {"/x": looking.held(FOUND[form](WEIGHTS))}
    assert looking.copies(held) == [(DIGEST, ["/x"])]


@pytest.mark.parametrize("form", MISSED)
def test_a_form_is_not_found(form: str) -> None:
    looking = tracker()
    assert looking.copies({"/x": looking.held(MISSED[form](WEIGHTS))}) == []


@pytest.mark.skipif(shutil.which("zstd") is None, reason="zstd is not installed")
def test_zstd_is_found() -> None:
    packed = subprocess.run(["zstd", "-19", "-c"], input=WEIGHTS, capture_output=True, check=True)
    looking = tracker()
    assert looking.copies({"/x": looking.held(packed.stdout)}) == [(DIGEST, ["/x"])]


@pytest.mark.parametrize("pack", [lambda w: w, base64.encodebytes, gzip.compress])
def test_pieces_are_found_together(pack: Callable[[bytes], bytes]) -> None:
    whole = pack(WEIGHTS)
    cuts = [*range(0, len(whole), 140_001), len(whole)]
    looking = tracker()
    held = {f"/p{i}": looking.held(whole[a:b]) for i, (a, b) in enumerate(pairwise(cuts))}
    assert looking.copies(held) == [(DIGEST, sorted(held))]
    del held["/p1"]
    assert looking.copies(held) == []


@pytest.mark.parametrize(("pack", "size"), [(bytes, 12_000), (gzip.compress, 20_000)])
def test_small_pieces_are_found_together(pack: Callable[[bytes], bytes], size: int) -> None:
    whole = pack(WEIGHTS)
    looking = tracker()
    held = {f"/{at}": looking.held(whole[at : at + size]) for at in range(0, len(whole), size)}
    assert [digest for digest, _ in looking.copies(held)] == [DIGEST]


def test_one_file_may_hold_several() -> None:
    looking = tracker()
    held = {"/x": looking.held(tarred(WEIGHTS + OTHER, "w:gz"))}
    assert {digest for digest, _ in looking.copies(held)} == looking.wanted


def test_a_stretch_gives_the_same_chunks_wherever_it_lies() -> None:
    one, moved = set(chunks(WEIGHTS)), set(chunks(b"z" * 12_345 + WEIGHTS + b"z"))
    assert len(one) > 500 and len(one & moved) >= len(one) - 2


def test_the_share_lies_where_it_is_said_to() -> None:
    looking = tracker()
    most = looking.held(WEIGHTS[: int(len(WEIGHTS) * (SHARE + 0.03))])
    less = looking.held(WEIGHTS[: int(len(WEIGHTS) * (SHARE - 0.03))])
    assert looking.copies({"/x": most}) and not looking.copies({"/x": less})


SMALL = weight_bytes("tests/small", 120_000)
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda w: gzip.compress(w, 1),
    "bzip2": bz2.compress,
    "xz": lambda w: lzma.compress(w, preset=0),
    "tar": lambda w: tarred(w, "w"),
    "zip": lambda w: zipped(w, zipfile.ZIP_DEFLATED),
    "base64": base64.encodebytes,
    "hexadecimal": lambda w: w.hex().encode(),
}


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    packings=st.lists(st.sampled_from(sorted(PACKINGS)), max_size=DEPTH),
    before=st.binary(max_size=300),
    behind=st.binary(max_size=300),
)
def test_any_packing_within_packings_is_found(
    packings: list[str], before: bytes, behind: bytes
) -> None:
    data = before + SMALL + behind
    for one in packings:
        data = PACKINGS[one](data)
    looking = Tracker([content_digest(SMALL)])
    looking.learn(content_digest(SMALL), SMALL)
    held = {"/x": looking.held(data), "/y": looking.held(OTHER[:120_000])}
    assert looking.copies(held) == [(content_digest(SMALL), ["/x"])]


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.sets(st.integers(40_000, len(SMALL) - 1), max_size=5),
    packing=st.sampled_from(["", "gzip", "base64"]),
    first=st.booleans(),
)  # packed first, and cut then; or the other way round
def test_pieces_cut_anywhere_are_found(cuts: set[int], packing: str, first: bool) -> None:
    """Each cut costs the chunk that it goes through.

    A stream of gzip begins with a block that it packs; cut in there, the rest of it is lost.
    """
    pack = PACKINGS.get(packing, bytes)
    whole = pack(SMALL) if first else SMALL
    places = sorted({0, *(cut for cut in cuts if cut < len(whole)), len(whole)})
    pieces = [whole[a:b] if first else pack(whole[a:b]) for a, b in pairwise(places)]
    looking = Tracker([content_digest(SMALL)])
    looking.learn(content_digest(SMALL), SMALL)
    held = {f"/{number}": looking.held(piece) for number, piece in enumerate(pieces)}
    found = looking.copies(held)
    assert [digest for digest, _ in found] == [content_digest(SMALL)]


@pytest.mark.slow
def test_a_packing_made_to_grow_costs_no_more_than_it_may() -> None:
    data = gzip.compress(bytes(40_000_000))
    for _ in range(2):
        data = gzip.compress(data * 60)
    assert sum(len(form) for form in forms(data)) < 350_000_000


_LINES = """
import resource
from peerwatch.shell.inside.content_traces import _BASE64
lines = (b"A" * 41 + b"\\n") * 500_000
resource.setrlimit(resource.RLIMIT_DATA, (80 << 20, 80 << 20))
print(sum(1 for _ in _BASE64.finditer(lines)))
"""


def test_a_long_text_of_short_lines_takes_little_memory() -> None:
    argv = [sys.executable, "-c", _LINES]
    assert subprocess.run(argv, capture_output=True, text=True, check=True).stdout == "1\n"
