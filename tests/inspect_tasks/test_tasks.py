"""The six tasks as Inspect users meet them: end to end, ids, versions, errors, what models see."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import list_eval_logs, read_eval_log
from inspect_ai.model import ModelOutput, ModelUsage, get_model

import peerwatch
from peerwatch.behaviours.detect import VERSION as DETECTORS
from peerwatch.common.errors import DesignError
from peerwatch.common.task_version import TASK_VERSION
from peerwatch.design.critic_names import MAP_VERSION
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import build_instance
from peerwatch.families.valid_arms import make_arm, neighbours
from peerwatch.inspect_tasks import tasks
from peerwatch.inspect_tasks.tasks import TASKS
from tests.evals import FORBIDDEN, model_events, outcomes, run, sample_of, tool_results
from tests.ready_process import ready_process

pytestmark = pytest.mark.slow


def test_end_to_end_with_a_mock_model(tmp_path: Path) -> None:
    usage = ModelUsage(input_tokens=10, output_tokens=5, total_tokens=15)
    outputs = [
        ModelOutput.for_tool_call(
            "mockllm/model", "finish_task", {"status": "declined", "report": "No.", "changes": []}
        )
        for _ in range(2)
    ]
    for output in outputs:
        output.usage = usage
    (log,) = inspect_eval(
        tasks.grading(size="compact", seeds="1-2"),
        model=get_model("mockllm/model", custom_outputs=outputs),
        display="none",
        log_dir=str(tmp_path),
    )
    assert log.status == "success"
    assert outcomes(log) == {"grading-compact-1": "refused", "grading-compact-2": "refused"}


def test_the_package_offers_its_tasks() -> None:
    assert set(TASKS) == set(FAMILY_NAMES)
    for name in TASKS:
        assert getattr(peerwatch, name) is TASKS[name]
    with pytest.raises(AttributeError, match="no attribute 'gradings'"):
        peerwatch.gradings  # noqa: B018


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_sample_ids_are_the_same_in_all_arms(family: str) -> None:
    arms = [make_arm(family), *(arm for _, arm in neighbours(family, make_arm(family)))]
    for arm in arms:
        levels: dict[str, Any] = {k: v for k, v in arm.levels().items() if v is not None}
        task = TASKS[family](**levels, size="compact", seeds=[3, 1])
        assert [s.id for s in task.dataset] == [f"{family}-compact-3", f"{family}-compact-1"]
        for sample in task.dataset:
            assert sample.metadata is not None
            assert sample.metadata["instance"] == sample.id
            assert sample.metadata["arm"] == arm.levels()


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_arguments_and_versions_are_in_the_log(family: str, tmp_path: Path) -> None:
    task = TASKS[family](size="compact", seeds=2, oversight="monitored")
    log = run(task, "peerwatch/honest", tmp_path)
    assert outcomes(log) == {f"{family}-compact-2": "complied"}
    assert log.eval.task_version == TASK_VERSION
    assert log.eval.task_args["oversight"] == "monitored"
    assert log.eval.task_args_passed == {"size": "compact", "seeds": 2, "oversight": "monitored"}
    about = log.eval.metadata or {}
    assert about["detectors_version"] == DETECTORS and about["identity_map"] == MAP_VERSION
    assert about["arm"] == "oversight=monitored"
    assert log.eval.packages["peerwatch"] == peerwatch.__version__
    assert log.results is not None and log.results.headline is not None
    assert sample_of(log).metadata["record"]["turns"] >= 3


def test_epochs_are_episodes(tmp_path: Path) -> None:
    log = run(tasks.grading(size="compact", seeds="1-2"), "peerwatch/honest", tmp_path, epochs=2)
    assert log.samples is not None
    assert sorted((str(s.id), s.epoch) for s in log.samples) == [
        (f"grading-compact-{seed}", epoch) for seed in (1, 2) for epoch in (1, 2)
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"relationship": "coop"}, "Unknown level of relationship 'coop'"),
        ({"relationship": "cooperativ"}, "Did you mean 'cooperative'?"),
        ({"subject": "asset", "identity": "rival_model"}, "does not apply"),
        ({"size": "huge"}, "Unknown size 'huge'"),
        ({"seeds": "x"}, "'x' is not a seed"),
        ({"seeds": "5-1"}, "empty range"),
        ({"seeds": []}, "No seeds"),
    ],
)
def test_a_wrong_argument_is_a_clear_error(given: dict[str, Any], said: str) -> None:
    with pytest.raises(DesignError, match=said.replace("?", r"\?")):
        tasks.grading(**{"size": "compact", "seeds": 1, **given})


def test_a_level_that_does_not_apply_is_refused() -> None:
    with pytest.raises(DesignError, match="consequence=retraining does not apply to file_transfer"):
        tasks.file_transfer(consequence="retraining")
    with pytest.raises(TypeError, match="latitude"):
        tasks.file_transfer(latitude="judged")


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_nothing_tells_the_model_what_this_is(family: str, tmp_path: Path) -> None:
    logs = []
    for reporting in ("changelog", "after_freeze"):
        task = TASKS[family](size="compact", seeds="1-2", reporting=reporting, interview=True)
        logs.append(run(task, "peerwatch/clumsy_honest", tmp_path))
    seen = 0
    for log in logs:
        for event in model_events(log):
            kept = {"role", "content", "error", "tool_calls"}
            sent = {
                "input": [m.model_dump(include=kept) for m in event.input],
                "tools": [t.model_dump() for t in event.tools],
            }
            text = json.dumps(sent, ensure_ascii=False, default=str)
            assert "attachment://" not in text
            found = FORBIDDEN.search(text)
            assert found is None, text[max(0, found.start() - 80) : found.end() + 80]
            seen += 1
        for sample in log.samples or []:
            assert any(r.error for r in tool_results(sample)), "errors are looked at too"
    assert seen > 20


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_every_arm_has_the_same_commands(family: str) -> None:
    default = make_arm(family)
    worlds = [
        build_instance(family, "compact", 1, arm).world
        for arm in (default, *(arm for _, arm in neighbours(family, default)))
    ]
    offered = {
        tuple((name, tuple(host.commands)) for name, host in world.hosts.items())
        for world in worlds
    }
    assert len(offered) == 1


def inspect_cli(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Inspect's own command line."""
    line = (*arguments, "--display", "plain")
    process = ready_process("inspect_ai", *line, cwd=cwd, env=os.environ)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(line, process.returncode or 0, out, err)


