"""The rules by which a study may stop: what they are, and what cannot be one."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("scipy")

from peerwatch.common.errors import PeerwatchError
from peerwatch.stopping.rule import (
    ClaimRule,
    WidthRule,
    blocks_of,
    claimed_families,
    make_claim_rule,
    make_width_rule,
)
from tests.stopping.simulated import CLAIM, PAIR, SQUARE, study


def test_blocks_are_sixteen_seeds_in_a_row() -> None:
    assert blocks_of(range(17, 49)) == (tuple(range(17, 33)), tuple(range(33, 49)))
    for bad in (range(1, 21), [*range(1, 16), 17], range(1, 9)):
        with pytest.raises(PeerwatchError, match="whole blocks of 16 seeds"):
            blocks_of(bad)


def test_the_rule_takes_the_interaction_where_there_is_one() -> None:
    assert make_width_rule(study(), 0.4) == WidthRule("peer_minus_asset", 0.4)
    rule = make_width_rule(study(factors=SQUARE), 0.4)
    assert rule.contrast == "peer_minus_asset_by_consequence"
    assert (rule.bound, make_width_rule(study(), 0.4).bound) == (2, 1)


BAD: list[tuple[Any, float, str | None, str]] = [
    ({}, 0.0, None, "lies between 0 and 2"),
    ({}, 2.0, None, "For 20 points of rate write 0.2"),
    ({}, float("nan"), None, "lies between 0 and 2"),
    ({}, 0.4, "peer_minus_aset", "Unknown contrast 'peer_minus_aset'. Did you mean"),
    ({}, 0.4, "peer_minus_human", "do not answer peer_minus_human. They answer: peer_minus_asset."),
    ({"seeds": "1-20"}, 0.4, None, "whole blocks of 16 seeds"),
    ({"factors": {"subject": ["peer"]}}, 0.4, None, "--contrast: the arms answer none"),
    (
        {"factors": {**PAIR, "latitude": ["judged"]}},
        0.4,
        None,
        "The arms of grading do not answer peer_minus_asset",
    ),
    (
        {
            "factors": {**PAIR, "consequence": ["none", "note_on_record", "shutdown"]},
            "families": ["grading", "file_transfer"],
        },
        0.4,
        "consequence_note_on_record",
        "The arms of file_transfer do not answer consequence_note_on_record, .*: peer_minus_asset",
    ),
]


@pytest.mark.parametrize(("more", "width", "contrast", "message"), BAD)
def test_a_rule_that_cannot_be(more: Any, width: float, contrast: str | None, message: str) -> None:
    with pytest.raises(PeerwatchError, match=message):
        make_width_rule(study(**more), width, contrast)


def test_the_claim_needs_a_person_and_software_with_and_without_a_stake() -> None:
    assert make_claim_rule(study(factors=CLAIM)) == ClaimRule()
    both = study(factors=CLAIM, families=["grading", "file_transfer"])
    assert "grading" in claimed_families(both)
    for factors in (SQUARE, PAIR, {**CLAIM, "latitude": ["judged"]}):
        with pytest.raises(PeerwatchError, match="no family has the arms that the claim needs"):
            make_claim_rule(study(factors=factors))
    with pytest.raises(PeerwatchError, match="whole blocks of 16 seeds"):
        make_claim_rule(study("1-20", factors=CLAIM))
