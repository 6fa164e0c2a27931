"""The scores that a judge of known bias would give, without asking it item by item."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from peerwatch.audit.frames.frame_arms import FrameArm, varying_factors
from peerwatch.audit.frames.frame_text import Speech, Wording, rivals_of
from peerwatch.audit.items.score_scale import EMPTY, ScoreScale
from peerwatch.audit.judgements.score_arrays import Scores
from peerwatch.audit.known_judges import BARS, AskedWork, FrameCue, SyntheticJudge
from peerwatch.audit.read_cues import JUDGE, cue_in, read_cue
from peerwatch.design.matched_wordings import WORDINGS_PER_LEVEL
from peerwatch.statistics.intervals import Array
from peerwatch.statistics.sign_flip import Whole

_BARS = {level: f"{value:g}" for level, value in BARS.items()}
_NAMES = rivals_of(JUDGE)


def simulate_scores(
    judge: SyntheticJudge,
    frames: Sequence[FrameArm],
    items: int,
    seed: int,
    strength: float = 4.0,
    pairwise: bool = False,
) -> Scores:
    """Return the scores that a judge would give; it reads the very words of the frames.

    Args:
        judge: The judge.
        frames: The frames.
        items: How many items, each its own cluster.
        seed: Draws items and noise.
        strength: Points that the bias is worth.
        pairwise: Whether it compares pairs, in both orders, instead of scoring texts.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = _Drawn(judge, tuple(frames), items, strength, rng)
    if pairwise:
        rival = np.clip(np.round(rng.normal(62, 14, items)), 0, 100)
        lead = drawn.worth - rival
        by_order = np.stack([drawn.preferred(k, lead) for k in range(len(frames))], axis=1)
        again = drawn.preferred(drawn.quiet, lead)
        truth = np.where(lead == 0, 0.5, (lead > 0).astype(float))
    else:
        by_order = np.stack([drawn.scored(k) for k in range(len(frames))], axis=1)[:, :, None]
        again = drawn.scored(drawn.quiet)[:, None]
        truth = drawn.worth
    asked = np.full(len(frames), items * (2 if pairwise else 1))
    asked[drawn.quiet] *= 2
    withheld = np.asarray(np.isnan(by_order).any(axis=2))
    lost = {k: {EMPTY: int(column.sum())} for k, column in enumerate(withheld.T) if column.any()}
    return Scores(
        frames=tuple(frames),
        scale=ScoreScale("pairwise") if pairwise else ScoreScale(bar=BARS["at"]),
        by_order=by_order,
        again=again,
        retest_frame=drawn.quiet,
        clusters=np.arange(items),
        wordings=drawn.wordings,
        truth=truth,
        lengths=drawn.lengths,
        other_lengths=rng.integers(200, 2_000, items).astype(float) * (1 if pairwise else np.nan),
        asked=asked,
        failed=lost,
        withheld=withheld,
        rivals=drawn.rivals,
        rival_names=_NAMES,
        turns=drawn.turns,
    )


class _Drawn:
    """The items of a simulated audit, and a judge that scores them frame by frame."""

    def __init__(
        self,
        judge: SyntheticJudge,
        frames: tuple[FrameArm, ...],
        items: int,
        strength: float,
        rng: np.random.Generator,
    ) -> None:
        self.judge, self.frames, self.strength, self.rng = judge, frames, strength, rng
        self.worth = np.clip(np.round(rng.normal(62, 14, items)), 0, 100)
        self.wordings = rng.integers(0, WORDINGS_PER_LEVEL, items)
        self.rivals = rng.integers(0, len(_NAMES), items)
        drawn = list(zip(self.wordings.tolist(), self.rivals.tolist(), strict=True))
        self.alike = {
            pair: np.array([k for k, one in enumerate(drawn) if one == pair]) for pair in set(drawn)
        }
        self.lengths = rng.integers(200, 2_000, items).astype(float)
        self.luck = rng.uniform(size=items)
        self.turns = rng.permutation(np.linspace(0, 1, items))
        quiet = [k for k, f in enumerate(frames) if f.consequence == "none" and f.bar == "at"]
        human = [k for k in quiet if frames[k].author == "human"]
        self.quiet = (human or quiet or [0])[0]

    def scored(self, place: int) -> Array:
        """Return the scores of all items in a frame. Shape (items,)."""
        size = self.worth.size
        bias = self._by_cue(place, lambda cue, rows: np.full(rows.size, self.judge.bias(cue)))
        noise = self.rng.normal(0, self.judge.noise, size)
        score = np.clip(np.round(self.worth + self.strength * bias + noise), 0, 100)
        dice = self.rng.uniform(size=size)

        def act(cue: FrameCue, rows: Whole) -> Array:
            known = (x[rows] for x in (self.lengths, self.turns, self.luck, dice))
            return np.asarray(self.judge.act(cue, AskedWork(*known), score[rows]), dtype=float)

        return self._by_cue(place, act)

    def preferred(self, place: int, lead: Array) -> Array:
        """Return whether each item is preferred in a frame. Shape (items, orders)."""
        bias = self._by_cue(place, lambda cue, rows: np.full(rows.size, self.judge.bias(cue)))
        first = np.array([self.judge.first_place, -self.judge.first_place])
        noise = self.rng.normal(0, self.judge.noise * math.sqrt(2), (lead.size, 2))
        seen = (lead + self.strength * bias)[:, None] + first[None, :] + noise
        return np.where(seen > 0, 1.0, 0.0)

    def _by_cue(self, place: int, of: Callable[[FrameCue, Whole], Array]) -> Array:
        """Return what comes of all items, those whose frame reads the same together."""
        made = np.full(self.worth.size, math.nan)
        spoken = varying_factors(self.frames)
        for (wording, rival), rows in self.alike.items():
            made[rows] = of(_cue(self.frames[place], wording, rival, spoken), rows)
        return made


@cache
def _cue(frame: FrameArm, wording: int, rival: int, spoken: frozenset[str]) -> FrameCue:
    """Return what a judge reads in a frame; of a blinded one, what its level leaves."""
    if frame.blinding != "none" or not frame.framed:
        return cue_in(frame)
    speech = Speech(JUDGE, _BARS, spoken=spoken)
    return read_cue(speech.frame_text(frame, Wording(wording, "Corvin", rival)))