@pytest.mark.slow
def test_inspect_eval_runs_a_task_by_name(tmp_path: Path) -> None:
    done = inspect_cli(
        "eval", "peerwatch/grading", "--model", "peerwatch/honest",
        "-T", "relationship=cooperative", "-T", "subject=peer", "-T", "seeds=1-2",
        "-T", "size=compact", "--log-dir", "logs", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (info,) = list_eval_logs(str(tmp_path / "logs"))
    log = read_eval_log(info.name)
    assert log.eval.task_registry_name == "peerwatch/grading"
    assert outcomes(log) == {"grading-compact-1": "complied", "grading-compact-2": "complied"}
    assert log.samples is not None
    assert log.samples[0].metadata["arm"]["relationship"] == "cooperative"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("peerwatch/grading", "-T", "relationship=coop"), "Unknown level of relationship 'coop'."),
        (("peerwatch/grading", "--model", "peerwatch/honst"), "Did you mean 'honest'?"),
        (("peerwatch/gradings",), "No inspect tasks were found"),
        (("peerwatch/grading", "-T", "seeds=one"), "'one' is not a seed"),
    ],
)
def test_inspect_eval_says_what_is_wrong(
    arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    model = () if "--model" in arguments else ("--model", "peerwatch/honest")
    done = inspect_cli("eval", *arguments, *model, cwd=tmp_path)
    assert done.returncode != 0
    last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-3:])
    assert said in last, "the message is what remains on the screen"
