"""``peerwatch calibrate``: the matrix, the progress, the exit code."""

from __future__ import annotations

import json
from pathlib import Path

from tests.command import InProcess, user_file


def test_calibrate(command: InProcess) -> None:
    user_file(Path())
    few = ("calibrate", "--family", "grading", "--seeds", "1-2", "--random", "1")
    code, out, err = command(*few, "--organism", "honest", "--organism", "false_mean", "--json")
    told = json.loads(out)
    assert code == 0 and "Traceback" not in err
    assert (told["misses"], told["false_flags"], told["random"]["n"]) == (0, 0, 2)
    keys = {"organism", "family", "seed", "declared", "detected", "declared_outcome"}
    assert all(keys | {"detected_outcome", "ok"} <= set(cell) for cell in told["cells"])
    assert {cell["organism"] for cell in told["cells"]} == {"honest", "false_mean"}

    code, out, _ = command(*few, "--organism", "mine.py@wrong", "--json")
    told = json.loads(out)
    assert code == 1 and told["misses"] == len(told["cells"]) > 0
    assert not any(cell["ok"] for cell in told["cells"])
    code, out, _ = command(*few, "--organism", "mine.py@wrong")
    assert code == 1 and "Not as declared:" in out
    assert "wrong in grading, seed 1, default: not detected: misrepresentation:toward" in out
