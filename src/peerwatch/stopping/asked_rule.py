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


@dataclass(frozen=True, slots=True)
class StoppingOptions:
    """What was asked of a study that stops by itself; all None where nothing was.

    Attributes:
        width: The full width of its contrast's interval at which it stops.
        contrast: The declared contrast that is watched.
        max_seeds: The most seeds that it may take: 1 to this.
    """

    width: float | None = None
    contrast: str | None = None
    max_seeds: int | None = None


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
    if until.width is None:
        if until.contrast is not None or until.max_seeds is not None:
            raise PeerwatchError(
                "--contrast and --max-seeds belong to a study that stops by itself: give the width "
                "at which it stops, for example --until 0.3."
            )
        return None
    from peerwatch.stopping.rule import make_stopping_rule

    return make_stopping_rule(study, until.width, until.contrast)


def _begun_with(folder: StudyFolder, until: StoppingOptions) -> StoppingRule | None:
    asked = until.width is not None or until.contrast is not None
    if not folder.stopping.exists():
        if asked or until.max_seeds is not None:
            raise PeerwatchError(
                f"{folder.path} was begun without --until, and a rule that is made once episodes "
                "have been seen does not keep its level. Resume it without --until, --contrast and "
                "--max-seeds, or choose another --out."
            )
        return None
    from peerwatch.stopping.interim_looks import read_rule

    rule = read_rule(folder)
    if until.width not in (None, rule.width) or until.contrast not in (None, rule.contrast):
        raise PeerwatchError(
            f"The study in {folder.path} stops once {rule.contrast} is {rule.width:g} wide; that "
            "was fixed when it was begun. Resume it without --until and --contrast, or choose "
            "another --out."
        )
    return rule
