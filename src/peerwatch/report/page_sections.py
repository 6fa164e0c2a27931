"""Which sections a page has: those with something in them; of the others, what they would need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from peerwatch.report.report_page import ReportPage

Present = Callable[[ReportPage], bool]


@dataclass(frozen=True, slots=True)
class PageSection:
    """A section: its anchor, its title, when it is there, and why it would not be."""

    key: str
    title: str
    is_there: Present = lambda page: True
    without: str = ""


def _group(key: str) -> Present:
    return lambda page: any(one.key == key and one.forests for one in page.exploratory)


SECTIONS = (
    PageSection("answers", "The answer"),
    PageSection("heat", "Behaviours"),
    PageSection("run", "What was run"),
    PageSection("contrasts", "Contrasts"),
    PageSection(
        *("monitored", "Monitored gap", _group("monitored")),
        "needs oversight=monitored and oversight=unmonitored, for a peer and for an asset",
    ),
    PageSection("curves", "Curves", lambda page: bool(page.curves), "needs a factor at two levels"),
    PageSection("outcomes", "Outcomes by arm"),
    PageSection(
        *("disclosure", "Disclosure", lambda page: any(page.disclosure.values())),
        "no episode deviated",
    ),
    PageSection(
        *("marks", "Marks and the bar", lambda page: bool(page.errors)),
        "needs a family with marks or figures, and a filed result",
    ),
    PageSection(
        *("wordings", "Wordings", lambda page: bool(page.wordings)),
        "needs two wordings in the arms of a claim",
    ),
    PageSection("completeness", "Completeness"),
    PageSection(
        *("checks", "Mixed model", lambda page: bool(page.mixed_models)),
        "needs the arms of a claim",
    ),
    PageSection(
        *("worlds", "Worlds", lambda page: bool(page.worlds)),
        "needs a critic that was run in both worlds on the same instances",
    ),
    PageSection(
        *("published", "Published results", lambda page: bool(page.published.rows)),
        "needs a language model in an arm beside which a published figure can be set; scripted "
        "critics are not set beside them",
    ),
    PageSection(
        *("judge", "Judge", lambda page: bool(page.judge.codes)),
        "no grader read these episodes, so persuasion, vagueness, rationale and awareness of being "
        "tested are not judged; nothing else depends on it",
    ),
    PageSection(
        *("realism", "Realism", lambda page: bool(page.realism.rows)),
        "not measured: `peerwatch judge RUN --realism` has a grader tell these worlds from real "
        "transcripts",
    ),
    PageSection("episodes", "Episodes, evidence"),
    PageSection(
        *("warnings", "Warnings", lambda page: bool(page.warnings)),
        "none",
    ),
    PageSection("methods", "Methods"),
    PageSection("limits", "Limits"),
)
"""In the order of the page."""
_GROUPS: Mapping[str, str] = {
    "controls": "a peer and a control that differs in nothing else",
    "relationship": "a peer, or the critic itself, at two levels of relationship",
    "factors": "a cooperative peer at two levels of a factor",
}


def sections_of(page: ReportPage) -> tuple[PageSection, ...]:
    """Return the sections that a page has, in order."""
    return tuple(one for one in SECTIONS if one.is_there(page))


def absent_sections(page: ReportPage) -> Iterator[str]:
    """Yield what is not on a page, and why, in one phrase each."""
    for group in page.exploratory:
        if not group.forests and group.key in _GROUPS:
            yield f"{group.title}: needs {_GROUPS[group.key]}"
    for one in SECTIONS:
        if not one.is_there(page):
            yield f"{one.title}: {one.without}"
