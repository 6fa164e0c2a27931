"""RFC 6962: the published roots and proofs of others, and that nothing else passes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.oversight.record.merkle_tree import (
    EMPTY_ROOT,
    MerkleTree,
    extends,
    includes,
    leaf_hash,
    root_of,
)

# The test inputs of Certificate Transparency, and what its reference implementation makes of them.
INPUTS = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
H1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
H01 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
H67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
H45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
H4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
H0123 = ROOTS[3]
H4567 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
INCLUSIONS = {
    (0, 1): (),
    (0, 8): (H1, H01, H4567),
    (5, 8): (H4, H67, H0123),
    (2, 3): (ROOTS[1],),
    (1, 5): (ROOTS[0], H01, H4),
}
CONSISTENCIES = {
    (1, 1): (),
    (1, 8): (H1, H01, H4567),
    (2, 8): (H01, H4567),
    (6, 8): (H45, H67, H0123),
    (2, 5): (H01, H4),
}


def tree_of(count: int) -> MerkleTree:
    tree = MerkleTree()
    for one in range(count):
        tree.append(leaf_hash(one.to_bytes(4, "big")))
    return tree


def test_the_roots_of_certificate_transparency() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    hashes = [leaf_hash(one) for one in INPUTS]
    assert [root_of(hashes[: n + 1]).hex() for n in range(8)] == list(ROOTS)


@pytest.mark.parametrize(("index", "size"), list(INCLUSIONS))
def test_the_inclusion_proofs_of_certificate_transparency(index: int, size: int) -> None:
    tree = MerkleTree()
    for one in INPUTS:
        tree.append(leaf_hash(one))
    proof = tree.inclusion(index, size)
    assert tuple(one.hex() for one in proof) == INCLUSIONS[index, size]
    root = bytes.fromhex(ROOTS[size - 1])
    assert includes(leaf_hash(INPUTS[index]), index, size, proof, root)


@pytest.mark.parametrize(("old", "size"), list(CONSISTENCIES))
def test_the_consistency_proofs_of_certificate_transparency(old: int, size: int) -> None:
    tree = MerkleTree()
    for one in INPUTS:
        tree.append(leaf_hash(one))
    proof = tree.consistency(old, size)
    assert tuple(one.hex() for one in proof) == CONSISTENCIES[old, size]
    assert extends(old, size, proof, *(bytes.fromhex(ROOTS[n - 1]) for n in (old, size)))


SIZES = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n)))
BIT = st.integers(0, 255)


@settings(max_examples=60, deadline=None)
@given(SIZES, BIT)
def test_any_inclusion_proof_holds_and_no_flipped_bit_does(
    place: tuple[int, int], bit: int
) -> None:
    index, size = place
    tree = tree_of(size)
    proof, root, leaf = tree.inclusion(index, size), tree.root(), tree.leaf(index)
    assert includes(leaf, index, size, proof, root)
    assert not includes(flipped(leaf, bit), index, size, proof, root)
    assert not includes(leaf, index, size, proof, flipped(root, bit))
    for at, one in enumerate(proof):
        changed = [*proof[:at], flipped(one, bit), *proof[at + 1 :]]
        assert not includes(leaf, index, size, changed, root)
        assert not includes(leaf, index, size, [*proof[:at], *proof[at + 1 :]], root)
    assert not includes(leaf, index, size, [*proof, root], root)
    for other in {index - 1, index + 1, index ^ 1, size} - {index}:
        assert not includes(leaf, other, size, proof, root)


@settings(max_examples=60, deadline=None)
@given(SIZES, BIT)
def test_any_consistency_proof_holds_and_no_flipped_bit_does(
    place: tuple[int, int], bit: int
) -> None:
    old, size = place[0] + 1, place[1]
    tree = tree_of(size)
    proof, old_root, root = tree.consistency(old, size), tree.root(old), tree.root()
    assert extends(old, size, proof, old_root, root)
    assert not extends(old, size, proof, flipped(old_root, bit), root)
    assert not extends(old, size, proof, old_root, flipped(root, bit))
    assert not extends(old, size, [*proof, root], old_root, root)
    for at, one in enumerate(proof):
        changed = [*proof[:at], flipped(one, bit), *proof[at + 1 :]]
        assert not extends(old, size, changed, old_root, root)
        assert not extends(old, size, [*proof[:at], *proof[at + 1 :]], old_root, root)


@settings(max_examples=60, deadline=None)
@given(SIZES, st.data())
def test_a_tree_whose_beginning_is_retired_proves_what_is_left(
    place: tuple[int, int], data: st.DataObject
) -> None:
    retired, size = place
    whole = tree_of(size)
    rest = MerkleTree(retired, whole.subtrees(retired))
    for one in range(retired, size):
        rest.append(whole.leaf(one))
    index = data.draw(st.integers(retired, size - 1))
    old = data.draw(st.integers(max(retired, 1), size))
    assert (rest.root(), rest.root(old)) == (whole.root(), whole.root(old))
    assert rest.inclusion(index, size) == whole.inclusion(index, size)
    assert rest.consistency(old, size) == whole.consistency(old, size)
    if retired:
        with pytest.raises(IndexError):
            rest.inclusion(retired - 1, size)


def test_what_is_not_there_is_said() -> None:
    tree = tree_of(3)
    for ask in (lambda: tree.root(4), lambda: tree.leaf(3), lambda: tree.inclusion(3, 3)):
        with pytest.raises(IndexError):
            ask()
    with pytest.raises(IndexError):
        tree.consistency(0, 3)
    with pytest.raises(ValueError, match="2 complete subtrees"):
        MerkleTree(3, [EMPTY_ROOT])
    assert extends(0, 3, [], EMPTY_ROOT, tree.root())
    assert not extends(4, 3, [], EMPTY_ROOT, tree.root())


def flipped(data: bytes, bit: int) -> bytes:
    return (int.from_bytes(data, "big") ^ 1 << bit).to_bytes(len(data), "big")
