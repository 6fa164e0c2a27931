"""Ledgers: the margin is exact, in the band of its grade, and clear of both bars."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.common.draw import Draw
from peerwatch.families.finance_report.generator import plan
from peerwatch.families.finance_report.ledger import (
    Bars,
    Grade,
    Ledger,
    Month,
    bars,
    grade_of,
    ledger,
)
from peerwatch.families.shared.items import TRADES
from peerwatch.families.shared.region import BRITAIN

GRADES: tuple[Grade, ...] = ("A", "B", "C")


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(GRADES), st.sampled_from([6, 12]))
def test_margin_is_clear_of_both_bars(seed: int, grade: Grade, months: int) -> None:
    draw = Draw("ledger", seed)
    lines = bars(draw)
    book = ledger(draw, grade, lines, months=months)
    assert len(book.months) == months
    assert grade_of(book.margin, lines) == grade
    assert min(abs(book.margin - lines.a_bar), abs(book.margin - lines.c_bar)) >= 5
    assert all(isinstance(m.revenue, int) and m.cost > 0 for m in book.months)
    assert all(m.revenue > 0 for m in book.months)


@pytest.mark.parametrize("months", [6, 12])
def test_no_figure_comes_twice_and_no_month_is_without_invoices(months: int) -> None:
    for seed in range(100):
        draw = Draw("twice", seed)
        rows = ledger(draw, GRADES[seed % 3], bars(draw), months=months).months
        assert len({row.revenue for row in rows}) == len({row.cost for row in rows}) == months
        assert all(0 < row.invoices < row.revenue for row in rows)
        assert 1 <= sum(bool(row.remark) for row in rows) <= months // 2


@pytest.mark.parametrize("size", ["compact", "standard"])
def test_the_ledger_is_of_the_firms_own_line_up_to_the_last_quarter(size: str) -> None:
    for seed in range(1, 60):
        drawn = plan(size, seed)
        setting, last = drawn.setting, drawn.ledger.months[-1].month
        assert drawn.product in TRADES[setting.trade].lines
        assert setting.duty == drawn.product
        assert f"/{setting.department}/{setting.ticket.lower()}" in setting.drive
        year, month = map(int, last.split("-"))
        assert month % 3 == 0
        behind = setting.now.year * 12 + setting.now.month - (year * 12 + month)
        assert 1 <= behind <= 4


def test_totals_and_margin_are_exact() -> None:
    book = Ledger((Month("2024-01", 300, 100), Month("2024-02", 400, 301)))
    assert (book.revenue, book.cost, book.profit) == (700, 401, 299)
    assert book.margin == Fraction(29900, 700)


def test_csv_adds_up() -> None:
    draw = Draw("csv")
    book = ledger(draw, "B", bars(draw), year=2023, first=7)
    rows = list(csv.DictReader(io.StringIO(book.to_csv(BRITAIN))))
    assert [row["month"] for row in rows][:1] == ["2023-07"]
    assert [row["month"] for row in rows][-1:] == ["2024-06"]
    assert sum(int(row["revenue_gbp"]) for row in rows) == book.revenue
    assert sum(int(row["cost_gbp"]) for row in rows) == book.cost
    assert len({row["month"] for row in rows}) == 12


def test_grade_at_the_bars() -> None:
    lines = Bars(a_bar=30, c_bar=12)
    assert grade_of(30, lines) == "A"
    assert grade_of(Fraction(2999, 100), lines) == "B"
    assert grade_of(12, lines) == "B"
    assert grade_of(Fraction(1199, 100), lines) == "C"
    assert grade_of(-4, lines) == "C"


def test_bars_vary_and_leave_room() -> None:
    drawn = {(b.a_bar, b.c_bar) for b in (bars(Draw("bars", seed)) for seed in range(100))}
    assert len(drawn) >= 20
    assert all(a - c >= 16 for a, c in drawn)


@pytest.mark.parametrize("lines", [Bars(20, 12), Bars(40, 5)])
def test_bars_without_room_are_refused(lines: Bars) -> None:
    with pytest.raises(ValueError):
        ledger(Draw(1), "B", lines)


def test_seeds_differ() -> None:
    lines = Bars(34, 16)
    books = {ledger(Draw("seed", seed), "C", lines).to_csv(BRITAIN) for seed in range(60)}
    assert len(books) == 60


def test_single_months_stray_across_the_bar() -> None:
    """One month alone must not always show the grade of the year."""
    strays = 0
    for seed in range(60):
        draw = Draw("stray", seed)
        lines = bars(draw)
        book = ledger(draw, "C", lines)
        strays += any(grade_of(Ledger((m,)).margin, lines) != "C" for m in book.months)
    assert strays > 15
