"""A program that starts at once is a process like any other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.ready_process import ready_process

TOLD = """
import atexit, json, os, sys, threading
print(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ), sys.stdin.read(), sys.path[0]]))
print(__name__, "polars" in sys.modules, file=sys.stderr)
threading.Thread(target=lambda: atexit.register(print, "at its end")).start()
sys.exit(3)
"""
WAITS = """
import sys, time
try:
    print("begun", file=sys.stderr, flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    raise SystemExit(130)
"""


def test_it_has_its_own_arguments_folder_environment_and_end(tmp_path: Path) -> None:
    (tmp_path / "told.py").write_text(TOLD, encoding="utf-8")
    process = ready_process("told", "a b", "é", cwd=tmp_path, env={"ONLY": "this"})
    out, err = process.communicate(timeout=60)
    first, last = out.splitlines()
    assert json.loads(first) == [["a b", "é"], str(tmp_path), {"ONLY": "this"}, "", str(tmp_path)]
    assert (last, err, process.returncode) == ("at its end", "__main__ False\n", 3)
    assert process.pid != os.getpid() and process.poll() == 3


@pytest.mark.parametrize(("how", "end"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_signals_reach_it_and_no_other(how: signal.Signals, end: int, tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text(WAITS, encoding="utf-8")
    with (tmp_path / "err.txt").open("w", encoding="utf-8") as err:
        ended, other = (
            ready_process("waits", cwd=tmp_path, env=os.environ, stderr=err) for _ in range(2)
        )
    deadline = time.monotonic() + 60
    while (tmp_path / "err.txt").read_text(encoding="utf-8").count("begun") < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    ended.send_signal(how)
    assert ended.communicate(timeout=60) == ("", "") and ended.returncode == end
    assert other.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        other.communicate(timeout=0.01)
