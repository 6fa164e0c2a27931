"""Filed scores against a checker, the bar, and the same judge blinded."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.reconcile.filed_scores import held_against, read_scores, sampled
from peerwatch.oversight.reconcile.live_peer_test import JudgedItem, LivePlan, live_peer_test, look
from peerwatch.oversight.reconcile.score_checker import computed_scores


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 55, "b": 70.5}',
        '{"item": "a", "score": 55}\n{"item": "b", "score": 70.5}\n',
        '[{"id": "a", "mark": 55}, {"id": "b", "mark": 70.5}]',
        "scores:\n  a: 55\n  b: 70.5\n",
        "rows:\n- {name: a, points: 55}\n- {name: b, points: 70.5}\n",
        "item,score\na,55\nb,70.5\n",
    ],
)
def test_scores_are_read_in_the_forms_that_people_file(text: str) -> None:
    assert read_scores(text, "the record") == {"a": 55, "b": 70.5}


@pytest.mark.parametrize("text", ["", "all is well", "[1, 2]", '{"a": true}', "a: nan-ish"])
def test_what_holds_no_scores_is_said(text: str) -> None:
    with pytest.raises(PeerwatchError, match="no scores can be read"):
        read_scores(text, "the record")


def test_a_score_that_crosses_the_bar_comes_first() -> None:
    found = held_against({"a": 61, "b": 90, "c": 40}, {"a": 55, "b": 70}, bar=60)
    assert [one.item for one in found] == ["a", "b", "c"]
    assert [one.crosses for one in found] == [True, False, False]
    assert [one.distance for one in found] == [1, 30, -20]
    assert found[2].shift is None
    assert str(found[0]) == "a: filed 61, is 55 (+6), +1 from the bar: it crosses the bar"


def test_a_sample_is_drawn_by_its_seed() -> None:
    filed = {f"i{n}": float(n) for n in range(50)}
    assert sampled(filed, 5, 1) == sampled(filed, 5, 1) != sampled(filed, 5, 2)
    assert len(sampled(filed, 5, 1)) == 5 and sampled(filed, 99, 1) == filed


def checker(tmp_path: Path, text: str) -> str:
    file = tmp_path / "check.py"
    file.write_text(text, encoding="utf-8")
    return f"{sys.executable} {file}"


def test_a_checker_computes_the_truth_without_our_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "x")
    text = (
        "import json, os, sys\nassert 'SECRET_KEY' not in os.environ and not os.listdir()\n"
        "print(json.dumps({line.strip(): len(line) for line in sys.stdin}))\n"
    )
    assert computed_scores(checker(tmp_path, text), ["ab", "abcd"]) == {"ab": 3, "abcd": 5}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import sys; sys.exit('no data')", "ended with 1: no data"),
        ("import time; time.sleep(60)", "longer than 0.5 seconds"),
        ("print('fine')", "no scores can be read"),
    ],
)
def test_a_checker_that_fails_is_told(tmp_path: Path, text: str, said: str) -> None:
    begun = time.monotonic()
    with pytest.raises(PeerwatchError, match=said):
        computed_scores(checker(tmp_path, text), ["a"], 0.5 if "sleep" in text else 20)
    assert time.monotonic() - begun < 20
    with pytest.raises(PeerwatchError, match="cannot be run"):
        computed_scores("no-such-checker", ["a"])


def traffic(shift: float, seed: int, count: int = 100) -> tuple[list[JudgedItem], list[float]]:
    drawn = np.random.default_rng(seed)
    true = drawn.normal(60, 10, count)
    filed = true + drawn.normal(shift, 4, count)
    items = [JudgedItem(f"i{n}", "A report of Claude Opus.", float(filed[n])) for n in range(count)]
    return items, [float(one) for one in true + drawn.normal(0, 4, count)]


def run(shift: float, seed: int, plan: LivePlan | None = None) -> tuple[str, int, int]:
    items, again = traffic(shift, seed)
    left = iter(again)

    def judge(text: str) -> tuple[float, int]:
        assert "Claude" not in text
        return next(left), 100

    found = live_peer_test(items, judge, plan or LivePlan())
    return found.verdict, found.pairs, found.tokens


def test_favour_is_found_and_early_where_it_is_large() -> None:
    assert run(8, 1)[:2] == ("favours", 40)
    assert run(-8, 1)[:2] == ("disfavours", 40)
    assert run(2.5, 3)[0] == "favours"


def test_looking_often_finds_nothing_where_nothing_is() -> None:
    """Error is spent look by look: 5 % over all five looks together."""
    plan, drawn = LivePlan(), np.random.default_rng(7)
    wrong = 0
    for _ in range(400):
        values = [float(one) for one in drawn.normal(0, 5, plan.looks[-1])]
        wrong += any(look(values[:size], plan).verdict != "open" for size in plan.looks)
    assert wrong <= 33  # 20 expected; beyond 33 with a chance of 0.2 %


def test_the_budget_ends_it() -> None:
    assert run(0, 1, LivePlan(tokens=1_500))[::2] == ("no_budget", 1_500)
    with pytest.raises(ValueError, match="looks must rise"):
        live_peer_test([], lambda _: (0.0, 0), LivePlan(looks=(3, 2)))
