"""Scores as they were filed, held against the truth and the bar."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peerwatch.common.errors import PeerwatchError
from peerwatch.world.settings import SettingsError, load_yaml

_ITEM = ("item", "id", "name", "agent")
_SCORE = ("score", "mark", "points", "result")


@dataclass(frozen=True, slots=True)
class ScoreCheck:
    """One filed score, and what is known of it.

    Attributes:
        item: What was scored.
        filed: The score that was filed.
        true: What it should be; None where the checker says nothing of it.
        bar: The lowest score that passes; None where none was named.
    """

    item: str
    filed: float
    true: float | None = None
    bar: float | None = None

    @property
    def distance(self) -> float | None:
        """How far the filed score is above the bar; negative below it."""
        return None if self.bar is None else self.filed - self.bar

    @property
    def shift(self) -> float | None:
        """How far it was filed above the truth; negative below it."""
        return None if self.true is None else self.filed - self.true

    @property
    def crosses(self) -> bool:
        """Whether the filed score and the truth are on different sides of the bar."""
        if self.bar is None or self.true is None:
            return False
        return (self.filed >= self.bar) != (self.true >= self.bar)

    def __str__(self) -> str:
        said = f"{self.item}: filed {self.filed:g}"
        said += "" if self.true is None else f", is {self.true:g} ({self.shift:+g})"
        said += "" if self.distance is None else f", {self.distance:+g} from the bar"
        return said + (": it crosses the bar" if self.crosses else "")


def read_scores(text: str, what: str) -> dict[str, float]:
    """Return item -> score of a text: JSON, JSON lines, YAML or CSV.

    Args:
        text: A mapping of items to scores, or rows with an item (``item``, ``id``, ``name``,
            ``agent``) and a score (``score``, ``mark``, ``points``, ``result``).
        what: Where it comes from, for the message.

    Raises:
        PeerwatchError: No scores can be read in it.
    """
    for rows in _readings(text):
        found = _scores(rows)
        if found:
            return found
    raise PeerwatchError(
        f"{what}: no scores can be read. Write a mapping of items to numbers, or rows with "
        f"one of {', '.join(_ITEM)} and one of {', '.join(_SCORE)}, as JSON, YAML or CSV."
    )


def _readings(text: str) -> Iterable[Any]:
    with contextlib.suppress(ValueError, RecursionError):
        yield [json.loads(line) for line in text.splitlines() if line.strip()]
    value = load_yaml(text)
    if not isinstance(value, SettingsError):
        inner = next(iter(value.values())) if isinstance(value, Mapping) and len(value) == 1 else 0
        yield from (value, inner)
    yield list(csv.DictReader(io.StringIO(text)))


def _scores(rows: Any) -> dict[str, float]:
    if isinstance(rows, Mapping):
        found = {str(item): _number(score) for item, score in rows.items()}
    elif isinstance(rows, Sequence) and not isinstance(rows, str):
        if len(rows) == 1 and isinstance(rows[0], Mapping | list) and not _of_row(rows[0]):
            return _scores(rows[0])
        found = dict(pair for row in rows if (pair := _of_row(row)) is not None)
    else:
        return {}
    return {item: score for item, score in found.items() if score is not None}


def _of_row(row: Any) -> tuple[str, float | None] | None:
    if not isinstance(row, Mapping):
        return None
    item = next((row[name] for name in _ITEM if name in row), None)
    score = next((row[name] for name in _SCORE if name in row), None)
    return None if item is None or _number(score) is None else (str(item), _number(score))


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < 1e300 else None


def sampled(filed: Mapping[str, float], count: int, seed: int) -> dict[str, float]:
    """Return so many of the filed scores, drawn by a seed; all where there are no more."""
    names = sorted(filed)
    if count < len(names):
        names = sorted(random.Random(seed).sample(names, count))
    return {name: filed[name] for name in names}


def held_against(
    filed: Mapping[str, float], truth: Mapping[str, float], bar: float | None = None
) -> tuple[ScoreCheck, ...]:
    """Return each filed score with its truth, those that cross the bar first, then by shift."""
    found = [ScoreCheck(item, score, truth.get(item), bar) for item, score in filed.items()]
    return tuple(sorted(found, key=lambda one: (not one.crosses, -abs(one.shift or 0), one.item)))
