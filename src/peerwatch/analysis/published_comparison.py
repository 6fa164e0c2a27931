"""Published figures beside a user's own estimates, with what sets their arms apart.

A published figure is set beside the own arm of the same subject and, where it is told, the same
relationship, that differs from it in the fewest other factors. Nothing is tested: two studies
differ in more than their arms, and a raw rate without its control says little in either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from peerwatch.analysis.estimate_columns import EstimateRow
from peerwatch.analysis.published_figures import PublishedFigure
from peerwatch.design.arms import FACTORS
from peerwatch.design.contrasts import CONTRASTS, Contrast

SameArms = Literal["yes", "partly", "no"]

_ALWAYS = ("subject", "relationship")
"""Factors in which a figure and an own arm have to agree, where the figure tells its level."""
_DECISIVE = ("consequence",)
"""Where these differ, the arms are not the same in any part that matters."""
_UNSAID = {"oversight": "unstated", "mitigation": "none"}
"""What holds of a figure that says nothing else."""


@dataclass(frozen=True, slots=True)
class OwnEstimate:
    """An estimate of the user's: a share in 0 to 1, a difference of shares, or points.

    Attributes:
        model, world, critic: Whose it is.
        family, measure, contrast, arm, stratum: Which it is; ``contrast`` is None for rates.
        value, low, high: The estimate and its interval; None where it cannot be given.
        n: Completed episodes.
        status: ``ok``, or why there is no value.
        control: The same in the arm with ordinary software as the subject; None if not run, and
            for contrasts, which have their control within.
    """

    model: str
    world: str
    critic: str
    family: str
    measure: str
    contrast: str | None
    arm: str
    stratum: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    status: str
    control: float | None


@dataclass(frozen=True, slots=True)
class PublishedComparison:
    """One published figure beside one own estimate.

    Attributes:
        own: The estimate.
        figure: The figure.
        same_model: Whether both are of the same model.
        same_arms: ``yes``, ``partly`` or ``no``.
        differs: Each difference, as a phrase.
    """

    own: OwnEstimate
    figure: PublishedFigure
    same_model: bool
    same_arms: SameArms
    differs: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-like values."""
        own = {name: getattr(self.own, name) for name in OwnEstimate.__slots__}
        return {
            "own": own,
            "published": self.figure.model_dump(mode="json"),
            "same_model": self.same_model,
            "same_arms": self.same_arms,
            "differs": list(self.differs),
        }


def compare_with_published(
    estimates: pl.DataFrame, figures: Iterable[PublishedFigure]
) -> tuple[PublishedComparison, ...]:
    """Return every figure that an own estimate can be set beside, figures of the same model first.

    Args:
        estimates: A table with the columns of ``estimate_columns.ESTIMATE_COLUMNS``.
        figures: What others have reported.

    Returns:
        Comparisons in the order of models, families and measures; a figure for which the run has
        no arm of the same subject and relationship is left out.
    """
    figures = tuple(figures)
    cells = _cells(estimates)
    found: list[PublishedComparison] = []
    for (model, world, critic), by_place in cells.items():
        for figure in figures:
            for family in figure.families if figure.measure else ():
                rows = by_place.get((family, figure.measure or "", figure.contrast), [])
                nearest = _nearest(rows, figure)
                if nearest is not None:
                    found.append(_beside(nearest, rows, figure, (model, world, critic)))
    order = {figure: place for place, figure in enumerate(map(id, figures))}
    return tuple(
        sorted(
            found,
            key=lambda c: (
                c.own.model,
                c.own.world,
                c.own.critic,
                c.own.family,
                c.own.measure,
                c.own.contrast or "",
                c.own.arm,
                not c.same_model,
                order[id(c.figure)],
            ),
        )
    )


_Place = tuple[str, str, str | None]
"""Family, measure, contrast."""


