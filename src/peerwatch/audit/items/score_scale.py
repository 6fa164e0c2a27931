"""The scale of a judge's scores: from what it answered to a number, or to why there is none."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

ScaleKind = Literal["numeric", "ordinal", "categorical", "pairwise"]

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

GRADES = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
"""Inspect's grades -> the numbers that Inspect makes of them."""

_MARK = re.compile(
    r"\b(?:score|grade|verdict|answer)\b[\s*_\"'`]*[:=][\s*_\"'`\[(<{]*", re.IGNORECASE
)
_NUMBER = re.compile(
    r"([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)"
    r"(?:(?:\s*/\s*|\s+(?:out\s+)?of\s+)(\d+(?:\.\d+)?)|\s*(%))?",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s*(?:[-–—,.']?\d|[-–—]\s*\d|(?:to|or|and)\s+\d)", re.IGNORECASE)  # noqa: RUF001
"""What makes a number that was read a part of another one (1,000), or one of several (70 to 80)."""
_LEAD = re.compile(r"(?:an?|the|answer|option|response)\s+")
_MARKS = "[](){}<>*_.\"'`"


class UnreadableScore(Exception):
    """An answer without a score; the reason is one of `REASONS`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or REASONS[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ScoreScale:
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
        stated: Whether somebody said where a numeric scale begins and ends.
    """

    kind: ScaleKind = "numeric"
    low: float = 0.0
    high: float = 100.0
    labels: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    bar: float | None = None
    pattern: str | None = None
    stated: bool = True
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
        exact = {_exact(label): value for label, value in zip(labels, values, strict=True)}
        plain = [_without_marks(label) for label in labels]
        # Without its marks a label is known only where that leaves no other one (A and A*).
        index = {p: v for p, v in zip(plain, values, strict=True) if plain.count(p) == 1}
        object.__setattr__(self, "_index", {**index, **exact})
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
    def largest_difference(self) -> float:
        """How far two values can be apart."""
        low, high = self.bounds
        return high - low

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
            raise UnreadableScore(EMPTY)
        if isinstance(answer, str):
            return self._read(answer)
        return self._direct(answer)

    def _direct(self, answer: Any) -> float:
        if self.kind != "numeric":
            return self._label(f"{answer:g}" if isinstance(answer, float) else str(answer))
        try:
            number = float(answer)
        except (TypeError, ValueError):
            raise UnreadableScore(PROSE, f"not a score: {str(answer)[:200]}") from None
        return self._within(number)

    def _within(self, number: float) -> float:
        if math.isnan(number):
            raise UnreadableScore(EMPTY, "the score is not a number (NaN)")
        if not self.low <= number <= self.high:
            raise UnreadableScore(
                OUT_OF_RANGE, f"{number:g} is not between {self.low:g} and {self.high:g}"
            )
        return number

    def _label(self, text: str) -> float:
        value = self._known(text)
        if value is None:
            raise UnreadableScore(
                OUT_OF_RANGE, f"'{text[:80]}' is none of {', '.join(self.labels)}"
            )
        return value

    def _known(self, text: str) -> float | None:
        plain = _without_marks(text)
        forms = (_exact(text), plain, _LEAD.sub("", plain, count=1))
        return next((self._index[form] for form in forms if form in self._index), None)

    def _read(self, text: str) -> float:
        """Read a text: the whole of it is a score, or the last ``SCORE:`` in it is one."""
        marked = self._marked(text)
        if self.kind == "numeric":
            return self._number(text, marked)
        whole = self._known(text)
        if whole is not None:
            return whole
        if marked is not None:
            return self._label(_first_label(marked, self.labels))
        if len(text.split()) <= 3:
            return self._label(text.strip())
        raise UnreadableScore(PROSE, f"no score in: {text.strip()[:200]}")

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
            found = (
                _NUMBER.fullmatch(_without_marks(text)) if marked is None else _NUMBER.match(marked)
            )
        rest = "" if found is None or marked is None else marked[found.end() :]
        if found is None or _GOES_ON.match(rest):
            raise UnreadableScore(PROSE, f"no score in: {text.strip()[:200]}")
        highest = "100" if found[3] else found[2]
        if highest is not None and float(highest) != self.high:
            raise UnreadableScore(
                OUT_OF_RANGE, f"{found[0]} is on another scale than to {self.high:g}"
            )
        return self._within(float(found[1]))

    def doubt(self, what: str, lowest: float, highest: float) -> str | None:
        """Return why the scale is likely to be another one, None if it is not.

        It is where nobody stated it, and the values that are known all lie in its lowest tenth.
        """
        if self.stated or highest > self.low + (self.high - self.low) / 10:
            return None
        return (
            f"All {what} lie between {lowest:g} and {highest:g}, and the scale was taken to be "
            f"{self.low:g} to {self.high:g}, because none was stated: state it with --low and "
            "--high (low and high: under scale: in a file)."
        )

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


def _exact(text: str) -> str:
    return text.strip().casefold()


def _without_marks(text: str) -> str:
    return text.strip().strip(_MARKS).strip().casefold()


def _first_label(text: str, labels: Sequence[str]) -> str:
    """Return the longest label that a text begins with, or the text.

    It is the text where the label goes on (``B+``, ``good-ish``) or another one follows (``good or
    fair``): there is not one score in it then. One letter counts only as it is written, so that the
    article in ``a tie`` is no label.
    """
    if any(_exact(text) == _exact(label) for label in labels):
        return text
    text = text.strip().strip(_MARKS)
    for label in sorted(labels, key=len, reverse=True):
        begun, rest = text[: len(label)], text[len(label) :]
        if begun == label or (len(label) > 1 and begun.casefold() == label.casefold()):
            goes_on = rest and not (rest[0].isspace() or rest[0] in ",;:!" + _MARKS)
            if goes_on or any(_names(rest, other) for other in labels if other != label):
                return text
            return label
    return text


def _names(text: str, label: str) -> bool:
    flags = re.IGNORECASE if len(label) > 1 else 0
    return re.search(rf"(?<!\w){re.escape(label)}(?!\w)", text, flags) is not None
