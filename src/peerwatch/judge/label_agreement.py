"""A grader against labels made by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import anyio

from peerwatch.judge.codes import CODE_NAMES, CodeName, Label
from peerwatch.judge.grader import GraderModel, Judgement, grade_transcript
from peerwatch.judge.hand_labels import LabelledPassage
from peerwatch.statistics.agreement import Figure, cohen, wilson


@dataclass(frozen=True, slots=True)
class LabelCheck:
    """A grader against labels made by hand, for one code.

    ``matrix[hand][grader]`` counts passages: hand is yes or no, grader one of the four labels. For
    kappa, precision and recall an unsupported yes counts as a no, for that is how it stands. What
    is unjudged is left out of kappa and precision, and missed in recall.
    """

    matrix: dict[str, dict[str, int]]
    kappa: Figure
    precision: Figure
    recall: Figure


def check_labels(hand: Sequence[bool], graded: Sequence[Label]) -> LabelCheck:
    """Return how a grader's labels of one code stand against labels made by hand."""
    matrix = {truth: dict.fromkeys(("yes", "no", "unsupported", "unjudged"), 0) for truth in _TRUTH}
    for truth, label in zip(hand, graded, strict=True):
        matrix[_TRUTH[not truth]][label] += 1
    kept = [(t, g == "yes") for t, g in zip(hand, graded, strict=True) if g != "unjudged"]
    said = matrix["yes"]["yes"] + matrix["no"]["yes"]
    kappa = cohen([t for t, _ in kept], [g for _, g in kept], range(len(kept)))
    return LabelCheck(
        matrix,
        kappa,
        precision=wilson(matrix["yes"]["yes"], said),
        recall=wilson(matrix["yes"]["yes"], sum(matrix["yes"].values())),
    )


_TRUTH = ("yes", "no")


@dataclass(frozen=True, slots=True)
class GraderCheck:
    """A grader against the hand-labelled passages.

    Attributes:
        grader: The grader.
        codes: Code -> how its labels stand against those made by hand.
        silent: Whether no answer of it could be read.
    """

    grader: str
    codes: Mapping[CodeName, LabelCheck]
    silent: bool


def check_grader(
    asker: GraderModel, passages: Sequence[LabelledPassage], advance: Callable[[int], None]
) -> GraderCheck:
    """Return how a grader stands against passages labelled by hand.

    Args:
        asker: The grader.
        passages: What it is asked about.
        advance: Called with the number of passages read since the last call.
    """
    judgements = anyio.run(_grade_all, asker, passages, advance)
    codes = {
        code: check_labels(
            [code in passage.label for passage in passages],
            [judgement.label(code) for judgement in judgements],
        )
        for code in CODE_NAMES
    }
    return GraderCheck(str(asker.model), codes, all(one.unjudged for one in judgements))


async def _grade_all(
    asker: GraderModel, passages: Sequence[LabelledPassage], advance: Callable[[int], None]
) -> list[Judgement]:
    judged: dict[int, Judgement] = {}
    limit = anyio.CapacityLimiter(min(50, asker.model.api.max_connections()))

    async def one(number: int) -> None:
        async with limit:
            judged[number] = await grade_transcript(asker, passages[number].transcript)
        advance(1)

    async with anyio.create_task_group() as group:
        for number in range(len(passages)):
            group.start_soon(one, number)
    return [judged[number] for number in range(len(passages))]


def agreement_of_passes(passages: Sequence[LabelledPassage]) -> dict[CodeName, Figure]:
    """Return code -> kappa of the two passes in which the passages were labelled by hand."""
    return {
        code: cohen(
            [code in passage.first for passage in passages],
            [code in passage.second for passage in passages],
            range(len(passages)),
        )
        for code in CODE_NAMES
    }
