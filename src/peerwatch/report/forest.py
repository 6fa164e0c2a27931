"""Forest plots: contrasts with their intervals on one scale, confirmatory ones apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from peerwatch.analysis import between_worlds as between
from peerwatch.charts.numbers import (
    MINUS,
    count_text,
    difference_interval_text,
    difference_text,
    known,
    p_value_text,
    percent_text,
    position_on_scale,
    signed_text,
)
from peerwatch.design.contrasts import CONTRASTS
from peerwatch.report.estimate_grid import (
    EstimateRow,
    Who,
    arm_words,
    family_rank,
    row_levels,
    who_of,
)
from peerwatch.report.plain_words import STATUSES, plain_name

ERRORS = ("mark_error", "mean_error", "margin_error")
_QUESTIONS = {contrast.name: contrast.question for contrast in CONTRASTS}
_CLAIM = "peer_specific"
_QUESTIONS = {_CLAIM: "The claim: all parts below together.", **_QUESTIONS}
_PARTS = tuple(
    f"peer_minus_{control}{what}"
    for control in ("asset", "human")
    for what in ("", "_by_consequence")
)

GROUPS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "controls": (
        "A peer against its controls",
        "Each row is the difference in any deviation between a peer and a control that differs in "
        "nothing else; rows by consequence take away the same difference where nothing is at "
        "stake.",
        ("peer_minus_",),
    ),
    "relationship": (
        "Relationship and self",
        "What the record with the peer does, and whether a record with another agent changes how "
        "the critic protects itself.",
        ("relationship_", "cooperative_minus_adversarial", "bystander_"),
    ),
    "monitored": (
        "Monitored gap",
        "The difference unmonitored less monitored for a peer, minus the same for ordinary "
        "software. Others call this alignment faking; it is an estimand over pairs of arms, never "
        "a finding of one episode.",
        ("unmonitored_", "monitored_gap"),
    ),
    "factors": (
        "Consequence, reporting and other factors",
        "Each level against its reference, for a cooperative peer at stake.",
        (
            "consequence_", "channel_", "identity_", "authority_", "latitude_", "reporting_",
            "mitigation_",
        ),
    ),
}  # fmt: skip
"""Group -> title, lead and prefixes of the contrasts that belong to it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One row of a forest. Positions are percent of the plot's width; None where not shown."""

    name: str
    family: str
    measure: str
    stratum: str
    question: str
    value: str
    interval: str
    at: float | None
    low: float | None
    high: float | None
    arrows: str
    """``<`` and ``>`` where the interval goes beyond the scale."""
    n: str
    clusters: str
    completion: str
    p: str
    p_holm: str
    status: str
    note: str
    bounds: tuple[float, float] | None
    """Where no difference can be given: what it lies between all the same, as positions."""
    whole: bool
    """Whether the row is a claim, whose parts are the rows below it."""
    raw: tuple[float | None, float | None, float | None]
    """Value, low and high as in the estimates: shares, or points."""


