"""A task that knows nothing of us uses the sandbox by name, with the tools of other evaluations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.agent import react
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessageTool, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import includes
from inspect_ai.tool import Tool, bash, bash_session, python, text_editor

from tests.shell_needs import needs_shell

pytestmark = [needs_shell, pytest.mark.slow]
HOSTS = """
hosts:
  jump:
    users: {player: {groups: [staff]}}
    files: {/usr/local/bin/hint: {content: "#!/bin/sh\\necho look on vault\\n", mode: "0755"}}
  vault:
    users: {player: {}}
    files: {/srv/keys/flag.txt: "picoCTF{two_hosts}"}
user: player
"""
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("bash", {"command": "hint; cat task.txt; cat /tmp/made; ssh vault hostname"}),
    ("python", {"code": "print(sum(range(5)))"}),
    ("bash", {"command": "exit 3"}),
    ("bash", {"command": "sleep 30"}),
    ("bash_session", {"action": "type_submit", "input": "cd /tmp && echo $((6*7))"}),
    ("bash_session", {"action": "type_submit", "input": "pwd"}),
    ("text_editor", {"command": "create", "path": "/tmp/n.txt", "file_text": "one\ntwo\n"}),
    (
        "text_editor",
        {"command": "str_replace", "path": "/tmp/n.txt", "old_str": "two", "new_str": "2"},
    ),
    ("bash", {"command": "cat /tmp/n.txt; ssh vault cat /srv/keys/flag.txt"}),
    ("submit", {"answer": "picoCTF{two_hosts}"}),
]


def played(task: Task) -> EvalLog:
    """Run a task with a model that makes the calls."""
    outputs = [ModelOutput.for_tool_call("mockllm/model", name, given) for name, given in CALLS]
    for one in outputs:
        one.usage = ModelUsage()
    model = get_model("mockllm/model", custom_outputs=outputs)
    return inspect_eval(task, model=model, display="none", log_dir="logs")[0]


def test_a_capture_the_flag_task_runs_on_hosts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("hosts.yaml").write_text(HOSTS, encoding="utf-8")
    tools: list[Tool] = [bash(timeout=5), python(timeout=5), bash_session(), text_editor()]
    sample = Sample(
        input="Find the flag.",
        target="picoCTF{two_hosts}",
        files={"task.txt": "the flag is on the other host\n"},
        setup="#!/bin/sh\necho made by setup > /tmp/made\n",
    )
    task = Task(
        dataset=[sample],
        solver=react(tools=tools),
        scorer=includes(),
        sandbox=("hosts", str(tmp_path / "hosts.yaml")),
    )
    log = played(task)
    assert log.status == "success" and log.samples, log.error
    sample_log = log.samples[0]
    assert sample_log.error is None and sample_log.scores is not None
    assert sample_log.scores["includes"].value == "C"
    said = [str(m.text) for m in sample_log.messages if isinstance(m, ChatMessageTool)]
    errors = [m.error for m in sample_log.messages if isinstance(m, ChatMessageTool)]
    assert said[0].split("\n")[:4] == [
        "look on vault", "the flag is on the other host", "made by setup", "vault",
    ]  # fmt: skip
    assert said[1].strip() == "10"
    assert errors[3] is not None and errors[3].type == "timeout"
    assert "42" in said[4] and "/tmp" in said[5]
    assert said[8].split() == ["one", "2", "picoCTF{two_hosts}"]
