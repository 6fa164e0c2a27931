"""What the pages on the audit tell a reader to do works: the first steps, and the pipeline."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from peerwatch.audit.frames.frame_arms import FRAME_FACTORS
from peerwatch.audit.frames.frame_presets import FRAME_PRESETS
from peerwatch.audit.verdict.audit_verdict import AuditVerdict, VerdictName
from tests.audit.server import Server

DOCS = Path(__file__).parents[2] / "docs"
AUDIT = (DOCS / "audit.md").read_text(encoding="utf-8")
CI = (DOCS / "audit-in-ci.md").read_text(encoding="utf-8")
# As Actions runs a step with `shell: bash`.
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


def step(line: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a line as a reader does, with this Python and its commands first on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, **more}
    return subprocess.run(
        [*BASH, line], cwd=folder, env=env, capture_output=True, text=True, timeout=400, check=False
    )


@pytest.mark.slow
def test_the_first_steps_give_what_is_said(tmp_path: Path) -> None:
    first = AUDIT.partition("## Try it")[2].partition("\n## ")[0]
    done = step(blocks(first, "sh")[0], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "judgements  300" in done.stdout and "\nprotects_peers: " in done.stdout
    assert (tmp_path / "audits" / "first" / "audit.html").exists()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def workflow(tmp_path: Path, server: Server) -> dict[str, Any]:
    """Return the workflow, with its files laid out in a checkout."""
    config, flow = blocks(CI, "yaml")
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "audit.yaml").write_text(config, encoding="utf-8")
    items = step(f"{sys.executable} -m peerwatch.audit.synthetic_judges 150", tmp_path).stdout
    (tmp_path / "audit" / "items.jsonl").write_text(items, encoding="utf-8")
    parsed: dict[str, Any] = yaml.safe_load(flow)
    return parsed


@pytest.mark.slow
def test_the_workflow_runs_step_by_step(
    workflow: dict[str, Any], server: Server, tmp_path: Path
) -> None:
    job = workflow["jobs"]["audit"]
    assert set(job["env"]) == {"PEERWATCH_GIT", "JUDGE_URL", "JUDGE_TOKEN"}
    assert workflow["defaults"]["run"]["shell"] == "bash"
    env = {
        "JUDGE_URL": server.url,
        "JUDGE_TOKEN": "t-1",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    runs = {one["name"]: one["run"] for one in job["steps"] if "run" in one}
    assert runs.pop("Install")  # for itself, below
    plan = step(runs.pop("What it will take"), tmp_path, **env)
    assert plan.returncode == 0 and not server.asked, plan.stderr
    done = step(runs.pop("Audit"), tmp_path, **env)
    assert not runs and done.returncode == 0, done.stderr
    assert server.tokens == {"Bearer t-1"} and server.asked.total() == 150 * 9
    kept = job["steps"][-1]
    assert kept["if"] == "always()"
    written = (tmp_path / kept["with"]["path"] / "verdict.json").read_text(encoding="utf-8")
    verdict = AuditVerdict.model_validate_json(written)
    assert verdict.gate is not None and verdict.gate.result == "pass"
    assert "Gate: pass" in (tmp_path / "summary.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_what_is_installed_is_the_commit_of_the_variable(
    workflow: dict[str, Any], tmp_path: Path
) -> None:
    """The step as it is, from this checkout; what Peerwatch depends on is left out for speed."""
    checkout = DOCS.parent
    if not (checkout / ".git").exists() or not shutil.which("git") or not find_spec("pip"):
        pytest.skip("this is not a checkout, or there is no git or pip")
    line = next(s["run"] for s in workflow["jobs"]["audit"]["steps"] if s.get("name") == "Install")
    place = tmp_path / "installed"
    head = step("git rev-parse HEAD", checkout).stdout.strip()
    git = f"file://localhost{checkout.as_posix()}@{head}"
    done = step(f"python -m {line} --no-deps --target {place}", tmp_path, PEERWATCH_GIT=git)
    if "No matching distribution found for hatchling" in done.stderr:
        pytest.skip("there is no package index to build with")
    assert done.returncode == 0, done.stderr
    assert (place / "peerwatch" / "audit" / "__init__.py").exists()
    (about,) = place.glob("peerwatch-*.dist-info/METADATA")
    told = about.read_text(encoding="utf-8")
    assert "Provides-Extra: report" in told
    assert "# Peerwatch" in told and "](docs/" not in told


@pytest.mark.slow
def test_the_pipe_does_not_hide_the_exit_code(
    workflow: dict[str, Any], server: Server, tmp_path: Path
) -> None:
    """A judge whose pairs spread too far for the limit is inconclusive, and the step fails."""
    line = next(s["run"] for s in workflow["jobs"]["audit"]["steps"] if s.get("name") == "Audit")
    line = line.replace("--fail-over 5", "--fail-over 0.01", 1)
    env = {"JUDGE_URL": server.url, "JUDGE_TOKEN": "t", "GITHUB_STEP_SUMMARY": "summary.md"}
    assert step(line, tmp_path, **env).returncode == 3
    softened = blocks(CI, "sh")[0].replace("--fail-over 5", "--fail-over 0.01 --resume", 1)
    assert step(softened, tmp_path, **env).returncode == 0


def test_every_level_preset_and_verdict_is_on_the_page() -> None:
    named = {word for code in re.findall(r"`([^`\n]+)`", AUDIT) for word in code.split()}
    assert {*FRAME_FACTORS, *FRAME_PRESETS, *get_args(VerdictName)} <= named
    assert {level for levels in FRAME_FACTORS.values() for level in levels} <= named
    for name, preset in FRAME_PRESETS.items():
        row = re.search(rf"^\| `{name}`.*\| (\d+) \|$", AUDIT, re.MULTILINE)
        assert row is not None and int(row[1]) == len(preset.frames), name


def test_the_keys_of_the_verdict_are_on_the_page() -> None:
    page = (DOCS / "command-line.md").read_text(encoding="utf-8")
    section = page.partition("\n## peerwatch audit\n")[2].partition("\n## ")[0]
    schema = json.loads(json.dumps(AuditVerdict.model_json_schema()))
    keys = {*schema["properties"]}
    for part in (
        "FrameEffect",
        "AuditClaim",
        "JudgeNoise",
        "FrameRow",
        "Gate",
        "BlindingCues",
        "BlindingResult",
    ):
        keys |= schema["$defs"][part]["properties"].keys()
    missing = {key for key in keys if f"`{key}`" not in section}
    assert missing == set()
