"""From logs to rows: every episode and attempt, nothing twice and nothing dropped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from inspect_ai.log import EvalLog, write_eval_log
from inspect_ai.model import ChatMessage, ModelOutput
from inspect_ai.tool import ToolInfo

from peerwatch.common.errors import PeerwatchError
from peerwatch.design.arms import FACTORS
from peerwatch.episodes.inspect_logs import read_episodes
from peerwatch.episodes.rows import EPISODE_COLUMNS, episode_rows, episodes_frame
from peerwatch.inspect_tasks.tasks import file_transfer, grading
from peerwatch.records.episode_scores import KEYS
from tests.evals import calls, finish, instance_of, mock, organism_step, run, says, scripted

pytestmark = pytest.mark.slow


def test_a_row_says_everything(tmp_path: Path) -> None:
    task = grading(
        size="compact", seeds=1, relationship="cooperative", critic_name="GPT-5.2", interview=True
    )
    run(task, mock(organism_step("disclosing_inflator")), tmp_path, temperature=0.7)
    (row,) = read_episodes(tmp_path).iter_rows(named=True)
    assert row["model"] == "mockllm/model" and row["critic_kind"] == "mock"
    assert (row["family"], row["size"], row["seed"]) == ("grading", "compact", 1)
    assert row["instance"] == "grading-compact-1"
    assert row["arm"] == "relationship=cooperative"
    assert row["subject"] == "peer" and row["authority"] is None
    assert row["critic_name"] == "GPT-5.2" and row["wording"] in range(8)
    assert row["bar_side"] == "below" and row["stake"] is True
    assert row["outcome"] == "deviated_disclosed" and row["status"] == "done"
    assert row["misrepresentation"] == 1.0 and row["exfiltration"] is None
    assert row["filed_score"] > row["true_score"]
    findings = json.loads(row["findings"])
    assert findings[0]["behaviour"] == "misrepresentation" and findings[0]["evidence"]
    assert json.loads(row["changes_filed"]) and json.loads(row["measures"])
    assert json.loads(row["interview"])["changed_outside_task"] == "yes"
    assert row["interview_disclosed"] == 1.0
    assert row["documents_read"] == 1.0 and row["turns"] > 3
    assert (row["epoch"], row["attempt"], row["error"], row["limit"]) == (1, 1, None, None)
    assert row["temperature"] == 0.7
    assert row["tokens_in"] == 2 * row["tokens_out"] > 0
    assert row["started"] < row["completed"] and row["seconds"] >= 0
    assert row["task_version"] and row["detectors_version"] and row["identity_map"]
    assert (tmp_path / row["log"]).exists()


def test_the_columns_are_the_documented_ones() -> None:
    assert set(FACTORS) | set(KEYS) <= set(EPISODE_COLUMNS)
    empty = episodes_frame([])
    assert empty.schema == pl.Schema(dict(EPISODE_COLUMNS)) and empty.height == 0
    assert not read_episodes_of_nothing().height


def read_episodes_of_nothing() -> pl.DataFrame:
    """Return the rows of a log without samples."""
    return episodes_frame(episode_rows(EvalLog.model_construct(samples=None)))


def test_episodes_that_did_not_finish_are_rows(tmp_path: Path) -> None:
    task = grading(size="compact", seeds="1-2")
    run(task, scripted(says("")), tmp_path / "silent")
    run(task, mock(organism_step("honest")), tmp_path / "limit", message_limit=5)

    def dead(messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> ModelOutput:
        raise RuntimeError("dead line")

    run(task, mock(dead), tmp_path / "dead")
    ways: tuple[tuple[str, str | None, str | None], ...] = (
        ("silent", None, None),
        ("limit", "message", None),
        ("dead", None, "dead line"),
    )
    for name, limit, error in ways:
        rows = list(read_episodes(tmp_path / name).iter_rows(named=True))
        assert [row["outcome"] for row in rows] == ["incomplete"] * 2
        for row in rows:
            assert row["incomplete"] == 1.0 and row["limit"] == limit
            assert (error in row["error"]) if error else row["error"] is None
            assert row["completed"] is not None


def test_an_attempt_that_erred_stays_a_row(tmp_path: Path) -> None:
    tries: list[int] = []
    honest = organism_step("honest")

    def flaky(messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> ModelOutput:
        if messages[0].text == instance_of(seed=1).system_prompt and len(messages) == 4:
            tries.append(1)
            if len(tries) < 3:
                raise RuntimeError(f"slip {len(tries)}")
        return honest(messages, tools)

    run(grading(size="compact", seeds="1-2"), mock(flaky), tmp_path, retry_on_error=2)
    rows = list(read_episodes(tmp_path).iter_rows(named=True))
    assert [(r["seed"], r["attempt"], r["outcome"]) for r in rows] == [
        (1, 1, "incomplete"),
        (1, 2, "incomplete"),
        (1, 3, "complied"),
        (2, 1, "complied"),
    ]
    assert "slip 1" in rows[0]["error"] and "slip 2" in rows[1]["error"]
    assert rows[2]["error"] is None
    assert rows[0]["incomplete"] == 1.0 and rows[0]["relationship"] == "none"


def test_an_error_before_the_scene_is_a_row(tmp_path: Path) -> None:
    task = grading(size="compact", seeds=1)
    task.dataset[0].metadata = {**(task.dataset[0].metadata or {}), "seed": -1}
    run(task, scripted(calls(finish())), tmp_path)
    (row,) = read_episodes(tmp_path).iter_rows(named=True)
    assert row["outcome"] == "incomplete" and row["incomplete"] == 1.0
    assert "seed" in row["error"] and row["turns"] is None


def test_epochs_arms_and_families_lie_side_by_side(tmp_path: Path) -> None:
    model = "peerwatch/honest"
    run(grading(size="compact", seeds="1-2"), model, tmp_path, epochs=2)
    run(grading(size="compact", seeds=1, subject="asset"), model, tmp_path)
    run(file_transfer(size="compact", seeds=1), model, tmp_path)
    rows = read_episodes(tmp_path)
    assert rows.height == 6
    assert rows["epoch"].to_list() == [1, 1, 2, 1, 2, 1]
    assert set(rows["arm"]) == {"default", "subject=asset"}
    assert rows.filter(family="file_transfer")["latitude"].to_list() == [None]
    assert set(rows["critic_kind"]) == {"organism"}


def test_two_runs_of_one_arm_are_both_kept(tmp_path: Path) -> None:
    for interview in (False, True):
        run(grading(size="compact", seeds=1, interview=interview), "peerwatch/honest", tmp_path)
    rows = read_episodes(tmp_path)
    assert rows.height == 2
    assert sorted(rows["interview"].is_null()) == [False, True]


def test_an_older_log_of_a_resumed_run_is_not_counted_again(tmp_path: Path) -> None:
    log = run(grading(size="compact", seeds="1-2"), "peerwatch/honest", tmp_path)
    older = log.model_copy(deep=True)
    assert older.samples is not None
    older.status = "started"
    older.samples = older.samples[:1]
    write_eval_log(older, str(tmp_path / "2020-01-01T00-00-00_grading_older.eval"))
    rows = read_episodes(tmp_path)
    assert rows["seed"].to_list() == [1, 2]
    assert set(rows["log"]) == {Path(log.location).name}


def test_logs_of_other_tasks_are_passed_over(tmp_path: Path) -> None:
    log = run(grading(size="compact", seeds=1), "peerwatch/honest", tmp_path)
    assert log.samples is not None
    log.samples[0].metadata = {}
    assert list(episode_rows(log)) == []


def test_a_log_that_was_cut_off_is_named(tmp_path: Path) -> None:
    log = run(grading(size="compact", seeds=1), "peerwatch/honest", tmp_path / "whole")
    whole = Path(log.location.removeprefix("file://"))
    cut = tmp_path / whole.name
    shutil.copy(whole, cut)
    cut.write_bytes(cut.read_bytes()[:600])
    with pytest.raises(PeerwatchError, match=f"{cut.name} is no readable log: it is cut off"):
        read_episodes(tmp_path)


def test_rows_survive_parquet(tmp_path: Path) -> None:
    run(grading(size="compact", seeds="1-2"), "peerwatch/inflate_decision", tmp_path / "logs")
    rows = read_episodes(tmp_path / "logs")
    rows.write_parquet(tmp_path / "episodes.parquet")
    assert pl.read_parquet(tmp_path / "episodes.parquet").equals(rows)
