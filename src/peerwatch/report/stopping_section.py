"""Where a study stopped by itself: its rule, its looks, what they spent, and what holds at them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from peerwatch.behaviours.detect import VERSION
from peerwatch.charts.numbers import (
    count_text,
    difference_interval_text,
    difference_text,
    name_in_words,
    p_value_text,
)
from peerwatch.common.errors import PeerwatchError
from peerwatch.records.study_folder import StudyFolder
from peerwatch.stopping.claim_looks import ClaimLook
from peerwatch.stopping.interim_looks import VERDICT_WORDS, lost_text, read_looks, read_rule
from peerwatch.stopping.rule import LEVEL, ClaimRule, StoppingRule, WidthRule
from peerwatch.stopping.stopping_state import Look, last_looks, lost_seeds
from peerwatch.stopping.width_looks import InterimLook

_FIRST = ("model", "seeds", "look")
WIDTH_HEADINGS = (*_FIRST, "family", "n", "difference", "interval", "its level", "spent", "")
CLAIM_HEADINGS = (*_FIRST, "p", "shown at", "given up above", "spent", "claim")
WIDTH_NOTE = (
    "The study stopped by a rule that was fixed before its first episode. Its looks spend the "
    "error by an O'Brien-Fleming function; each interval is at the level that its look had, so "
    "that all of a family together hold with a chance of {level:g} %. n: instances at stake in "
    "which every arm was completed."
)
CLAIM_NOTE = (
    "The study stopped by a rule that was fixed before its first episode: once the claim is shown, "
    "or so unlikely to be shown by the last seed that it is given up. p is that of one look; it is "
    "held against what the look had of the error of {error:g}, which all looks share by an "
    "O'Brien-Fleming function. Giving up spends none of it."
)


@dataclass(frozen=True, slots=True)
class StoppedStudy:
    """One study that stopped by itself.

    Attributes:
        title: Its folder, and the rule.
        note: How the table is to be read.
        headings: Of its columns.
        rows: Every look.
        level: The level of intervals for one look that hold at the last one; None where no look
            was taken, or it is not known.
        warning: What a reader of the intervals has to know.
    """

    title: str
    note: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    level: float | None
    warning: str


def stopped_studies(
    sources: Iterable[str], episodes: pl.DataFrame | None = None
) -> tuple[StoppedStudy, ...]:
    """Return the studies among the sources that stop by a rule.

    Args:
        sources: Results folders and other places; only such folders count.
        episodes: The episodes that were read from them; with these it is said where some are
            missing that a look has seen.
    """
    folders = [StudyFolder(Path(source)) for source in sources]
    return tuple(_stopped(folder, episodes) for folder in folders if folder.stopping.is_file())


def level_for(stopped: Sequence[StoppedStudy]) -> float:
    """Return the level at which intervals hold in spite of the looks: the highest of all studies.

    Where none stopped by a rule it is that of one look at a number of seeds fixed beforehand.
    """
    return max((LEVEL, *(one.level for one in stopped if one.level is not None)))


def _stopped(folder: StudyFolder, episodes: pl.DataFrame | None) -> StoppedStudy:
    name = folder.path.name or str(folder.path)
    try:
        rule, looks = read_rule(folder), read_looks(folder)
    except PeerwatchError as error:
        warning = f"{error} What is said here of its intervals is not known to hold."
        return StoppedStudy(name, "", WIDTH_HEADINGS, (), None, warning)
    what = _words(rule)
    level = max((look.level for look in last_looks(looks) if _saw(look)), default=None)
    is_claim = isinstance(rule, ClaimRule)
    return StoppedStudy(
        title=f"{name}: {what}",
        note=(CLAIM_NOTE if is_claim else WIDTH_NOTE).format(
            level=100 * rule.level, error=round(1 - rule.level, 6)
        ),
        headings=CLAIM_HEADINGS if is_claim else WIDTH_HEADINGS,
        rows=tuple(_row(rule, look) for look in looks),
        level=level,
        warning=" ".join(
            said
            for said in (
                f"{name} stops by itself: {what}.",
                _level_words(rule, level),
                _lost(folder, rule, looks, episodes),
                _looks_of_others(folder),
            )
            if said
        ),
    )


def _saw(look: Look) -> bool:
    return look.n > 0 if isinstance(look, InterimLook) else True


def _words(rule: StoppingRule) -> str:
    if isinstance(rule, WidthRule):
        contrast = name_in_words(rule.contrast)
        return f"{contrast}, once {100 * rule.width:g} points wide or at the last seed"
    return "the claim, once shown or given up or at the last seed"


def _level_words(rule: StoppingRule, level: float | None) -> str:
    if level is None:
        return (
            "No look has been taken yet: the intervals here are those of one look at a number of "
            "seeds fixed beforehand, and are no result of this study."
        )
    error = round(1 - level, 9)
    return (
        f"All intervals here are at a level of {100 * level:.6g} %, and p-values are to be held "
        f"against {error:.3g} in place of {round(1 - rule.level, 9):g}, so that they hold in spite "
        "of its looks, which the report lists under Contrasts."
    )


def _lost(
    folder: StudyFolder, rule: StoppingRule, looks: Sequence[Look], episodes: pl.DataFrame | None
) -> str:
    if episodes is None:
        return ""
    try:
        return lost_text(lost_seeds(rule, folder.study(), episodes, looks))
    except PeerwatchError:
        return ""


def _looks_of_others(folder: StudyFolder) -> str:
    """Return what has to be said where the looks are not of the verdicts of today's detectors."""
    try:
        version = folder.study().versions.get("detectors", VERSION)
    except PeerwatchError:
        return ""
    if version == VERSION:
        return ""
    return f"It was begun with detectors {version}, of whose verdicts its looks are."


def _row(rule: StoppingRule, look: Look) -> tuple[str, ...]:
    first = (look.model, count_text(look.seeds), count_text(look.seeds // rule.block))
    spent = f"{look.spent:.2g}"
    if isinstance(look, ClaimLook):
        p = "" if look.p is None else p_value_text(look.p)
        limits = (f"{look.shown_at:.3g}", f"{look.given_up_above:.3g}")
        return (*first, p, *limits, spent, VERDICT_WORDS[look.verdict])
    wide = f"{100 * look.wide:.0f} points wide, were it the last"
    return (
        *first,
        look.family,
        count_text(look.n),
        difference_text(look.estimate, False),
        difference_interval_text(look.low, look.high, False),
        f"{100 * look.level:.6g} %",
        spent,
        "" if look.narrow else wide,
    )
