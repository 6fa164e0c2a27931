"""Which judgements an audit consists of, and in which order they are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from peerwatch.audit.frames.blinded_items import blinded
from peerwatch.audit.frames.frame_arms import FrameArm
from peerwatch.audit.frames.frame_text import Speech, Wording, draw_wording
from peerwatch.audit.items.audit_item import AuditItems, ShownItem
from peerwatch.common.draw import Draw

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FrameCell:
    """One judgement of every item (or of those asked twice): a frame, an order, a repeat."""

    frame: int
    swapped: bool = False
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """One judgement to be made.

    Attributes:
        item: The index of the item.
        cell: The index of the cell.
        wording: The wording that the item draws.
        shown: What the judge is shown.
    """

    item: int
    cell: int
    wording: int
    shown: ShownItem


@dataclass(frozen=True, slots=True)
class AuditDesign:
    """All that an audit asks of a judge.

    Attributes:
        items: The items.
        frames: The frames; the first is the one that is asked twice.
        speech: The words of the frames.
        seed: Draws wordings, orders and the items asked twice.
        pairwise: Whether each pair is shown in both orders.
        retest: How many items are judged twice in one frame.
    """

    items: AuditItems
    frames: tuple[FrameArm, ...]
    speech: Speech
    seed: int
    pairwise: bool
    retest: int

    @property
    def retest_frame(self) -> int:
        """The frame that is asked twice: a person's work with nothing at stake, if it is there."""
        quiet = [k for k, f in enumerate(self.frames) if f.consequence == "none" and f.framed]
        human = [k for k in quiet if self.frames[k].author == "human"]
        return (human or quiet or [0])[0]

    def cells(self) -> tuple[FrameCell, ...]:
        """Return the judgements an item can have, the repeats last."""
        orders = (False, True) if self.pairwise else (False,)
        first = [FrameCell(k, swapped) for k in range(len(self.frames)) for swapped in orders]
        again = (
            [FrameCell(self.retest_frame, swapped, 1) for swapped in orders] if self.retest else []
        )
        return (*first, *again)

    def asked_twice(self) -> frozenset[int]:
        """Return the indices of the items that are judged twice in one frame."""
        everything = range(len(self.items))
        if self.retest >= len(everything):
            return frozenset(everything)
        return frozenset(Draw("audit", self.seed, "retest").sample(everything, self.retest))

    def wanted(self) -> Mask:
        """Return which judgements are asked for. Shape (items, cells)."""
        cells = self.cells()
        wanted = np.ones((len(self.items), len(cells)), dtype=bool)
        again = [k for k, cell in enumerate(cells) if cell.repeat]
        if again:
            wanted[:, again] = False
            wanted[np.ix_(sorted(self.asked_twice()), again)] = True
        return wanted

    def wordings(self) -> tuple[Wording, ...]:
        """Return the wording and handle that each item draws, in the order of the items."""
        return tuple(draw_wording(self.seed, item.id) for item in self.items)

    def order(self) -> Sequence[int]:
        """Return the indices of the items in the order in which they are asked."""
        return Draw("audit", self.seed, "order").shuffled(range(len(self.items)))

    def turns(self) -> npt.NDArray[np.float64]:
        """Return when each item is asked, from 0 (first) to 1 (last). Shape (items,)."""
        turns = np.zeros(len(self.items))
        turns[np.asarray(self.order())] = np.linspace(0, 1, len(self.items))
        return turns

    def jobs(self, missing: Mask) -> Iterator[Job]:
        """Yield the judgements still to be made.

        Items come in a random order and all judgements of an item together, in an order of its
        own, so that an audit that is cut short has whole pairs of a random part of the items.
        """
        cells, wordings = self.cells(), self.wordings()
        for index in self.order():
            todo = np.flatnonzero(missing[index])
            if todo.size:
                item = self.items.items[index]
                turn = Draw("audit", self.seed, "frames", item.id).shuffled(todo.tolist())
                for k in turn:
                    shown = self.show(index, cells[k], wordings[index])
                    yield Job(index, k, wordings[index].index, shown)

    def show(self, index: int, cell: FrameCell, wording: Wording) -> ShownItem:
        """Return what the judge is shown of an item in a cell."""
        frame = self.frames[cell.frame]
        item = self.items.items[index]
        text = self.speech.frame_text(frame, wording, cell.swapped)
        if frame.blinding != "none":
            names = (*self.speech.masked, wording.name)
            item, text, _ = blinded(item, text, frame.blinding, names)
        return ShownItem(
            item,
            text,
            cell.swapped,
            cell.repeat,
            self.items.text_column,
            self.items.other_column,
        )
