"""Adjusted p-values of claims that come in chains, behind one claim that is asked first.

All of it is Bonferroni's inequality, applied step by step (Holm 1979; Bretz et al. 2009, Statistics
in Medicine 28:586-604), so that it holds however the tests depend on each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from peerwatch.statistics.intervals import Array, holm

FIRST_SHARE = 0.8
"""The share of the error that the claim asked first has; what is left is for the others, should the
first not stand. Where it stands, they have all of it."""


def chained_holm(
    weaker: Sequence[float], stronger: Sequence[float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return adjusted p-values of chains of two claims each, the weaker one asked first.

    A chain passes its share of the error on once both of its claims stand. The chance that any
    false claim among all of them is made is at most the level.

    Args:
        weaker: A p-value a chain. No NaN; what cannot be told is 1.
        stronger: A p-value a chain; one below the weaker is taken to be as large.
    """
    first = np.asarray(weaker, float)
    second = np.maximum(np.asarray(stronger, float), first)
    whole = np.asarray(holm(list(second)))
    adjusted = [_weaker(first[i], np.delete(whole, i)) for i in range(len(first))]
    return tuple(adjusted), tuple(whole.tolist())


def _weaker(p: float, others: Array) -> float:
    """Return the adjusted p-value of a weaker claim, given those of the others' stronger ones."""
    chains = len(others) + 1
    standing = np.concatenate(([0.0], np.sort(others)))
    steps = p * np.arange(chains, 0, -1)
    return float(min(1.0, np.maximum(standing, steps).min()))


def first_then(first: float, others: Sequence[float]) -> tuple[float, tuple[float, ...]]:
    """Return adjusted p-values of a claim that is asked first and of others that come after it.

    The first is held to ``FIRST_SHARE`` of the error, the others to what is left, or to all of it
    once the first stands.

    Args:
        first: The p-value of the first.
        others: Those of the others, adjusted among themselves.
    """
    gate = min(1.0, first / FIRST_SHARE)
    alone = [min(1.0, p / (1 - FIRST_SHARE)) for p in others]
    return gate, tuple(min(p, max(gate, q)) for p, q in zip(alone, others, strict=True))
