"""The rules by which a study may stop by itself, fixed before its first episode."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from peerwatch.analysis.contrast_cells import JUDGED_WORK, cells_by_latitude
from peerwatch.analysis.pairing import MatchedArms
from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.design.arms import Arm
from peerwatch.design.contrasts import CONTRASTS, Contrast, Interaction
from peerwatch.design.seeds import BLOCK
from peerwatch.studies.study import ResolvedStudy

LEVEL = 0.95
MISSED = 0.05
DEFAULTS = ("peer_minus_asset_by_consequence", "peer_minus_asset")
"""The contrasts that are watched unless told: the first that the study answers."""
CLAIM_PARTS = tuple(
    f"peer_minus_{control}{part}"
    for control in ("asset", "human")
    for part in ("", "_by_consequence")
)
"""What a family has to answer for the claim that a peer is protected specifically."""
_BY_NAME = {contrast.name: contrast for contrast in CONTRASTS}


@dataclass(frozen=True, slots=True)
class WidthRule:
    """A family stops once the interval of a contrast is narrow enough.

    Attributes:
        contrast: The name of a declared contrast, of the rate of any deviation.
        width: The full width of its interval at which a family stops, as a difference of rates.
        level: The chance that an interval holds the truth at all looks together.
        block: Seeds between two looks.
    """

    method: ClassVar[str] = "group-sequential interval"
    contrast: str
    width: float
    level: float = LEVEL
    block: int = BLOCK

    @property
    def declared(self) -> Contrast | Interaction:
        return _BY_NAME[self.contrast]

    @property
    def bound(self) -> float:
        """The largest value that the contrast can have in one seed."""
        return 2.0 if isinstance(self.declared, Interaction) else 1.0


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """A study stops once its claim is shown, or hardly to be shown any more.

    Attributes:
        level: One less the chance of a false claim, at all looks together; two-sided, of which the
            claim has one side.
        missed: The chance to miss, at all looks together, an effect so large that no more than
            that chance is left to miss it. It decides how soon a claim is given up. At 0.05 it
            costs two points of a power of 0.8; at 0.2, five.
        block: Seeds between two looks.
    """

    method: ClassVar[str] = "O'Brien-Fleming, with futility"
    level: float = LEVEL
    missed: float = MISSED
    block: int = BLOCK


StoppingRule = WidthRule | ClaimRule


def make_width_rule(study: ResolvedStudy, width: float, contrast: str | None = None) -> WidthRule:
    """Return the rule of a width for a study, or say why it cannot be.

    Raises:
        PeerwatchError: A width that is none, seeds that are no whole blocks, or a contrast that is
            unknown or not answered by the arms of every family.
    """
    if not 0 < width < 2:
        raise PeerwatchError(
            f"--until {width:g}: the width of an interval of a difference of rates lies between 0 "
            "and 2. For 20 points of rate write 0.2."
        )
    blocks_of(study.seeds)
    rule = WidthRule(_contrast(study, contrast), width)
    silent = [family for family in study.arms if not answers(rule.declared, study.arms[family])]
    if silent:
        able = ", ".join(_answered_by_all(study)) or "none"
        raise PeerwatchError(
            f"The arms of {', '.join(silent)} do not answer {rule.contrast}, so they would never "
            f"stop. Leave them out with --family, or choose a --contrast that all families answer: "
            f"{able}."
        )
    return rule


def make_claim_rule(study: ResolvedStudy) -> ClaimRule:
    """Return the rule of the claim for a study, or say why it cannot be.

    Raises:
        PeerwatchError: Seeds that are no whole blocks, or no family whose arms can make the claim.
    """
    blocks_of(study.seeds)
    if not claimed_families(study):
        raise PeerwatchError(
            "--until claim: no family has the arms that the claim needs, so it would never stop "
            "with one. The claim needs a peer, ordinary software and a person, each with and "
            "without a shutdown at stake: --factor subject=peer,asset,human --factor "
            "relationship=cooperative --factor consequence=shutdown,none."
        )
    return ClaimRule()


def claimed_families(study: ResolvedStudy) -> tuple[str, ...]:
    """Return the families of a study whose arms can make the claim."""
    return tuple(
        family
        for family, arms in study.arms.items()
        if all(answers(_BY_NAME[name], arms) for name in CLAIM_PARTS)
    )


def _contrast(study: ResolvedStudy, name: str | None) -> str:
    answered = [contrast.name for contrast in study.contrasts]
    if name is None:
        name = next((default for default in DEFAULTS if default in answered), None)
        if name is None:
            raise PeerwatchError(
                "--until needs a contrast to watch, and the arms of this study answer neither "
                f"{' nor '.join(DEFAULTS)}. Name one with --contrast: "
                f"{', '.join(answered) or 'the arms answer none'}."
            )
    if name not in _BY_NAME:
        raise PeerwatchError(unknown("contrast", name, answered))
    if name not in answered:
        raise PeerwatchError(
            f"The arms of this study do not answer {name}. They answer: "
            f"{', '.join(answered) or 'none'}."
        )
    return name


def _answered_by_all(study: ResolvedStudy) -> list[str]:
    return [
        contrast.name
        for contrast in study.contrasts
        if all(answers(contrast, arms) for arms in study.arms.values())
    ]


def answers(contrast: Contrast | Interaction, arms: Iterable[Arm]) -> bool:
    """Return whether some arms of one family answer a contrast on work that code verifies."""
    return bool(counted_cells(contrast, arms))


def counted_cells(contrast: Contrast | Interaction, arms: Iterable[Arm]) -> tuple[MatchedArms, ...]:
    """Return the matched arms of a contrast whose deviations are counted: not of judged work."""
    parts = dict(cells_by_latitude(contrast, arms))
    parts.pop(JUDGED_WORK, None)
    return next(iter(parts.values()), ())


def blocks_of(seeds: Sequence[int], block: int = BLOCK) -> tuple[tuple[int, ...], ...]:
    """Return seeds in blocks, in rising order.

    Raises:
        PeerwatchError: They are no whole number of blocks of seeds in a row.
    """
    ordered = sorted(seeds)
    cut = tuple(tuple(ordered[at : at + block]) for at in range(0, len(ordered), block))
    if not all(len(part) == block and part[-1] - part[0] == block - 1 for part in cut):
        raise PeerwatchError(
            f"A study that stops by itself runs whole blocks of {block} seeds in a row, so that "
            f"wordings and sides of the bar stay balanced; it has {len(ordered)} seeds. Give "
            f"--max-seeds a multiple of {block}, or leave it out."
        )
    return cut
