"""How well raters agree, and shares with their intervals.

Cohen's kappa (Cohen 1960) for two raters and Fleiss' kappa (Fleiss 1971) for more, with percentile
intervals from a bootstrap over clusters; precision and recall with Wilson intervals (Wilson 1927).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from peerwatch.common.errors import PeerwatchError

try:
    from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
    from statsmodels.stats.proportion import proportion_confint
except ImportError as error:
    raise PeerwatchError('Agreement needs statsmodels: pip install "peerwatch[report]".') from error

Bits = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
RESAMPLES = 2000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its interval and the count it rests on; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    def to_dict(self) -> dict[str, Any]:
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


def cohen(a: Sequence[bool], b: Sequence[bool], clusters: Sequence[Any]) -> Figure:
    """Return Cohen's kappa of two raters.

    Args:
        a: The first rater's yes or no, an item each.
        b: The second rater's.
        clusters: What the items belong to; whole clusters are drawn anew for the interval.
    """
    if not len(a):
        return Figure(None, None, None, 0)
    cells = np.zeros((len(a), 4), dtype=np.int64)
    cells[np.arange(len(a)), 2 * np.asarray(a, dtype=np.int64) + np.asarray(b)] = 1
    table = cells.sum(axis=0).reshape(2, 2)
    defined = not np.isnan(_cohen_of(table.reshape(1, 4).astype(np.float64)))[0]
    value = float(cohens_kappa(table, return_results=False)) if defined else None
    return Figure(value, *_interval(_cohen_of(_resampled(cells, clusters))), len(a))


def _cohen_of(tables: Reals) -> Reals:
    """Return kappa of 2 x 2 tables, each a row: no-no, no-yes, yes-no, yes-yes."""
    total = tables.sum(axis=1)
    first = (tables[:, 2] + tables[:, 3]) / total
    second = (tables[:, 1] + tables[:, 3]) / total
    seen = (tables[:, 0] + tables[:, 3]) / total
    return _beyond_chance(seen, first * second + (1 - first) * (1 - second))


def fleiss(yes: Sequence[int], raters: int, clusters: Sequence[Any]) -> Figure:
    """Return Fleiss' kappa of several raters.

    Args:
        yes: How many raters said yes, an item each.
        raters: How many raters there are; all of them rated every item.
        clusters: What the items belong to.
    """
    if not len(yes):
        return Figure(None, None, None, 0)
    counts = np.asarray(yes, dtype=np.int64)
    pairs = counts * (counts - 1) + (raters - counts) * (raters - counts - 1)
    sums = np.stack([counts, pairs, np.ones_like(counts)], axis=1)

    def kappa(total: Reals) -> Reals:
        seen = total[:, 1] / (total[:, 2] * raters * (raters - 1))
        share = total[:, 0] / (total[:, 2] * raters)
        return _beyond_chance(seen, share**2 + (1 - share) ** 2)

    defined = not np.isnan(kappa(sums.sum(axis=0, keepdims=True).astype(np.float64)))[0]
    table = np.stack([raters - counts, counts], axis=1)
    value = float(fleiss_kappa(table)) if defined else None
    return Figure(value, *_interval(kappa(_resampled(sums, clusters))), len(yes))


def _beyond_chance(seen: Reals, by_chance: Reals) -> Reals:
    room = 1 - by_chance
    out: Reals = np.full_like(seen, np.nan)
    np.divide(seen - by_chance, room, out=out, where=room > 1e-12)
    return out


def _resampled(items: Bits, clusters: Sequence[Any]) -> Reals:
    """Return the sums of items over clusters drawn with replacement, a row a resample."""
    names = {name: number for number, name in enumerate(dict.fromkeys(clusters))}
    where = [names[name] for name in clusters]
    sums = np.zeros((len(names), items.shape[1]))
    np.add.at(sums, where, items)
    draw = np.random.Generator(np.random.PCG64(20261121))
    times = draw.multinomial(len(names), np.full(len(names), 1 / len(names)), size=RESAMPLES)
    drawn: Reals = times.astype(np.float64) @ sums
    return drawn


def _interval(values: Reals) -> tuple[float | None, float | None]:
    known = values[~np.isnan(values)]
    if not known.size:
        return None, None
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def wilson(successes: int, n: int) -> Figure:
    """Return a share with Wilson's interval at the level ``LEVEL``; no value where ``n`` is 0."""
    if not n:
        return Figure(None, None, None, 0)
    low, high = proportion_confint(successes, n, alpha=1 - LEVEL, method="wilson")
    return Figure(successes / n, float(low), float(high), n)
