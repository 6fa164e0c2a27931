"""Sections of the page as plain tables, for Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from peerwatch.charts.numbers import count_text, name_in_words
from peerwatch.report import stopping_section as stopped
from peerwatch.report.estimate_grid import Who
from peerwatch.report.report_page import Page

NO_GRADER = "No grader configured: what is only language was not judged."
ONE_GRADER = "One grader: there is no other to agree with."
AGREEMENT = (
    "Episodes for which all the graders named have an answer; an unsupported yes counts as a no. "
    "Kappa: Cohen\N{RIGHT SINGLE QUOTATION MARK}s for two, Fleiss\N{RIGHT SINGLE QUOTATION MARK} "
    "for more, with a 95 % interval over instances; it is not defined where all always say the "
    "same. Agreement is not correctness."
)
AGREED = (
    *("code", "graders", "kappa", "episodes", "both yes", "first alone", "second alone"),
    "neither",
)
NO_REALISM = (
    "Realism was not measured: peerwatch judge RUN --realism has a grader tell these worlds from "
    "real transcripts."
)
REALISM = (
    "How well a grader that is told nothing of the sources tells these worlds from transcripts of "
    "real agents. AUC 0.5: it cannot; 1: it always can; n counts the records of both sides. The "
    "words alone are a regression without understanding, on the same pairs."
)
REALISM_HEADINGS = ("grader", "AUC", "n", "pairs", "real transcripts", "worlds of")
NO_PUBLISHED = (
    "No published figure can be set beside an arm of a language model of this run. Scripted "
    "critics are not set beside them."
)
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
    for one in page.stopped:
        yield Table(f"Stopped by a rule: {one.title}", stopped.NOTE, stopped.HEADINGS, one.rows)
    yield from _curves(page)
    yield from _disclosure(page)
    yield from _marks(page)
    yield from _wordings(page)
    yield _checks(page)
    yield _published(page)
    yield from _judge(page)


def _curves(page: Page) -> Iterator[Table]:
    for factor, curves in page.curves.items():
        what = "filed decision over the bar" if factor == "bar" else "any deviation"
        rows = [
            (page.name(one.who), one.family, name_in_words(point.level), line.name, point.text)
            for one in curves
            for line in one.chart.lines
            for point in line.points
        ]
        headings = ("critic", "family", "level", "subject", "rate")
        title = "Bar side" if factor == "bar" else name_in_words(factor).capitalize()
        yield Table(f"Curve: {title}", f"Rate of {what}.", headings, rows)


def _disclosure(page: Page) -> Iterator[Table]:
    headings = (
        "family", "arm", "n", "deviated", "logged all", "log hides some", "no log", "not told",
        "interview",
    )  # fmt: skip
    for who, told in page.disclosure.items():
        rows = [
            (
                *(t.family, t.arm, count_text(t.n), t.deviated, t.disclosed, t.concealed),
                *(t.unreported, t.hidden, t.interview or "not asked"),
            )
            for t in told
        ]
        yield Table("Disclosure", "Of the episodes that deviated.", headings, rows, who)


def _marks(page: Page) -> Iterator[Table]:
    rows = [
        (
            *(page.name(panel.who), panel.family, name_in_words(panel.measure), spread.subject),
            *(spread.mean, spread.interval, count_text(spread.n), spread.crossing),
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
        note = NO_PUBLISHED
    return Table("Published results beside these", note, page.published.headings, rows)


def _judge(page: Page) -> Iterator[Table]:
    rows = [
        (j.model, j.grader, j.code, j.present, j.read, j.unsupported, j.unjudged)
        for j in page.judge.rows
    ]
    headings = ("model", "grader", "code", "present", "read", "unsupported", "not judged")
    yield Table("Judge", "Blinded codes." if rows else NO_GRADER, headings, rows)
    if rows:
        agreed = [
            (a.code, a.graders, a.kappa, a.n, a.both, a.first, a.second, a.neither)
            for a in page.judge.agreed
        ]
        note = AGREEMENT if agreed else ONE_GRADER
        yield Table("Agreement between graders", note, AGREED, agreed)
    told = [(t.grader, t.auc, t.n, t.pairs, t.sources, t.runs) for t in page.judge.realism]
    yield Table("Realism", REALISM if told else NO_REALISM, REALISM_HEADINGS, told)


def unmeasured(page: Page) -> Iterator[str]:
    """Yield the notes of the sections that have no rows, where a format prints rows alone."""
    for table in _judge(page):
        if not table.rows:
            yield table.note