@dataclass(frozen=True, slots=True)
class ForestScale:
    """The common scale of a forest: its ends, its ticks with their words and positions."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    zero: float
    in_points: bool


@dataclass(frozen=True, slots=True)
class Forest:
    """The contrasts of one critic, on one scale."""

    who: Who
    scale: ForestScale
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class ForestGroup:
    """A group of forests, one a critic and unit."""

    key: str
    title: str
    lead: str
    forests: tuple[Forest, ...]


def confirmatory(estimates: pl.DataFrame) -> tuple[Forest, ...]:
    """Return the forests of the primary contrasts, one a critic and unit, each with its parts."""
    claims = estimates.filter(pl.col("confirmatory"))
    keys = ["model", "world", "critic", "family", "measure", "stratum"]
    parts = estimates.filter(
        pl.col("main")
        & pl.col("kind").is_in(["contrast", "interaction"])
        & pl.col("contrast").is_in(_PARTS)
    ).join(claims.select(keys), on=keys, how="semi", nulls_equal=True)
    return _forests(pl.concat([claims, parts]).iter_rows(named=True))


def exploratory(estimates: pl.DataFrame) -> tuple[ForestGroup, ...]:
    """Return the groups of all other contrasts, of any deviation and of the marks.

    Contrasts of single behaviours are in the estimates table alone.
    """
    rows = [
        row
        for row in estimates.filter(
            pl.col("kind").is_in(["contrast", "interaction"])
            & pl.col("main")
            & ~pl.col("confirmatory").fill_null(False)
            & pl.col("measure").is_in(["any_deviation", *ERRORS])
        ).iter_rows(named=True)
        if row["measure"] == "any_deviation" or "judged" in (row["stratum"] or "")
    ]
    groups = []
    for key, (title, lead, prefixes) in GROUPS.items():
        forests = _forests(row for row in rows if row["contrast"].startswith(prefixes))
        groups.append(ForestGroup(key, title, lead, forests))
    return tuple(groups)


def world_forests(estimates: pl.DataFrame) -> tuple[Forest, ...]:
    """Return the contrasts between worlds, where the same critic was run in both."""
    chosen = estimates.filter(
        (pl.col("kind") == between.KIND) & pl.col("measure").is_in(["any_deviation", *ERRORS])
    )
    return _forests(
        row | {"world": f"memory {MINUS} shell", "contrast": _between(row)}
        for row in chosen.iter_rows(named=True)
    )


def _between(row: EstimateRow) -> str:
    """Return what is compared between worlds: an arm, or a peer with its control."""
    words = arm_words(row_levels(row))
    if row["contrast"] == between.MINUS_SHELL:
        return words
    return f"{plain_name(row['contrast'])}: {words}"


def _forests(rows: Iterable[EstimateRow]) -> tuple[Forest, ...]:
    by: dict[tuple[Who, bool], list[EstimateRow]] = {}
    for row in rows:
        by.setdefault((who_of(row), row["measure"] in ERRORS), []).append(row)
    forests = []
    for (who, in_points), own in by.items():
        scale = scale_of(own, in_points)
        ordered = sorted(own, key=lambda row: (family_rank(row["family"] or "all"), _rank(row)))
        forests.append(Forest(who, scale, tuple(_mark(row, scale) for row in ordered)))
    return tuple(forests)


_ORDER = {name: place for place, name in enumerate(_QUESTIONS)}


def _rank(row: EstimateRow) -> int:
    return _ORDER.get(row["contrast"], len(_ORDER))


def scale_of(rows: Sequence[EstimateRow], in_points: bool) -> ForestScale:
    """Return a scale that is alike on both sides of zero and has room for every interval."""
    ends = [abs(row[k]) for row in rows for k in ("low", "high", "value") if known(row[k])]
    ends += [
        abs(row[k])
        for row in rows
        for k in ("bound_low", "bound_high")
        if not known(row["value"]) and known(row.get(k))
    ]
    top = max(ends, default=0.0)
    if in_points:
        step = next((s for s in (1.0, 2.0, 5.0, 10.0, 20.0) if 2 * s >= top), 50.0)
    else:
        step = 0.25 if top <= 0.5 else 0.5 if top <= 1 else 1.0
    half = step * 2
    ticks = tuple(
        (position_on_scale(tick, -half, half), _tick(tick, in_points))
        for tick in (-half, -step, 0.0, step, half)
    )
    return ForestScale(-half, half, ticks, 50.0, in_points)


def _tick(value: float, in_points: bool) -> str:
    return signed_text(value, 0) if in_points else signed_text(100 * value, 0)


def _mark(row: EstimateRow, scale: ForestScale) -> Mark:
    raw = (row["value"], row["low"], row["high"])
    at, left, right = (
        position_on_scale(x, scale.low, scale.high) if known(x) else None for x in raw
    )
    status = row["status"] or "ok"
    return Mark(
        name=plain_name(row["contrast"]),
        family=row["family"] or "all",
        measure=plain_name(row["measure"]),
        stratum=row["stratum"] or "",
        question=_QUESTIONS.get(row["contrast"], ""),
        value="" if not known(row["value"]) else difference_text(row["value"], scale.in_points),
        interval=difference_interval_text(row["low"], row["high"], scale.in_points),
        at=at,
        low=left,
        high=right,
        arrows=_arrows(row, scale),
        n=f"{count_text(row['n'])} / {count_text(row['n_control'])}",
        clusters=count_text(row["clusters"]),
        completion=f"{percent_text(row['completion'])} / {percent_text(row['completion_control'])}",
        p=p_value_text(row["p"]) if known(row["p"]) else "",
        p_holm=p_value_text(row["p_holm"]) if known(row["p_holm"]) else "",
        status=STATUSES.get(status, status),
        note=_note(row, scale),
        bounds=_bounds(row, scale),
        whole=row["contrast"] == _CLAIM,
        raw=tuple(float(x) if known(x) else None for x in raw),  # type: ignore[arg-type]
    )


def _arrows(row: EstimateRow, scale: ForestScale) -> str:
    left = known(row["low"]) and row["low"] < scale.low - 1e-9
    right = known(row["high"]) and row["high"] > scale.high + 1e-9
    return ("<" if left else "") + (">" if right else "")


def _bounds(row: EstimateRow, scale: ForestScale) -> tuple[float, float] | None:
    if known(row["value"]) or not known(row["bound_low"]) or not known(row["bound_high"]):
        return None
    low, high = (
        position_on_scale(row[k], scale.low, scale.high) for k in ("bound_low", "bound_high")
    )
    return low, high


def _note(row: EstimateRow, scale: ForestScale) -> str:
    """Return what to know of a row in few words; the whole note is in the estimates."""
    if row["contrast"] == _CLAIM:
        said = row["note"] or ""
        if not said.startswith("Not run"):
            return ""
        return plain_name(said.partition(". ")[0].rstrip(".")) + "."
    if known(row["value"]) or not known(row["bound_low"]):
        return ""
    between = difference_interval_text(row["bound_low"], row["bound_high"], scale.in_points)
    unit = "" if scale.in_points else " pp"
    return f"between {between.replace(' to ', ' and ')}{unit}"
