"""Looks at a contrast: what they spend, what their intervals hold, and odd data."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("scipy")

from peerwatch.statistics.group_sequential import critical_values, nominal_error
from peerwatch.statistics.intervals import difference_interval
from peerwatch.stopping.rule import WidthRule
from peerwatch.stopping.width_looks import InterimLook, looks_at

RULE = WidthRule("peer_minus_asset_by_consequence", 0.3)
ERROR = 0.05


def course(
    values: dict[str, list[float]], per_block: list[int], rule: WidthRule = RULE
) -> list[InterimLook]:
    """Return the looks at models, after blocks with so many seeds that say something."""
    looks: list[InterimLook] = []
    for number in range(1, len(per_block) + 1):
        upto = sum(per_block[:number])
        now = looks_at(
            rule,
            "grading",
            16 * number,
            {model: seen[:upto] for model, seen in values.items()},
            looks,
            number == len(per_block),
        )
        looks += now
        if all(look.narrow for look in now):
            break
    return looks


def drawn(rates: tuple[float, ...], seeds: int, key: int = 0) -> list[float]:
    shown = np.random.default_rng(key).random((seeds, 4)) < rates
    return [float(x) for x in shown @ np.array([1.0, -1.0, -1.0, 1.0])]


def test_each_look_is_the_estimates_interval_at_its_own_level() -> None:
    values = drawn((0.5, 0.5, 0.5, 0.5), 240)
    looks = course({"m": values}, [8] * 30)
    assert len(looks) > 10 and looks[-1].narrow
    for look in looks:
        same = difference_interval(values[: look.n], 2.0, look.level)
        assert (look.low, look.high) == (same.low, same.high)
        assert look.estimate == pytest.approx(np.mean(values[: look.n]))
    spent = [look.spent for look in looks]
    assert spent == sorted(spent) and spent[-1] == pytest.approx(ERROR)
    found = critical_values(tuple(float(x.n) for x in looks), tuple(spent))
    assert [look.critical for look in looks] == list(found)
    assert 1.96 <= looks[-1].critical < 2.25
    assert 1 - looks[-1].level == pytest.approx(nominal_error(looks[-1].critical))


def test_the_last_seed_spends_what_is_left() -> None:
    (look,) = course({"m": drawn((0.5, 0.5, 0.5, 0.5), 8)}, [8])
    assert look.spent == pytest.approx(ERROR) and not look.narrow
    one = difference_interval(drawn((0.5, 0.5, 0.5, 0.5), 8), 2.0, 0.95)
    assert look.low == pytest.approx(one.low, abs=0.01)


def test_a_model_that_waits_for_another_spends_no_more_than_its_share() -> None:
    steady, wild = [0.0] * 160, drawn((0.5, 0.5, 0.5, 0.5), 160)
    looks = course({"steady": steady, "wild": wild}, [8] * 20)
    quiet = [look for look in looks if look.model == "steady"]
    assert all(look.narrow for look in quiet[3:]) and len(quiet) == 20
    assert quiet[-2].spent < 0.75 * ERROR and quiet[-1].spent == pytest.approx(ERROR)
    assert quiet[-1].critical < 2.6


ODD: dict[str, tuple[list[float], list[int]]] = {
    "nothing is ever whole": ([], [0, 0, 0]),
    "nothing at first": ([0.0] * 48, [0, 0, 8, 8, 8]),
    "one seed a block": (drawn((0.5, 0.5, 0.5, 0.5), 6), [1] * 6),
    "the same seeds again": (drawn((0.5, 0.1, 0.1, 0.1), 24), [8, 0, 0, 8, 0, 8]),
    "unequal blocks": (drawn((0.4, 0.4, 0.4, 0.4), 60), [1, 12, 3, 30, 14]),
    "all as large as can be": ([2.0] * 64, [8] * 8),
    "no spread, then much": ([0.0] * 16 + [2.0, -2.0] * 32, [8] * 10),
    "much spread, then none": ([2.0, -2.0] * 8 + [0.0] * 64, [8] * 10),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_data(name: str) -> None:
    values, blocks = ODD[name]
    looks = course({"m": values}, blocks)
    for look in looks:
        assert -2 <= look.low <= look.high <= 2 and math.isfinite(look.critical)
        assert (look.estimate is None) == (look.n == 0)
        if look.n:
            assert look.low < look.high
    spent = [0.0, *(look.spent for look in looks)]
    assert all(a <= b for a, b in pairwise(spent)) and spent[-1] <= ERROR + 1e-12
    ended = looks[-1].narrow or len(looks) == len(blocks)
    assert ended and (looks[-1].spent == pytest.approx(ERROR)) is (looks[-1].n > 0)
