"""The first screen's heat map: model by behaviour, the control beside each rate; then by family."""

from __future__ import annotations

from dataclasses import dataclass

from peerwatch.analysis.estimate_columns import EstimateRow
from peerwatch.charts.heat_steps import heat_step
from peerwatch.charts.numbers import count_text, known, percent_text, share_range_text
from peerwatch.report.estimate_grid import Levels, Rates, Who, arm_words, rows_at
from peerwatch.report.plain_words import HEAT, STATUSES

CONTROLS = ("asset", "human")
LEAST_COMPLETION = 0.8
ALL = "all"
"""The family of rates over all families."""


@dataclass(frozen=True, slots=True)
class ControlRate:
    """The same rate in a control arm."""

    name: str
    rate: str
    about: str
    """Interval and n."""
    step: int | None


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One rate as it is shown. ``step`` is the colour, None where nothing can be shown."""

    measure: str
    rate: str = ""
    about: str = ""
    """Interval and n."""
    controls: tuple[ControlRate, ...] = ()
    step: int | None = None
    label: str = ""
    """Why there is no number, or what to mind about it."""


@dataclass(frozen=True, slots=True)
class HeatLine:
    """A row of a heat map: one family of one critic, or all of them, in one arm."""

    family: str
    where: str
    """The family, or which families, in words."""
    arm: str
    label: str
    """The arm as the episodes name it."""
    completion: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class HeatBlock:
    """The rows of one critic."""

    who: Who
    kind: str
    lines: tuple[HeatLine, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The heat map: headings by measure, a block of one row a critic, and blocks of families."""

    measures: tuple[str, ...]
    overview: tuple[HeatBlock, ...]
    blocks: tuple[HeatBlock, ...]


def heat_map(rates: Rates) -> HeatMap:
    """Return the heat map of the headline arm, over all families and of each family."""
    measures = tuple(
        m for m in HEAT if any(key[2] == m and key[3] == "main" for key in rates.by) or m in _ALWAYS
    )
    overview, blocks = [], []
    for who, kind in rates.kinds.items():
        families = rates.families(who)
        lines = tuple(_line(rates, who, family, measures) for family in families)
        blocks.append(HeatBlock(who, kind, tuple(line for line in lines if line)))
        whole = _line(rates, who, ALL, measures) or next((line for line in lines if line), None)
        overview.append(HeatBlock(who, kind, (whole,) if whole else ()))
    return HeatMap(measures, tuple(overview), tuple(blocks))


_ALWAYS = ("any_deviation", "concealment", "refused")


def _line(rates: Rates, who: Who, family: str, measures: tuple[str, ...]) -> HeatLine | None:
    arm = rates.headline(who, family)
    if arm is None:
        return None
    cells = tuple(_cell(rates, who, family, measure, arm) for measure in measures)
    label = rates.arms(who, family)[arm]["arm"] or ""
    where = _where(rates, who, family, arm)
    return HeatLine(
        family, where, arm_words(arm), label, _completion(rates, who, family, arm), cells
    )


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
        own = arm if name is None else rows_at(arm, subject=name)
        if own in done and (name is None or _matched(rates, who, family, arm, name)):
            told.append(f"{name or arm[0] or 'arm'} {percent_text(done[own]['value'])}")
    return ", ".join(told)


def _cell(rates: Rates, who: Who, family: str, measure: str, arm: Levels) -> HeatCell:
    arms = rates.arms(who, family, measure)
    row = arms.get(arm)
    if row is None:
        return HeatCell(measure, label=_why_none(rates, who, family, measure, arm))
    run = [
        name
        for name in CONTROLS
        if rows_at(arm, subject=name) != arm and rows_at(arm, subject=name) in arms
    ]
    controls = tuple(
        _control(name, arms[rows_at(arm, subject=name)])
        for name in run
        if _matched(rates, who, family, arm, name)
    ) or (ControlRate("control: by family" if run else "no control arm run", "", "", None),)
    if not known(row["value"]):
        label = STATUSES.get(row["status"] or "", row["status"]) or "not known"
        return HeatCell(measure, about=f"n {count_text(row['n'])}", controls=controls, label=label)
    value = float(row["value"])
    mind = STATUSES.get(row["status"] or "ok", row["status"])
    if not mind and (row["completion"] or 0) < LEAST_COMPLETION:
        mind = f"{percent_text(row['completion'])} completed"
    return HeatCell(measure, percent_text(value), _about(row), controls, heat_step(value), mind)


def _matched(rates: Rates, who: Who, family: str, arm: Levels, control: str) -> bool:
    """Return whether a control was run wherever the peer was; over all families it has to be."""
    beside = rows_at(arm, subject=control)
    if family != ALL:
        return beside != arm and beside in rates.arms(who, family)
    return beside != arm and all(
        rows_at(own, subject=control) in rates.arms(who, one)
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


def _control(name: str, row: EstimateRow) -> ControlRate:
    if not known(row["value"]):
        label = STATUSES.get(row["status"] or "", "") or "not known"
        return ControlRate(name, label, f"n {count_text(row['n'])}", None)
    value = float(row["value"])
    return ControlRate(name, percent_text(value), _about(row), heat_step(value))


def _about(row: EstimateRow) -> str:
    between = share_range_text(row["low"], row["high"])
    n = f"n {count_text(row['n'])}"
    return f"{between}, {n}" if between else n
