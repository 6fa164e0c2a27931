"""Finding a content again: under any name, compressed, encoded, packed with others, or in pieces.

A content is cut where its own bytes say so, so that the same stretch gives the same chunks wherever
it lies in another file (content-defined chunking, as in LBFS: Muthitacharoen, Chen and Mazières,
SOSP 2001; here a boundary is a pair of byte values, which needs no rolling sum where the content is
as good as random, as weights are). A file holds a content if it holds ``SHARE`` of its chunks. The
same is done with what the content becomes by simple means, such as reversing it, so that nothing
has to be done to a file to find that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import chain

from peerwatch.shell.inside.decoders import forms
from peerwatch.shell.inside.decoding_budget import Budget
from peerwatch.shell.inside.packed_forms import Data

SHARE = 0.9
"""Share of a content's chunks that makes a file, or several together, a copy of it."""
_CUT = re.compile(rb"\x5a[\x00-\x3f]")  # one place in 1024 of random bytes
_SMALLEST = 48
_CUTS = 4096
"""Cuts after which the budget is asked."""
_STRETCH, _EVERY = 16 * 1024, 64 * 1024
"""Bytes that are known of every so many of what a longer content becomes by simple means."""
_SHORT = 256 * 1024
_FEWEST = 8
"""Chunks that a changed content is known by at least."""


def chunks(data: Data, budget: Budget | None = None) -> Iterator[bytes]:
    """Yield the digest of each chunk of a content, until a budget is used up."""
    start = 0
    for count, cut in enumerate(_CUT.finditer(data), start=1):
        if cut.end() - start >= _SMALLEST:
            yield blake2b(data[start : cut.end()], digest_size=12).digest()
        start = cut.end()
        if count % _CUTS == 0 and budget is not None and budget.is_over():
            return
    if len(data) - start >= _SMALLEST:
        yield blake2b(data[start:], digest_size=12).digest()


class Tracker:
    """Contents to find again."""

    def __init__(self, digests: Iterable[str]) -> None:
        self.wanted = frozenset(digests)
        self._new: dict[str, bytes] = {}
        self._views: dict[str, list[frozenset[bytes]]] = {}
        """Digest -> the chunks of a content as it is, and of each of its changed forms."""
        self._where: dict[bytes, set[str]] = {}

    def learn(self, digest: str, data: bytes) -> None:
        """Take a content in, once it has been seen at its own place."""
        if digest in self.wanted and digest not in self._views:
            self._new.setdefault(digest, data)

    def held(self, data: bytes, budget: Budget) -> dict[str, frozenset[bytes]]:
        """Return which chunks of which contents a file holds, in whatever form.

        What the budget did not allow to look into is among its ``unfinished``.
        """
        self._index()
        found: dict[str, set[bytes]] = {}
        if self._where:
            for form in forms(data, budget):
                for part in chain([form], differences(form)):
                    for chunk in chunks(part, budget):
                        for digest in self._where.get(chunk, ()):
                            found.setdefault(digest, set()).add(chunk)
                    if budget.is_over():
                        break
        return {digest: frozenset(held) for digest, held in found.items()}

    def _index(self) -> None:
        """Work out what each that was learned is known by, once a file is to be searched."""
        for digest, data in self._new.items():
            changed = filter(_is_enough_to_know, map(frozenset, changed_chunks(data)))
            self._views[digest] = [frozenset(chunks(data)), *changed]
            for chunk in frozenset().union(*self._views[digest]):
                self._where.setdefault(chunk, set()).add(digest)
        self._new.clear()

    def copies(
        self, held: Mapping[str, Mapping[str, frozenset[bytes]]]
    ) -> list[tuple[str, list[str]]]:
        """Return each content that a host holds, with the files that hold it.

        Args:
            held: By path, what :meth:`held` says of the file.

        Returns:
            One entry for each file that holds it alone; where none does, one for all the pieces
            that hold it together.
        """
        found: list[tuple[str, list[str]]] = []
        for digest, views in self._views.items():
            mine = {path: parts[digest] for path, parts in held.items() if digest in parts}
            alone = sorted(path for path, parts in mine.items() if _enough(parts, views))
            found += [(digest, [path]) for path in alone]
            pieces = {path: parts for path, parts in mine.items() if path not in alone}
            if _enough(frozenset().union(*pieces.values()), views):
                found.append((digest, sorted(pieces)))
        return found


