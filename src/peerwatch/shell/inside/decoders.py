"""Everything that can be unpacked or read back from a file, in whatever order it was packed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from hashlib import blake2b

from peerwatch.shell.inside.decoding_budget import Budget
from peerwatch.shell.inside.packed_forms import HEADLESS, LEAST, PACKED, Data, Decoder
from peerwatch.shell.inside.written_forms import quoted, written

DEPTH = 6
"""Packings within packings that are opened."""
_BLOCK, _LITTLE = 64 * 1024, LEAST // 2
DECODERS: dict[str, Decoder] = {**PACKED, "written": written, "quoted": quoted}


def forms(data: Data, budget: Budget, depth: int = DEPTH) -> Iterator[Data]:
    """Yield a content as it is, and everything that can be unpacked from it, the outer first.

    Where more lies within than depth or budget allow, the budget says so. The content itself comes
    whatever is used up.
    """
    yield data
    yield from _within(data, "", budget, depth, {_digest(data)})


def _within(
    data: Data, made_by: str, budget: Budget, depth: int, known: set[bytes]
) -> Iterator[Data]:
    """Yield what can be unpacked from what a decoder made, and from that, each once."""
    for name, inner in _unpacked(data, made_by, budget):
        digest = _digest(inner)
        if digest in known or _says_little(inner):
            continue
        if depth == 0:
            budget.leave_out(f"packed more than {DEPTH} times over")
            return
        known.add(digest)
        yield inner
        yield from _within(inner, name, budget, depth - 1, known)


def _says_little(data: Data) -> bool:
    """Return whether a form is a few bytes over and over, which hold no content.

    Such a one reads as digits, letters and numbers again and again. A byte more in a thousand is
    what zlib writes for the longest run.
    """
    packer, written = zlib.compressobj(1), 0
    for at in range(0, len(data), _BLOCK):
        written += len(packer.compress(data[at : at + _BLOCK]))
        if written > _LITTLE + at // 1000:
            return False
    return written + len(packer.flush()) <= _LITTLE + len(data) // 1000


def _digest(data: Data) -> bytes:
    return blake2b(data, digest_size=12).digest()


def _unpacked(data: Data, made_by: str, budget: Budget) -> Iterator[tuple[str, Data]]:
    for name, decoder in DECODERS.items():
        if budget.is_over():
            return
        if name == made_by == HEADLESS:
            continue  # all heads went at once: what looks like one by now was none
        for inner in decoder(data, budget):
            yield name, inner
