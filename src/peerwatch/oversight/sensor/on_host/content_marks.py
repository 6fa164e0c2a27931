"""By what a content is known again: a digest, a sample, and marks that its own bytes choose.

A mark is the hash of the few bytes behind a place that the content itself points out (anchors, as
in Manber, "Finding similar files in a large file system", 1994), so that the same stretch gives the
same marks wherever it lies in another file: behind other bytes, in an archive, in a piece. They
need no library and are alike on every host. Of a content those with the smallest hashes are kept.

``c`` marks stand at one place in 65,536 of random bytes and are what a large content is known by;
``f`` marks stand at one in 1,024, and at words and lines of texts, and are what small ones are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable

KEPT = 128
"""Marks of each kind that a content is known by."""
FINE_BELOW = 16 * 1024 * 1024
"""Contents of so many bytes and more have coarse marks alone."""
BLOCK = 1024 * 1024
SAMPLES, SAMPLE = 16, 64 * 1024
_WINDOW = 64
_COARSE = re.compile(rb"\x5a[\x00-\x3f][\x00-\x03]")
_FINE = re.compile(rb"\x5a[\x00-\x3f]")
_TEXT = re.compile(rb"(?:\n|e )(?=[\x20-\x7e\x80-\xf4]{32})")
_LETTERS = 34


def sample_places(size: int) -> list[int]:
    """Return where the blocks of a sample begin in a content of ``size`` bytes."""
    if size <= SAMPLES * SAMPLE:
        return list(range(0, size, SAMPLE))
    last = size - SAMPLE
    return [last * number // (SAMPLES - 1) for number in range(SAMPLES)]


def sample_of(size: int, blocks: Iterable[bytes]) -> str:
    """Return ``sample:<hex>`` of a size and the blocks at :func:`sample_places`."""
    found = hashlib.blake2b(size.to_bytes(8, "little"), digest_size=20)
    for block in blocks:
        found.update(block)
    return f"sample:{found.hexdigest()}"


def new_digest(name: str) -> tuple[str, Callable[[bytes], object], Callable[[], str]]:
    """Return a hash by name, or sha256 where the host lacks it: its name, update, hexdigest."""
    if name == "blake3":
        try:
            import blake3

            made = blake3.blake3()
            return "blake3", made.update, made.hexdigest
        except ImportError:
            pass
    found = hashlib.sha256()
    return "sha256", found.update, found.hexdigest


class Marks:
    """The marks of a content that comes in blocks."""

    def __init__(self, fine: bool, wanted: frozenset[str] | None = None) -> None:
        """Begin.

        Args:
            fine: Whether fine marks are taken too.
            wanted: The marks that are looked for; all are kept (the smallest) where it is None.
        """
        self._fine, self._wanted = fine, wanted
        self._coarse: set[str] = set()
        self._small: set[str] = set()
        self._tail = b"\n"

    def feed(self, block: bytes) -> None:
        """Take the next bytes in."""
        data = self._tail + block
        self._take(self._coarse, "c", (one.start() for one in _COARSE.finditer(data)), data)
        if self._fine:
            self._take(self._small, "f", (one.start() for one in _FINE.finditer(data)), data)
            lines = (one.start() for one in _TEXT.finditer(data))
            self._take(self._small, "f", lines, data, _LETTERS)
        self._tail = data[-_WINDOW - 2 :]

    def _take(
        self, kept: set[str], kind: str, starts: Iterable[int], data: bytes, width: int = _WINDOW
    ) -> None:
        hashed, wanted, last = hashlib.blake2b, self._wanted, len(data) - width
        for at in starts:
            if at > last:
                break
            mark = kind + hashed(data[at : at + width], digest_size=6).hexdigest()
            if wanted is None or mark in wanted:
                kept.add(mark)
        if wanted is None and len(kept) > 8 * KEPT:
            smallest = sorted(kept)[:KEPT]
            kept.clear()
            kept.update(smallest)

    def found(self) -> list[str]:
        """Return the marks: of each kind the smallest, or those that were wanted."""
        most = KEPT if self._wanted is None else None
        return [*sorted(self._coarse)[:most], *sorted(self._small)[:most]]
