"""Copies by what files hold: whole, in pieces, in part; and nothing else is one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from peerwatch.oversight.facts import FileFact, HostFacts
from peerwatch.oversight.lifecycle_inventory import Asset, Inventory, InventoryHost
from peerwatch.oversight.sensor.content_copies import (
    FEWEST,
    WHOLE,
    contents_of,
    copies_in,
    held_share,
    same_content,
)

MARKS = tuple(f"f{n:012x}" for n in range(100)) + tuple(f"c{n:012x}" for n in range(20))
OWN = FileFact(
    "file", 1000, 1, 1, 0o644, "luma", 1, digest="sha256:aa", sample="sample:aa", chunks=MARKS
)
OTHER = replace(OWN, digest="sha256:bb", sample="sample:bb", size=900, chunks=(), asset=False)
INVENTORY = Inventory(
    hosts={"a": InventoryHost(), "b": InventoryHost()},
    assets={"w": Asset(kind="weights", places=("a:/w/",), owner="ann")},
)


def facts(host: str, **files: FileFact) -> HostFacts:
    return HostFacts(host, 0.0, 1.0, files={f"/{k.replace('_', '/')}": v for k, v in files.items()})


def copies(host: str, **files: FileFact) -> list[tuple[tuple[str, ...], float]]:
    contents = contents_of(INVENTORY, [facts("a", w_m=OWN)])
    return [(c.paths, c.share) for c in copies_in(facts(host, **files), contents, INVENTORY)]


def test_a_digest_or_a_sample_is_a_copy_wherever_it_lies_but_at_home() -> None:
    assert copies("b", x=replace(OWN, chunks=(), asset=False)) == [(("/x",), 1.0)]
    assert copies("b", x=replace(OWN, digest="blake3:cc", chunks=())) == [(("/x",), 1.0)]
    assert copies("a", w_n=OWN) == []
    assert copies("b", w_m=OWN) == [(("/w/m",), 1.0)]


@given(st.sets(st.sampled_from(MARKS)))
def test_the_share_of_marks_decides(held: set[str]) -> None:
    share = len(held) / len(MARKS)
    found = copies("a", t=replace(OTHER, chunks=tuple(sorted(held))))
    if share >= WHOLE:
        assert found == [(("/t",), share)]
    elif share >= 0.2 and len(held) >= FEWEST:
        assert found == [(("/t",), share)] and share < WHOLE
    else:
        assert found == []


@given(st.lists(st.integers(0, 3), min_size=len(MARKS), max_size=len(MARKS)))
def test_pieces_on_one_host_are_one_copy(where: list[int]) -> None:
    files = {
        f"p{n}": replace(
            OTHER, chunks=tuple(m for m, w in zip(MARKS, where, strict=True) if w == n)
        )
        for n in range(4)
    }
    pieces = tuple(sorted(f"/{name}" for name, file in files.items() if file.chunks))
    if all(len(file.chunks) < WHOLE * len(MARKS) for file in files.values()):
        assert copies("b", **files) == [(pieces, 1.0)]


def test_a_large_file_is_known_by_its_coarse_marks_alone() -> None:
    coarse = tuple(one for one in MARKS if one.startswith("c"))
    large = replace(OTHER, size=1 << 30, chunks=coarse)
    assert held_share(OWN, large) == 1.0
    assert held_share(OWN, replace(OTHER, chunks=coarse)) < 0.2
    assert held_share(OWN, replace(large, form="gzip")) < 0.2
    assert held_share(replace(OWN, chunks=("c1", "c2")), replace(large, chunks=("c1", "c2"))) == 0


def test_digests_are_compared_with_their_like_alone() -> None:
    assert same_content(OWN, replace(OWN, digest="sha256:bb")) is False
    assert same_content(OWN, replace(OWN, digest="blake3:bb")) is True
    assert same_content(OWN, replace(OWN, digest="blake3:bb", sample="sample:bb")) is False
    assert same_content(OWN, replace(OWN, digest=None, sample=None)) is None
    assert same_content(OWN, replace(OWN, size=7)) is False
    assert same_content(OWN, replace(OWN, type="link")) is False


def test_an_empty_content_has_no_copies() -> None:
    empty = replace(OWN, size=0, chunks=())
    assert contents_of(INVENTORY, [facts("a", w_m=empty)]) == []
