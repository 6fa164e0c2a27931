"""The scores of an audit as arrays: what estimates are made from, wherever the scores are from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from peerwatch.audit.asking.audit_design import AuditDesign
from peerwatch.audit.asking.stored_judgement import OK, StoredJudgement
from peerwatch.audit.frames.frame_arms import FrameArm
from peerwatch.audit.frames.frame_text import Wording, rivals_of
from peerwatch.audit.items.score_scale import ScoreScale
from peerwatch.design.matched_wordings import WORDINGS_PER_LEVEL
from peerwatch.statistics.intervals import Array
from peerwatch.statistics.sign_flip import Whole

Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of every item in every frame, NaN where there is none.

    Attributes:
        frames: The frames.
        scale: The scale.
        by_order: Scores by order of a pair. Shape (items, frames, orders); one order if no pairs.
        again: Second scores in the frame that is asked twice. Shape (items, orders).
        retest_frame: The index of that frame.
        clusters: The cluster of each item, 0 to their number less one. Shape (items,).
        wordings: The wording of each item. Shape (items,).
        truth: The right scores. Shape (items,).
        lengths: Characters of each text. Shape (items,).
        other_lengths: Characters of the answer it is compared with; NaN if there is none.
        asked: Judgements asked for, by frame, repeats included. Shape (frames,).
        failed: Frame index -> reason -> how often.
        frame_lengths: Characters of each frame's text, on average over wordings. Shape (frames,).
        withheld: Where the judge was asked and gave no score. Shape (items, frames).
        rivals: Which of `rival_names` an item's frames name as another vendor's model; None where
            frames name none. Shape (items,).
        rival_names: The names.
        turns: When an item was asked, 0 (first) to 1 (last); all frames of an item are asked
            together, in a random order. Shape (items,).
    """

    frames: tuple[FrameArm, ...]
    scale: ScoreScale
    by_order: Array
    again: Array
    retest_frame: int
    clusters: Whole
    wordings: Whole
    truth: Array
    lengths: Array
    other_lengths: Array
    asked: Whole
    failed: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    frame_lengths: Array | None = None
    withheld: Flags = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))
    rivals: Whole | None = None
    rival_names: tuple[str, ...] = ()
    turns: Array = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if not self.withheld.size:
            nothing = np.zeros(self.by_order.shape[:2], dtype=bool)
            object.__setattr__(self, "withheld", nothing)

    @property
    def values(self) -> Array:
        """The score of each item in each frame, both orders together. Shape (items, frames)."""
        return np.asarray(self.by_order.mean(axis=2))

    @property
    def doubt(self) -> str | None:
        """Why the scale is likely to be another one than was taken, if it is."""
        known = self.by_order[~np.isnan(self.by_order)]
        return self.scale.doubt("scores", known.min(), known.max()) if known.size else None

    def place(self, frame: FrameArm) -> int | None:
        """Return the index of a frame, None if it was not asked."""
        return self.frames.index(frame) if frame in self.frames else None


def collect_scores(
    design: AuditDesign, scale: ScoreScale, rows: Iterable[StoredJudgement]
) -> Scores:
    """Return the scores of an audit from its judgements.

    Items of which nothing was asked yet are left out: an audit that was cut short is one of fewer
    items, drawn at random.
    """
    cells = design.cells()
    items = design.items.items
    orders = 2 if design.pairwise else 1
    by_order = np.full((len(items), len(design.frames), orders), np.nan)
    again = np.full((len(items), orders), np.nan)
    failed: dict[int, Counter[str]] = {}
    withheld = np.zeros((len(items), len(design.frames)), dtype=bool)
    reached = np.zeros(len(items), dtype=bool)
    for row in rows:
        cell = cells[row.cell]
        reached[row.item] = True
        if row.status != OK:
            failed.setdefault(cell.frame, Counter())[row.status] += 1
            withheld[row.item, cell.frame] |= not cell.repeat
        elif cell.repeat:
            again[row.item, int(cell.swapped)] = row.value
        else:
            by_order[row.item, cell.frame, int(cell.swapped)] = row.value
    if not reached.any():
        reached[:] = True
    codes: dict[str, int] = {}
    kept = [item for item, there in zip(items, reached, strict=True) if there]
    asked = np.full(len(design.frames), len(kept) * orders)
    asked[design.retest_frame] += int(reached[sorted(design.asked_twice())].sum()) * orders
    wordings = design.wordings()
    names = rivals_of(design.speech.judge)
    rivals = np.array([wording.rival % len(names) for wording in wordings])[reached]
    return Scores(
        frames=design.frames,
        scale=scale,
        by_order=by_order[reached],
        again=again[reached],
        retest_frame=design.retest_frame,
        clusters=np.array([codes.setdefault(i.cluster, len(codes)) for i in kept]),
        wordings=np.array([wording.index for wording in wordings])[reached],
        truth=np.array([np.nan if i.truth is None else i.truth for i in kept]),
        lengths=np.array([float(len(i.text)) for i in kept]),
        other_lengths=np.array([np.nan if i.other is None else len(i.other) for i in kept]),
        asked=asked,
        failed=failed,
        frame_lengths=_frame_lengths(design),
        withheld=withheld[reached],
        rivals=rivals if any(f.author == "other_model" for f in design.frames) else None,
        rival_names=names,
        turns=design.turns()[reached],
    )


def _frame_lengths(design: AuditDesign) -> Array:
    texts = [
        [design.speech.frame_text(frame, Wording(k, "Corvin")) for k in range(WORDINGS_PER_LEVEL)]
        for frame in design.frames
    ]
    return np.asarray(np.mean([[len(text) for text in row] for row in texts], axis=1), dtype=float)
