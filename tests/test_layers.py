"""The layers of the house hold: the contracts of pyproject.toml, as ``make check`` reads them."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_contract_holds() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tests_that_judge_mutants_are_there() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        places = tomllib.load(file)["tool"]["mutmut"]["pytest_add_cli_args_test_selection"]
    assert [place for place in places if not (ROOT / place).exists()] == []
