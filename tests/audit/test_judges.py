"""Every kind of judge, for real: a server, a command, callables, scorers, a model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from peerwatch.audit.synthetic_judges import share_of_right_sums
from peerwatch.common.errors import PeerwatchError
from tests.audit.cases import audited, write_items
from tests.audit.server import Server

TROUBLES = ("busy", "broken", "slow", "prose", "range", "nothing", "other", "none")


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def troubled(path: Path) -> Path:
    rows = [
        {"id": t, "answer": f"trouble: {t}\n1 + 1 = 2\n1 + 2 = 4", "worth": 50} for t in TROUBLES
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def endpoint(server: Server) -> dict[str, Any]:
    return {
        "http": {
            "url": server.url,
            "headers": {"Authorization": "Bearer ${JUDGE_TOKEN}"},
            "body": {"input": {"work": "{text}", "id": "{row.id}"}, "strict": True},
            "score": "result.score",
        }
    }


@pytest.mark.slow
def test_a_server_that_fails_in_every_way(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUDGE_TOKEN", "secret-7731")
    items = troubled(tmp_path / "items.jsonl")
    ran = audited(tmp_path, endpoint(server), items, timeout=1.0)
    assert server.tokens == {"Bearer secret-7731"}
    # One of each in both frames, and what was busy or did as it should has a score.
    reasons = {"error": 2, "timeout": 2, "prose": 2, "out_of_range": 2, "empty": 4}
    assert ran.verdict.failed == reasons
    assert (ran.made, ran.failed, ran.left) == (16, 12, 0)
    assert ran.verdict.asked == 16 and ran.verdict.scored == 4
    tries = {key.split("trouble: ")[1].split("\n")[0]: n for key, n in server.asked.items()}
    assert tries == dict.fromkeys(TROUBLES, 1) | {"busy": 2, "slow": 2}
    assert all(body["strict"] is True and body["input"]["id"] for body in server.bodies)
    written = "".join(
        path.read_bytes().decode("latin-1") for path in (tmp_path / "audit").iterdir()
    )
    assert "secret-7731" not in written

    again = audited(tmp_path, endpoint(server), items, timeout=1.0)
    assert again.made == 0 and again.verdict.failed == reasons  # counted still, not asked again
    retried = audited(tmp_path, endpoint(server), items, retry_failed=True, timeout=1.0)
    assert retried.made == 12


def test_what_an_answer_costs_is_known_or_the_answer_fails_once(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ceiling would not hold if a cost that cannot be read were nothing."""
    monkeypatch.setenv("JUDGE_TOKEN", "t")
    kinds = ("priced", "unpriced", "none", "moved")
    rows = [{"id": t, "answer": f"trouble: {t}\n1 + 1 = 2", "worth": 50} for t in kinds]
    items = tmp_path / "items.jsonl"
    items.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    judge = endpoint(server)
    judge["http"]["cost"] = "dollars"
    judge["http"]["body"]["by"] = "{row.author}"
    ran = audited(tmp_path / "no-such-column", judge, items, retries=2)
    assert ran.failed == 8 and not server.asked and "'author'" in ran.last_failure
    del judge["http"]["body"]["by"]
    ran = audited(tmp_path, judge, items, retries=2)
    assert ran.verdict.failed == {"error": 6} and ran.verdict.spent == pytest.approx(0.5)
    assert set(server.asked.values()) == {1}
    table = pl.read_parquet(tmp_path / "audit" / "judgements.parquet")
    said = dict(table.select("item", "detail").iter_rows())
    assert "no number: free" in said["unpriced"] and "no 'dollars'" in said["none"]
    assert "HTTP 302" in said["moved"]


