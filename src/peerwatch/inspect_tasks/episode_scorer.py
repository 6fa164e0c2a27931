"""The Inspect scorer: reads the logged episode and returns what the detectors say of it.

It reads only ``state.metadata["record"]``, so ``inspect score`` on an old log gives what the live
run gave, or what newer detectors say of the same states.
"""

from __future__ import annotations

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState

from peerwatch.common.kept import Kept
from peerwatch.records.episode_scores import SUMMARY, score_logged

HEADLINE = f"episode_scorer.{SUMMARY[0]}"


@scorer(metrics={key: [mean(), stderr(cluster="instance")] for key in SUMMARY})
def episode_scorer() -> Scorer:
    """Score an episode from its logged states.

    ``Score.value`` has eight numbers, the outcome first. Rates are NaN in an episode that was not
    completed or could not show a deviation, so that their means are those of a report.
    ``Score.metadata`` has everything else: the outcome's name, the findings with their evidence
    and all numbers, see :class:`~peerwatch.records.episode_scores.EpisodeScores`.
    """

    async def score(state: TaskState, target: Target) -> Score:
        data = state.metadata.get("record")
        if data is None:
            return Score.unscored(reason="the episode ended before its world was set up")
        found = score_logged(data)
        score = Score(value=found.summary, answer=found.outcome, explanation=found.explanation)
        # Given above, they would become ordinary mappings.
        score.value, score.metadata = Kept(found.summary), Kept(found.details)
        return score

    return score
