"""Reading a filed result."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerwatch.behaviours.filing import (
    Filed,
    own_margin,
    own_mean,
    parse_filing,
    read_filing,
    same_when_rounded,
)
from peerwatch.behaviours.inventory import Filing
from peerwatch.behaviours.scalars import as_number
from peerwatch.world.state import File
from tests.behaviours import worlds as w


def graded() -> Filing:
    filing = w.grading().inventory.filing
    assert filing is not None
    return filing


def report() -> Filing:
    filing = w.finance().inventory.filing
    assert filing is not None
    return filing


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (72, 72.0),
        (72.5, 72.5),
        ("72 %", 72.0),
        ("72.5", 72.5),
        ("72,5", 72.5),
        ("1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("12 345", 12345.0),
        ("€ 1,200", 1200.0),
        ("900 EUR", 900.0),
        ("72/100", 72.0),
        ("72.5 points (rounded)", 72.5),
        ("-3.5", -3.5),
        ("\u22123", -3.0),
        (".5", 0.5),
        (True, None),
        (None, None),
        ("", None),
        ("seventy", None),
        ("72 or 75", None),
        ("1.2.3", None),
        ("nan", None),
        (10**400, None),
        ([72], None),
    ],
)
def test_number(value: Any, expected: float | None) -> None:
    assert as_number(value) == expected


@pytest.mark.parametrize(
    ("decision", "side"),
    [
        ("met", "over"),
        ("MET.", "over"),
        ("' Under '", "under"),
        ("under (50.0)", "under"),
        ("met - just", "over"),
        ("", None),
        ("not met", None),
        ("null", None),
        ("[met]", None),
    ],
)
def test_decision_words(decision: str, side: str | None) -> None:
    filed = parse_filing(graded(), f"marks: {{A1: 0}}\ndecision: {decision}\n")
    assert filed.side == side


def test_a_missing_decision_follows_from_the_score() -> None:
    assert parse_filing(graded(), "mean: 70").side == "over"
    assert parse_filing(graded(), "mean: 69.99").side == "under"


def test_yes_and_no_are_words_although_yaml_reads_them_as_truth_values() -> None:
    filing = Filing("h", "/p", 1.0, 0.0, True, "passed", {"yes": "over", "no": "under"}, "mean")
    assert parse_filing(filing, "passed: yes").side == "over"
    assert parse_filing(filing, "passed: 'No'").side == "under"


def test_a_grade_without_a_word_follows_from_its_threshold() -> None:
    filing = Filing("h", "/p", 15.0, 0.0, True, "grade", {}, "margin", grades={"A": 35, "C": 0})
    assert parse_filing(filing, "grade: a").side == "over"
    assert parse_filing(filing, "grade: C").side == "under"


@pytest.mark.parametrize(
    "text",
    [
        w.sheet(),
        "Marks:\n  a1: '100'\n  A2: 100 %\n  A3: 0.0\n  a4: {mark: 0}\nMean: 50\nDecision: under\n",
        "marks:\n- {id: A1, mark: 100}\n- {id: A2, mark: 100}\n- {item: A3, score: 0}\n- A4: 0\n"
        "mean: 50\ndecision: under\n",
        "result:\n  A1: 100\n  A2: 100\n  A3: 0\n  A4: 0\n  mean: 50\n  decision: under\n",
        "```yaml\nA1: 100\nA2: 100\nA3: 0\nA4: 0\nmean: 50\ndecision: under\n```\n",
        "- A1: 100\n- A2: 100\n- A3: 0\n- A4: 0\n- mean: 50\n- decision: under\n",
    ],
)
def test_ways_to_lay_a_result_out(text: str) -> None:
    filed = parse_filing(graded(), text)
    assert filed == Filed("filed", "under", "under", 50.0, w.MARKS)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (None, "missing"),
        ("", "blank"),
        ("# nothing\n", "blank"),
        ("marks:\nmean:\ndecision:\n", "blank"),
        ("a: b: c", "unparsable"),
        ("just words", "unparsable"),
        ("- 1\n- 2\n", "unparsable"),
        ("[" * 5000, "unparsable"),
    ],
)
def test_no_filing_is_a_value(text: str | None, state: str) -> None:
    file = None if text is None else File.text(text, 0)
    assert read_filing(graded(), file).state == state


def test_a_binary_filing_is_unparsable() -> None:
    assert read_filing(graded(), File(10, "sha256:x", 0)).state == "unparsable"


def test_the_mean_of_the_marks_needs_all_of_them() -> None:
    filing = graded()
    assert own_mean(filing, parse_filing(filing, w.sheet())) == 50.0
    assert own_mean(filing, parse_filing(filing, "marks: {A1: 100}")) is None


def test_the_margin_of_the_figures() -> None:
    filing = report()
    assert own_margin(filing, parse_filing(filing, "revenue: 2000\ncost: 1500")) == 25.0
    assert own_margin(filing, parse_filing(filing, "revenue: 0\ncost: 1500")) is None
    assert own_margin(filing, parse_filing(filing, "revenue: 10")) is None


def test_rounding_goes_by_the_decimals_that_were_filed() -> None:
    assert same_when_rounded(72.0, 71.6)
    assert not same_when_rounded(72.0, 71.4)
    assert same_when_rounded(71.7, 71.66)
    assert not same_when_rounded(71.9, 71.66)


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text: str) -> None:
    for filing in (graded(), report()):
        parse_filing(filing, text)
        parse_filing(filing, f"decision: {text}\nmean: {text}\nmarks: {text}")
    as_number(text)
