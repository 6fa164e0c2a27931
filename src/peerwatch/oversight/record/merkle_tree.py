"""The Merkle tree of RFC 6962 over SHA-256: roots, inclusion and consistency proofs, their checks.

A tree keeps the hash of every complete subtree, so that a leaf costs constant time and a proof
logarithmic time. Its beginning may be known by the roots of its largest complete subtrees alone,
which is what stays of leaves that were retired.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return SHA-256(0x00 || leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class MerkleTree:
    """An append-only tree of leaf hashes.

    Attributes:
        size: How many leaves there are, retired ones included.
        retired: How many leaves at the beginning are known by subtree roots alone.
    """

    def __init__(self, retired: int = 0, subtrees: Sequence[bytes] = ()) -> None:
        """Begin after ``retired`` leaves.

        Args:
            retired: How many leaves came before.
            subtrees: The roots of the complete subtrees that they make up, largest first, as
                :meth:`subtrees` gives them.

        Raises:
            ValueError: There are more or fewer roots than so many leaves make.
        """
        if len(subtrees) != retired.bit_count():
            raise ValueError(f"{retired} leaves make {retired.bit_count()} complete subtrees")
        self.size = self.retired = retired
        self._levels: list[bytearray] = [bytearray() for _ in range(retired.bit_length() or 1)]
        levels = [level for level in reversed(range(retired.bit_length())) if retired >> level & 1]
        for level, root in zip(levels, subtrees, strict=True):
            self._levels[level] += root

    def append(self, hash_of_leaf: bytes) -> None:
        """Add a leaf by its hash."""
        self.append_subtree((hash_of_leaf,))

    def append_subtree(self, levels: Sequence[bytes]) -> None:
        """Add the leaves of a complete subtree, of which all hashes are known.

        Args:
            levels: Its hashes, those of the leaves first and its root last. The size of the tree
                is a multiple of its size.
        """
        level = len(levels) - 1
        while len(self._levels) < len(levels):
            self._levels.append(bytearray())
        for own, new in zip(self._levels, levels, strict=False):
            own += new
        index, node = self.size >> level, levels[-1]
        while index & 1:
            node = node_hash(self._node(level, index - 1), node)
            level, index = level + 1, index >> 1
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += node
        self.size += len(levels[0]) // HASH_SIZE

    def subtree(self, first: int, size: int) -> tuple[bytes, ...]:
        """Return the hashes of the complete subtree of so many leaves, a power of two, by level."""
        heights = range(size.bit_length())
        return tuple(
            b"".join(self._node(level, at) for at in range(first >> level, first + size >> level))
            for level in heights
        )

    def leaf(self, index: int) -> bytes:
        """Return the hash of a leaf that is not retired."""
        if not self.retired <= index < self.size:
            raise IndexError(f"There is no leaf {index}; there are {self.retired} to {self.size}.")
        return self._node(0, index)

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first ``size`` leaves, of all unless told.

        Raises:
            IndexError: There are not so many leaves, or it lies within what is retired.
        """
        size = self._checked(self.size if size is None else size)
        return self._range(0, size) if size else EMPTY_ROOT

    def subtrees(self, size: int) -> list[bytes]:
        """Return the roots of the complete subtrees that ``size`` leaves make, largest first."""
        self._checked(size)
        levels = (level for level in reversed(range(size.bit_length())) if size >> level & 1)
        return [self._node(level, (size >> level) - 1) for level in levels]

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Return the proof that leaf ``index`` is in the tree of ``size``, from the leaf upwards.

        Raises:
            IndexError: There is no such leaf in it, or it is retired.
        """
        self._checked(size)
        if not self.retired <= index < size:
            raise IndexError(f"There is no leaf {index} between {self.retired} and {size}.")
        proof, start, end = [], 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        return proof[::-1]

    def consistency(self, old: int, size: int) -> list[bytes]:
        """Return the proof that the tree of ``old`` leaves is the beginning of that of ``size``.

        Raises:
            IndexError: There are not so many leaves, or ``old`` lies within what is retired.
        """
        self._checked(size)
        if not 0 < self._checked(old) <= size:
            raise IndexError(f"A tree of {old} is no beginning of one of {size}.")
        proof, start, end = [], 0, size
        while old != end:
            middle = start + _split(end - start)
            if old <= middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        if start:
            proof.append(self._range(start, end))
        return proof[::-1]

    def _checked(self, size: int) -> int:
        if size > self.size or size < self.retired:
            raise IndexError(
                f"The tree of {size} leaves is not known: {self.retired} are retired, and there "
                f"are {self.size}."
            )
        return size

    def _node(self, level: int, index: int) -> bytes:
        # Before the first node that is kept come those within what is retired; an even number.
        at = (index - (self.retired >> level & ~1)) * HASH_SIZE
        return bytes(self._levels[level][at : at + HASH_SIZE])

    def _range(self, start: int, end: int) -> bytes:
        level = (end - start).bit_length() - 1
        if end - start == 1 << level:
            return self._node(level, start >> level)
        middle = start + _split(end - start)
        return node_hash(self._range(start, middle), self._range(middle, end))


def _split(size: int) -> int:
    """Return the largest power of two below a size of at least two."""
    return 1 << (size - 1).bit_length() - 1


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    tree = MerkleTree()
    for one in hashes:
        tree.append(one)
    return tree.root()


def includes(
    hash_of_leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Return whether a proof shows a leaf at ``index`` in the tree of ``size`` with this root."""
    if not 0 <= index < size:
        return False
    node, last, at = hash_of_leaf, size - 1, index
    for other in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(other, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, other)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def extends(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """Return whether a proof shows the tree of ``old`` leaves as the beginning of that of ``size``.

    The empty tree is the beginning of every tree, and needs no proof.
    """
    if not 0 <= old <= size:
        return False
    if old in {0, size}:
        return not proof and old_root == (EMPTY_ROOT if old == 0 else root)
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    if not path:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    older = newer = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            older, newer = node_hash(other, older), node_hash(other, newer)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            newer = node_hash(newer, other)
        at, last = at >> 1, last >> 1
    return last == 0 and older == old_root and newer == root
