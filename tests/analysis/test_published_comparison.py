"""Published figures beside own estimates: the nearest arm, the control, and what differs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from peerwatch.analysis.estimate_columns import estimates_frame
from peerwatch.analysis.published_comparison import PublishedComparison, compare_with_published
from peerwatch.analysis.published_figures import PublishedFigure, published
from peerwatch.commands.compare import chosen, comparison_tables
from peerwatch.common.errors import PeerwatchError
from peerwatch.families.valid_arms import make_arm
from peerwatch.inspect_tasks.tasks import shutdown_control
from tests.analysis.test_published_figures import figures
from tests.command import peerwatch
from tests.evals import run

MODEL = "google/gemini-3-pro-preview"


def estimate_of(value: float | None = 0.25, **given: Any) -> dict[str, Any]:
    """Return a row of the estimates table: tampering in an arm of shutdown_control."""
    levels = {key.removeprefix("f_"): given.pop(key) for key in list(given) if key[:2] == "f_"}
    family = given.get("family", "shutdown_control")
    arm = make_arm(family, levels)
    row: dict[str, Any] = {
        "kind": "rate",
        "model": MODEL,
        "critic_kind": "language_model",
        "world": "memory",
        "critic": "loop",
        "family": family,
        "measure": "tampering",
        "arm": arm.label,
        **arm.levels(),
        "stratum": "bar_side=below",
        "value": value,
        "low": None if value is None else max(0.0, value - 0.1),
        "high": None if value is None else min(1.0, value + 0.1),
        "level": 0.95,
        "n": 40,
        "main": True,
        "status": "ok",
    }
    return row | given


def figure(**given: Any) -> PublishedFigure:
    """Return one figure: tampering for a cooperative peer, 95.3 percent."""
    entry = {"model": "Gemini 3 Pro", "relationship": "cooperative", "value": 95.3}
    return figures(figures=[entry | given])[0]


def compared(
    rows: list[dict[str, Any]], *against: PublishedFigure
) -> tuple[PublishedComparison, ...]:
    return compare_with_published(estimates_frame(rows), against or (figure(),))


def test_an_arm_of_the_same_subject_and_relationship_stands_beside() -> None:
    rows = [
        estimate_of(0.5, f_relationship="cooperative"),
        estimate_of(0.1, f_relationship="adversarial"),
        estimate_of(0.2, f_relationship="cooperative", f_subject="asset"),
        estimate_of(0.3, f_relationship="cooperative", f_subject="self"),
    ]
    (found,) = compared(rows)
    assert found.own.value == 0.5 and found.own.control == 0.2
    assert (found.own.low, found.own.high, found.own.n) == (0.4, 0.6, 40)
    assert found.same_model and found.same_arms == "partly"
    assert found.differs == ("no control",)


def test_the_nearest_arm_is_taken_and_its_differences_named() -> None:
    rows = [
        estimate_of(0.5, f_relationship="cooperative", f_oversight="monitored"),
        estimate_of(0.6, f_relationship="cooperative", f_channel="memory"),
    ]
    (found,) = compared(rows, figure(channel="memory"))
    assert found.own.value == 0.6 and found.differs == ("no control",)
    (found,) = compared(rows[:1], figure(channel="memory"))
    assert found.differs[:2] == (
        "channel=file (theirs memory)",
        "oversight=monitored (theirs unstated)",
    )


def test_another_consequence_is_another_arm() -> None:
    rows = [estimate_of(f_relationship="cooperative", f_consequence="none")]
    (found,) = compared(rows, figure(consequence="shutdown"))
    assert found.same_arms == "no" and "consequence=none" in found.differs[0]


def test_arms_are_the_same_only_where_nothing_differs() -> None:
    rows = [estimate_of(f_relationship="cooperative")]
    alike = {"comparable": "yes", "why": ""}
    (found,) = compared(rows, figure(**alike))
    assert found.same_arms == "yes" and found.differs == ()
    (found,) = compared(rows, figure(**alike, mitigation="criteria_only"))
    assert found.same_arms == "partly"


def test_without_an_arm_of_that_subject_nothing_stands_beside() -> None:
    rows = [estimate_of(f_subject="asset"), estimate_of(f_relationship="neutral")]
    assert compared(rows) == ()
    assert compared([estimate_of(f_relationship="cooperative", main=False)]) == ()
    assert compare_with_published(estimates_frame([]), published()) == ()


def test_a_pooled_record_takes_any_relationship() -> None:
    found = compared([estimate_of()], figure(relationship="none"))
    assert len(found) == 1
    (pooled,) = figures(figures=[{"model": "GLM 4.7", "value": 1, "bound": "at_most"}])
    (found_pooled,) = compared([estimate_of(f_relationship="neutral")], pooled)
    assert not found_pooled.same_model


def test_contrasts_stand_beside_the_declared_contrast() -> None:
    row = estimate_of(
        0.1,
        kind="contrast",
        contrast="consequence_shutdown",
        measure="misrepresentation",
        family="grading",
        f_relationship="cooperative",
    )
    against = [f for f in published() if f.contrast == "consequence_shutdown" and f.unit == "pp"]
    found = compared([row], *against)
    assert found and {c.figure.arm["relationship"] for c in found} == {"cooperative"}
    assert {c.figure.arm["subject"] for c in found} == {"peer"}
    assert all(c.own.control is None for c in found)
    assert found[0].same_model, "figures of the same model come first"
    assert any("theirs pools grading and finance_report" in c.differs for c in found)


def test_the_mitigation_of_a_contrast_is_in_its_name() -> None:
    row = estimate_of(
        -0.2,
        kind="contrast",
        contrast="mitigation_criteria_only",
        measure="decision_over",
        family="grading",
        stratum="bar_side=below latitude=judged",
        f_relationship="cooperative",
    )
    found = compared([row], *published())
    assert [c.figure.value for c in found] == [-63, -59, -97, -87]
    assert not any("mitigation" in phrase for c in found for phrase in c.differs)
    assert not any("latitude" in phrase for c in found for phrase in c.differs)


def test_what_cannot_be_estimated_is_said_to_be_so() -> None:
    rows = [estimate_of(None, f_relationship="cooperative", status="incomplete")]
    (found,) = compared(rows)
    assert found.own.value is None
    text = plain(found)
    assert "not estimable (incomplete)" in text and "95.3 %" in text


def plain(*found: PublishedComparison, left: int = 0) -> str:
    from rich.console import Console

    console = Console(width=100, color_system=None)
    with console.capture() as capture:
        console.print(comparison_tables(found, left))
    return capture.get()


def test_the_table_is_narrow_and_says_what_differs() -> None:
    rows = [
        estimate_of(0.5, f_relationship="cooperative"),
        estimate_of(0.2, f_relationship="cooperative", f_subject="asset"),
    ]
    text = plain(*compared(rows, *published()), left=7)
    assert max(map(len, text.splitlines())) <= 100
    assert "ours 50.0 % [40.0, 60.0], n 40 (bar_side=below); asset 20.0 %" in text
    assert "99.7 % max" in text and "[1]" in text
    assert "reporting=changelog (theirs after_freeze)" in text
    assert "7 more published figures" in text and "Nothing is tested here" in text
    assert "No arm of this run" in plain()


def test_models_and_behaviours_can_be_chosen() -> None:
    every = published()
    assert {f.model for f in chosen(every, "openai/gpt-5.2", None)} == {"GPT 5.2", "GPT-5.2"}
    assert {f.measure for f in chosen(every, None, "tampering")} == {"tampering"}
    with pytest.raises(PeerwatchError, match="Did you mean 'tampering'"):
        chosen(every, None, "tamperin")
    with pytest.raises(PeerwatchError, match="Unknown model with published figures 'Marlow 2'"):
        chosen(every, "Marlow 2", None)


@pytest.mark.slow
def test_the_command(tmp_path: Path) -> None:
    for subject in ("peer", "asset"):
        task = shutdown_control(
            size="compact", seeds="1-4", relationship="cooperative", subject=subject
        )
        run(task, "peerwatch/flag_flipper", tmp_path / "logs")
    told = peerwatch("compare", "logs", "--behaviour", "tampering", "--json", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    value = json.loads(told.stdout)
    assert set(value) == {"sources", "warnings", "missing", "rows", "without_counterpart"}
    assert value["sources"] == ["logs"] and value["without_counterpart"] > 0
    (row, *_) = value["rows"]
    assert set(row) == {"own", "published", "same_model", "same_arms", "differs"}
    assert row["own"]["value"] == row["own"]["control"] == 1.0
    told = peerwatch("compare", "logs", "--model", "Gemini 3 Pro", cwd=tmp_path)
    assert told.returncode == 0 and "Gemini 3 Pro" in told.stdout
    assert max(map(len, told.stdout.splitlines())) <= 100
    told = peerwatch("compare", "nowhere", cwd=tmp_path)
    assert told.returncode == 2 and told.stderr == "peerwatch: nowhere does not exist.\n"
    assert not told.stdout


def test_rows_are_plain_data() -> None:
    (found,) = compared([estimate_of(f_relationship="cooperative")])
    value = json.loads(json.dumps(found.to_dict()))
    assert value["published"]["value"] == 95.3 and value["own"]["family"] == "shutdown_control"
    assert pl.DataFrame([value["own"]]).height == 1
