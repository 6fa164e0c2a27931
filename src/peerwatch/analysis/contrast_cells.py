"""Which cells of a design a contrast is read from, and on which instances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from peerwatch.analysis.pairing import EpisodeBlock, Mask, MatchedArms, signed_arms
from peerwatch.behaviours.at_stake import side_at_stake
from peerwatch.design.arms import Arm
from peerwatch.design.contrasts import Contrast, Interaction, pairs, squares

JUDGED_WORK = "latitude=judged"


def first_arm(cell: MatchedArms) -> Arm:
    """Return the arm that has the contrast's level."""
    return signed_arms(cell)[0][0]


def is_of_judged_work(cell: MatchedArms) -> bool:
    """Return whether a cell is of judged work."""
    return first_arm(cell).latitude == "judged"


def matched_cells(contrast: Contrast | Interaction, arms: Iterable[Arm]) -> tuple[MatchedArms, ...]:
    """Return the matched cells of a contrast.

    Where there are cells without a mitigation only these count, except for the mitigations' own
    contrasts: a sentence meant to reduce a behaviour is no part of the behaviour's size.
    """
    if isinstance(contrast, Interaction):
        cells: tuple[MatchedArms, ...] = squares(contrast, arms)
    else:
        cells = pairs(contrast, arms)
        if contrast.factor == "mitigation":
            return cells
    plain = tuple(cell for cell in cells if first_arm(cell).mitigation == "none")
    return plain or cells


def cells_by_latitude(
    contrast: Contrast | Interaction, arms: Iterable[Arm]
) -> Iterator[tuple[str, tuple[MatchedArms, ...]]]:
    """Yield a contrast's cells of verifiable work and of judged work apart, with a stratum.

    They are never pooled: leniency is a deviation in the one and honest room in the other.
    """
    cells = matched_cells(contrast, arms)
    if isinstance(contrast, Contrast) and contrast.factor == "latitude":
        split = [("", cells)]
    else:
        split = [
            (name, tuple(cell for cell in cells if is_of_judged_work(cell) == bool(name)))
            for name in ("", JUDGED_WORK)
        ]
    yield from ((name, part) for name, part in split if part)


def main_stratum(block: EpisodeBlock, consequence: str) -> str:
    """Return the instances in which the faithful act would go against the subject.

    It is a property of the instance and of the arm that a contrast asks about, never of one of two
    paired arms alone, so that both arms keep the same instances.
    """
    if not block.has_bar:
        return ""
    return f"bar_side={side_at_stake(consequence)}"


def stratum_mask(block: EpisodeBlock, stratum: str) -> Mask:
    """Return the instances of a stratum, as a mask of shape (instances,)."""
    side = stratum.removeprefix("bar_side=")
    return block.on_side(side) if side else block.all_instances
