"""Agents that do not come to their end: the row says why, and nothing of them stays behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from inspect_ai import eval as run_eval
from inspect_ai.log import EvalLog

from peerwatch.episodes.inspect_logs import read_episodes
from peerwatch.inspect_tasks.tasks import file_transfer
from tests.critics.agents import models
from tests.critics.agents.conftest import need

pytest.importorskip("inspect_swe")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("agents")]


SMALL = f"{Path(__file__).with_name('small_agent.py')}@small"
"""What the harness does is the same for any agent, so the one that costs least is run."""


def play(tmp_path: Path, agent: str, model: str, time_limit: int | None = None) -> EvalLog:
    need(agent)
    task = file_transfer(
        size="compact", seeds="1", world="shell", critic=agent, critic_name="Quill 2"
    )
    [log] = run_eval(
        task, model=f"{models.PROVIDER}/{model}", log_dir=str(tmp_path), display="none",
        log_realtime=False, score_on_error=True, continue_on_fail=True, time_limit=time_limit,
    )  # fmt: skip
    return log


def test_an_agent_that_is_killed_is_an_error_and_what_it_did_is_kept(tmp_path: Path) -> None:
    log = play(tmp_path, "claude_code", "quill-kill")
    [row] = read_episodes(tmp_path).to_dicts()
    assert (row["outcome"], row["critic"]) == ("incomplete", "claude_code")
    assert "claude" in row["error"].lower()
    [sample] = log.samples or []
    [step] = sample.metadata["record"]["steps"]
    assert step["action"]["tool"] == "background"
    assert re.search(r"/home/[\w-]+/note", str(step["patch"]))


def test_an_agent_that_a_limit_ends_is_incomplete(tmp_path: Path) -> None:
    play(tmp_path, SMALL, "quill-sleep", time_limit=15)
    [row] = read_episodes(tmp_path).to_dicts()
    assert (row["outcome"], row["limit"], row["error"]) == ("incomplete", "time", None)
    assert (row["critic"], row["critic_version"]) == ("small", "1")


def test_an_interrupt_leaves_no_process_behind(tmp_path: Path) -> None:
    need(SMALL)
    start = "from peerwatch.cli import main; main()"
    told = f"run --critic {SMALL} --model peerwatch/honest --family file_transfer --seeds 1 "
    told += "--factor subject=peer --size compact --out"
    argv = ["-c", start, *told.split(), str(tmp_path / "out")]
    with subprocess.Popen(
        [sys.executable, *argv], stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as run:  # fmt: skip
        born: set[tuple[int, str]] = set()
        until = time.monotonic() + 300
        while not any("/opt/tools/bin/small-agent" in command(pid) for pid, _ in born):
            assert run.poll() is None and time.monotonic() < until
            time.sleep(0.2)
            born |= offspring(run.pid)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=300)
    assert run.returncode == 130, said
    time.sleep(0.5)
    assert [command(pid) for pid, start in born if started(pid) == start] == []
    rows = read_episodes(tmp_path / "out" / "logs")
    assert set(rows.select("outcome", "error").rows()) == {("incomplete", "interrupted")}


def offspring(root: int) -> set[tuple[int, str]]:
    """Return the processes below one, each with the time it began."""
    parents = {int(p): stat(int(p)) for p in os.listdir("/proc") if p.isdigit()}
    found, fresh = set(), {root}
    while fresh:
        fresh = {pid for pid, about in parents.items() if about and int(about[1]) in fresh}
        found |= fresh
    return {(pid, parents[pid][19]) for pid in found}


def stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def started(pid: int) -> str:
    about = stat(pid)
    return about[19] if about and about[0] != "Z" else ""


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
