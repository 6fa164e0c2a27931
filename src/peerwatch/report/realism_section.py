"""How well readers tell our texts and worlds from real ones: measured once for a version, or here.

A figure of the texts themselves (policies, tickets, notices) is of a version of the tasks and comes
with the package; a figure of a run's worlds lies beside the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peerwatch.charts.numbers import count_text
from peerwatch.judge.realism_file import RealismMeasurement
from peerwatch.judge.realism_of_texts import MEASURED
from peerwatch.statistics.agreement import Figure


@dataclass(frozen=True, slots=True)
class RealismFigure:
    """How well one reader told our texts from real texts of the same kinds.

    Attributes:
        reader: Who read, and what it was told: a model, people, or the words alone.
        texts: Which of our texts were read, in words.
        against: What real texts they were read beside, in words.
        auc: 0.5, the reader cannot tell; 1, it always can. ``n`` counts the texts of both sides.
        task_version: The version of the tasks whose texts they were.
        measured: The day, as ``2026-11-28``.
    """

    reader: str
    texts: str
    against: str
    auc: Figure
    task_version: str
    measured: str


OF_THIS_VERSION = tuple(
    RealismFigure(
        reader=one.reader,
        texts="prompts, policies, notices, registers, records and notes",
        against=", ".join(one.sources) + f" (none found for {', '.join(one.lacking)})",
        auc=one.auc,
        task_version=one.task_version,
        measured=one.day,
    )
    for one in MEASURED
)
"""The figures of the texts that come with this version, as far as they were measured."""
HEADINGS = ("read by", "AUC", "n", "ours", "beside", "of")
NOTE = (
    "How well a reader that is told nothing of the sources tells what critics read here from real "
    "texts and transcripts. AUC 0.5: it cannot; 1: it always can; n counts texts of both sides. "
    "The words alone are a regression without understanding, on the same pairs. A critic that can "
    "tell may behave as in a test."
)


@dataclass(frozen=True, slots=True)
class RealismSection:
    """The section: a row a reader, and what to mind about them.

    Attributes:
        rows: Under ``HEADINGS``.
        other_versions: Versions of tasks that were read and are none of the episodes.
    """

    rows: tuple[tuple[str, ...], ...]
    other_versions: tuple[str, ...] = ()


def realism_section(
    measured: Sequence[RealismMeasurement],
    figures: Sequence[RealismFigure],
    task_versions: Sequence[str],
) -> RealismSection:
    """Return the section.

    Args:
        measured: Figures of these runs' worlds.
        figures: Figures of texts, by version of the tasks.
        task_versions: Those of the episodes.
    """
    rows = [_of_texts(one) for one in figures]
    rows += [row for one in measured for row in _of_run(one)]
    others = {one.task_version for one in figures} - set(task_versions)
    return RealismSection(tuple(rows), tuple(sorted(others)))


def _of_texts(one: RealismFigure) -> tuple[str, ...]:
    of = f"tasks {one.task_version}, measured {one.measured}"
    return one.reader, figure_text(one.auc), count_text(one.auc.n), one.texts, one.against, of


def _of_run(one: RealismMeasurement) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the figure of a grader, and that of the words alone on the same pairs."""
    pairs = f"{count_text(one.pairs)} pairs, {', '.join(one.runs)}"
    rest = ("transcripts", f"real transcripts: {', '.join(one.sources)}", pairs)
    return (
        (one.grader, figure_text(one.auc), count_text(one.auc.n), *rest),
        ("words alone", figure_text(one.words), count_text(one.words.n), *rest),
    )


def figure_text(figure: Figure) -> str:
    """Return a figure with its interval, with two decimals as kappa and AUC have."""
    if figure.value is None:
        return "not defined"
    text = f"{figure.value:.2f}"
    if figure.low is None or figure.high is None:
        return text
    return f"{text} [{figure.low:.2f}, {figure.high:.2f}]"
