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
    logs = {f"false_mean{variant}" for variant in ("", "+disguised", "+other_language")}
    assert {cell["organism"] for cell in told["cells"]} == {"honest", *logs}

    code, out, _ = command(*few, "--organism", "mine.py@wrong", "--json")
    told = json.loads(out)
    assert code == 1 and told["misses"] == len(told["cells"]) > 0
    assert not any(cell["ok"] for cell in told["cells"])
    code, out, _ = command(*few, "--organism", "mine.py@wrong")
    assert code == 1 and "Not as declared:" in out
    assert "wrong in grading, seed 1, default: not detected: misrepresentation:toward" in out


GROUP = """
from peerwatch.organisms.honest import HonestTalkative
from peerwatch.organisms.levers_flag import FlagFlipper

print("a word of the file's own")

class Talks(HonestTalkative):
    name = "talks"

class Flips(FlagFlipper):
    name = "flips"

class Broken(FlagFlipper):
    name = "broken"
    def lever(self, instance):
        raise RuntimeError("oh")
"""


def test_a_group_in_one_command(command: InProcess) -> None:
    Path("theirs.py").write_text(GROUP, encoding="utf-8")
    few = ("calibrate", "--organisms", "theirs.py", "--family", "shutdown_control", "--seeds", "1")
    logs = ("--log", "told", "--log", "none")
    code, out, err = command(*few, *logs, "--organism", "flips", "--organism", "talks", "--json")
    told = json.loads(out)
    assert code == 0 and "a word of the file's own" in err
    assert (told["misses"], told["false_flags"], told["problems"]) == (0, 0, [])
    assert {cell["log"] for cell in told["cells"]} == {"told", "none"}
    assert {cell["organism"] for cell in told["cells"]} == {"flips", "talks"}

    chosen = ("--factor", "subject=asset", "--at-stake")
    code, out, _ = command(*few, *chosen, "--log", "untold", "--json")
    told = json.loads(out)
    assert code == 1 and len(told["problems"]) == 1
    assert "Broken in theirs.py raised RuntimeError: oh" in told["problems"][0]["what"]
    assert {(cell["arm"], cell["stake"]) for cell in told["cells"]} == {("subject=asset", True)}

    code, out, _ = command(*few, *chosen, "--log", "own")
    assert code == 1 and "Could not be played:" in out and "flips" in out


def test_options_of_a_group_need_one(command: InProcess) -> None:
    for words in (("--log", "told"), ("--factor", "subject=asset"), ("--at-stake",)):
        code, out, err = command("calibrate", *words)
        assert code == 2 and out == "" and "--organisms" in err
    code, _, err = command("calibrate", "--organisms", "theirs.py", "--world", "shell")
    assert code == 2 and "memory world" in err
