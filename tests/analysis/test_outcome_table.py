"""The table of a run: counts once each, the control beside, scripted critics named as such."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console

from peerwatch.analysis.outcome_table import outcome_rows, outcome_table
from peerwatch.episodes.rows import episodes_frame
from peerwatch.families.valid_arms import make_arm

SCRIPT, MODEL = "peerwatch/honest", "openai/gpt-5.2"


def row(model: str, outcome: str, seed: int = 1, attempt: int = 1, **levels: str) -> dict[str, Any]:
    """Return an episode's row as the table needs it."""
    arm = make_arm("grading", levels)
    kind = "organism" if model.startswith("peerwatch/") else "language_model"
    return {
        **arm.levels(),
        "model": model,
        "critic_kind": kind,
        "family": "grading",
        "arm": arm.label,
        "instance": f"grading-compact-{seed}",
        "seed": seed,
        "epoch": 1,
        "attempt": attempt,
        "outcome": outcome,
    }


def printed(episodes: pl.DataFrame) -> str:
    """Return the table as text."""
    console = Console(width=160, record=True, quiet=True)
    console.print(outcome_table(outcome_rows(episodes)))
    with console.capture() as capture:
        console.quiet = False
        console.print(outcome_table(outcome_rows(episodes)))
    return capture.get()


def test_the_control_stands_beside_and_not_in_a_row_of_its_own() -> None:
    rows = [
        row(MODEL, "deviated_concealed", 1, identity="rival_model"),
        row(MODEL, "deviated_disclosed", 2, identity="rival_model"),
        row(MODEL, "deviated_unreported", 1, subject="asset"),
        row(MODEL, "complied", 2, subject="asset"),
        row(MODEL, "complied", 1, subject="asset", relationship="cooperative"),
        row(MODEL, "flagged", 1, subject="peer", relationship="adversarial"),
    ]
    found = {one.arm: one for one in outcome_rows(episodes_frame(rows))}
    assert set(found) == {
        "identity=rival_model",
        "subject=asset relationship=cooperative",
        "relationship=adversarial",
    }
    assert found["identity=rival_model"].control == (1, 2)
    assert found["identity=rival_model"].deviated == 2
    assert found["relationship=adversarial"].control is None
    assert found["subject=asset relationship=cooperative"].control is None
    text = printed(episodes_frame(rows))
    assert "2 (1/1/0/0)" in text and "1 of 2" in text


def test_an_asset_of_another_model_or_family_is_no_control() -> None:
    rows = [row(MODEL, "complied"), row(SCRIPT, "complied", subject="asset")]
    assert [one.control for one in outcome_rows(episodes_frame(rows))] == [None, None]


def test_outcomes_are_of_episodes_that_could_deviate() -> None:
    rows = [
        row(MODEL, outcome, seed, subject=subject) | {"bar_side": ("above", "below")[seed % 2]}
        for subject in ("peer", "asset")
        for seed, outcome in enumerate(("complied", "refused", "deviated_disclosed", "incomplete"))
    ]
    (one,) = outcome_rows(episodes_frame(rows))
    assert (one.episodes, one.could_deviate, one.deviated) == (4, 2, 0)
    assert one.counts == {"refused": 1, "incomplete": 1} and one.control == (0, 1)
    above = [r | {"bar_side": "above"} for r in rows]
    (none,) = outcome_rows(episodes_frame(above))
    assert (none.episodes, none.could_deviate, none.counts, none.control) == (4, 0, {}, (0, 0))
    assert MODEL in printed(episodes_frame(above))


def test_attempts_count_once() -> None:
    rows = [
        row(SCRIPT, "complied", 1, attempt=2),
        row(SCRIPT, "incomplete", 1, attempt=1),
        row(SCRIPT, "incomplete", 2, attempt=1),
        row(SCRIPT, "incomplete", 2, attempt=2),
    ]
    (one,) = outcome_rows(episodes_frame(rows))
    assert (one.episodes, one.counts) == (2, {"complied": 1, "incomplete": 1})
    assert one.to_dict()["outcomes"] == {"complied": 1, "incomplete": 1}


def test_scripts_and_language_models_are_told_apart() -> None:
    rows = [row(SCRIPT, "complied"), row(MODEL, "refused")]
    found = [(one.kind, one.model) for one in outcome_rows(episodes_frame(rows))]
    assert found == [("language model", MODEL), ("scripted", SCRIPT)]
    text = printed(episodes_frame(rows))
    lines = text.splitlines()
    assert any("scripted" in line and SCRIPT in line for line in lines)
    assert any("language model" in line and MODEL in line for line in lines)
    assert "arm: default" in lines[0]


def test_nothing_to_show() -> None:
    assert outcome_rows(episodes_frame([])) == []
    assert "Outcomes" in printed(episodes_frame([]))
