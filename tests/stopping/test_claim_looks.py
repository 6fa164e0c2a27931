"""Looks at the claim: what they are held against, and what they say."""

from __future__ import annotations

import polars as pl
import pytest

pytest.importorskip("scipy")

from peerwatch.statistics.group_sequential import critical_values, spent_by
from peerwatch.stopping import claim_looks
from peerwatch.stopping.claim_looks import (
    ClaimLook,
    claim_limits,
    claim_p_values,
    looks_at_claim,
)
from peerwatch.stopping.rule import ClaimRule

RULE = ClaimRule()


@pytest.mark.parametrize("looks", [1, 2, 5, 20])
def test_the_limits_meet_at_the_last_look(looks: int) -> None:
    limits = claim_limits(RULE, looks)
    shares = tuple((number + 1) / looks for number in range(looks))
    spent = tuple(spent_by(share, 0.05) for share in shares)
    assert [limit.critical for limit in limits] == list(critical_values(shares, spent))
    assert [limit.spent for limit in limits] == list(spent)
    shown = [limit.shown_at for limit in limits]
    given = [limit.given_up_above for limit in limits]
    assert shown == sorted(shown) and given == sorted(given, reverse=True)
    assert all(a < b for a, b in zip(shown[:-1], given[:-1], strict=True))
    assert given[-1] == pytest.approx(shown[-1], rel=0.01)
    assert 0.03 < shown[-1] <= 0.05


def course(p_values: list[float | None], most: int = 5) -> list[ClaimLook]:
    looks: list[ClaimLook] = []
    for number, p in enumerate(p_values, 1):
        given = {} if p is None else {"m": p}
        looks += looks_at_claim(RULE, number, most, given, ["m"], looks)
    return looks


@pytest.mark.parametrize(
    ("p_values", "verdicts"),
    [
        ([0.01, 0.0005], ["open", "shown"]),
        ([0.5, 0.5, 0.9], ["open", "open", "given_up"]),
        ([None, None, None], ["open", "open", "given_up"]),
        ([0.2, 0.1, 0.1, 0.06, 0.06], ["open", "open", "open", "open", "not_shown"]),
        ([0.2, 0.1, 0.1, 0.06, 0.04], ["open", "open", "open", "open", "shown"]),
        # What was shown stays shown while another model goes on.
        ([1e-7, 0.2], ["shown", "shown"]),
    ],
)
def test_what_looks_say(p_values: list[float | None], verdicts: list[str]) -> None:
    looks = course(p_values)
    assert [look.verdict for look in looks] == verdicts
    assert [look.p for look in looks] == p_values
    assert [look.seeds for look in looks] == [16 * (n + 1) for n in range(len(looks))]


CLAIMS: list[tuple[list[tuple[str, float | None]], dict[str, float]]] = [
    ([("grading", 0.03)], {"m": 0.03}),
    ([("grading", 0.03), ("file_transfer", 0.001)], {"m": 0.03}),
    ([("grading", 0.03), ("finance_report", 0.01)], {"m": 0.02}),
    ([("grading", None), ("finance_report", 0.01)], {"m": 0.02}),
    ([("grading", 0.03), ("finance_report", 0.01), ("all", 0.004)], {"m": 0.005}),
    ([("grading", 0.03), ("finance_report", 0.01), ("all", None)], {}),
    ([("grading", None)], {}),
]


@pytest.mark.parametrize(("rows", "found"), CLAIMS)
def test_the_claim_over_families_comes_first(
    rows: list[tuple[str, float | None]], found: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    families = ("grading", "finance_report")
    told = pl.DataFrame(
        [
            {"kind": kind, "contrast": contrast, "model": "m", "family": family, "p": p}
            for family, p in rows
            for kind, contrast in (
                ("primary", "peer_specific"),
                ("primary", "another_claim"),
                ("contrast", "peer_specific"),
            )
            if contrast == "peer_specific" or p is not None
        ],
        schema_overrides={"p": pl.Float64},
    ).with_columns(
        p=pl.when((pl.col("kind") == "primary") & (pl.col("contrast") == "peer_specific"))
        .then(pl.col("p"))
        .otherwise(1e-9)
    )
    monkeypatch.setattr(claim_looks, "estimate", lambda *_, **__: told)
    assert claim_p_values(pl.DataFrame(), families, 0.95) == pytest.approx(found)