def _cells(estimates: pl.DataFrame) -> dict[tuple[str, str, str], dict[_Place, list[EstimateRow]]]:
    """Return the rows that stand for their arm, by whose they are and what they measure."""
    shown = estimates.filter(
        pl.col("kind").is_in(["rate", "mean", "contrast"]) & pl.col("main").fill_null(False)
    )
    cells: dict[tuple[str, str, str], dict[_Place, list[EstimateRow]]] = {}
    for row in shown.iter_rows(named=True):
        key = (str(row["model"]), str(row["world"]), str(row["critic"]))
        place = (str(row["family"]), str(row["measure"]), row["contrast"])
        cells.setdefault(key, {}).setdefault(place, []).append(row)
    return cells


def _nearest(rows: Iterable[EstimateRow], figure: PublishedFigure) -> EstimateRow | None:
    """Return the row of the arm most like the figure's, or None if none has the same subject."""
    ranked = []
    for row in rows:
        levels = _levels(row)
        if any(_level_told(figure, f) not in (None, levels.get(f)) for f in _ALWAYS):
            continue
        differing = len(list(_differences(levels, figure)))
        odd = sum(
            level is not None and level != FACTORS[f].default
            for f, level in levels.items()
            if _level_told(figure, f) is None
        )
        ranked.append((differing, odd, str(row["arm"]), str(row["stratum"]), row))
    return min(ranked, key=lambda entry: entry[:4])[-1] if ranked else None


def _levels(row: EstimateRow) -> dict[str, str | None]:
    """Return the levels of a row's arm; of a contrast, of the arm that is not the control."""
    levels: dict[str, str | None] = {name: row[name] for name in FACTORS}
    contrast = _BY_NAME.get(row["contrast"] or "")
    if contrast is not None:
        levels |= {**contrast.given, contrast.factor: contrast.level}
    for part in str(row["stratum"] or "").split():
        name, sign, level = part.partition("=")
        if sign and name in FACTORS:
            levels[name] = level
    return levels


_BY_NAME: Mapping[str, Contrast] = {c.name: c for c in CONTRASTS if isinstance(c, Contrast)}


def _level_told(figure: PublishedFigure, factor: str) -> str | None:
    """Return the level of a factor in the figure's arm, or None where it is pooled or not told."""
    unsaid = None if figure.contrast else _UNSAID.get(factor)
    return figure.arm.get(factor, unsaid)


def _differences(
    levels: Mapping[str, str | None], figure: PublishedFigure
) -> Iterator[tuple[str, str, str]]:
    """Yield factor, own level and theirs, where both are told and differ."""
    for name in FACTORS:
        own, theirs = levels.get(name), _level_told(figure, name)
        if own is not None and theirs is not None and own != theirs:
            yield name, own, theirs


def _beside(
    row: EstimateRow,
    rows: Iterable[EstimateRow],
    figure: PublishedFigure,
    whose: tuple[str, str, str],
) -> PublishedComparison:
    levels = _levels(row)
    differing = list(_differences(levels, figure))
    phrases = [f"{name}={own} (theirs {theirs})" for name, own, theirs in differing]
    if len(figure.families) > 1:
        phrases.append(f"theirs pools {' and '.join(figure.families)}")
    if figure.why:
        phrases.append(figure.why)
    same: SameArms = "partly"
    if figure.comparable == "no" or any(name in _DECISIVE for name, _, _ in differing):
        same = "no"
    elif figure.comparable == "yes" and not phrases:
        same = "yes"
    model, world, critic = whose
    own = OwnEstimate(
        model=model,
        world=world,
        critic=critic,
        family=str(row["family"]),
        measure=str(row["measure"]),
        contrast=row["contrast"],
        arm=str(row["arm"]),
        stratum=str(row["stratum"] or ""),
        value=row["value"],
        low=row["low"],
        high=row["high"],
        n=int(row["n"] or 0),
        status=str(row["status"] or "ok"),
        control=None if row["contrast"] else _control(levels, rows),
    )
    return PublishedComparison(own, figure, figure.is_of(model), same, tuple(phrases))


def _control(levels: Mapping[str, str | None], rows: Iterable[EstimateRow]) -> float | None:
    """Return the value of the arm that differs only in ordinary software as the subject."""
    wanted = {**levels, "subject": "asset", "identity": None}
    if levels["subject"] == "asset":
        return None
    for row in rows:
        if _levels(row) == wanted:
            value = row["value"]
            return None if value is None else float(value)
    return None
