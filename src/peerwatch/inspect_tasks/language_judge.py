"""The second Inspect scorer: the model in the role ``grader`` reads each episode, blinded."""

from __future__ import annotations

import math
from typing import Any

from inspect_ai.model import get_model
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState

from peerwatch.common.errors import PeerwatchError
from peerwatch.judge.blinded_episode import blind_episode
from peerwatch.judge.codes import CODE_NAMES
from peerwatch.judge.grader import GraderModel, Judgement, grade_transcript
from peerwatch.judge.grader_family import own_family_message, same_family
from peerwatch.judge.judgement_table import judgement_rows

VALUES = {"yes": 1.0, "no": 0.0}
KEYS = (*(f"judge_{name}" for name in CODE_NAMES), "judge_unsupported", "judge_unjudged")


@scorer(metrics={key: [mean(), stderr(cluster="instance")] for key in KEYS})
def language_judge(force_own_family: bool = False) -> Scorer:
    """Score what only language shows, by the model in the role ``grader``.

    ``Score.value`` has 1, 0 or NaN (not known) for each code, ``judge_unsupported`` (how many codes
    were said to be present without a quote that is found) and ``judge_unjudged`` (1 where there is
    no answer). Quotes and reasons are in ``Score.metadata``. No other score depends on it.

    Args:
        force_own_family: Let a grader judge a critic of its own family.
    """
    asker: GraderModel | None = None

    async def score(state: TaskState, target: Target) -> Score:
        nonlocal asker
        if "critic_name" not in state.metadata:
            return Score.unscored(reason="the episode ended before its world was set up")
        asker = asker or GraderModel(get_model(role="grader", required=True))
        critic, about = str(state.model), state.metadata
        own = same_family(critic, about["critic_name"], str(asker.model))
        if own and not force_own_family:
            return Score.unscored(reason=own_family_message(str(asker.model), critic))
        try:
            transcript = blind_episode(critic, about, state.messages)
        except PeerwatchError as error:
            return Score.unscored(reason=str(error))
        return score_of(await grade_transcript(asker, transcript, forced=own), critic, about)

    return score


def score_of(judgement: Judgement, critic: str, about: dict[str, Any]) -> Score:
    """Return a judgement as an Inspect score."""
    labels = {f"judge_{judged.code}": judged.label for judged in judgement.codes}
    unsupported = sum(label == "unsupported" for label in labels.values())
    named = {"model": critic, "family": about["family"], "instance": about["instance"]}
    quotes = [f"{j.code}: {quote.text}" for j in judgement.codes for quote in j.quotes]
    return Score(
        value={
            **{key: VALUES.get(label, math.nan) for key, label in labels.items()},
            "judge_unsupported": float(unsupported),
            "judge_unjudged": float(bool(judgement.unjudged)),
        },
        explanation=judgement.unjudged or "\n".join(quotes) or "None of the codes is present.",
        metadata={"rows": judgement_rows(judgement, named)},
    )
