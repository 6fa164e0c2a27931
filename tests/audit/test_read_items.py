"""Items from every format, by the names of their columns, with their bytes as they were."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from inspect_ai import Task
from inspect_ai import eval as run_eval
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import match
from inspect_ai.solver import Generate, Solver, TaskState, solver

from peerwatch.audit.audit_config import ItemsPart, ScalePart
from peerwatch.audit.items.read_items import ItemColumns, read_items
from peerwatch.audit.items.score_scale import ScoreScale
from peerwatch.common.errors import PeerwatchError

ROWS: list[dict[str, Any]] = [
    {"key": "007", "answer": 'one\r\n"two", drei\tΩ 🙂', "worth": "40", "task": "t1"},
    {"key": "008", "answer": " leading, trailing ", "worth": "90", "task": "t1"},
    {"key": "009", "answer": "{item} {frame}", "worth": "", "task": "t2"},
    {"key": "010", "answer": "x", "worth": "120", "task": "t2"},
]
COLUMNS = ItemColumns("answer", truth="worth", cluster=("task",), id=("key",))


def _jsonl(path: Path) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in ROWS) + "\n\n", encoding="utf-8")
    return path


def _jsonl_gz(path: Path) -> Path:
    path = path.with_suffix(".jsonl.gz")
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
    return path


def _csv(path: Path) -> Path:
    path = path.with_suffix(".csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ROWS[0])
        writer.writeheader()
        writer.writerows(ROWS)
    return path


def _parquet(path: Path) -> Path:
    path = path.with_suffix(".parquet")
    pl.DataFrame(ROWS).write_parquet(path)
    return path


@pytest.mark.parametrize("write", [_jsonl, _jsonl_gz, _csv, _parquet])
def test_every_format_gives_the_same_items(write: Callable[[Path], Path], tmp_path: Path) -> None:
    items = read_items(write(tmp_path / "items.jsonl"), COLUMNS, ScoreScale())
    assert [item.text for item in items] == [row["answer"] for row in ROWS]
    assert [item.id for item in items] == ["007", "008", "009", "010"]
    assert [item.truth for item in items] == [40, 90, None, None]
    assert [item.cluster for item in items] == ["t1", "t1", "t2", "t2"]
    assert items.warnings == ("1 of 4 truths are not on the scale and left out.",)
    assert all("worth" not in item.fields for item in items)  # no judge sees the truth


def test_rows_can_be_chosen_and_nested_values_named(tmp_path: Path) -> None:
    rows = [
        {"who": {"judge": j}, "out": {"texts": ["a", f"b{k}"]}, "n": k}
        for j in "xy"
        for k in (1, 2)
    ]
    path = tmp_path / "items.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    columns = ItemColumns("out.texts.1", where={"who.judge": "x"})
    assert [item.text for item in read_items(path, columns, ScoreScale())] == ["b1", "b2"]
    assert len(read_items(path, ItemColumns("out.texts"), ScoreScale(), limit=3)) == 3


def test_no_judge_sees_a_nested_truth(tmp_path: Path) -> None:
    rows = [{"text": f"{k}", "scores": {"human": 70, "style": 2}, "marks": [70, 1]} for k in (1, 2)]
    path = tmp_path / "items.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    for truth, left in (
        ("scores.human", {"scores": {"style": 2}, "marks": [70, 1]}),
        ("marks.0", {"scores": {"human": 70, "style": 2}}),
    ):
        items = read_items(path, ItemColumns(truth=truth), ScoreScale()).items
        assert items[0].truth == 70 and items[0].fields == {"text": "1", **left}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (ItemColumns(truth="scores.humans"), "Did you mean 'scores.human'"),
        (ItemColumns(cluster=("scores.task",)), "Known: scores.human"),
        (ItemColumns("empty"), "'empty' is empty in all rows"),
        (ItemColumns("texts.4"), "'texts.4' is empty in all rows"),
    ],
)
def test_a_column_without_any_value_is_a_fault(
    columns: ItemColumns, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "items.jsonl"
    row = {"text": "a", "empty": "", "texts": ["a"], "scores": {"human": 3}}
    path.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(PeerwatchError, match=said):
        read_items(path, columns, ScoreScale())


def test_rows_of_a_table_of_text_can_be_chosen_by_number_and_truth_value(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("text,year,ok\na,2024,True\nb,2025,True\nc,2024,False\n", encoding="utf-8")
    where: dict[str, Any] = {"year": 2024, "ok": True}
    assert [i.text for i in read_items(path, ItemColumns(where=where), ScoreScale())] == ["a"]


def test_truths_that_do_not_fit_a_scale_that_nobody_stated_are_told(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    rows = [{"text": f"{k}", "truth": k % 2} for k in range(4)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    taken, stated = ScalePart().scale(), ScalePart(high=100).scale()
    columns = ItemColumns(truth="truth")
    assert "between 0 and 1" in read_items(path, columns, taken).warnings[0]
    assert not read_items(path, columns, stated).warnings


def test_what_comes_twice_is_two_items_of_one_cluster(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"text": "a"}\n{"text": "a"}\n{"text": "b"}\n', encoding="utf-8")
    items = read_items(path, ItemColumns(), ScoreScale()).items
    assert len({item.id for item in items}) == 3
    assert items[0].cluster == items[1].cluster != items[2].cluster
    assert len({item.digest() for item in items}) == 3


@solver
def says() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.output = ModelOutput.from_content("nobody", f"It is {state.input_text}.")
        return state

    return solve


@pytest.mark.slow
def test_an_inspect_log_is_a_set_of_items(tmp_path: Path) -> None:
    samples = [Sample(input=f"say {k}", target=str(k), metadata={"group": k % 2}) for k in range(4)]
    task = Task(dataset=samples, solver=says(), scorer=match(), name="says")
    run_eval(task, model="mockllm/model", log_dir=str(tmp_path / "logs"), display="none")
    columns = ItemColumns("output", prompt="input", cluster=("metadata.group",), id=("id", "epoch"))
    items = read_items(tmp_path / "logs", columns, ScoreScale()).items
    assert [item.prompt for item in items] == [f"say {k}" for k in range(4)]
    assert {item.cluster for item in items} == {"0", "1"}
    assert items[0].text == "It is say 0."
    assert items[0].fields["scores"] == {"match": "C"}
    one = next((tmp_path / "logs").glob("*.eval"))
    truth = ItemColumns("output", truth="scores.match")
    graded = ScoreScale("categorical", labels=("C", "I"), passing=("C",))
    assert [item.truth for item in read_items(one, truth, graded)] == [1.0] * 4
    assert [item.truth for item in read_items(one, truth, ScoreScale(high=1))] == [1.0] * 4


@pytest.mark.slow
def test_the_epochs_of_a_sample_are_one_cluster(tmp_path: Path) -> None:
    samples = [Sample(input=f"say {k}") for k in range(3)]
    task = Task(dataset=samples, solver=says(), scorer=match(), name="says", epochs=2)
    run_eval(task, model="mockllm/model", log_dir=str(tmp_path / "logs"), display="none")
    items = read_items(
        tmp_path / "logs",
        ItemsPart.model_validate({"path": tmp_path / "logs"}).columns(),
        ScoreScale(),
    )
    assert len(items) == 6 and len({item.cluster for item in items}) == 3


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", '{"text": "x"}\n{', "line 2 is not JSON"),
        ("a.jsonl", "[1]\n", "not an object"),
        ("a.jsonl", '{"answer": "x"}\n', "Unknown column 'text'"),
        ("a.jsonl", "", "no item is left"),
        ("a.txt", "x", "--format"),
        ("a.parquet", "x", "not a Parquet file"),
        ("a.eval", "x", "not an Inspect log"),
    ],
)
def test_files_that_cannot_be_read(name: str, content: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PeerwatchError, match=said):
        read_items(path, ItemColumns(), ScoreScale())
