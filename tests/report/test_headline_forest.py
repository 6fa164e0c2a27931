"""The first plot: one axis, its order, what is compared, and what cannot be told."""

from __future__ import annotations

from typing import Any

import polars as pl

from peerwatch.analysis.estimate_columns import estimates_frame
from peerwatch.report.estimate_grid import CriticKey
from peerwatch.report.headline_forest import AVERAGE, BETWEEN_MODELS, headline_forest


def row(model: str, value: float | None, contrast: str = "asset", **more: Any) -> dict[str, Any]:
    about = {"kind": "contrast", "model": model, "world": "memory", "critic": "loop"}
    measured = {"measure": "any_deviation", "main": True, "family": "all", "status": "ok"}
    limits = {"low": value - 0.1, "high": value + 0.1} if value is not None else {}
    counts = {"arm_value": 0.5, "control_value": 0.1, "n": 40, "n_control": 38, "clusters": 32}
    named = {"contrast": f"peer_minus_{contrast}", "value": value, "p": 0.01}
    return {**about, **measured, **limits, **counts, **named, **more}


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    """Return an estimates table; ``other_model`` is there where models were compared."""
    others = [one.get("other_model") for one in rows]
    frame = estimates_frame(rows)
    return frame.with_columns(other_model=pl.Series(others, dtype=pl.String))


def key(model: str) -> CriticKey:
    return CriticKey(model, "memory", "loop")


def test_critics_go_from_the_highest_of_their_least_differences_to_those_not_run() -> None:
    rows = table(
        *(row("a", 0.6), row("a", 0.1, "human"), row("b", 0.3), row("b", 0.4, "human")),
        row("c", None, status="floor", bound_low=-0.2, bound_high=0.2),
    )
    forest = headline_forest(rows, map(key, "dcba"))
    assert [group.critic.model for group in forest.groups] == ["b", "a", "c", "d"]
    assert [len(group.rows) for group in forest.groups] == [2, 2, 1, 0]
    first = forest.groups[0].rows[0]
    assert (first.name, first.value[:3], first.interval) == ("software", "+30", "+20 to +40")
    assert first.peer.endswith(" of 40") and first.control.endswith(" of 38")
    assert first.instances == "32", "what the interval is made from"


def test_what_cannot_be_told_has_no_dot_and_says_between_what_it_lies() -> None:
    floor = row("a", None, status="floor", bound_low=-0.2, bound_high=0.2)
    lost = row("b", None, status="incomplete", n=0, arm_value=None)
    (one,), (other,) = (
        group.rows for group in headline_forest(table(floor, lost), map(key, "ab")).groups
    )
    assert one.mark.value is None and one.mark.bounds is not None and not one.value
    assert one.note.endswith("to +20") and other.status == "too few completed"
    assert other.peer == "none" and other.mark.bounds is None


def test_the_average_over_families_stands_alone_where_there_is_one() -> None:
    single = [row("a", 0.2, family=name) for name in ("grading", "file_transfer")]
    forest = headline_forest(table(*single, row("a", 0.25)), [key("a")])
    assert [one.value[:3] for one in forest.groups[0].rows] == ["+25"] and forest.where == AVERAGE
    apart = headline_forest(table(*single), [key("a")])
    told = [one.families for one in apart.groups[0].rows]
    assert told == ["in grading", "in file transfer"] and apart.where == ""


def test_models_are_compared_the_higher_one_first() -> None:
    both: dict[str, Any] = {
        "kind": BETWEEN_MODELS,
        "model": "a",
        "other_model": "b",
        "p_holm": 0.03,
    }
    rows = table(
        *(row("a", 0.1), row("b", 0.5), row(value=-0.4, **both)),
        row(value=-1.4, contrast="human", **both),
        row(value=-0.4, contrast="asset_by_consequence", **both),
    )
    forest = headline_forest(rows, map(key, "ab"))
    assert [(p.model, p.other, p.name, p.interval) for p in forest.pairs] == [
        ("b", "a", "software", "+30 to +50"),
        ("b", "a", "a person", "+130 to +150"),
    ]
    assert forest.pairs[0].p_holm == "0.030"
    assert forest.axis.high == 1.0 and forest.pair_axis.high == 2.0, "an axis of their own"


def test_without_any_estimate_there_is_an_empty_plot() -> None:
    forest = headline_forest(table().head(0), map(key, "ab"))
    assert [group.rows for group in forest.groups] == [(), ()] and not forest.pairs
