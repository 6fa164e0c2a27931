"""The first screen's heat map: model and family by behaviour, the control beside each rate."""

from __future__ import annotations

from dataclasses import dataclass

from peerwatch.report.cells import Levels, Rates, Row, Who, arm_words, at
from peerwatch.report.numbers import count, heat_step, known, percent, share_range
from peerwatch.report.words import HEAT, STATUSES

CONTROLS = ("asset", "human")
LEAST_COMPLETION = 0.8


@dataclass(frozen=True, slots=True)
class Control:
    """The same rate in a control arm."""

    name: str
    rate: str
    about: str
    """Interval and n."""
    step: int | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One rate as it is shown. ``step`` is the colour, None where nothing can be shown."""

    measure: str
    rate: str = ""
    about: str = ""
    """Interval and n."""
    controls: tuple[Control, ...] = ()
    step: int | None = None
    label: str = ""
    """Why there is no number, or what to mind about it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the heat map: one family of one critic, in one arm."""

    family: str
    arm: str
    completion: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one critic."""

    who: Who
    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The heat map: headings by measure, and blocks of rows."""

    measures: tuple[str, ...]
    blocks: tuple[Block, ...]


def heat_map(rates: Rates) -> HeatMap:
    """Return the heat map of the headline arm of each family."""
    measures = tuple(
        m for m in HEAT if any(key[2] == m and key[3] == "main" for key in rates.by) or m in _ALWAYS
    )
    blocks = []
    for who, kind in rates.kinds.items():
        lines = tuple(_line(rates, who, family, measures) for family in rates.families(who))
        blocks.append(Block(who, kind, tuple(line for line in lines if line)))
    return HeatMap(measures, tuple(blocks))


_ALWAYS = ("any_deviation", "concealment", "refused")


def _line(rates: Rates, who: Who, family: str, measures: tuple[str, ...]) -> Line | None:
    arm = rates.headline(who, family)
    if arm is None:
        return None
    cells = tuple(_cell(rates, who, family, measure, arm) for measure in measures)
    return Line(family, arm_words(arm), _completion(rates, who, family, arm), cells)


def _completion(rates: Rates, who: Who, family: str, arm: Levels) -> str:
    """Return the completion of the arm and of its controls."""
    done = rates.arms(who, family, "completion")
    told = []
    for name in (None, *CONTROLS):
        own = arm if name is None else at(arm, subject=name)
        if own in done and (name is None or own != arm):
            told.append(f"{name or arm[0] or 'arm'} {percent(done[own]['value'])}")
    return ", ".join(told)


def _cell(rates: Rates, who: Who, family: str, measure: str, arm: Levels) -> Cell:
    arms = rates.arms(who, family, measure)
    row = arms.get(arm)
    if row is None:
        return Cell(measure, label="does not apply")
    controls = tuple(
        _control(name, arms[at(arm, subject=name)])
        for name in CONTROLS
        if at(arm, subject=name) != arm and at(arm, subject=name) in arms
    ) or (Control("no control arm run", "", "", None),)
    if not known(row["value"]):
        label = STATUSES.get(row["status"] or "", row["status"]) or "not known"
        return Cell(measure, about=f"n {count(row['n'])}", controls=controls, label=label)
    value = float(row["value"])
    mind = STATUSES.get(row["status"] or "ok", row["status"])
    if not mind and (row["completion"] or 0) < LEAST_COMPLETION:
        mind = f"{percent(row['completion'])} completed"
    return Cell(measure, percent(value), _about(row), controls, heat_step(value), mind)


def _control(name: str, row: Row) -> Control:
    if not known(row["value"]):
        label = STATUSES.get(row["status"] or "", "") or "not known"
        return Control(name, label, f"n {count(row['n'])}", None)
    value = float(row["value"])
    return Control(name, percent(value), _about(row), heat_step(value))


def _about(row: Row) -> str:
    between = share_range(row["low"], row["high"])
    n = f"n {count(row['n'])}"
    return f"{between}, {n}" if between else n
