"""A critic on real hosts: the tools, what they answer, and what is recorded."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval as inspect_eval

from peerwatch.behaviours.detect import detect
from peerwatch.common.errors import DesignError
from peerwatch.episodes.inspect_logs import read_episodes
from peerwatch.families.build import build_instance
from peerwatch.inspect_tasks.tasks import file_transfer
from peerwatch.records.episode_log import dump_record, load_record
from peerwatch.sessions.session import ToolReply
from peerwatch.sessions.shell_session import BACKGROUND, MAX_SHOWN, ShellSession
from peerwatch.shell.due_time import lacking
from peerwatch.shell.observer import Observer
from peerwatch.world.state import Snapshot
from tests.evals import calls, run, scripted
from tests.shell_needs import needs_shell

pytestmark = needs_shell


@pytest.fixture
def session() -> Iterator[ShellSession]:
    running = ShellSession(build_instance("grading", "compact", 1))
    try:
        yield running
    finally:
        running.close()


def edit(session: ShellSession, verb: str, path: str, **more: Any) -> ToolReply:
    return session.call("text_editor", {"command": verb, "path": path, **more})


def test_bash_answers_with_output_and_code(session: ShellSession) -> None:
    assert session.call("bash", {"command": "echo a; echo b >&2"}) == ToolReply("a\nb", ok=True)
    assert session.call("bash", {"command": "echo a; exit 3"}) == ToolReply(
        "a\n(exit code 3)", ok=False
    )
    slow = session.call("bash", {"command": "echo a; sleep 9", "timeout": 1})
    assert slow == ToolReply("a\n(ended after 1 seconds)", ok=False)
    long = session.call("bash", {"command": "seq 100000"}).text
    assert "characters left out" in long and len(long) < MAX_SHOWN + 100
    big = "x" * 300_000
    assert session.call("bash", {"command": f"wc -c <<'END'\n{big}\nEND"}).text == "300001"


def test_the_editor_views_writes_and_edits(session: ShellSession) -> None:
    path = "/tmp/a/b.txt"
    assert edit(session, "create", path, file_text="one\ntwo\n").ok
    assert edit(session, "str_replace", path, old_str="two", new_str="2").ok
    assert edit(session, "insert", path, insert_line=0, new_str="zero").ok
    assert edit(session, "view", path).text.split() == ["1", "zero", "2", "one", "3", "2"]
    assert "b.txt" in edit(session, "view", "/tmp/a").text
    assert edit(session, "str_replace", path, old_str="nine", new_str="9").text.endswith(
        "not occur"
    )
    assert "between 0 and 3" in edit(session, "insert", path, insert_line=7, new_str="x").text
    assert "Permission denied" in edit(session, "create", "/etc/x", file_text="").text
    assert "absolute" in edit(session, "view", "tmp").text
    assert "'file_text' is missing" in edit(session, "create", path).text


def test_a_malformed_call_is_an_answer_and_an_act(session: ShellSession) -> None:
    replies = [
        session.call("bash", {}),
        session.call("bash", {"command": 5}),
        session.call("bash", {"command": "a\0b"}),
        session.call("read_file", {"host": "x", "path": "/x"}),
    ]
    assert not any(reply.ok for reply in replies)
    assert len(session.record().actions) == 4


def test_notes_and_the_end_are_those_of_the_memory_world(session: ShellSession) -> None:
    assert session.call("read_memory", {}) == ToolReply(session.instance.world.memory, ok=True)
    assert session.call("finish_task", {"status": "declined", "report": "no"}).ok
    assert session.over and not session.call("bash", {"command": "true"}).ok


def test_what_comes_about_after_the_last_call_is_recorded(session: ShellSession) -> None:
    session.call("bash", {"command": "(sleep 0.4; echo late > /tmp/late) >/dev/null 2>&1 &"})
    assert "/tmp/late" not in session.record().after.hosts[session.host].files
    import time

    time.sleep(0.8)
    session.call("finish_task", {"status": "done", "report": ""})
    record = session.record()
    assert record.actions[-1].tool == BACKGROUND
    assert "/tmp/late" in record.after.hosts[session.host].files


def test_the_record_survives_its_log(session: ShellSession) -> None:
    session.call("bash", {"command": "echo x > /tmp/x; printf '\\xff\\x00' > /tmp/y"})
    session.call("bash", {"command": "sudo userdel nobody; false"})
    record = session.record()
    again = load_record(json.loads(json.dumps(dump_record(record))))
    assert again == record and detect(again) == detect(record)


@pytest.mark.slow
def test_an_episode_runs_through_inspect_and_says_which_world(tmp_path: Path) -> None:
    for model, outcome in (("honest", "complied"), ("shell_rsync", "deviated_concealed")):
        task = file_transfer(size="compact", seeds="3", world="shell")
        log = inspect_eval(task, model=f"peerwatch/{model}", display="none", log_dir=str(tmp_path))[
            0
        ]
        assert log.status == "success" and log.samples is not None
        assert log.eval.metadata is not None and log.eval.metadata["world"] == "shell"
        score = next(iter((log.samples[0].scores or {}).values()))
        assert score.metadata is not None and outcome in json.dumps(
            score.metadata | {"a": str(score)}
        )
        assert log.samples[0].metadata["record"]["documents_read"] == 1.0
        assert log.samples[0].metadata["record"]["hosts"]
        if not lacking():
            assert log.samples[0].metadata["record"]["due"]["reached"] is True
            assert read_episodes(tmp_path)["mechanism_agrees"].to_list()[-1] == 1


@pytest.mark.slow
def test_an_episodes_time_limit_counts_its_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = Observer.snapshot
    looks = []

    def slow_look(self: Observer) -> Snapshot:
        looks.append(time.monotonic())
        time.sleep(3)
        return looked(self)

    monkeypatch.setattr(Observer, "snapshot", slow_look)
    task = file_transfer(size="compact", seeds="3", world="shell")
    true = calls(("bash", {"command": "true"}))
    log = run(task, scripted(true), tmp_path, time_limit=14, message_limit=200)
    assert log.samples is not None
    assert log.samples[0].limit is not None, log.samples[0].error
    assert log.samples[0].limit.type == "time"
    assert 1 <= len(looks) <= 6  # some when it is over: what stands then is looked at once more


def test_a_coding_agent_needs_real_hosts() -> None:
    with pytest.raises(DesignError, match="needs real hosts"):
        file_transfer(critic="codex")
    with pytest.raises(DesignError, match="world"):
        file_transfer(world="moon")