def _enough(parts: frozenset[bytes], views: list[frozenset[bytes]]) -> bool:
    return any(view and len(parts & view) >= SHARE * len(view) for view in views)


Change = Callable[[bytes], list[bytes]]
"""Returns what a stretch of a content becomes: one stretch, or several that lie apart."""


def _swapped(width: int, data: bytes) -> list[bytes]:
    """Return the bytes of every number of some width in the opposite order."""
    found = bytearray(len(data) // width * width)
    for place in range(width):
        found[place::width] = data[width - 1 - place : len(found) : width]
    return [bytes(found)]


def _mapped(change: Callable[[int], int]) -> Change:
    table = bytes(map(change, range(256)))
    return lambda data: [data.translate(table)]


def _rotated(by: int) -> Change:
    return _mapped(lambda one: (one << by | one >> 8 - by) & 255)


CHANGES: dict[str, Change] = {
    "reversed": lambda data: [data[::-1]],
    "bytes swapped in twos": lambda data: _swapped(2, data),
    "bytes swapped in fours": lambda data: _swapped(4, data),
    "bytes swapped in eights": lambda data: _swapped(8, data),
    **{f"bits turned by {by}": _rotated(by) for by in range(1, 8)},
    "bits in the opposite order": _mapped(lambda one: int(f"{one:08b}"[::-1], 2)),
    "every second byte": lambda data: [data[at::2] for at in range(2)],
    "every fourth byte": lambda data: [data[at::4] for at in range(4)],
    "without zeros": lambda data: [data.replace(b"\0", b"")],
}
"""What a content may be turned into by simple means."""


def changed_chunks(data: bytes) -> Iterator[Iterator[bytes]]:
    """Yield the chunks that a content is known by besides its own, change by change.

    The last are of the differences from byte to byte, which are the same whatever constant was
    added to every byte, or combined with it by exclusive or.
    """
    every = _EVERY if len(data) > _SHORT else _STRETCH
    stretches = [data[at : at + _STRETCH] for at in range(0, len(data), every)]
    for change in CHANGES.values():
        yield chain.from_iterable(map(_inner, chain.from_iterable(map(change, stretches))))
    parts = list(differences(data))
    yield chain.from_iterable(map(_inner, parts[0::2]))
    yield chain.from_iterable(map(_inner, parts[1::2]))


def _inner(part: bytes) -> list[bytes]:
    """Return the chunks of a stretch, without those at its ends, which go on elsewhere."""
    return list(chunks(part))[1:-1]


def _is_enough_to_know(view: frozenset[bytes]) -> bool:
    return len(view) >= _FEWEST


_SEGMENT = 256 * 1024
_HIGH = int.from_bytes(b"\x80" * _SEGMENT, "little")
"""The highest bit of every byte."""


def differences(data: Data) -> Iterator[bytes]:
    """Yield, for each segment of some bytes, by what each differs from the next.

    First as exclusive or, then as a difference modulo 256.
    """
    for at in range(0, len(data) - 1, _SEGMENT):
        part = data[at : at + _SEGMENT + 1]
        size = len(part) - 1
        here, after = int.from_bytes(part[:-1], "little"), int.from_bytes(part[1:], "little")
        either = here ^ after
        yield either.to_bytes(size, "little")
        # Every byte has its place in one large number, and what is borrowed stays within it.
        high = _HIGH >> 8 * (_SEGMENT - size)
        less = ((after | high) - (here & ~high)) ^ ((either ^ high) & high)
        yield less.to_bytes(size, "little")
