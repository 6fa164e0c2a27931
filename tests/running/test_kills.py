"""Runs that are killed at random moments and resumed, as ``benchmarks/kills.py`` counts them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import ENV

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("what", [("--episodes", "8"), ("--audit", "--episodes", "40")])
def test_nothing_is_lost_and_nothing_is_there_twice(what: tuple[str, ...], tmp_path: Path) -> None:
    path = os.pathsep.join([str(ROOT / "src"), *filter(None, [ENV.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "kills.py"), "--kills", "2", *what],
        env={**ENV, "PYTHONPATH": path, "TMPDIR": str(tmp_path)},
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 kills in" in done.stdout and "lost 0, doubled 0, runs that differ 0" in done.stdout
