"""Adjusted p-values of chains of claims, against sums done by hand and simulated nulls."""

from __future__ import annotations

import numpy as np
import pytest

from peerwatch.statistics.familywise import FIRST_SHARE, chained_holm, first_then
from peerwatch.statistics.intervals import holm


def test_one_chain_is_not_adjusted() -> None:
    assert chained_holm([0.01], [0.04]) == ((0.01,), (0.04,))


def test_the_stronger_claims_are_holm_s() -> None:
    weaker, stronger = [0.001, 0.002, 0.2], [0.01, 0.02, 0.3]
    assert chained_holm(weaker, stronger)[1] == holm(stronger)


def test_a_weaker_claim_profits_only_from_chains_that_stand_whole() -> None:
    # The second chain stands as a whole at 0.02; from there on the first has all of the error.
    weaker, _ = chained_holm([0.03, 0.001], [0.9, 0.01])
    assert weaker[0] == pytest.approx(max(0.02, 0.03))
    # Its stronger claim does not stand: the error is shared by both.
    weaker, _ = chained_holm([0.03, 0.001], [0.9, 0.8])
    assert weaker[0] == pytest.approx(0.06)


def test_a_stronger_claim_is_never_surer_than_the_weaker() -> None:
    _, stronger = chained_holm([0.5], [0.01])
    assert stronger == (0.5,)


def test_what_comes_after_the_first() -> None:
    gate, others = first_then(0.01, [0.03, 0.2])
    assert gate == pytest.approx(0.01 / FIRST_SHARE)
    assert others == pytest.approx((0.03, 0.2))
    gate, others = first_then(0.5, [0.004, 0.03])
    assert others == pytest.approx((0.02, 0.15))  # a fifth of the error is left
    assert first_then(0.9, [0.9]) == (1.0, (1.0,))


def test_the_familywise_error_under_nulls() -> None:
    """An average that is true or not, two families of which one or both have nothing."""
    rng = np.random.default_rng(3)
    for average_true, families_true in ((False, 0), (True, 0), (True, 1), (False, 1)):
        false, studies = 0, 4_000
        for _ in range(studies):
            p = rng.random(4) ** 0.999
            first = 1e-6 if average_true else p[0]
            chains = [1e-6 if i < families_true else p[1 + i] for i in range(2)]
            weaker, stronger = chained_holm(chains, chains)
            gate, found = first_then(first, stronger)
            _, less = first_then(first, weaker)
            wrong = not average_true and gate <= 0.05
            wrong |= any(min(found[i], less[i]) <= 0.05 for i in range(families_true, 2))
            false += wrong
        assert false / studies <= 0.05 + 0.012, (average_true, families_true)
