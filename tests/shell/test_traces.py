"""A content is found again in every form that is said to be found, and in no other file."""

from __future__ import annotations

import base64
import bz2
import gzip
import lzma
import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.shell.inside.content_traces import SHARE, Tracker, chunks
from peerwatch.shell.inside.decoding_budget import Budget
from peerwatch.world.state import content_digest
from peerwatch.world.weights import weight_bytes
from tests.shell.encodings_corpus import (
    ENCODINGS,
    PAGE,
    Encoding,
    as_hex,
    database,
    tarred,
    with_lists,
    zipped,
)

WEIGHTS = weight_bytes("tests/one", 900_000)
OTHER = weight_bytes("tests/other", 900_000)
SMALL = weight_bytes("tests/small", 120_000)
DIGEST = content_digest(WEIGHTS)
BEFORE = random.Random(3).randbytes(3_000_000)


def tracker(*contents: bytes) -> Tracker:
    found = Tracker(map(content_digest, contents))
    for one in contents:
        found.learn(content_digest(one), one)
    return found


def held(looking: Tracker, data: bytes) -> dict[str, frozenset[bytes]]:
    return looking.held(data, Budget(seconds=60))


def is_found(content: bytes, data: bytes) -> bool:
    looking = tracker(content, OTHER[: len(content)])
    found = looking.copies({"/x": held(looking, data)})
    assert found in ([], [(content_digest(content), ["/x"])])
    return bool(found)


def packed(encoding: Encoding, data: bytes) -> bytes:
    if not encoding.can_be_made:
        pytest.skip(f"{encoding.program} is not installed")
    return encoding.pack(data)


by_name = pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda one: one.name)


@by_name
def test_a_form_is_found_or_missed_as_declared(encoding: Encoding) -> None:
    assert is_found(SMALL, packed(encoding, SMALL)) is encoding.found


@pytest.mark.slow
@by_name
def test_it_is_so_behind_other_bytes_in_an_archive_and_within_other_forms(
    encoding: Encoding,
) -> None:
    data = packed(encoding, SMALL)
    if encoding.anywhere:
        assert is_found(SMALL, BEFORE + data) is encoding.found
        assert is_found(SMALL, tarred(data)) is encoding.found
    twice = gzip.compress(base64.encodebytes(gzip.compress(data)))
    assert is_found(SMALL, twice) is encoding.found


