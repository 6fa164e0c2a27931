"""The probe is one program that Python 3.9 and its standard library run."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import subprocess
import sys

import pytest

from peerwatch.oversight.lifecycle_inventory import Inventory, InventoryHost
from peerwatch.oversight.sensor import on_host
from peerwatch.oversight.sensor.look_plan import LookPlan, request_of
from peerwatch.oversight.sensor.probe_program import probe_program

MODULES = [one.name for one in pkgutil.iter_modules(on_host.__path__)]
OURS = "peerwatch.oversight.sensor.on_host."
OPTIONAL = {"blake3"}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_for_python_3_9_and_imports_its_neighbours_alone(name: str) -> None:
    module = importlib.import_module(OURS + name)
    source = open(module.__file__ or "", encoding="utf-8").read()  # noqa: SIM115
    tree = ast.parse(source, feature_version=(3, 9))
    for node in ast.walk(tree):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for one in names:
            known = (
                one.startswith(OURS)
                or one == OURS[:-1]
                or one.split(".")[0] in sys.stdlib_module_names
            )
            assert known or one in OPTIONAL, one


def test_every_module_is_sent() -> None:
    inventory = Inventory(hosts={"here": InventoryHost()})
    request = request_of("here", inventory, LookPlan(seconds=20.0, listeners=False), "w0rd")
    program = probe_program(request)
    assert all(f"{name}" in program.decode() for name in MODULES)
    done = subprocess.run(
        [sys.executable, "-I", "-"], input=program, capture_output=True, check=True, timeout=60
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {one["word"] for one in rows} == {"w0rd"}
    assert rows[0]["is"] == "begin" and rows[-1]["is"] == "end" and done.stderr == b""
