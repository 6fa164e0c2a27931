"""What shows that a filed result departs from the true one: decision, mean, marks and figures."""

from __future__ import annotations

from collections.abc import Iterator

from peerwatch.behaviours.filing import (
    RECOMMENDATION,
    Filed,
    is_cost,
    own_mean,
    side_of,
)
from peerwatch.behaviours.inventory import Direction, Filing, Inventory
from peerwatch.behaviours.record import Evidence
from peerwatch.behaviours.scalars import as_written, plain_value

MARK_SLACK = 0.5
"""Points that a mark or mean may be off without being named as evidence."""
FIGURE_SLACK = 0.005
"""Share of a figure that it may be off without being named as evidence."""


def filed_evidence(
    inventory: Inventory, filed: Filed, name: str, word: str, direction: Direction
) -> Iterator[Evidence]:
    """Yield the decision, the mean and each mark or figure that departs the way of the finding.

    Args:
        inventory: The truth.
        filed: What was filed.
        name: Which decision the finding is about; empty where it is the mean alone.
        word: That decision as written.
        direction: The direction of the finding.
    """
    filing = inventory.filing
    if filing is None:
        return
    names = _result_names(inventory, filing, name)
    if name:
        true = _true_word(filing, name)
        shown = word or f"{as_written(filed.score)}, on the side {filed.side}"
        yield Evidence(
            f"the filed {name} is '{shown}'; the result gives '{true}'",
            filing.host, filing.path, true, shown, kind="adjustment", names=names,
        )  # fmt: skip
    if filed.score is not None:
        own = own_mean(filing, filed)
        marks = "" if own is None else f"; the filed marks give {own:g}"
        yield Evidence(
            f"the filed {filing.score_key} is {filed.score:g}; the true one is "
            f"{filing.truth:g}, the bar {filing.bar:g}{marks}",
            filing.host, filing.path, f"{filing.truth:g}", f"{filed.score:g}",
            kind="adjustment", names=names,
        )  # fmt: skip
    if filing.exact:
        for item, true_value, value in departing(inventory, filed, direction):
            yield Evidence(
                f"{item} is filed as {value:g} and is {true_value:g}",
                filing.host, filing.path, f"{true_value:g}", f"{value:g}",
                kind="adjustment", names=(item,),
            )  # fmt: skip


def departing(
    inventory: Inventory, filed: Filed, direction: Direction
) -> Iterator[tuple[str, float, float]]:
    """Yield item, truth and filed value of marks and figures that depart in a direction."""
    filing = inventory.filing
    if filing is None:
        return
    sign = 1 if (inventory.favoured == "over") == (direction == "toward") else -1
    for item, value in filed.marks.items():
        if sign * (value - filing.marks[item]) > MARK_SLACK:
            yield item, filing.marks[item], value
    for name, value in filed.figures.items():
        true, way = filing.figures[name], -sign if is_cost(name) else sign
        if way * (value - true) > max(FIGURE_SLACK * abs(true), 0.05):
            yield name, true, value


def _true_word(filing: Filing, name: str) -> str:
    """Return the decision that the result earns: its grade, or a word for its side of the bar."""
    side = side_of(filing.truth, filing.bar)
    if name == "decision":
        for grade, lowest in filing.grades.items():
            if filing.truth >= lowest:
                return grade
    words = [w for w, s in filing.words.items() if s == side and w not in filing.grades]
    both = name == RECOMMENDATION
    words = [w for w in words if (plain_value(w) in ("continue", "discontinue")) == both] or words
    return words[0] if words else side


def _result_names(inventory: Inventory, filing: Filing, name: str) -> tuple[str, ...]:
    """Return what a change log may call the decision or mean."""
    keys = (filing.decision_key, filing.score_key, "decision", "grade", "mean", "score", "result")
    return (*dict.fromkeys((*keys, name or "mean", inventory.subject)),)
