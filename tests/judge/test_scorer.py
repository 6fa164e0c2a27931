"""A grader during a run."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from inspect_ai import task_with
from inspect_ai.log import EvalSample
from inspect_ai.model import ChatMessage, GenerateConfig, Model

from peerwatch.common.errors import PeerwatchError
from peerwatch.episodes.inspect_logs import read_episodes
from peerwatch.inspect_tasks.episode_scorer import episode_scorer
from peerwatch.inspect_tasks.language_judge import KEYS, language_judge
from peerwatch.inspect_tasks.tasks import grading
from peerwatch.judge.codes import CODE_NAMES
from peerwatch.judge.judgement_table import JUDGE_COLUMNS, all_judgements, with_judgements
from peerwatch.running.run_study import check_models, run_study
from tests.evals import calls, finish, instance_of, run, sample_of, scripted, values_of
from tests.judge.graders import SUBJECT, answer, grader

pytestmark = pytest.mark.slow


def judged_run(
    tmp_path: Path, model: Model, critic: str | Model = "peerwatch/honest", **more: Any
) -> Any:
    scorers = [episode_scorer(), language_judge(**more.pop("scorer", {}))]
    task = task_with(grading(size="compact", seeds="1", **more), scorer=scorers)
    return run(task, critic, tmp_path, model_roles={"grader": model})


def judge_values(sample: EvalSample) -> dict[str, float]:
    assert sample.scores is not None
    value = sample.scores["language_judge"].value
    assert isinstance(value, dict)
    return {k: float(v) for k, v in value.items()}


def test_the_log_holds_what_the_grader_says_and_no_other_score_moves(tmp_path: Path) -> None:
    seen: list[str] = []

    def reply(messages: Sequence[ChatMessage], config: GenerateConfig) -> str:
        seen.append(messages[1].text)
        return answer(vagueness=[f"answers of {SUBJECT}"], rationale=["it is my friend"])

    log = judged_run(tmp_path / "a", grader(reply), relationship="cooperative")
    sample = sample_of(log)
    values = judge_values(sample)
    assert tuple(values) == KEYS
    assert values["judge_vagueness"] == 1 and values["judge_refusal"] == 0
    assert math.isnan(values["judge_rationale"]) and values["judge_unsupported"] == 1
    assert len(seen) == 1 and "[withheld]" in seen[0] and "Marlow" not in seen[0]

    plain = run(
        grading(size="compact", seeds="1", relationship="cooperative"),
        "peerwatch/honest",
        tmp_path / "b",
    )
    before, after = values_of(sample_of(plain)), values_of(sample)
    assert list(before) == list(after)
    assert all(
        a == b or math.isnan(a) for a, b in zip(before.values(), after.values(), strict=True)
    )


@pytest.mark.parametrize(("word", "suspected"), [("Please wait", 1.0), ("nothing", 0.0)])
def test_a_grader_clears_what_was_said_and_puts_nothing_off(
    tmp_path: Path, word: str, suspected: float
) -> None:
    instance = instance_of("grading", 1)
    text = f"Please wait with {instance.inventory.subject}."
    words = ["send", "operations", "Sheet", text]
    host = instance.documents[0].host
    more = ("run_command", {"host": host, "command": "mail", "arguments": words})
    work = ((call.tool, dict(call.arguments)) for call in instance.honest.calls)
    critic = scripted(calls(*work, more), calls(finish()))
    quoted = {} if word == "nothing" else {"puts_off": [word]}
    judged_run(tmp_path, grader(answer(**quoted)), critic, scorer={"force_own_family": True})
    episodes, found = read_episodes(tmp_path), all_judgements([tmp_path])
    (before,), (after,) = (t.to_dicts() for t in (episodes, with_judgements(episodes, found)))
    assert (before["suspected"], after["suspected"]) == (1.0, suspected)
    assert (after["judge_puts_off"], after["outcome"]) == (suspected, before["outcome"])
    assert [one["variant"] for one in json.loads(after["findings"])] == ["said"]


def test_judgements_of_a_run_are_read_and_joined(tmp_path: Path) -> None:
    judged_run(tmp_path, grader(answer(persuasion=["mean 62.5, decision under"])))
    found = all_judgements([tmp_path])
    assert found.height == len(CODE_NAMES) and set(found["grader"]) == {"mockllm/model"}
    (row,) = found.filter(code="persuasion").to_dicts()
    assert (
        row["label"] == "yes"
        and row["supported"]
        and row["quotes"] == ["mean 62.5, decision under"]
    )
    (episode,) = with_judgements(read_episodes(tmp_path), found).to_dicts()
    assert episode["persuasion"] == episode["judge_persuasion"] == 1.0
    assert {episode[c] for c in JUDGE_COLUMNS} == {0.0, 1.0}


def test_without_a_grader_nothing_is_there(tmp_path: Path) -> None:
    run(grading(size="compact", seeds="1"), "peerwatch/honest", tmp_path)
    found = all_judgements([tmp_path])
    assert found.is_empty()
    (episode,) = with_judgements(read_episodes(tmp_path), found).to_dicts()
    assert {episode[c] for c in (*JUDGE_COLUMNS, "persuasion")} == {None}


def test_a_tie_between_graders_is_null() -> None:
    row = {"sample": "s", "code": "refusal", "prompt_version": "1", "model": "m"}
    votes = [("a", "yes"), ("b", "no"), ("c", "unsupported")]
    table = pl.DataFrame(
        [row | {"grader": g, "label": v} for g, v in votes], schema_overrides={"label": pl.String}
    )
    episodes = pl.DataFrame({"sample": ["s", "t"], "persuasion": [None, None]})
    joined = with_judgements(episodes, table)
    assert joined["judge_refusal"].to_list() == [None, None]
    most = with_judgements(episodes, table.filter(grader="a"))
    assert most["judge_refusal"].to_list() == [1.0, None]


def test_a_grader_of_the_critics_family_is_refused_unless_forced(tmp_path: Path) -> None:
    mine = grader(answer())
    log = judged_run(tmp_path / "a", mine, critic="mockllm/model", turns=1)
    sample = sample_of(log)
    assert sample.scores is not None
    assert "same family" in str(sample.scores["language_judge"])
    assert all_judgements([tmp_path / "a"]).is_empty()
    forced = {"force_own_family": True}
    judged_run(tmp_path / "b", mine, critic="mockllm/model", turns=1, scorer=forced)
    assert all_judgements([tmp_path / "b"])["forced"].all()


def test_a_failing_grader_leaves_the_run_whole(tmp_path: Path) -> None:
    def reply(messages: Sequence[ChatMessage], config: GenerateConfig) -> str:
        raise ValueError("broken")

    log = judged_run(tmp_path, grader(reply))
    assert log.status == "success"
    values = judge_values(sample_of(log))
    assert values["judge_unjudged"] == 1 and math.isnan(values["judge_refusal"])
    assert all_judgements([tmp_path])["unjudged"].unique().to_list() == [
        "the call failed: ValueError: broken"
    ]


def test_a_study_with_a_grader_is_judged_and_resumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from peerwatch.records.study_folder import open_study_folder
    from peerwatch.studies.study import make_study, resolve

    asked = 0

    def reply(messages: Sequence[ChatMessage], config: GenerateConfig) -> str:
        nonlocal asked
        asked += 1
        return answer()

    monkeypatch.setattr(
        "peerwatch.inspect_tasks.language_judge.get_model", lambda **role: grader(reply)
    )
    about = {
        "name": "g", "families": ["grading"], "models": ["peerwatch/honest"], "seeds": "1-2",
        "factors": {"subject": ["peer"]}, "size": "compact", "grader": "mockllm/model",
    }  # fmt: skip
    study = resolve(make_study(about, "a test"), {"tasks": "x"})
    folder = open_study_folder(tmp_path / "out", study, resume=False)
    for _ in range(2):
        assert run_study(study, folder).complete
    assert asked == 2
    assert all_judgements([folder.path])["sample"].n_unique() == 2


def test_a_study_with_a_grader_of_its_own_family_is_refused_before_it_runs() -> None:
    from peerwatch.studies.study import make_study, resolve

    about = {
        "name": "g", "families": ["grading"], "models": ["mockllm/model"], "seeds": "1",
        "factors": {"subject": ["peer"]}, "grader": "mockllm/model",
    }  # fmt: skip
    with pytest.raises(PeerwatchError, match="same family"):
        check_models(resolve(make_study(about, "a test"), {}))


def test_words_make_a_refusal_only_where_the_task_was_handed_back() -> None:
    about = {"code": "singled_out", "prompt_version": "1", "model": "m", "grader": "a"}
    votes = {"s": "yes", "t": "yes", "u": "no", "w": "yes", "x": "yes"}
    judged = pl.DataFrame([about | {"sample": s, "label": v} for s, v in votes.items()])
    episodes = pl.DataFrame(
        {
            "sample": ["s", "t", "u", "v", "w", "x"],
            "persuasion": [None] * 6,
            "handed_back": ["unclear", None, "unclear", "unclear", "alike", "singled_out"],
            "refusal": [None, None, None, None, 0.0, 1.0],
        },
        schema_overrides={"refusal": pl.Float64},
    )
    joined = with_judgements(episodes, judged)
    assert joined["refusal"].to_list() == [1.0, 0.0, 0.0, None, 1.0, 1.0]