def test_the_docs_say_what_the_corpus_says() -> None:
    """``python -m tests.shell.encodings_corpus`` puts the lists of today into the page."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_lists(page)


DECLARED: dict[str, Callable[[bytes], bytes]] = {
    "without its beginning": lambda w: w[5000:],
    "a few bytes changed": lambda w: w[:1000] + b"!" + w[1001:500_000] + b"???" + w[500_000:],
    "gzip, two in one": lambda w: gzip.compress(w[:400_000]) + gzip.compress(w[400_000:]),
    "gzip of base64 in pieces": lambda w: b"".join(
        gzip.compress(base64.b64encode(w)[at : at + 60_001]) for at in range(0, 1_200_000, 60_001)
    ),
    "seventy gzips": lambda w: b"-- next --\n".join(
        gzip.compress(w[at : at + 13_000]) for at in range(0, len(w), 13_000)
    ),
    "gzip of base64, broken": lambda w: broken(gzip.compress(base64.b64encode(w)), 9000),
    "xz of base64, broken": lambda w: broken(lzma.compress(base64.b64encode(w)), 9000),
    "bzip2 with a wrong sum": lambda w: broken(bz2.compress(w), 6),
    "a database in a database": lambda w: database(database(w)),
    "hexadecimal of what was reversed and packed": lambda w: as_hex(bz2.compress(w[::-1])),
}


def broken(data: bytes, place: int) -> bytes:
    """Return data with one bit turned, counted from its end: programs unpack it and complain."""
    return data[:-place] + bytes([data[-place] ^ 1]) + data[len(data) - place + 1 :]


@pytest.mark.slow
@pytest.mark.parametrize("form", DECLARED)
def test_a_form_of_a_larger_content_is_found(form: str) -> None:
    assert is_found(WEIGHTS, DECLARED[form](WEIGHTS))


def _words(count: int) -> bytes:
    draw = random.Random(5)
    return " ".join(
        draw.choice(["model", "host", "2026", "the", "a\n"]) for _ in range(count)
    ).encode()


INNOCENT: dict[str, bytes] = {
    "another file of its kind": weight_bytes("tests/third", 400_000),
    "text": _words(40_000),
    "noise": random.Random(7).randbytes(400_000),
    "hexadecimal noise": as_hex(random.Random(8).randbytes(200_000)),
    "packed noise": tarred(base64.encodebytes(random.Random(9).randbytes(200_000)), "w:gz"),
    "a database of other contents": database(weight_bytes("tests/fourth", 200_000)),
    "one byte": b"\x5a" * 300_000,
    "zeros": bytes(300_000),
    "nothing": b"",
}


@pytest.mark.parametrize("name", INNOCENT)
def test_nothing_is_found_in_other_files(name: str) -> None:
    """Nor is anything said to be unfinished."""
    looking, budget = tracker(SMALL), Budget(seconds=60)
    assert not any(looking.held(INNOCENT[name], budget).values())
    assert budget.unfinished == []


def test_a_plain_copy_is_found_though_the_budget_is_used_up() -> None:
    looking, budget = tracker(WEIGHTS), Budget(seconds=0)
    found = looking.held(b"#!/bin/sh\n" + WEIGHTS, budget)
    assert looking.copies({"/x": found}) == [(DIGEST, ["/x"])]
    assert budget.told() == ["took more than 0 seconds of work"]


@pytest.mark.slow
@pytest.mark.parametrize("pack", [bytes, base64.encodebytes, gzip.compress])
def test_pieces_are_found_together(pack: Callable[[bytes], bytes]) -> None:
    whole = pack(WEIGHTS)
    cuts = [*range(0, len(whole), 140_001), len(whole)]
    looking = tracker(WEIGHTS)
    pieces = {f"/p{i}": held(looking, whole[a:b]) for i, (a, b) in enumerate(pairwise(cuts))}
    assert looking.copies(pieces) == [(DIGEST, sorted(pieces))]
    del pieces["/p1"]
    assert looking.copies(pieces) == []


@pytest.mark.slow
@pytest.mark.parametrize(("pack", "size"), [(bytes, 12_000), (gzip.compress, 20_000)])
def test_small_pieces_are_found_together(pack: Callable[[bytes], bytes], size: int) -> None:
    whole = pack(WEIGHTS)
    looking = tracker(WEIGHTS)
    pieces = {f"/{at}": held(looking, whole[at : at + size]) for at in range(0, len(whole), size)}
    assert [digest for digest, _ in looking.copies(pieces)] == [DIGEST]


def test_two_files_of_every_second_byte_are_found_together() -> None:
    looking = tracker(SMALL)
    pieces = {f"/{at}": held(looking, SMALL[at::2]) for at in range(2)}
    assert looking.copies(pieces) == [(content_digest(SMALL), ["/0", "/1"])]


def test_one_file_may_hold_several() -> None:
    looking = tracker(SMALL, OTHER)
    found = looking.copies({"/x": held(looking, tarred(SMALL + OTHER, "w:gz"))})
    assert {digest for digest, _ in found} == looking.wanted


def test_a_stretch_gives_the_same_chunks_wherever_it_lies() -> None:
    one, moved = set(chunks(WEIGHTS)), set(chunks(b"z" * 12_345 + WEIGHTS + b"z"))
    assert len(one) > 500 and len(one & moved) >= len(one) - 2


@pytest.mark.parametrize(
    ("content", "within"), [(SMALL, 0.07), (WEIGHTS, 0.03)], ids=["short", "long"]
)
def test_the_share_lies_where_it_is_said_to(content: bytes, within: float) -> None:
    looking = tracker(content)
    most = held(looking, content[: int(len(content) * (SHARE + within))])
    less = held(looking, content[: int(len(content) * (SHARE - within))])
    assert looking.copies({"/x": most}) and not looking.copies({"/x": less})


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda w: gzip.compress(w, 1),
    "bzip2": bz2.compress,
    "xz": lambda w: lzma.compress(w, preset=0),
    "tar": tarred,
    "zip": zipped(8),
    "base64": base64.encodebytes,
    "hexadecimal": as_hex,
}


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    packings=st.lists(st.sampled_from(sorted(PACKINGS)), max_size=4),
    before=st.binary(max_size=300),
    behind=st.binary(max_size=300),
)
def test_any_packing_within_packings_is_found(
    packings: list[str], before: bytes, behind: bytes
) -> None:
    data = before + SMALL + behind
    for one in packings:
        data = PACKINGS[one](data)
    looking = tracker(SMALL)
    pieces = {"/x": held(looking, data), "/y": held(looking, OTHER[:120_000])}
    assert looking.copies(pieces) == [(content_digest(SMALL), ["/x"])]


@pytest.mark.slow
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
    looking = tracker(SMALL)
    found = looking.copies({f"/{number}": held(looking, one) for number, one in enumerate(pieces)})
    assert [digest for digest, _ in found] == [content_digest(SMALL)]
