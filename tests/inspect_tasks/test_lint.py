"""The rules of the evals register hold for this package."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = """
import ast, functools, sys
ast.parse = functools.cache(ast.parse)  # each of two dozen rules parses every file anew
from inspect_evals_lint.cli import main
sys.exit(main())
"""


@pytest.mark.slow
def test_the_registers_lint_passes() -> None:
    pytest.importorskip("inspect_evals_lint")
    command = [sys.executable, "-c", LINT, "--all", "--output-format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=600)
    report = json.loads(done.stdout)
    assert report["passed"] and done.returncode == 0, done.stdout
