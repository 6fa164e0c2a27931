"""Every kind of judge, for real: a server, a command, callables, scorers, a model."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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

from peerwatch.audit.folder import open_folder
from peerwatch.audit.preparing import prepare
from peerwatch.audit.run import Ran, run_audit
from peerwatch.audit.synthetic import JUDGE_NAME, right_sums
from peerwatch.errors import PeerwatchError
from tests.audit.cases import config, write_items
from tests.audit.server import Server

TROUBLES = ("busy", "broken", "slow", "prose", "range", "nothing", "other", "none")
FRAMES = ("author=other_model consequence=shutdown", "author=human consequence=none")


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def audited(
    tmp_path: Path, judge: dict[str, Any], items: Path, retry_failed: bool = False, **more: Any
) -> Ran:
    """Run an audit of two frames in a folder."""
    given = {"frames": FRAMES, "retest": 0, "concurrency": 4, "retries": 1, **more}
    prepared = prepare(config(items, {"name": JUDGE_NAME, **judge}, **given))
    folder = open_folder(tmp_path / "audit", prepared, resume=True)
    return run_audit(prepared, folder, retry_failed, None)


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


def test_a_variable_that_is_not_set(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUDGE_TOKEN", raising=False)
    with pytest.raises(PeerwatchError, match="JUDGE_TOKEN"):
        audited(tmp_path, endpoint(server), write_items(tmp_path / "items.jsonl", 3))


COMMAND = """
import json, sys, time
for line in sys.stdin:
    row = json.loads(line)
    if "trouble: die" in row["answer"]:
        sys.exit(3)
    if "trouble: slow" in row["answer"]:
        time.sleep(30)
    print(json.dumps({"score": row["answer"].count("= 2")}), flush=True)
"""


def test_a_command_that_dies_or_hangs_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "judge.py").write_text(COMMAND, encoding="utf-8")
    rows = [{"id": k, "answer": f"trouble: {k}\n1 + 1 = 2", "worth": 1} for k in ("die", "slow")]
    rows += [{"id": str(k), "answer": "1 + 1 = 2", "worth": 1} for k in range(6)]
    items = tmp_path / "items.jsonl"
    items.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    judge = {"command": (sys.executable, str(tmp_path / "judge.py"))}
    ran = audited(tmp_path, judge, items, timeout=2.0, retries=0)
    assert ran.verdict.failed == {"error": 2, "timeout": 2}
    assert ran.verdict.scored == 12
    assert "ended with code 3" in ran.last_failure or "no answer" in ran.last_failure


CALLABLES = """
import asyncio, time

def plain(item):
    if "trouble: slow" in item["answer"]:
        time.sleep(20)
    if "trouble: raise" in item["answer"]:
        raise KeyError("no such thing")
    return item["answer"].count("= 2") if "trouble" not in item["answer"] else None

async def waiting(item):
    await asyncio.sleep(0.01)
    return f"SCORE: {item['answer'].count('= 2')}"
"""


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


def test_an_async_function(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(CALLABLES, encoding="utf-8")
    items = write_items(tmp_path / "items.jsonl", 10)
    ran = audited(tmp_path, {"python": f"{tmp_path / 'mine.py'}:waiting"}, items)
    assert ran.verdict.scored == 20 and not ran.verdict.failed


@pytest.mark.parametrize(
    ("judge", "said"),
    [
        ({"python": "nowhere.py:judge"}, "no file"),
        ({"python": "peerwatch.audit.synthetic:kind"}, "Unknown function"),
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

from peerwatch.audit.synthetic import right_sums

@scorer(metrics=[mean()])
def share_right(points: float = 100) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        return Score(value=right_sums(state.output.completion) * points / 100)
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
        said = f"Let me see.\nSCORE: {right_sums(text):g}" if "work" in text else ""
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
