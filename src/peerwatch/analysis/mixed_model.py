"""A mixed model beside the design-based estimate: the same claim from other assumptions.

Deviation is a logistic regression on the arms with the instance as random intercept, fitted by
variational Bayes (statsmodels' BinomialBayesMixedGLM), which stays finite where an arm is all 0 or
all 1. From it come differences of rates, averaged over instances, to be held against the paired
ones. It is a check, never the claim.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from peerwatch.analysis.pairing import EpisodeBlock, Mask, MatchedArms, signed_arms
from peerwatch.design.arms import Arm
from peerwatch.statistics.intervals import NONE, Array, Interval

MOST_INSTANCES = 400
"""Larger ones are not fitted: the time grows with the square of the instances."""
_DRAWS = 2_000
_SEED = 7
_NODES = 20
_FIXED_SD = 2.0
"""Prior standard deviation of an arm's log-odds."""


class NotFittedError(Exception):
    """The model was not fitted; the message says why."""


def mixed_differences(
    block: EpisodeBlock,
    measure: str,
    wanted: Sequence[Sequence[MatchedArms]],
    mask: Mask,
    level: float = 0.95,
) -> list[tuple[float, Interval]]:
    """Return value and interval of each wanted difference, all from one fitted model.

    Args:
        block: The episodes.
        measure: A measure that is 0 or 1.
        wanted: The cells of each contrast or interaction.
        mask: Which instances.
        level: The level of the intervals.

    Raises:
        NotFittedError: statsmodels is missing, there are too many instances or too few episodes,
            or the fit did not end well.
    """
    arms = list(
        dict.fromkeys(a for cells in wanted for cell in cells for a, _ in signed_arms(cell))
    )
    chances = _marginal_rates(block, measure, arms, mask)
    place = {arm: i for i, arm in enumerate(arms)}
    found = []
    for cells in wanted:
        signs = np.zeros(len(arms))
        for arm, sign in (one for cell in cells for one in signed_arms(cell)):
            signs[place[arm]] += sign / len(cells)
        draws = chances @ signs
        tail = (1 - level) / 2
        low, high = np.quantile(draws, [tail, 1 - tail])
        value = float(draws.mean())
        ok = np.isfinite(value)
        found.append((value, Interval(float(low), float(high)) if ok else NONE))
    return found


def _marginal_rates(block: EpisodeBlock, measure: str, arms: Sequence[Arm], mask: Mask) -> Array:
    """Return draws of each arm's rate averaged over instances: shape (draws, arms)."""
    try:
        from scipy import sparse
        from statsmodels.genmod.bayes_mixed_glm import BinomialBayesMixedGLM
    except ImportError as error:
        raise NotFittedError('needs statsmodels: pip install "peerwatch[report]"') from error
    values = block.values[measure][[block.arms[arm] for arm in arms]][:, mask]
    arm, instance, _ = known = np.nonzero(~np.isnan(values))
    y = values[known]
    count = int(mask.sum())
    if count > MOST_INSTANCES:
        raise NotFittedError(f"{count} instances; it is fitted up to {MOST_INSTANCES}")
    if len(y) < 4 * len(arms) or count < 4 or not np.isin(y, (0.0, 1.0)).all():
        raise NotFittedError("too few episodes")
    if y.min() == y.max():
        raise NotFittedError("every episode is the same")
    fixed = np.eye(len(arms))[arm]
    rows = np.arange(len(y))
    random = sparse.csr_matrix((np.ones(len(y)), (rows, instance)), shape=(len(y), count))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        model = BinomialBayesMixedGLM(
            y, fixed, random, np.zeros(count, dtype=int), vcp_p=1, fe_p=_FIXED_SD
        )
        sums = fixed.T @ np.column_stack((y, 1 - y)) + 0.5
        start = np.zeros(model.k_fep + model.k_vcp + model.k_vc)
        start[: len(arms)] = np.log(sums[:, 0] / sums[:, 1])
        # L-BFGS needs no square matrix of all instances, which BFGS would work through.
        fit = model.fit_vb(mean=start, sd=np.full(len(start), 0.3), fit_method="L-BFGS-B")
    if not (np.isfinite(fit.fe_mean).all() and np.isfinite(fit.fe_sd).all()):
        raise NotFittedError("the fit did not end well")
    rng = np.random.Generator(np.random.PCG64(_SEED))
    log_odds = fit.fe_mean + fit.fe_sd * rng.normal(size=(_DRAWS, len(arms)))
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    spread = float(np.exp(fit.vcp_mean[0])) * nodes
    rates = 1 / (1 + np.exp(-(log_odds[:, :, None] + spread)))
    averaged: Array = rates @ (weights / weights.sum())
    return averaged
