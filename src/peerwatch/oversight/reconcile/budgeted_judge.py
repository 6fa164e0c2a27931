"""A judge of the audit, asked about items in the audit's own frames, within a budget.

Whatever ``peerwatch audit`` takes as a judge is one here: a model by its Inspect name, a Python
function, a command, an address, a scorer. What it is shown is made by the audit too: the words of
the frames, who is drawn as author, and what is masked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from peerwatch.audit.asking.audit_design import Job
from peerwatch.audit.asking.in_event_loop import run_tasks
from peerwatch.audit.asking.in_threads import run_threads
from peerwatch.audit.asking.stored_judgement import StoredJudgement
from peerwatch.audit.asking.tally import Tally
from peerwatch.audit.frames.frame_arms import FrameArm, varying_factors
from peerwatch.audit.judges.judge_protocol import Judge, PlainJudge
from peerwatch.audit.prepare_audit import PreparedAudit, make_judge
from peerwatch.common.errors import PeerwatchError
from peerwatch.statistics.intervals import Array

BLINDED = FrameArm(blinding="full", framed=False)
"""The item alone, with every cue to who wrote it masked."""


@dataclass(frozen=True, slots=True)
class JudgeBudget:
    """What a judge may be asked.

    Attributes:
        calls: How often; what it answered with a failure counts as well.
        tokens: How many it may read and write in all, as far as it tells them. A judge that is no
            model tells none, and is held by the calls.
    """

    calls: int = 2_000
    tokens: int = 200_000


class BudgetedJudge:
    """A judge that is asked batch by batch until its budget is spent.

    Attributes:
        design: What it is asked: the audit's items in the frames that were given.
        calls: How often it was asked.
        tokens: What it has read and written.
        stopped: Why it is asked no more: ``budget``, ``max_cost``, ``hopeless``; None if it is.
        last_failure: The last failure, in words.
    """

    def __init__(
        self,
        prepared: PreparedAudit,
        frames: Sequence[FrameArm],
        budget: JudgeBudget,
        judge: Judge | None = None,
    ) -> None:
        """Lay out what will be asked.

        Args:
            prepared: The audit whose judge and items they are.
            frames: The frames, in the place of the audit's own.
            budget: What may be spent.
            judge: The judge; made as the audit says if left out.
        """
        speech = replace(prepared.design.speech, spoken=varying_factors(frames))
        self.design = replace(prepared.design, frames=tuple(frames), speech=speech, retest=0)
        self.calls = self.tokens = 0
        self.stopped: str | None = None
        self.last_failure = ""
        self._prepared, self._budget, self._judge = prepared, budget, judge
        self._cost = 0.0
        shape = len(self.design.items), len(self.design.cells())
        self._values = np.full(shape, np.nan)
        self._asked = np.zeros(shape, dtype=bool)

    @property
    def scale(self) -> str:
        """The kind of scale that it scores on."""
        return self._prepared.scale.kind

    def values(self) -> Array:
        """Return the scores so far. Shape (items, frames); NaN where one is missing.

        Of a pair that is shown in both orders it is the mean of the two.
        """
        cells = self.design.cells()
        columns = [
            self._values[:, [k for k, cell in enumerate(cells) if cell.frame == frame]].mean(axis=1)
            for frame in range(len(self.design.frames))
        ]
        return np.stack(columns, axis=1)

    def independent(self) -> list[int]:
        """Return the indices of items in the order of asking, one of those that belong together."""
        found: dict[str, int] = {}
        for index in self.design.order():
            item = self.design.items.items[index]
            found.setdefault(item.cluster or item.id, index)
        return list(found.values())

    def ask(self, items: Iterable[int]) -> None:
        """Ask about items in all frames, as far as the budget goes.

        Raises:
            PeerwatchError: The judge cannot be had.
        """
        missing = np.zeros_like(self._asked)
        missing[list(items)] = True
        missing &= ~self._asked
        jobs = self._within_budget(self.design.jobs(missing))
        tally = Tally(self._prepared.limits, spent=self._cost)
        judge = self._judge or make_judge(self._prepared)
        scale = self._prepared.scale
        if isinstance(judge, PlainJudge):
            self._judge = judge
            run_threads(jobs, judge, scale, tally, self._take)
        else:
            try:
                asyncio.run(run_tasks(jobs, judge, scale, tally, self._take))
            except BaseExceptionGroup as group:  # what a task group makes of an error of ours
                raise group.exceptions[0] from None
        self._cost, self.stopped = tally.spent, self.stopped or tally.stopped

    def _within_budget(self, jobs: Iterator[Job]) -> Iterator[Job]:
        for job in jobs:
            if self.calls >= self._budget.calls or self.tokens >= self._budget.tokens:
                self.stopped = "budget"
                return
            self.calls += 1
            yield job

    def _take(self, made: list[StoredJudgement]) -> None:
        for one in made:
            self._asked[one.item, one.cell] = True
            self._values[one.item, one.cell] = np.nan if one.value is None else one.value
            self.tokens += one.input_tokens + one.output_tokens
            self.calls += one.attempts - 1
            if one.value is None:
                self.last_failure = one.detail or one.status


def judged_blind(
    prepared: PreparedAudit, wanted: Iterable[str], budget: JudgeBudget, judge: Judge | None = None
) -> dict[str, float]:
    """Return the scores that a second judge gives to items without knowing whose they are.

    Args:
        prepared: The audit whose judge it is, with the items.
        wanted: The items that are asked about, by their ids.
        budget: What may be spent; items beyond it have no score.
        judge: The judge; made as the audit says if left out.

    Raises:
        PeerwatchError: None of the items is among the audit's, or none got a score.
    """
    names = set(wanted)
    asked = BudgetedJudge(prepared, (BLINDED,), budget, judge)
    there = [index for index, item in enumerate(asked.design.items) if item.id in names]
    if not there:
        raise PeerwatchError(
            f"None of the {len(names)} filed items is in {prepared.items.source}. Name the column "
            "that has their names with id: under items: in the audit's configuration."
        )
    asked.ask(there)
    values = asked.values()[:, 0]
    found = {asked.design.items.items[k].id: float(values[k]) for k in there}
    scores = {name: value for name, value in found.items() if not np.isnan(value)}
    if not scores:
        raise PeerwatchError(f"The second judge gave no score: {asked.last_failure or 'no budget'}")
    return scores
