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

    Where more lies within than depth or budget allow, the budget says so.
    """
    yield from _forms(data, budget, depth, set())


def _forms(data: Data, budget: Budget, depth: int, known: set[bytes]) -> Iterator[Data]:
    digest = blake2b(data, digest_size=12).digest()
    if digest in known or budget.is_over():
        return
    known.add(digest)
    yield data
    for inner in _unpacked(data, budget):
        if depth == 0:
            budget.leave_out(f"packed more than {DEPTH} times over")
            return
        yield from _forms(inner, budget, depth - 1, known)


def _unpacked(data: Data, budget: Budget) -> Iterator[Data]:
    for decoder in DECODERS.values():
        if budget.is_over():
            return
        yield from decoder(data, budget)
