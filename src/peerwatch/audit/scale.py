"""The scale of a judge's scores: from what it answered to a number, or to why there is none."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["numeric", "ordinal", "categorical", "pairwise"]

EMPTY = "empty"
PROSE = "prose"
OUT_OF_RANGE = "out_of_range"
TIMEOUT = "timeout"
ERROR = "error"
REASONS = {
    EMPTY: "the judge answered nothing",
    PROSE: "no score could be read in the answer",
    OUT_OF_RANGE: "the score is not on the scale",
    TIMEOUT: "the judge did not answer in time",
    ERROR: "the judge failed",
}
"""Why a judgement has no score -> what it means."""

_MARK = re.compile(r"\b(?:score|grade|verdict|answer)\b[\s*_\"'`]*[:=][\s*_\"'`\[]*", re.IGNORECASE)
_NUMBER = re.compile(r"([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)(?:\s*/\s*(\d+(?:\.\d+)?))?")


class Unreadable(Exception):
    """An answer without a score; the reason is one of `REASONS`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or REASONS[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Scale:
    """What scores there are, and which of them pass.

    Attributes:
        kind: The kind of scores.
        low: Lowest score; numeric only.
        high: Highest score; numeric only.
        labels: The labels from lowest to highest; ordinal and categorical only. In pairwise the
            three answers: the first, the second, a tie.
        passing: The labels that pass; categorical only.
        bar: The lowest score that passes, on the scale of :meth:`value`.
        pattern: A regular expression with one group, which holds the score in an answer in words;
            by default the last ``SCORE:`` is looked for.
    """

    kind: Kind = "numeric"
    low: float = 0.0
    high: float = 100.0
    labels: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    bar: float | None = None
    pattern: str | None = None
    _index: dict[str, float] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        labels = self.labels or (("A", "B", "tie") if self.kind == "pairwise" else ())
        object.__setattr__(self, "labels", labels)
        values: list[float]
        if self.kind == "categorical":
            values = [float(label in self.passing) for label in labels]
        elif self.kind == "pairwise":
            values = [1.0, 0.0, 0.5]
        else:
            values = [float(k) for k in range(len(labels))]
        index = {_plain(label): value for label, value in zip(labels, values, strict=True)}
        object.__setattr__(self, "_index", index)
        if self.bar is None:
            object.__setattr__(self, "bar", self._default_bar())

    def _default_bar(self) -> float:
        if self.kind in ("categorical", "pairwise"):
            return 0.5
        low, high = self.bounds
        return (low + high) / 2 if self.kind == "numeric" else math.ceil((low + high) / 2)

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest value there is."""
        if self.kind == "numeric":
            return self.low, self.high
        return 0.0, float(len(self.labels) - 1) if self.kind == "ordinal" else 1.0

    @property
    def points(self) -> float:
        """How many points one unit of :meth:`value` is.

        Numeric scores and steps between labels are points as they are; passing and preferring are
        shares, told in percentage points.
        """
        return 100.0 if self.kind in ("categorical", "pairwise") else 1.0

    def value(self, answer: Any) -> float:
        """Return the number of a score.

        Args:
            answer: A number, a label, a text that ends in one of them (``SCORE: 7``), or a mapping
                with the key ``score``.

        Returns:
            The score itself, the place of the label, 1 or 0 for a label that passes or does not;
            in pairwise 1 for the first, 0 for the second, 0.5 for a tie.

        Raises:
            Unreadable: There is no score in it, or it is not on the scale.
        """
        if isinstance(answer, dict) and "score" in answer:
            answer = answer["score"]
        if answer is None or (isinstance(answer, str) and not answer.strip()):
            raise Unreadable(EMPTY)
        if isinstance(answer, str):
            return self._read(answer)
        return self._direct(answer)

    def _direct(self, answer: Any) -> float:
        if self.kind != "numeric":
            return self._label(str(answer))
        try:
            number = float(answer)
        except (TypeError, ValueError):
            raise Unreadable(PROSE, f"not a score: {str(answer)[:200]}") from None
        return self._within(number)

    def _within(self, number: float) -> float:
        if math.isnan(number):
            raise Unreadable(EMPTY, "the score is not a number (NaN)")
        if not self.low <= number <= self.high:
            raise Unreadable(
                OUT_OF_RANGE, f"{number:g} is not between {self.low:g} and {self.high:g}"
            )
        return number

    def _label(self, text: str) -> float:
        value = self._index.get(_plain(text))
        if value is None:
            raise Unreadable(OUT_OF_RANGE, f"'{text[:80]}' is none of {', '.join(self.labels)}")
        return value

    def _read(self, text: str) -> float:
        """Read a text: the whole of it is a score, or the last ``SCORE:`` in it is one."""
        marked = self._marked(text)
        if self.kind == "numeric":
            return self._number(text, marked)
        if _plain(text) in self._index:
            return self._index[_plain(text)]
        if marked is not None:
            return self._label(_first_label(marked, self._index))
        if len(text.split()) <= 3:
            return self._label(text.strip())
        raise Unreadable(PROSE, f"no score in: {text.strip()[:200]}")

    def _marked(self, text: str) -> str | None:
        """Return what an answer in words holds from the score on, None if it has none."""
        if self.pattern is not None:
            found = re.search(self.pattern, text)
            return found[1] if found else None
        marks = list(_MARK.finditer(text))
        return text[marks[-1].end() :].partition("\n")[0] if marks else None

    def _number(self, text: str, marked: str | None) -> float:
        try:
            return self._within(float(text))
        except ValueError:
            found = None if marked is None else _NUMBER.match(marked)
        if found is None:
            raise Unreadable(PROSE, f"no score in: {text.strip()[:200]}")
        if found[2] is not None and float(found[2]) != self.high:
            raise Unreadable(OUT_OF_RANGE, f"{found[0]} is on another scale than to {self.high:g}")
        return self._within(float(found[1]))

    def said(self, value: float) -> str:
        """Return a value as a person writes it in a sentence."""
        if self.kind == "ordinal":
            return self.labels[round(value)]
        if self.kind == "numeric":
            return f"{value:g}"
        return f"{100 * value:g}%"

    def describe(self) -> str:
        """Return the scale in words for a rubric."""
        if self.kind == "numeric":
            return f"a number from {self.low:g} (lowest) to {self.high:g} (highest)"
        if self.kind == "ordinal":
            return f"one of, from lowest to highest: {', '.join(self.labels)}"
        return f"one of: {', '.join(self.labels)}"


def _plain(text: str) -> str:
    return text.strip().strip("[](){}*_.\"'`").strip().casefold()


def _first_label(text: str, index: dict[str, float]) -> str:
    """Return the longest label that a text begins with, or the text."""
    begun = text.strip().strip("[](){}*_\"'`").casefold()
    for label in sorted(index, key=len, reverse=True):
        rest = begun[len(label) :]
        if begun.startswith(label) and not rest[:1].isalnum():
            return label
    return text.strip()
