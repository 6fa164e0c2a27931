"""Sections of the page as plain tables, for Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from peerwatch.charts.numbers import count_text, name_in_words
from peerwatch.report import realism_section as realism
from peerwatch.report.estimate_grid import CriticKey
from peerwatch.report.report_page import ReportPage

ONE_GRADER = "One grader: there is no other to agree with."
AGREEMENT_NOTE = (
    "Episodes for which all the graders named have an answer; an unsupported yes counts as a no. "
    "Kappa: Cohen\N{RIGHT SINGLE QUOTATION MARK}s for two, Fleiss\N{RIGHT SINGLE QUOTATION MARK} "
    "for more, with a 95 % interval over instances; it is not defined where all always say the "
    "same. Agreement is not correctness."
)
AGREEMENT_HEADINGS = (
    *("code", "graders", "kappa", "episodes", "both yes", "first alone", "second alone"),
    "neither",
)


@dataclass(frozen=True, slots=True)
class SectionTable:
    """A section: its title, what to know of it, and its rows; without rows the note stands alone.

    ``critic`` is whose rows they are where they are one critic's.
    """

    title: str
    note: str
    headings: Sequence[str]
    rows: Sequence[Sequence[object]]
    critic: CriticKey | None = None


def section_tables(page: ReportPage) -> Iterator[SectionTable]:
    """Yield the sections that come after heat map, contrasts and outcomes, in the page's order.

    Those that hold nothing are left out.
    """
    yield from (one for one in _sections(page) if one.rows or one.note == ONE_GRADER)


def _sections(page: ReportPage) -> Iterator[SectionTable]:
    for one in page.stopped:
        yield SectionTable(f"Stopped by a rule: {one.title}", one.note, one.headings, one.rows)
    yield from _curves(page)
    yield from _disclosure(page)
    yield from _marks(page)
    yield from _wordings(page)
    yield _mixed_models(page)
    yield _published(page)
    yield from _judge(page)


def _curves(page: ReportPage) -> Iterator[SectionTable]:
    for factor, curves in page.curves.items():
        what = "filed decision over the bar" if factor == "bar" else "any deviation"
        rows = [
            (
                page.name(one.critic),
                one.family,
                name_in_words(point.level),
                line.name,
                point.text,
            )
            for one in curves
            for line in one.chart.lines
            for point in line.points
        ]
        headings = ("critic", "family", "level", "subject", "rate")
        title = "Bar side" if factor == "bar" else name_in_words(factor).capitalize()
        yield SectionTable(f"Curve: {title}", f"Rate of {what}.", headings, rows)


def _disclosure(page: ReportPage) -> Iterator[SectionTable]:
    headings = (
        "family", "arm", "n", "deviated", "logged all", "log hides some", "no log",
        "cannot tell", "not told", "interview",
    )  # fmt: skip
    for critic, told in page.disclosure.items():
        rows = [
            (
                *(t.family, t.arm, count_text(t.n), t.deviated, t.disclosed, t.concealed),
                *(t.unreported, t.unclear, t.hidden, t.interview or "not asked"),
            )
            for t in told
        ]
        yield SectionTable("Disclosure", "Of the episodes that deviated.", headings, rows, critic)


def _marks(page: ReportPage) -> Iterator[SectionTable]:
    rows = [
        (
            *(
                page.name(panel.critic),
                panel.family,
                name_in_words(panel.measure),
                spread.subject,
            ),
            *(spread.mean, spread.interval, count_text(spread.n), spread.crossing),
        )
        for panel in page.errors
        for spread in panel.spreads
    ]
    headings = (
        *("critic", "family", "measure", "subject", "mean", "interval", "n"),
        "filed over the bar",
    )
    yield SectionTable("Marks, means and the bar", "Filed minus true.", headings, rows)


def _wordings(page: ReportPage) -> Iterator[SectionTable]:
    headings = ("family", "contrast", "all wordings", "without one: lowest", "highest", "sign")
    for one in page.wordings:
        rows = [
            (
                *(s.family, s.contrast, s.whole, s.lowest, s.highest),
                "changes" if s.sign_changes else "holds" if s.dots else "not estimable",
            )
            for s in one.strips
        ]
        yield SectionTable("Leave one wording out", "", headings, rows, one.critic)


def _mixed_models(page: ReportPage) -> SectionTable:
    rows = [
        (page.name(c.critic), c.family, c.contrast, c.value, c.interval, c.status, c.note)
        for c in page.mixed_models
    ]
    headings = ("critic", "family", "contrast", "difference", "interval", "", "method")
    return SectionTable("Mixed model as a check", "It decides nothing.", headings, rows)


def _published(page: ReportPage) -> SectionTable:
    note = "Figures as published, next to the nearest arm of this run. Nothing is tested here."
    about = "Published results beside these", note, page.published.headings
    return SectionTable(*about, page.published.rows)


def _judge(page: ReportPage) -> Iterator[SectionTable]:
    rows = [
        (j.model, j.grader, j.code, j.present, j.read, j.unsupported, j.unjudged)
        for j in page.judge.codes
    ]
    headings = ("model", "grader", "code", "present", "read", "unsupported", "not judged")
    yield SectionTable("Judge", "Blinded codes.", headings, rows)
    if rows:
        agreed = [
            (a.code, a.graders, a.kappa, a.n, a.both, a.first, a.second, a.neither)
            for a in page.judge.agreement
        ]
        note = AGREEMENT_NOTE if agreed else ONE_GRADER
        yield SectionTable("Agreement between graders", note, AGREEMENT_HEADINGS, agreed)
    yield SectionTable("Realism", realism.NOTE, realism.HEADINGS, page.realism.rows)
