"""Numbers and names as they are written on every page."""

from __future__ import annotations

import math

import pytest

from peerwatch.charts.numbers import (
    count_text,
    difference_text,
    name_in_words,
    p_value_text,
    percent_text,
    signed_text,
)

N = "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (0.004, "0.4"), (0.0625, "6.2"), (0.5, "50"), (0.996, "99.6"), (1.0, "100")],
)
def test_a_share_near_the_ends_has_a_decimal(value: float, shown: str) -> None:
    assert percent_text(value) == f"{shown}{N}%"


def test_what_is_not_known_is_never_zero() -> None:
    for value in (None, math.nan):
        assert {
            percent_text(value),
            signed_text(value),
            p_value_text(value),
            count_text(value),
        } == {"\N{EN DASH}"}


def test_a_difference_has_a_true_minus_and_none_on_zero() -> None:
    assert difference_text(-0.123, False) == f"\N{MINUS SIGN}12{N}pp"
    assert difference_text(-0.001, False) == f"0{N}pp"
    assert difference_text(1.25, True) == "+1.2 points"


def test_a_p_value_is_never_zero() -> None:
    assert p_value_text(0.0) == f"<{N}0.001"
    assert p_value_text(0.0432) == "0.043"
    assert p_value_text(1.0) == "1.00"


def test_a_name_of_code_is_read_as_words() -> None:
    assert name_in_words("peer_minus_asset") == "peer minus asset"
    assert name_in_words(None) == ""
