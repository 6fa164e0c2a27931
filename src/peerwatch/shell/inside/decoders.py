"""Everything that can be unpacked or read back from a file, in whatever order it was packed."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from peerwatch.shell.inside.decoding_budget import Budget
from peerwatch.shell.inside.packed_forms import PACKED, Data, Decoder
from peerwatch.shell.inside.written_forms import quoted, written

DEPTH = 6
"""Packings within packings that are opened."""
DECODERS: dict[str, Decoder] = {**PACKED, "written": written, "quoted": quoted}


def forms(data: Data, budget: Budget, depth: int = DEPTH) -> Iterator[Data]:
    """Yield a content as it is, and everything that can be unpacked from it, the outer first.

    Where more lies within than depth or budget allow, the budget says so. The content itself comes
    whatever is used up.
    """
    yield data
    yield from _within(data, budget, depth, {_digest(data)})


def _within(data: Data, budget: Budget, depth: int, known: set[bytes]) -> Iterator[Data]:
    """Yield what can be unpacked from a content, and from that, each once."""
    for inner in _unpacked(data, budget):
        if depth == 0:
            budget.leave_out(f"packed more than {DEPTH} times over")
            return
        digest = _digest(inner)
        if digest not in known:
            known.add(digest)
            yield inner
            yield from _within(inner, budget, depth - 1, known)


def _digest(data: Data) -> bytes:
    return blake2b(data, digest_size=12).digest()


def _unpacked(data: Data, budget: Budget) -> Iterator[Data]:
    for decoder in DECODERS.values():
        if budget.is_over():
            return
        yield from decoder(data, budget)
