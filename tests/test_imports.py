"""The core is light: worlds, detectors and scenarios come without Inspect and quickly."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest

from peerwatch.cli import COMMANDS

CORE = ("world", "behaviours", "design", "detect", "families", "organisms", "calibration")
HEAVY = ("inspect_ai", "openai", "httpx", "anyio", "fastapi", "polars", "pydantic")


def in_a_fresh_process(code: str) -> Any:
    """Run code that prints one JSON value."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def test_importing_the_package_is_quick_and_light() -> None:
    code = (
        "import time; start = time.process_time(); import peerwatch; "
        "took = time.process_time() - start; "
        "import json, sys; print(json.dumps([took, sorted(sys.modules)]))"
    )
    took, loaded = in_a_fresh_process(code)
    assert took < 1.0
    assert not set(HEAVY) & set(loaded)


def test_the_core_is_quick() -> None:
    code = (
        "import time; start = time.process_time(); "
        "import peerwatch.families.build, peerwatch.behaviours.detect, peerwatch.organisms.play; "
        "import json; print(json.dumps(time.process_time() - start))"
    )
    assert in_a_fresh_process(code) < 1.0


@pytest.mark.parametrize("room", CORE)
def test_nothing_in_the_core_knows_inspect_or_a_model_client(room: str) -> None:
    package = import_module(f"peerwatch.{room}")
    modules = [m.name for m in pkgutil.walk_packages(package.__path__, f"peerwatch.{room}.")]
    code = (
        f"import importlib, json, sys; [importlib.import_module(m) for m in {modules!r}]; "
        "print(json.dumps(sorted(sys.modules)))"
    )
    loaded = {name.partition(".")[0] for name in in_a_fresh_process(code)}
    # A study file is checked with Pydantic; worlds, scenarios, detectors and organisms need none.
    allowed = {"pydantic"} if room == "design" else set()
    assert not loaded & (set(HEAVY) - allowed)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_options_of_a_command_are_told_without_inspect(command: str) -> None:
    code = (
        "import contextlib, io, json, sys; "
        f"sys.argv = ['peerwatch', {command!r}, '--help']\n"
        "from peerwatch.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()) as told:\n"
        "    main()\n"
        "assert 'Usage: peerwatch' in told.getvalue()\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    assert "inspect_ai" not in in_a_fresh_process(code)
