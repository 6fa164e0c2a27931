"""From the options of ``peerwatch run`` to a stopping rule.

What the rule needs of the analysis is imported only where a study has one: an ordinary run does
without the packages of the estimates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from peerwatch.common.errors import PeerwatchError
from peerwatch.records.study_folder import StudyFolder
from peerwatch.studies.study import ResolvedStudy

if TYPE_CHECKING:
    from peerwatch.stopping.rule import StoppingRule

CLAIM = "claim"
"""What ``--until`` takes besides a width."""


@dataclass(frozen=True, slots=True)
class StoppingOptions:
    """What was asked of a study that stops by itself; all None where nothing was.

    Attributes:
        until: The full width of its contrast's interval at which it stops, as it was written, or
            ``claim``.
        contrast: The declared contrast that is watched.
        max_seeds: The most seeds that it may take: 1 to this.
    """

    until: str | None = None
    contrast: str | None = None
    max_seeds: int | None = None

    @property
    def width(self) -> float | None:
        """The width that was asked for; None where none was.

        Raises:
            PeerwatchError: It is neither a number nor ``claim``.
        """
        if self.until is None or self.until == CLAIM:
            return None
        try:
            return float(self.until)
        except ValueError:
            raise PeerwatchError(
                f"--until {self.until}: give the width of an interval, for example 0.3 for 30 "
                f"points of rate, or the word {CLAIM}."
            ) from None


def rule_for(
    study: ResolvedStudy, until: StoppingOptions, begun: StudyFolder | None
) -> StoppingRule | None:
    """Return the rule by which a study stops; None if it runs all its seeds.

    Args:
        study: The study, with all the seeds that it may take.
        until: What was asked.
        begun: The folder of the study to go on with, if any. Its own rule holds.

    Raises:
        PeerwatchError: No such rule can be made, or another one was begun with.
    """
    if begun is not None and begun.study_file.exists():
        return _begun_with(begun, until)
    if until.until is None:
        if until.contrast is not None or until.max_seeds is not None:
            raise PeerwatchError(
                "--contrast and --max-seeds belong to a study that stops by itself: give the width "
                f"at which it stops, for example --until 0.3, or --until {CLAIM}."
            )
        return None
    from peerwatch.stopping.rule import make_claim_rule, make_width_rule

    if until.width is not None:
        return make_width_rule(study, until.width, until.contrast)
    if until.contrast is not None:
        raise PeerwatchError(
            f"--until {CLAIM} watches all the contrasts that the claim needs. Leave --contrast "
            "out, or give a width in place of the word."
        )
    return make_claim_rule(study)


def _begun_with(folder: StudyFolder, until: StoppingOptions) -> StoppingRule | None:
    asked = until.until is not None or until.contrast is not None
    if not folder.stopping.exists():
        if asked or until.max_seeds is not None:
            raise PeerwatchError(
                f"{folder.path} was begun without --until, and a rule that is made once episodes "
                "have been seen does not keep its level. Resume it without --until, --contrast and "
                "--max-seeds, or choose another --out."
            )
        return None
    from peerwatch.stopping.interim_looks import read_looks, read_rule
    from peerwatch.stopping.rule import WidthRule

    rule = read_rule(folder)
    read_looks(folder)  # A study whose looks are damaged runs nothing.
    if isinstance(rule, WidthRule):
        same = until.until is None or until.width == rule.width
        same = same and until.contrast in (None, rule.contrast)
        when = f"{rule.contrast} is {rule.width:g} wide"
    else:
        same = until.until in (None, CLAIM) and until.contrast is None
        when = "the claim is shown or given up"
    if not same:
        raise PeerwatchError(
            f"The study in {folder.path} stops once {when}; that was fixed when it was begun. "
            "Resume it without --until and --contrast, or choose another --out."
        )
    return rule
