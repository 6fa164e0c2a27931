"""Forest plots: contrasts with their intervals on one scale, confirmatory ones apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from peerwatch.analysis.between_worlds import MINUS_SHELL, WORLDS_KIND
from peerwatch.analysis.estimate_columns import EstimateRow
from peerwatch.charts.axis import Axis, symmetric_axis
from peerwatch.charts.forest_rows import ForestRow, interval_mark
from peerwatch.charts.numbers import (
    MINUS,
    count_text,
    difference_interval_text,
    difference_text,
    known,
    name_in_words,
    p_value_text,
    percent_text,
    signed_text,
)
from peerwatch.design.contrasts import CONTRASTS
from peerwatch.report.display_names import STATUSES
from peerwatch.report.estimate_grid import (
    CriticKey,
    arm_text,
    critic_key_of,
    family_rank,
    levels_of,
)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastRow(ForestRow):
    """One contrast, or the claim that contrasts are parts of.

    Attributes:
        family: Its family.
        measure: What was compared, in words.
        stratum: Which instances, as the estimates name them.
        n: Episodes in the arm and in its control, as they are printed.
        clusters: Instances that both share.
        completion: Share that was completed, in the arm and in its control.
        p_holm: The adjusted p-value as it is printed; empty where there is none.
        estimate: Value, low and high as in the estimates: shares, or points.
    """

    family: str
    measure: str
    stratum: str
    n: str
    clusters: str
    completion: str
    p_holm: str
    estimate: tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Forest:
    """The contrasts of one critic on one axis: in points of marks, or in percentage points."""

    critic: CriticKey
    in_points: bool
    axis: Axis
    rows: tuple[ContrastRow, ...]


@dataclass(frozen=True, slots=True)
class ForestGroup:
    """A group of forests, one a critic and unit."""

    key: str
    title: str
    lead: str
    forests: tuple[Forest, ...]


def confirmatory_forests(estimates: pl.DataFrame) -> tuple[Forest, ...]:
    """Return the forests of the primary contrasts, one a critic and unit, each with its parts."""
    claims = estimates.filter(pl.col("confirmatory"))
    keys = ["model", "world", "critic", "family", "measure", "stratum"]
    parts = estimates.filter(
        pl.col("main")
        & pl.col("kind").is_in(["contrast", "interaction"])
        & pl.col("contrast").is_in(_PARTS)
    ).join(claims.select(keys), on=keys, how="semi", nulls_equal=True)
    return _forests(pl.concat([claims, parts]).iter_rows(named=True))


def exploratory_groups(estimates: pl.DataFrame) -> tuple[ForestGroup, ...]:
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
        (pl.col("kind") == WORLDS_KIND) & pl.col("measure").is_in(["any_deviation", *ERRORS])
    )
    return _forests(
        row | {"world": f"memory {MINUS} shell", "contrast": _name_between_worlds(row)}
        for row in chosen.iter_rows(named=True)
    )


def _name_between_worlds(row: EstimateRow) -> str:
    """Return what is compared between worlds: an arm, or a peer with its control."""
    words = arm_text(levels_of(row))
    if row["contrast"] == MINUS_SHELL:
        return words
    return f"{name_in_words(row['contrast'])}: {words}"


def _forests(rows: Iterable[EstimateRow]) -> tuple[Forest, ...]:
    by: dict[tuple[CriticKey, bool], list[EstimateRow]] = {}
    for row in rows:
        by.setdefault((critic_key_of(row), row["measure"] in ERRORS), []).append(row)
    forests = []
    for (critic, in_points), own in by.items():
        axis = contrast_axis(_ends(own), in_points)
        ordered = sorted(own, key=lambda row: (family_rank(row["family"] or "all"), _rank(row)))
        rows_shown = tuple(_row(row, axis, in_points) for row in ordered)
        forests.append(Forest(critic, in_points, axis, rows_shown))
    return tuple(forests)


_ORDER = {name: place for place, name in enumerate(_QUESTIONS)}


def _rank(row: EstimateRow) -> int:
    return _ORDER.get(row["contrast"], len(_ORDER))


_STEPS_IN_POINTS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
_STEPS_OF_SHARES = (0.25, 0.5, 1.0)


def contrast_axis(ends: Iterable[float], in_points: bool) -> Axis:
    """Return an axis that is alike on both sides of zero.

    Args:
        ends: What it should have room for: points of marks, or differences of shares.
        in_points: Which of the two.
    """
    steps = _STEPS_IN_POINTS if in_points else _STEPS_OF_SHARES
    return symmetric_axis(ends, steps, lambda tick: signed_text(tick if in_points else 100 * tick))


def _ends(rows: Iterable[EstimateRow]) -> Iterator[float]:
    """Yield the values and limits of rows; the bounds of those that have no value."""
    for row in rows:
        bounds = () if known(row["value"]) else ("bound_low", "bound_high")
        names = ("low", "high", "value", *bounds)
        yield from (row[name] for name in names if known(row[name]))


def _row(row: EstimateRow, axis: Axis, in_points: bool) -> ContrastRow:
    value, low, high = (float(row[k]) if known(row[k]) else None for k in ("value", "low", "high"))
    status = row["status"] or "ok"
    return ContrastRow(
        name=name_in_words(row["contrast"]),
        question=_QUESTIONS.get(row["contrast"], ""),
        value="" if value is None else difference_text(value, in_points),
        interval=difference_interval_text(low, high, in_points),
        mark=interval_mark(axis, value, low, high, _bounds(row)),
        p=p_value_text(row["p"]) if known(row["p"]) else "",
        note=_note(row, in_points),
        status=STATUSES.get(status, status),
        is_claim=row["contrast"] == _CLAIM,
        family=row["family"] or "all",
        measure=name_in_words(row["measure"]),
        stratum=row["stratum"] or "",
        n=f"{count_text(row['n'])} / {count_text(row['n_control'])}",
        clusters=count_text(row["clusters"]),
        completion=f"{percent_text(row['completion'])} / {percent_text(row['completion_control'])}",
        p_holm=p_value_text(row["p_holm"]) if known(row["p_holm"]) else "",
        estimate=(value, low, high),
    )


def _bounds(row: EstimateRow) -> tuple[float, float] | None:
    if known(row["value"]) or not known(row["bound_low"]) or not known(row["bound_high"]):
        return None
    return row["bound_low"], row["bound_high"]


def _note(row: EstimateRow, in_points: bool) -> str:
    """Return what to know of a row in few words; the whole note is in the estimates."""
    if row["contrast"] == _CLAIM:
        said = row["note"] or ""
        if not said.startswith("Not run"):
            return ""
        return name_in_words(said.partition(". ")[0].rstrip(".")) + "."
    if known(row["value"]) or not known(row["bound_low"]):
        return ""
    between = difference_interval_text(row["bound_low"], row["bound_high"], in_points)
    unit = "" if in_points else " pp"
    return f"between {between.replace(' to ', ' and ')}{unit}"
