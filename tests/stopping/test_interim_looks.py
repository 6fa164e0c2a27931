"""``stopping.json``: what is written is read again, and what cannot be is refused."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

pytest.importorskip("scipy")

from peerwatch.common.errors import PeerwatchError
from peerwatch.records.study_folder import StudyFolder
from peerwatch.stopping.claim_looks import ClaimLook, looks_at_claim
from peerwatch.stopping.interim_looks import (
    looks_table,
    progress_text,
    read_looks,
    read_rule,
    stopping_text,
)
from peerwatch.stopping.rule import ClaimRule, StoppingRule, WidthRule
from peerwatch.stopping.stopping_state import Look, StoppingState
from peerwatch.stopping.width_looks import InterimLook, looks_at

WIDTH = WidthRule("peer_minus_asset", 0.6)
CLAIM = ClaimRule()


def width_looks() -> tuple[Look, ...]:
    looks: list[InterimLook] = []
    for number in (1, 2):
        values = {"m": [0.0, 1.0, -1.0] * number, "k": [0.0] * 3 * number}
        looks += looks_at(WIDTH, "grading", 16 * number, values, looks, False)
    return tuple(looks)


def claim_looks() -> tuple[Look, ...]:
    looks: list[ClaimLook] = []
    for number in (1, 2, 3):
        looks += looks_at_claim(CLAIM, number, 3, {"m": 0.03}, ["m", "k"], looks)
    return tuple(looks)


def state(looks: tuple[Look, ...]) -> StoppingState:
    return StoppingState(looks, {"grading": 2}, 3, ("grading",), {})


@pytest.mark.parametrize(
    ("rule", "looks"), [(WIDTH, width_looks()), (CLAIM, claim_looks()), (WIDTH, ()), (CLAIM, ())]
)
def test_what_is_written_is_read_again(
    rule: StoppingRule, looks: tuple[Look, ...], tmp_path: Path
) -> None:
    folder = StudyFolder(tmp_path)
    folder.write_stopping(stopping_text(rule, state(looks)))
    assert read_rule(folder) == rule and read_looks(folder) == looks
    folder.write_stopping(stopping_text(rule))
    assert read_rule(folder) == rule and read_looks(folder) == ()


BROKEN_RULES: dict[str, Callable[[str], str]] = {
    "empty": lambda text: "",
    "no rule": lambda text: "{}",
    "cut off": lambda text: text[:40],
    "too wide": lambda text: text.replace("0.6", "6"),
    "other blocks": lambda text: text.replace('"block": 16', '"block": 8'),
    "no such contrast": lambda text: text.replace("peer_minus_asset", "peer_minus_cat"),
    "another method": lambda text: text.replace(WIDTH.method, "betting confidence sequence"),
    "a list": lambda text: "[1]",
}


@pytest.mark.parametrize("how", BROKEN_RULES)
def test_a_rule_that_was_not_written_here_is_refused(how: str, tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path)
    folder.stopping.write_text(BROKEN_RULES[how](stopping_text(WIDTH)))
    with pytest.raises(PeerwatchError, match="not the stopping rule"):
        read_rule(folder)


def _drop(at: int) -> Callable[[list[Any]], Any]:
    return lambda looks: looks[:at] + looks[at + 1 :]


DAMAGE: dict[str, Callable[[list[Any]], Any]] = {
    "a look is lost": _drop(0),
    "one model's look is lost": _drop(3),
    "a look is doubled": lambda looks: [*looks, looks[-1]],
    "no list": lambda looks: None,
    "no look": lambda looks: [3],
    "a field is lost": lambda looks: [{"model": "m"}],
    "less is spent than before": lambda looks: [
        *looks[:2],
        *({**x, "spent": 0.0} for x in looks[2:]),
    ],
    "too much is spent": lambda looks: [*looks[:2], *({**x, "spent": 0.2} for x in looks[2:])],
    "spent is a word": lambda looks: [{**x, "spent": "all"} for x in looks],
}


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("kind", ["width", "claim"])
def test_looks_that_are_damaged_are_refused(kind: str, how: str, tmp_path: Path) -> None:
    rule, looks = (WIDTH, width_looks()) if kind == "width" else (CLAIM, claim_looks())
    told = json.loads(stopping_text(rule, state(looks)))
    told["looks"] = DAMAGE[how](told["looks"])
    folder = StudyFolder(tmp_path)
    folder.stopping.write_text(json.dumps(told))
    with pytest.raises(PeerwatchError, match="its looks are damaged"):
        read_looks(folder)


def test_what_a_person_sees() -> None:
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(looks_table(WIDTH, state(width_looks())))
    console.print(looks_table(CLAIM, state(claim_looks())))
    told = console.export_text()
    assert "peer_minus_asset, stopped at 0.6 wide or after 48 seeds" in told
    assert "95% interval" in told and " *" in told
    assert "not shown" in told and "shown at" in told
    assert progress_text(WIDTH, state(())) == "interval not looked at yet, wanted 0.6"
    assert "wide, wanted 0.6" in progress_text(WIDTH, state(width_looks()))
    assert progress_text(CLAIM, state(())) == "claim not looked at yet"
    assert progress_text(CLAIM, state(claim_looks())) == "claim p 0.03, p -"
