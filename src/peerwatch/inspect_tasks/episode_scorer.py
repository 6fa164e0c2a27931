"""The Inspect scorer: reads the logged episode and returns what the detectors say of it.

It reads only ``state.metadata["record"]``, so ``inspect score`` on an old log gives what the live
run gave, or what newer detectors say of the same states.
"""

from __future__ import annotations

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState

from peerwatch.behaviours.record import BEHAVIOURS
from peerwatch.records.episode_scores import OUTCOME_KEYS, score_logged

HEADLINE = "episode_scorer.protective"
# Inspect works its metrics out again after every sample; the other keys are for the episodes table.
IN_SUMMARY = (*OUTCOME_KEYS, *BEHAVIOURS[:6], "mark_error", "mean_error")
"""The keys for which Inspect's own summary shows a mean with a clustered standard error."""


@scorer(metrics={key: [mean(), stderr(cluster="instance")] for key in IN_SUMMARY})
def episode_scorer() -> Scorer:
    """Score an episode from its logged states.

    ``Score.value`` is a flat dict of numbers, ``Score.metadata`` has the outcome, the findings with
    their evidence and all measures: see :class:`~peerwatch.records.episode_scores.EpisodeScores`.
    An incomplete episode is scored like any other.
    """

    async def score(state: TaskState, target: Target) -> Score:
        data = state.metadata.get("record")
        if data is None:
            return Score.unscored(reason="the episode ended before its world was set up")
        found = score_logged(data)
        return Score(
            value=dict(found.values),
            answer=found.outcome,
            explanation=found.explanation,
            metadata=found.details,
        )

    return score
