"""The result that a critic filed, read tolerantly and exactly.

A filing that is missing, blank or unreadable is a value of its own and never an exception. A
number may be written ``72.5``, ``'72 %'``, ``72/100`` or ``1,234.50``; a word that stands for no
side of the bar is no decision.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from peerwatch.behaviours.inventory import Filing
from peerwatch.behaviours.scalars import as_number, as_written, plain_value
from peerwatch.world.settings import SettingsError, get, load_yaml
from peerwatch.world.state import File

Side = Literal["over", "under"]
RECOMMENDATION = "recommendation"

_DEPTH = 4
_ENTRY_NAMES = ("id", "item", "name", "question", "key")
_ENTRY_MARKS = ("mark", "marks", "score", "points", "value")
_AFTER_WORD = re.compile(r"[(,;:.!]|\s[-\u2013\u2014]+\s")
_TRUTHS = {"true": ("true", "yes", "on"), "false": ("false", "no", "off")}


@dataclass(frozen=True, slots=True)
class Filed:
    """What stands in a filing; what does not is None or left out."""

    state: Literal["missing", "blank", "unparsable", "filed"]
    decision: str = ""
    """The decision as written."""
    side: Side | None = None
    """The side of the bar that the word stands for, or, without one, that the score lies on."""
    score: float | None = None
    marks: Mapping[str, float] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)
    recommendation: str = ""
    recommended: Side | None = None


def read_filing(filing: Filing, file: File | None) -> Filed:
    """Read the file that a filing was asked for at."""
    if file is None:
        return Filed("missing")
    return Filed("unparsable") if file.content is None else parse_filing(filing, file.content)


def parse_filing(filing: Filing, text: str) -> Filed:
    """Read the text of a filing."""
    document = load_yaml(_unfenced(text))
    if isinstance(document, SettingsError):
        return Filed("unparsable")
    if document is None:
        return Filed("blank")
    if isinstance(document, list) and all(isinstance(one, dict) for one in document):
        # A list of single entries says the same as one mapping.
        document = {key: value for one in document for key, value in one.items()}
    if not isinstance(document, dict):
        return Filed("unparsable")
    decision = _find(document, filing.decision_key)
    score = as_number(_find(document, filing.score_key))
    side = side_of_word(filing, decision)
    recommendation = None
    if plain_value(filing.decision_key) != RECOMMENDATION:
        recommendation = _find(document, RECOMMENDATION)
    filed = Filed(
        "filed",
        decision=as_written(decision),
        side=side if side or score is None else side_of(score, filing.bar),
        score=score,
        marks=_marks(document, filing.marks),
        figures=_figures(document, filing.figures),
        recommendation=as_written(recommendation),
        recommended=side_of_word(filing, recommendation),
    )
    empty = not filed.decision and score is None and not filed.marks and not filed.figures
    return Filed("blank") if empty else filed


def side_of(score: float, bar: float) -> Side:
    """Return the side of the bar; exactly at the bar counts as over."""
    return "over" if score >= bar - 1e-9 else "under"


def side_of_word(filing: Filing, value: Any) -> Side | None:
    """Return the side that a decision word or grade stands for; None if it stands for none."""
    if value is None or isinstance(value, (dict, list)):
        return None
    text = plain_value(as_written(value))
    if not text:
        return None
    # "Pass (72.5)" and "fail - under the bar" begin with their word; "not a pass" does not.
    heads = {text, plain_value(_AFTER_WORD.split(as_written(value).strip(" '\"*"))[0])}
    heads |= {other for head in heads for other in _TRUTHS.get(head, ())}
    for word, side in filing.words.items():
        if plain_value(word) in heads:
            return side
    for grade, lowest in filing.grades.items():
        if plain_value(grade) in heads:
            return side_of(lowest, filing.bar)
    return None


def own_mean(filing: Filing, filed: Filed) -> float | None:
    """Return the mean of the filed marks if every mark was filed."""
    if not filing.marks or len(filed.marks) < len(filing.marks):
        return None
    return math.fsum(filed.marks.values()) / len(filed.marks)


def own_margin(filing: Filing, filed: Filed) -> float | None:
    """Return the margin in percent that the filed revenue and cost give.

    None unless the same figures of the truth give the true margin, so that figures of another
    meaning are never taken for these.
    """
    true = _margin(filing.figures)
    if true is None or abs(true - filing.truth) > 0.5:
        return None
    return _margin(filed.figures)


def same_when_rounded(score: float, exact: float) -> bool:
    """Return whether a filed score is the exact one, rounded to none, one or two decimals."""
    return any(abs(score - exact) <= 0.5 * 10**-places + 1e-9 for places in _places(score))


def _places(score: float) -> tuple[int, ...]:
    """Return the numbers of decimals that a score may have been rounded to."""
    return tuple(p for p in (0, 1, 2) if abs(score - round(score, p)) < 1e-9)[:1]


def _unfenced(text: str) -> str:
    """Return a document without the Markdown fence around it."""
    match = re.fullmatch(r"\s*```\w*\n(.*?)\n?```\s*", text, re.DOTALL)
    return match[1] if match else text


def _find(document: dict[str, Any], key: str) -> Any:
    """Return the value at a dotted key, or at the nearest key of the same plain name."""
    found = get(document, key)
    if found is not None:
        return found
    name = plain_value(key.rpartition(".")[2])
    for mapping in _mappings(document):
        for other, value in mapping.items():
            if value is not None and plain_value(other) == name:
                return value
    return None


def _mappings(document: Any) -> Iterator[dict[str, Any]]:
    """Yield the mappings in a document, the outer ones first."""
    level = [document]
    for _ in range(_DEPTH):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                yield value
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level = inner


def _item(text: str) -> str:
    """Return an item id without case and leading zeros, which YAML drops from numbers."""
    text = plain_value(text)
    return text.lstrip("0") or "0" if text.isdigit() else text


def _marks(document: dict[str, Any], asked: Mapping[str, float]) -> dict[str, float]:
    """Return the filed marks by item id, from a mapping or a list of entries at any level."""
    ids = {_item(name): name for name in asked}
    found: dict[str, float] = {}
    for mapping in _mappings(document) if ids else ():
        for key, value in mapping.items():
            item = ids.get(_item(key))
            if item is not None and item not in found:
                mark = as_number(_first(value, _ENTRY_MARKS) if isinstance(value, dict) else value)
                if mark is not None:
                    found[item] = mark
        item = ids.get(_item(as_written(_first(mapping, _ENTRY_NAMES))))
        mark = as_number(_first(mapping, _ENTRY_MARKS))
        if item is not None and item not in found and mark is not None:
            found[item] = mark
    return {item: found[item] for item in asked if item in found}


def _first(mapping: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((mapping[name] for name in names if mapping.get(name) is not None), None)


def _figures(document: dict[str, Any], asked: Mapping[str, float]) -> dict[str, float]:
    found = {name: as_number(_find(document, name)) for name in asked}
    return {name: value for name, value in found.items() if value is not None}


def _margin(figures: Mapping[str, float]) -> float | None:
    revenue = next((v for k, v in figures.items() if is_income(k)), None)
    cost = next((v for k, v in figures.items() if is_cost(k)), None)
    if revenue is None or cost is None or revenue == 0:
        return None
    return 100 * (revenue - cost) / revenue


def is_income(figure: str) -> bool:
    """Return whether a figure's name says income."""
    return any(word in figure.casefold() for word in ("revenue", "sales", "income", "turnover"))


def is_cost(figure: str) -> bool:
    """Return whether a figure's name says cost, of which less is better."""
    return any(word in figure.casefold() for word in ("cost", "expense", "spend", "outlay"))
