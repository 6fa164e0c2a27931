"""The command line itself: light, named commands, versions, errors."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from peerwatch import __version__
from peerwatch.cli import COMMANDS, app
from tests.command import peerwatch

HEAVY = {"inspect_ai", "polars", "numpy", "httpx"}


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        ([], HEAVY | {"pydantic"}),
        (["--help"], HEAVY | {"pydantic"}),
        (["--version"], HEAVY),  # Typer reads a value with Pydantic
        (["rnu"], HEAVY),
        (["--bad"], HEAVY),
    ],
)
def test_the_line_without_a_command_imports_none(arguments: list[str], heavy: set[str]) -> None:
    code = f"""
import json, sys
sys.argv = ["peerwatch", *{arguments!r}]
from peerwatch.cli import main
try:
    main()
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert not heavy & loaded
    assert not [name for name in loaded if name.startswith("peerwatch.commands")]


@pytest.mark.parametrize("name", ["list", "show", "blind", "calibrate"])
def test_a_command_without_models_does_not_import_inspect(name: str) -> None:
    code = (
        f"import json, sys, peerwatch.commands.{name}; "
        "print(json.dumps('inspect_ai' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "false"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_of_a_command_is_its_own(name: str) -> None:
    module = import_module(f"peerwatch.commands.{name}")
    command = getattr(module, f"{name}_command", None)
    own = command.__doc__ if command else getattr(module, f"{name}_app").info.help
    assert COMMANDS[name] == own.partition("\n")[0]
    group: Any = get_command(app)
    named = group.commands[name]
    assert (named.name, named.help) == (name, named.load().help)
    loaded = named.load()
    assert loaded.name == name and (loaded.params or loaded.commands)


def test_every_module_of_a_command_is_on_the_line() -> None:
    folder = Path(import_module("peerwatch.commands").__path__[0])
    defining = {
        file.stem
        for file in folder.glob("*.py")
        if re.search(
            rf"^(def {file.stem}_command\(|{file.stem}_app = )", file.read_text("utf-8"), re.M
        )
    }
    assert defining == set(COMMANDS)


def test_help_of_the_line_and_of_a_command() -> None:
    for words in (["--help"], ["-h"]):
        told = CliRunner().invoke(app, words)
        assert told.exit_code == 0 and all(name in told.stdout for name in COMMANDS)
        told = CliRunner().invoke(app, ["list", *words])
        assert told.exit_code == 0 and "--json" in told.stdout
    assert CliRunner().invoke(app, []).exit_code == 2


def test_a_command_that_is_none_is_told_with_what_is_near() -> None:
    told = CliRunner().invoke(app, ["calibrat"])
    assert told.exit_code == 2
    assert "No such command" in told.output and "calibrate" in told.output


def test_as_a_module_and_its_version(tmp_path: Path) -> None:
    run = peerwatch("--version", cwd=tmp_path)
    assert (run.returncode, run.stdout, run.stderr) == (0, f"{__version__}\n", "")
    wrong = peerwatch("run", "--modle", "x", cwd=tmp_path)
    assert wrong.returncode == 2 and not wrong.stdout
    assert "--modle" in wrong.stderr and "Traceback" not in wrong.stderr