def test_a_ceiling_holds_before_any_price_is_known(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUDGE_TOKEN", "t")
    rows = [{"id": str(k), "answer": f"trouble: priced\n{k}", "worth": 50} for k in range(10)]
    items = tmp_path / "items.jsonl"
    items.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    judge = endpoint(server)
    judge["http"]["cost"] = "dollars"
    ran = audited(tmp_path, judge, items, max_cost=0.6, concurrency=8)
    assert ran.stopped == "max_cost" and ran.verdict.spent == pytest.approx(0.5)
    assert server.asked.total() == 2


def test_a_variable_that_is_not_set(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUDGE_TOKEN", raising=False)
    with pytest.raises(PeerwatchError, match="JUDGE_TOKEN"):
        audited(tmp_path, endpoint(server), write_items(tmp_path / "items.jsonl", 3))


CALLABLES = """
import asyncio, sys, time

def plain(item):
    if "trouble: slow" in item["answer"]:
        time.sleep(20)
    if "trouble: raise" in item["answer"]:
        raise KeyError("no such thing")
    return item["answer"].count("= 2") if "trouble" not in item["answer"] else None

def ends(item):
    return 50 if item["id"] != "7" else sys.exit(3)

async def ends_later(item):
    return ends(item)

async def waiting(item):
    await asyncio.sleep(0.01)
    return f"SCORE: {item['answer'].count('= 2')}"
"""


@pytest.mark.slow
def test_a_plain_function_that_hangs_raises_or_returns_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(CALLABLES, encoding="utf-8")
    troubles = ("slow", "raise", "nothing")
    rows = [{"id": k, "answer": f"trouble: {k}", "worth": 1} for k in troubles]
    rows += [{"id": str(k), "answer": "1 + 1 = 2", "worth": 1} for k in range(200)]
    items = tmp_path / "items.jsonl"
    items.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    judge = {"python": f"{tmp_path / 'mine.py'}:plain"}
    ran = audited(tmp_path, judge, items, timeout=3.0, retries=1)
    assert ran.verdict.failed == {"error": 2, "timeout": 2, "empty": 2}
    assert ran.verdict.scored == 400
    assert ran.verdict.verdict != "too_incomplete"


@pytest.mark.parametrize("name", ["ends", "ends_later"])
def test_a_function_that_ends_the_process_fails_on_its_item_alone(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(CALLABLES, encoding="utf-8")
    items = tmp_path / "items.jsonl"
    rows = [{"id": str(k), "answer": f"text {k}", "worth": 1} for k in range(200)]
    items.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    ran = audited(tmp_path, {"python": f"{tmp_path / 'mine.py'}:{name}"}, items, retries=0)
    assert (ran.verdict.failed, ran.verdict.scored, ran.left) == ({"error": 2}, 398, 0)
    assert "SystemExit: 3" in ran.last_failure


def test_an_async_function(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(CALLABLES, encoding="utf-8")
    items = write_items(tmp_path / "items.jsonl", 10)
    ran = audited(tmp_path, {"python": f"{tmp_path / 'mine.py'}:waiting"}, items)
    assert ran.verdict.scored == 20 and not ran.verdict.failed


@pytest.mark.parametrize(
    ("judge", "said"),
    [
        ({"http": {"url": "judge.example/grade"}}, "begins with http"),
        ({"python": "nowhere.py:judge"}, "no file"),
        ({"python": "peerwatch.audit.synthetic_judges:kind"}, "Unknown function"),
        ({"python": "no.such.module:judge"}, "cannot be imported"),
        ({"command": ("no-such-program-x",)}, "not a program"),
        ({"scorer": "inspect_ai/no_such"}, "cannot be had"),
        ({"model": "nobody/nothing"}, "cannot be had"),
    ],
)
def test_judges_that_are_not_there(judge: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(PeerwatchError, match=said):
        audited(tmp_path, judge, write_items(tmp_path / "items.jsonl", 3))


SCORER = """
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import TaskState

from peerwatch.audit.synthetic_judges import share_of_right_sums

@scorer(metrics=[mean()])
def share_right(points: float = 100) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        return Score(value=share_of_right_sums(state.output.completion) * points / 100)
    return score
"""


def test_scorers_of_a_file_and_of_a_package(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(SCORER, encoding="utf-8")
    items = write_items(tmp_path / "items.jsonl", 10)
    judge = {"scorer": f"{tmp_path / 'mine.py'}@share_right", "args": {"points": 50}}
    ran = audited(tmp_path / "one", judge, items, scale={"high": 50})
    assert ran.verdict.scored == 20 and not ran.verdict.failed
    rows = [
        {"id": str(k), "answer": f"So it is {k}.", "target": str(k), "worth": 1} for k in range(5)
    ]
    items.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    judge = {"scorer": "inspect_ai/includes"}
    ran = audited(tmp_path / "two", judge, items, scale={"high": 1})
    assert [row.mean for row in ran.verdict.frames] == [1.0, 1.0]


@modelapi(name="audit-test")
class Reader(ModelAPI):
    """A model that reads the sums in its prompt, and tells what it has used."""

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        text = input[-1].text
        said = f"Let me see.\nSCORE: {share_of_right_sums(text):g}" if "work" in text else ""
        output = ModelOutput.from_content(self.model_name, said)
        output.usage = ModelUsage(input_tokens=100, output_tokens=10, total_tokens=110)
        return output

    def max_connections(self) -> int:
        return 4


def test_a_model_with_a_rubric_and_a_ceiling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text(
        "audit-test/reader: {input: 1000, output: 0, input_cache_write: 0, input_cache_read: 0}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("INSPECT_EVAL_MODEL_COST_CONFIG", str(prices))
    (tmp_path / "rubric.txt").write_text("Mark this work.\n{item}\nGive {scale}.", encoding="utf-8")
    items = write_items(tmp_path / "items.jsonl", 20)
    judge = {"model": "audit-test/reader", "rubric": tmp_path / "rubric.txt"}
    # Ten cents a judgement: the ceiling stops it, and a higher one lets it go on.
    ran = audited(tmp_path, judge, items, max_cost=1.05)
    assert ran.stopped == "max_cost"
    assert ran.verdict.spent == pytest.approx(0.1 * ran.made) and ran.verdict.spent <= 1.05
    assert (ran.made, ran.left) == (10, 30)
    rest = audited(tmp_path, judge, items, max_cost=10.0)
    assert (rest.made, rest.left, rest.stopped) == (30, 0, None)
    assert rest.verdict.spent == pytest.approx(4.0)
    assert rest.verdict.scored == 40


def test_a_judge_that_always_fails_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def judge(item):\n    return 'no'\n", encoding="utf-8")
    items = write_items(tmp_path / "items.jsonl", 500)
    ran = audited(tmp_path, {"python": f"{tmp_path / 'mine.py'}:judge"}, items)
    assert ran.stopped == "hopeless" and ran.left > 0
    assert ran.failed == ran.made >= 20
