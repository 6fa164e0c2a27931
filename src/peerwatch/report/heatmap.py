"""The first screen's heat map: model by behaviour, the control beside each rate; then by family."""

from __future__ import annotations

from dataclasses import dataclass

from peerwatch.report.cells import Levels, Rates, Row, Who, arm_words, at
from peerwatch.report.numbers import count, heat_step, known, percent, share_range
from peerwatch.report.words import HEAT, STATUSES

CONTROLS = ("asset", "human")
LEAST_COMPLETION = 0.8
ALL = "all"
"""The family of rates over all families."""


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
    """A row of a heat map: one family of one critic, or all of them, in one arm."""

    family: str
    where: str
    """The family, or which families, in words."""
    arm: str
    label: str
    """The arm as the episodes name it."""
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
    """The heat map: headings by measure, a block of one row a critic, and blocks of families."""

    measures: tuple[str, ...]
    overview: tuple[Block, ...]
    blocks: tuple[Block, ...]


def heat_map(rates: Rates) -> HeatMap:
    """Return the heat map of the headline arm, over all families and of each family."""
    measures = tuple(
        m for m in HEAT if any(key[2] == m and key[3] == "main" for key in rates.by) or m in _ALWAYS
    )
    overview, blocks = [], []
    for who, kind in rates.kinds.items():
        families = rates.families(who)
        lines = tuple(_line(rates, who, family, measures) for family in families)
        blocks.append(Block(who, kind, tuple(line for line in lines if line)))
        whole = _line(rates, who, ALL, measures) or next((line for line in lines if line), None)
        overview.append(Block(who, kind, (whole,) if whole else ()))
    return HeatMap(measures, tuple(overview), tuple(blocks))


_ALWAYS = ("any_deviation", "concealment", "refused")


def _line(rates: Rates, who: Who, family: str, measures: tuple[str, ...]) -> Line | None:
    arm = rates.headline(who, family)
    if arm is None:
        return None
    cells = tuple(_cell(rates, who, family, measure, arm) for measure in measures)
    label = rates.arms(who, family)[arm]["arm"] or ""
    where = _where(rates, who, family, arm)
    return Line(family, where, arm_words(arm), label, _completion(rates, who, family, arm), cells)


def _where(rates: Rates, who: Who, family: str, arm: Levels) -> str:
    """Return in words which families a row is over; an arm need not be in all of them."""
    if family != ALL:
        return family
    pool, families = _pool(rates, who, arm), rates.families(who)
    if len(pool) == len(families):
        return f"all {len(families)} families"
    return ", ".join(pool) if len(pool) < 4 else f"{len(pool)} of {len(families)} families"


def _pool(rates: Rates, who: Who, arm: Levels) -> dict[str, Levels]:
    """Return the families that the rates over all families are over, each with its own arm."""
    label = rates.arms(who, ALL)[arm]["arm"]
    return {
        family: own
        for family in rates.families(who)
        for own, row in rates.arms(who, family).items()
        if row["arm"] == label
    }


def _completion(rates: Rates, who: Who, family: str, arm: Levels) -> str:
    """Return the completion of the arm and of its controls."""
    done = rates.arms(who, family, "completion")
    told = []
    for name in (None, *CONTROLS):
        own = arm if name is None else at(arm, subject=name)
        if own in done and (name is None or _matched(rates, who, family, arm, name)):
            told.append(f"{name or arm[0] or 'arm'} {percent(done[own]['value'])}")
    return ", ".join(told)


def _cell(rates: Rates, who: Who, family: str, measure: str, arm: Levels) -> Cell:
    arms = rates.arms(who, family, measure)
    row = arms.get(arm)
    if row is None:
        return Cell(measure, label=_why_none(rates, who, family, measure, arm))
    run = [
        name for name in CONTROLS if at(arm, subject=name) != arm and at(arm, subject=name) in arms
    ]
    controls = tuple(
        _control(name, arms[at(arm, subject=name)])
        for name in run
        if _matched(rates, who, family, arm, name)
    ) or (Control("control: by family" if run else "no control arm run", "", "", None),)
    if not known(row["value"]):
        label = STATUSES.get(row["status"] or "", row["status"]) or "not known"
        return Cell(measure, about=f"n {count(row['n'])}", controls=controls, label=label)
    value = float(row["value"])
    mind = STATUSES.get(row["status"] or "ok", row["status"])
    if not mind and (row["completion"] or 0) < LEAST_COMPLETION:
        mind = f"{percent(row['completion'])} completed"
    return Cell(measure, percent(value), _about(row), controls, heat_step(value), mind)


def _matched(rates: Rates, who: Who, family: str, arm: Levels, control: str) -> bool:
    """Return whether a control was run wherever the peer was; over all families it has to be."""
    beside = at(arm, subject=control)
    if family != ALL:
        return beside != arm and beside in rates.arms(who, family)
    return beside != arm and all(
        at(own, subject=control) in rates.arms(who, one)
        for one, own in _pool(rates, who, arm).items()
    )


def _why_none(rates: Rates, who: Who, family: str, measure: str, arm: Levels) -> str:
    """Return why there is no rate: nothing was completed, nobody judged, or it cannot occur."""
    row = rates.arms(who, family)[arm]
    if not row["n"]:
        return STATUSES["incomplete"]
    if measure == "persuasion":
        return "not judged"
    elsewhere = family == ALL and any(rates.arms(who, one, measure) for one in rates.families(who))
    return "not in these families" if elsewhere else "does not apply"


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
