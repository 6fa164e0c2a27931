"""Slopes of scores over lengths and over turns, robust to clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from peerwatch.audit.judgements.score_arrays import Scores
from peerwatch.statistics.intervals import Array, t_quantile
from peerwatch.statistics.sign_flip import Whole

_ROUNDING = 1e-9
"""What is left of an exact fit is no noise."""


@dataclass(frozen=True, slots=True)
class ScoreSlope:
    """A coefficient of a regression, on the scale's own values.

    Attributes:
        value: The coefficient.
        se: Its standard error.
        df: Degrees of freedom.
        items: How many items it is of.
        clusters: How many clusters.
    """

    value: float
    se: float
    df: int
    items: int
    clusters: int

    def half_width(self, level: float) -> float:
        """Return half the width of its interval."""
        return float(t_quantile(level, self.df)) * self.se


def cluster_regression(y: Array, columns: list[Array], clusters: Whole) -> list[ScoreSlope] | None:
    """Return the coefficients of a constant and of columns (Liang & Zeger 1986).

    Args:
        y: What is explained. Shape (items,); rows with NaN anywhere are left out.
        columns: What explains it, each of shape (items,).
        clusters: The cluster of each item.

    Returns:
        The constant's first; None where the data do not tell them.
    """
    known = ~np.isnan(np.column_stack([y, *columns])).any(axis=1)
    items, codes = int(known.sum()), clusters[known]
    design = np.column_stack([np.ones(items), *(column[known] for column in columns)])
    groups, width = np.unique(codes).size, design.shape[1]
    if groups <= width + 1 or np.linalg.matrix_rank(design) < width:
        return None
    bread = np.linalg.inv(design.T @ design)
    beta = bread @ design.T @ y[known]
    rest = y[known] - design @ beta
    if np.abs(rest).max() <= _ROUNDING * max(1.0, float(np.abs(y[known]).max())):
        rest, beta = np.zeros(items), np.where(np.abs(beta) <= _ROUNDING, 0.0, beta)
    pulls = design * rest[:, None]
    summed = np.column_stack([np.bincount(codes, weights=column) for column in pulls.T])
    covariance = bread @ (summed.T @ summed) @ bread * groups / (groups - width)
    ses = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    return [
        ScoreSlope(float(b), float(se), groups - width, items, groups)
        for b, se in zip(beta, ses, strict=True)
    ]


def mean_of_frames(scores: Scores) -> Array:
    """Return each item's mean over its frames, less what sets a frame apart for all. (items,)."""
    values = scores.values
    some = ~np.isnan(values)
    overall = np.full(len(values), math.nan)
    rows, frames = some.any(axis=1), some.any(axis=0)
    if not rows.any():
        return overall
    usual = np.nanmean(values[:, frames])
    level = np.nanmean(values[:, frames], axis=0) - usual
    overall[rows] = np.nanmean(values[np.ix_(rows, frames)] - level, axis=1)
    return overall
