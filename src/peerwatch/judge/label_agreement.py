"""A grader against labels made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peerwatch.judge.codes import Label
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
