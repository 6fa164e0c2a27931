"""Marks: a content is known again behind, before and among other bytes, and others are not it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.oversight.sensor.on_host.content_marks import (
    KEPT,
    Marks,
    new_digest,
    sample_of,
    sample_places,
)

BYTES = random.Random(1).randbytes(300_000)
TEXT = "".join(f"{n}. Luma met the customer at the gate and remembered it.\n" for n in range(500))


def marks_of(data: bytes, wanted: frozenset[str] | None = None, step: int = 65_536) -> set[str]:
    marks = Marks(True, wanted)
    for at in range(0, len(data), step):
        marks.feed(data[at : at + step])
    return set(marks.found())


@pytest.mark.parametrize("content", [BYTES, TEXT.encode()], ids=["binary", "text"])
@given(
    before=st.binary(max_size=400),
    behind=st.binary(max_size=400),
    step=st.integers(1000, 100_000),
)
@settings(max_examples=15, deadline=None)
def test_a_content_is_known_among_other_bytes_however_it_is_read(
    content: bytes, before: bytes, behind: bytes, step: int
) -> None:
    wanted = frozenset(marks_of(content))
    assert len(wanted) >= 100
    found = marks_of(before + content + behind, wanted, step)
    assert len(found) >= 0.98 * len(wanted)


@given(st.integers(20_000, 280_000))
@settings(max_examples=15, deadline=None)
def test_pieces_hold_together_what_the_whole_holds(cut: int) -> None:
    wanted = frozenset(marks_of(BYTES))
    pieces = [marks_of(BYTES[:cut], wanted), marks_of(BYTES[cut:], wanted)]
    assert len(pieces[0] | pieces[1]) >= 0.95 * len(wanted)
    assert 0 < len(pieces[0]) < len(wanted) or cut < 60_000 or cut > 240_000


def test_another_content_holds_none_of_it() -> None:
    other = random.Random(2).randbytes(300_000)
    assert marks_of(other, frozenset(marks_of(BYTES))) == set()


def test_few_marks_are_kept_and_they_are_the_smallest() -> None:
    found = marks_of(random.Random(3).randbytes(4_000_000))
    kinds = {kind: sorted(one for one in found if one[0] == kind) for kind in "cf"}
    assert len(kinds["f"]) == KEPT and 30 < len(kinds["c"]) <= KEPT
    assert marks_of(b"\0" * 1_000_000) == set() == marks_of(b"")


@pytest.mark.parametrize("size", [0, 1, 65_536, 1_048_576, 1_048_577, 10**12])
def test_a_sample_lies_within_the_content(size: int) -> None:
    places = sample_places(size)
    assert len(places) <= 16 and all(0 <= at < size for at in places)
    assert not places or (places[0] == 0 and places[-1] + 65_536 >= size)


def test_samples_and_digests_tell_contents_apart() -> None:
    assert sample_of(3, [b"abc"]) != sample_of(4, [b"abc"])
    name, update, hexdigest = new_digest("blake3")
    update(b"x")
    assert name in ("blake3", "sha256") and len(hexdigest()) == 64
    assert new_digest("sha256")[0] == "sha256" == new_digest("unknown")[0]
