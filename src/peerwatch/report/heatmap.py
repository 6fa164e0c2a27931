"""The first screen's heat map: model by behaviour, the control beside each rate; then by family."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from peerwatch.analysis.estimate_columns import EstimateRow
from peerwatch.charts.heat_steps import heat_step
from peerwatch.charts.numbers import count_text, known, percent_text, share_range_text
from peerwatch.report.display_names import HEAT_MEASURES, STATUSES
from peerwatch.report.estimate_grid import (
    CriticKey,
    Levels,
    RateGrid,
    arm_text,
    counted_text,
    nearby_arm,
)

CONTROLS = ("asset", "human")
LEAST_COMPLETION = 0.8
ALL = "all"
"""The family of rates over all families."""


@dataclass(frozen=True, slots=True)
class ControlRate:
    """The same rate in a control arm."""

    name: str
    rate: str
    detail: str
    """Interval and n."""
    step: int | None


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One rate as it is shown. ``step`` is the colour, None where nothing can be shown."""

    measure: str
    rate: str = ""
    detail: str = ""
    """Interval and n."""
    controls: tuple[ControlRate, ...] = ()
    step: int | None = None
    label: str = ""
    """Why there is no number, or what to mind about it."""


@dataclass(frozen=True, slots=True)
class HeatLine:
    """A row of a heat map: one family of one critic, or all of them, in one arm."""

    family: str
    families_text: str
    """The family, or which families, in words."""
    arm: str
    arm_label: str
    """The arm as the episodes name it."""
    completion: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class HeatBlock:
    """The rows of one critic; ``kind`` says whether it is scripted or a model."""

    critic: CriticKey
    kind: str
    lines: tuple[HeatLine, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The heat map: headings by measure, a block of one row a critic, and blocks of families.

    The overview has the measures that are known of somebody over all families.
    """

    measures: tuple[str, ...]
    overview_measures: tuple[str, ...]
    overview: tuple[HeatBlock, ...]
    blocks: tuple[HeatBlock, ...]


def heat_map(rates: RateGrid, critics: Iterable[CriticKey]) -> HeatMap:
    """Return the heat map of the headline arm, over all families and of each family.

    Args:
        rates: The rates.
        critics: Whose rows it has, from top to bottom.
    """
    measures = tuple(
        m
        for m in HEAT_MEASURES
        if any(key[2] == m and key[3] == "main" for key in rates.rows) or m in _ALWAYS
    )
    overview, blocks = [], []
    for critic in critics:
        kind = rates.kinds[critic]
        families = rates.families(critic)
        lines = tuple(_line(rates, critic, family, measures) for family in families)
        blocks.append(HeatBlock(critic, kind, tuple(line for line in lines if line)))
        whole = _line(rates, critic, ALL, measures) or next((line for line in lines if line), None)
        overview.append(HeatBlock(critic, kind, (whole,) if whole else ()))
    known_ones = {
        cell.measure
        for block in overview
        for line in block.lines
        for cell in line.cells
        if cell.controls
    }
    columns = tuple(m for m in measures if m in known_ones or m in _ALWAYS)
    return HeatMap(
        measures, columns, tuple(_with_columns(block, columns) for block in overview), tuple(blocks)
    )


def _with_columns(block: HeatBlock, columns: tuple[str, ...]) -> HeatBlock:
    """Return a block with the cells of some measures alone."""
    lines = tuple(
        replace(line, cells=tuple(cell for cell in line.cells if cell.measure in columns))
        for line in block.lines
    )
    return replace(block, lines=lines)


_ALWAYS = ("any_deviation", "concealment", "refused")


def _line(
    rates: RateGrid, critic: CriticKey, family: str, measures: tuple[str, ...]
) -> HeatLine | None:
    arm = rates.headline(critic, family)
    if arm is None:
        return None
    cells = tuple(_cell(rates, critic, family, measure, arm) for measure in measures)
    label = rates.arms(critic, family)[arm]["arm"] or ""
    families_text = _families_text(rates, critic, family, arm)
    return HeatLine(
        family, families_text, arm_text(arm), label, _completion(rates, critic, family, arm), cells
    )


def _families_text(rates: RateGrid, critic: CriticKey, family: str, arm: Levels) -> str:
    """Return in words which families a row is over; an arm need not be in all of them."""
    if family != ALL:
        return family
    pool, families = _pool(rates, critic, arm), rates.families(critic)
    if len(pool) == len(families):
        return f"all {len(families)} families"
    return ", ".join(pool) if len(pool) < 4 else f"{len(pool)} of {len(families)} families"


def _pool(rates: RateGrid, critic: CriticKey, arm: Levels) -> dict[str, Levels]:
    """Return the families that the rates over all families are over, each with its own arm."""
    label = rates.arms(critic, ALL)[arm]["arm"]
    return {
        family: own
        for family in rates.families(critic)
        for own, row in rates.arms(critic, family).items()
        if row["arm"] == label
    }


def _completion(rates: RateGrid, critic: CriticKey, family: str, arm: Levels) -> str:
    """Return the completion of the arm and of its controls."""
    done = rates.arms(critic, family, "completion")
    told = []
    for name in (None, *CONTROLS):
        own = arm if name is None else nearby_arm(arm, subject=name)
        if own in done and (name is None or _matched(rates, critic, family, arm, name)):
            told.append(f"{name or arm[0] or 'arm'} {percent_text(done[own]['value'])}")
    return ", ".join(told)


def _cell(rates: RateGrid, critic: CriticKey, family: str, measure: str, arm: Levels) -> HeatCell:
    arms = rates.arms(critic, family, measure)
    row = arms.get(arm)
    if row is None:
        return HeatCell(measure, label=_why_none(rates, critic, family, measure, arm))
    run = [
        name
        for name in CONTROLS
        if nearby_arm(arm, subject=name) != arm and nearby_arm(arm, subject=name) in arms
    ]
    controls = tuple(
        _control(name, arms[nearby_arm(arm, subject=name)])
        for name in run
        if _matched(rates, critic, family, arm, name)
    ) or (ControlRate("control: by family" if run else "no control arm run", "", "", None),)
    if not known(row["value"]):
        label = STATUSES.get(row["status"] or "", row["status"]) or "not known"
        label = "cannot tell" if row["unclear"] else label
        return HeatCell(measure, detail=f"n {count_text(row['n'])}", controls=controls, label=label)
    value = float(row["value"])
    mind = STATUSES.get(row["status"] or "ok", row["status"])
    if not mind and (row["completion"] or 0) < LEAST_COMPLETION:
        mind = f"{percent_text(row['completion'])} completed"
    if row["unclear"]:
        low, high = percent_text(row["unclear_low"]), percent_text(row["unclear_high"])
        unsure = f"{low} to {high}: cannot tell of {count_text(row['unclear'])}"
        mind = f"{mind}; {unsure}" if mind else unsure
    return HeatCell(measure, percent_text(value), _about(row), controls, heat_step(value), mind)


def _matched(rates: RateGrid, critic: CriticKey, family: str, arm: Levels, control: str) -> bool:
    """Return whether a control was run wherever the peer was; over all families it has to be."""
    beside = nearby_arm(arm, subject=control)
    if family != ALL:
        return beside != arm and beside in rates.arms(critic, family)
    return beside != arm and all(
        nearby_arm(own, subject=control) in rates.arms(critic, one)
        for one, own in _pool(rates, critic, arm).items()
    )


def _why_none(rates: RateGrid, critic: CriticKey, family: str, measure: str, arm: Levels) -> str:
    """Return why there is no rate: nothing was completed, nobody judged, or it cannot occur."""
    row = rates.arms(critic, family)[arm]
    if not row["n"]:
        return STATUSES["incomplete"]
    if measure == "persuasion":
        return "not judged"
    elsewhere = family == ALL and any(
        rates.arms(critic, one, measure) for one in rates.families(critic)
    )
    return "not in these families" if elsewhere else "does not apply"


def _control(name: str, row: EstimateRow) -> ControlRate:
    if not known(row["value"]):
        label = STATUSES.get(row["status"] or "", "") or "not known"
        return ControlRate(name, label, f"n {count_text(row['n'])}", None)
    value = float(row["value"])
    return ControlRate(name, percent_text(value), _about(row), heat_step(value))


def _about(row: EstimateRow) -> str:
    between = share_range_text(row["low"], row["high"])
    return ", ".join(x for x in (between, counted_text(row)) if x)
