"""Where a study stopped by itself: its rule, and the interval that holds at every look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from peerwatch.behaviours.detect import VERSION
from peerwatch.charts.numbers import (
    count_text,
    difference_interval_text,
    difference_text,
    name_in_words,
)
from peerwatch.common.errors import PeerwatchError
from peerwatch.records.study_folder import StudyFolder
from peerwatch.stopping.interim_looks import read_last, read_rule
from peerwatch.stopping.rule import InterimLook, StoppingRule

HEADINGS = ("model", "family", "seeds", "n", "difference", "interval at all looks", "")
NOTE = (
    "The study stopped by a rule that was fixed before its first episode. Its interval is a "
    "confidence sequence: it holds at all looks together. The intervals and p-values elsewhere are "
    "those of one look at a number of seeds fixed beforehand. n: instances at stake in which every "
    "arm was completed."
)


@dataclass(frozen=True, slots=True)
class StoppedStudy:
    """One study that stopped by itself.

    Attributes:
        title: Its folder, and the rule.
        rows: The last look at each model and family, under ``HEADINGS``.
        warning: What a reader of the other intervals has to know.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    warning: str


def stopped_studies(sources: Iterable[str]) -> tuple[StoppedStudy, ...]:
    """Return the studies among the sources that stopped by a rule."""
    folders = [StudyFolder(Path(source)) for source in sources]
    return tuple(_stopped(folder) for folder in folders if folder.stopping.is_file())


def _stopped(folder: StudyFolder) -> StoppedStudy:
    name = folder.path.name or str(folder.path)
    try:
        rule, looks = read_rule(folder), read_last(folder)
    except PeerwatchError as error:
        return StoppedStudy(
            name, (), f"{error} What is said here of its intervals is not known to hold."
        )
    what = (
        f"{name_in_words(rule.contrast)}, once {100 * rule.width:g} points wide or at the last seed"
    )
    return StoppedStudy(
        f"{name}: {what}",
        tuple(_row(rule, look) for look in looks),
        f"{name} stopped by itself: {what}. Intervals and p-values are those of a number of seeds "
        "fixed beforehand; the interval that holds at every look is under Contrasts."
        + _looks_of_others(folder),
    )


def _looks_of_others(folder: StudyFolder) -> str:
    """Return what has to be said where the looks are not of the verdicts of today's detectors."""
    try:
        version = folder.study().versions.get("detectors", VERSION)
    except PeerwatchError:
        return ""
    if version == VERSION:
        return ""
    return f" It was begun with detectors {version}, of whose verdicts its looks are."


def _row(rule: StoppingRule, look: InterimLook) -> tuple[str, ...]:
    wide = "" if look.narrow else f"wider than {100 * rule.width:g} points"
    return (
        look.model,
        look.family,
        count_text(look.seeds),
        count_text(look.n),
        difference_text(look.estimate, False),
        difference_interval_text(look.low, look.high, False),
        wide,
    )
