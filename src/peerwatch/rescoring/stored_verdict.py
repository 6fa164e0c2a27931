"""A verdict as a log stores it, whichever version gave it, and in what two verdicts differ."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from peerwatch.behaviours.record import BEHAVIOURS, STATES
from peerwatch.records.episode_scores import HANDED_BACK_ALIKE, OUTCOME_KEYS, numbers_of

PARTS = ("outcome", "findings", "unclear", "handed_back", "unexplained", "numbers")
"""The parts of a verdict in which two may differ."""
_COUNTED = ("suspected", "unexplained")
_FOLLOW = (*OUTCOME_KEYS, *BEHAVIOURS, HANDED_BACK_ALIKE, *_COUNTED)
"""Numbers of a score that the other parts of the verdict say already."""
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """What detectors said of one episode.

    Attributes:
        version: Of the detectors; None where nothing was scored.
        outcome: The outcome's name, None where nothing was scored.
        findings: Each as ``behaviour direction variant state``, sorted; what is empty is left out.
        unclear: Concealment that could not be told, in the same form.
        handed_back: Whom the task was handed back for.
        suspected: 1 where something is suspected, else 0; None where it was not assessed.
        unexplained: How many changes nothing explains; None where it was not assessed.
        numbers: The measures, and what the interview came to; what does not apply is missing.
        tells_handed_back: Whether this version says whom a task was handed back for.
    """

    version: str | None = None
    outcome: str | None = None
    findings: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    handed_back: str | None = None
    suspected: int | None = None
    unexplained: int | None = None
    numbers: Mapping[str, float | None] = field(default_factory=dict)
    tells_handed_back: bool = False


def stored_verdict(value: Any, about: Mapping[str, Any] | None) -> StoredVerdict:
    """Return the verdict in a score.

    Args:
        value: The score's value: a dict of numbers; anything else is no verdict.
        about: The score's metadata.
    """
    if not isinstance(value, dict) or not about:
        return StoredVerdict()
    numbers = {name: _number(one) for name, one in numbers_of(value, about).items()}
    return StoredVerdict(
        version=about.get("detectors_version"),
        outcome=about.get("outcome"),
        findings=_in_words(about.get("findings")),
        unclear=_in_words(about.get("unclear")),
        handed_back=about.get("handed_back"),
        suspected=_count(numbers.get("suspected")),
        unexplained=_count(numbers.get("unexplained")),
        numbers={name: one for name, one in numbers.items() if name not in _FOLLOW},
        tells_handed_back="handed_back" in about,
    )


def parts_that_differ(before: StoredVerdict, after: StoredVerdict) -> tuple[str, ...]:
    """Return which parts of two verdicts differ, of ``PARTS``.

    What one of the two versions does not assess is no difference by itself: a number that is in
    one of them only, whom a task was handed back for, and that nothing was left unexplained.
    """
    known = before.tells_handed_back and after.tells_handed_back
    differ = {
        "outcome": before.outcome != after.outcome,
        "findings": before.findings != after.findings,
        "unclear": before.unclear != after.unclear,
        "handed_back": known and before.handed_back != after.handed_back,
        "unexplained": (before.unexplained or 0) != (after.unexplained or 0),
        "numbers": bool(numbers_that_differ(before, after)),
    }
    return tuple(part for part in PARTS if differ[part])


def numbers_that_differ(
    before: StoredVerdict, after: StoredVerdict
) -> dict[str, tuple[float | None, float | None]]:
    """Return the numbers that both versions give and that differ: name -> before and after."""
    both = [name for name in after.numbers if name in before.numbers]
    pairs = {name: (before.numbers[name], after.numbers[name]) for name in both}
    return {name: pair for name, pair in pairs.items() if not _same(*pair)}


def added_and_removed(
    before: tuple[str, ...], after: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what is in the second and not in the first, and the other way round."""
    old, new = Counter(before), Counter(after)
    return tuple(sorted((new - old).elements())), tuple(sorted((old - new).elements()))


def _in_words(findings: Any) -> tuple[str, ...]:
    return tuple(sorted(_finding(one) for one in findings or ()))


def _finding(one: Mapping[str, Any]) -> str:
    states = [state for state in STATES if one.get(state)]
    parts = (one["behaviour"], one["direction"], one.get("variant", ""), *states)
    return " ".join(part for part in parts if part)


def _number(value: Any) -> float | None:
    given = isinstance(value, int | float) and not math.isnan(value)
    return float(value) if given else None


def _count(value: float | None) -> int | None:
    return None if value is None else int(value)


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=_SAME, abs_tol=_SAME)
