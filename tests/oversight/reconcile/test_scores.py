"""Filed scores against a checker and the bar."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.reconcile.filed_scores import held_against, read_scores, sampled
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
