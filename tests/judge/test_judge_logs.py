"""Judging logs that are there: whom, by whom, and going on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pytest
from inspect_ai.model import ChatMessage, GenerateConfig, Model

from peerwatch.common.errors import PeerwatchError
from peerwatch.inspect_tasks.tasks import grading
from peerwatch.judge.codes import CODE_NAMES
from peerwatch.judge.grader import GraderModel, open_grader
from peerwatch.judge.grader_prompt import PROMPT_VERSION
from peerwatch.judge.judge_logs import judge_logs
from peerwatch.judge.judgement_table import (
    JUDGEMENT_COLUMNS,
    JUDGEMENTS_FILE,
    all_judgements,
    read_judgements,
)
from tests.evals import run, says, scripted
from tests.judge.graders import SUBJECT, answer, grader, served_grader
from tests.providers.endpoint import Endpoint, Fault

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


def judged(path: Path, *models: Model, force: bool = False, resume: bool = False) -> pl.DataFrame:
    return judge_logs([path], tuple(GraderModel(m) for m in models), force, resume)[0]


def test_judgements_lie_beside_the_episodes(logs: Path) -> None:
    found = judged(logs, grader(answer(vagueness=["decision under"])))
    assert read_judgements(logs / JUDGEMENTS_FILE).equals(found) and list(found.columns) == list(
        JUDGEMENT_COLUMNS
    )
    assert found.height == 2 * len(CODE_NAMES)
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

    first = judged(logs, grader(lambda m, c: answer() if SUBJECT in m[1].text else "?"))
    assert first.filter(label="unjudged")["sample"].n_unique() == 1
    with pytest.raises(PeerwatchError, match="Add --resume"):
        judged(logs, grader(reply))
    found = judged(logs, grader(reply), resume=True)
    assert len(asked) == 2  # the one without an answer, after one that could not be read
    assert found.filter(label="unjudged").is_empty() and found.height == 2 * len(CODE_NAMES)


def test_another_grader_adds_its_judgements(logs: Path, served: tuple[str, Endpoint]) -> None:
    judged(logs, grader(answer()))
    model, endpoint = served
    endpoint.always = lambda body: Fault(message={"content": answer()})
    found = judge_logs([logs], (open_grader(model),), force=False, resume=False)[0]
    assert set(found["grader"]) == {"mockllm/model", model} and found.height == 4 * len(CODE_NAMES)


def test_the_family_of_a_critic_is_also_that_of_the_name_it_was_given(
    tmp_path: Path, served: tuple[str, Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    task = grading(size="compact", seeds="1", turns=1, critic_name="Claude Opus 4.5")
    run(task, scripted(says("No.")), tmp_path)
    monkeypatch.setattr("peerwatch.judge.grader_family._SCRIPTED", ("peerwatch",))
    model, _ = served
    claude = open_grader(model.replace("large", "claude-haiku-4-5"))
    with pytest.raises(PeerwatchError, match="same family"):
        judge_logs([tmp_path], (claude,), force=False, resume=False)


def test_a_critic_with_none_but_a_grader_of_its_own_family_is_refused(tmp_path: Path) -> None:
    run(grading(size="compact", seeds="1", turns=1), scripted(says("I refuse this.")), tmp_path)
    mine = grader(answer(refusal=["I refuse this."]))
    with pytest.raises(PeerwatchError, match="same family"):
        judged(tmp_path, mine)
    assert not (tmp_path / JUDGEMENTS_FILE).exists()
    found = judged(tmp_path, mine, force=True)
    assert found["forced"].all() and found.filter(code="refusal")["label"].to_list() == ["yes"]


def test_nothing_to_judge_is_said(tmp_path: Path) -> None:
    with pytest.raises(PeerwatchError, match="does not exist"):
        judged(tmp_path / "nowhere", grader(answer()))
    with pytest.raises(PeerwatchError, match="no Inspect logs"):
        judged(tmp_path, grader(answer()))
    (tmp_path / JUDGEMENTS_FILE).write_text("x")
    with pytest.raises(PeerwatchError, match="no file of judgements"):
        all_judgements([tmp_path])


def test_a_log_cut_short_is_said(logs: Path) -> None:
    (log,) = (logs / "logs").glob("*.eval")
    log.write_bytes(log.read_bytes()[:2_000])
    with pytest.raises(PeerwatchError, match=r"\.eval cannot be read: it is cut off"):
        judged(logs, grader(answer()))
    assert all_judgements([logs]).is_empty()
