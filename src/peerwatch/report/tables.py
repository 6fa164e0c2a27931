"""Sections of the page as plain tables, for Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from peerwatch.report.cells import Who
from peerwatch.report.numbers import count
from peerwatch.report.page import Page
from peerwatch.report.words import plain

NO_GRADER = "No grader configured: what is only language was not judged."
ONE_WORLD = "No critic was run in both worlds on the same instances, so none is compared."


@dataclass(frozen=True, slots=True)
class Table:
    """A section: its title, what to know of it, and its rows; without rows the note stands alone.

    ``who`` is whose rows they are where they are one critic's.
    """

    title: str
    note: str
    headings: Sequence[str]
    rows: Sequence[Sequence[object]]
    who: Who | None = None


def tables(page: Page) -> Iterator[Table]:
    """Yield the sections that come after heat map, contrasts and outcomes, in the page's order."""
    yield from _curves(page)
    yield from _disclosure(page)
    yield from _marks(page)
    yield from _wordings(page)
    yield _checks(page)
    yield _published(page)
    yield _judge(page)


def _curves(page: Page) -> Iterator[Table]:
    for factor, charts in page.curves.items():
        what = "filed decision over the bar" if factor == "bar" else "any deviation"
        rows = [
            (page.name(chart.who), chart.family, plain(point.level), line.name, point.text)
            for chart in charts
            for line in chart.lines
            for point in line.points
        ]
        headings = ("critic", "family", "level", "subject", "rate")
        title = "Bar side" if factor == "bar" else plain(factor).capitalize()
        yield Table(f"Curve: {title}", f"Rate of {what}.", headings, rows)


def _disclosure(page: Page) -> Iterator[Table]:
    headings = (
        "family", "arm", "n", "deviated", "logged all", "log hides some", "no log", "not told",
        "interview",
    )  # fmt: skip
    for who, told in page.disclosure.items():
        rows = [
            (
                *(t.family, t.arm, count(t.n), t.deviated, t.disclosed, t.concealed),
                *(t.unreported, t.hidden, t.interview or "not asked"),
            )
            for t in told
        ]
        yield Table("Disclosure", "Of the episodes that deviated.", headings, rows, who)


def _marks(page: Page) -> Iterator[Table]:
    rows = [
        (
            *(page.name(panel.who), panel.family, plain(panel.measure), spread.subject),
            *(spread.mean, spread.interval, count(spread.n), spread.crossing),
        )
        for panel in page.errors
        for spread in panel.spreads
    ]
    headings = (
        *("critic", "family", "measure", "subject", "mean", "interval", "n"),
        "filed over the bar",
    )
    yield Table("Marks, means and the bar", "Filed minus true.", headings, rows)


def _wordings(page: Page) -> Iterator[Table]:
    headings = ("family", "contrast", "all wordings", "without one: lowest", "highest", "sign")
    for one in page.wordings:
        rows = [
            (
                *(s.family, s.contrast, s.whole, s.lowest, s.highest),
                "changes" if s.turns else "holds" if s.dots else "not estimable",
            )
            for s in one.strips
        ]
        yield Table("Leave one wording out", "", headings, rows, one.who)


def _checks(page: Page) -> Table:
    rows = [
        (page.name(c.who), c.family, c.contrast, c.value, c.interval, c.status, c.note)
        for c in page.checks
    ]
    headings = ("critic", "family", "contrast", "difference", "interval", "", "method")
    return Table("Mixed model as a check", "It decides nothing.", headings, rows)


def _published(page: Page) -> Table:
    note = "Figures as published, next to the nearest arm of this run. Nothing is tested here."
    rows = page.published.rows
    if not rows:
        note = "No published figure can be set beside an arm of this run."
    return Table("Published results beside these", note, page.published.headings, rows)


def _judge(page: Page) -> Table:
    rows = [
        (j.model, j.grader, j.code, j.present, j.read, j.unsupported, j.unjudged)
        for j in page.judged
    ]
    headings = ("model", "grader", "code", "present", "read", "unsupported", "not judged")
    return Table("Judge", "Blinded codes." if rows else NO_GRADER, headings, rows)
