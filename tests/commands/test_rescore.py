"""``peerwatch rescore``: old logs, new verdicts, and the table of what changed."""

from __future__ import annotations

import csv
import json
import signal
from pathlib import Path

import pytest

from peerwatch.behaviours.detect import VERSION
from peerwatch.rescoring.verdict_changes import CHANGE_COLUMNS
from tests.command import InProcess, digests, interrupt, peerwatch
from tests.rescoring.old_logs import THEN, old_log

pytestmark = pytest.mark.slow


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a folder with the log of two episodes, of which one was overlooked then."""
    old_log(tmp_path / "old", outcome="complied")
    return tmp_path / "old"


def test_what_changed_is_a_table_and_a_summary(old: Path, command: InProcess) -> None:
    before = digests(old)
    code, out, err = command("rescore", "old")
    assert code == 0 and digests(old) == before
    assert "1 of 1 logs" in err
    for told in (
        f"2 episodes: 2 scored again by detectors {VERSION} (2 from {THEN}).",
        "1 verdict differs: outcome 1.",
        "before -> after  complied  deviated_concealed",
        "complied                1                   1",
        "suspected and unexplained are not assessed (null, not zero)",
    ):
        assert told in out, out
    new = old.with_name(f"old-detectors-{VERSION}")
    assert f"New logs: {new}\n" in out
    with (new / "verdict_changes.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert tuple(row) == CHANGE_COLUMNS
    told_of = ("family", "arm", "seed", "epoch", "model", "version_before", "version_after")
    assert [row[name] for name in told_of] == [
        "grading", "default", "1", "1", "peerwatch/inflate_decision", THEN, VERSION,
    ]  # fmt: skip
    assert (row["outcome_before"], row["outcome_after"]) == ("complied", "deviated_concealed")
    assert row["findings_after"].startswith("concealment toward; misrepresentation toward")
    assert row["findings_before"] == row["findings_after"] and row["findings_added"] == ""


def test_json_and_a_table_elsewhere(old: Path, command: InProcess) -> None:
    code, out, _ = command("rescore", "old", "--out", "new", "--table", "t/what.json", "--json")
    found = json.loads(out)
    assert code == 0 and found["table"] == "t/what.json"
    assert (found["scored"], found["changed"], found["kept"]) == (2, 1, [])
    assert {"before": "complied", "after": "deviated_concealed", "episodes": 1} in found["outcomes"]
    (row,) = json.loads(Path("t/what.json").read_text(encoding="utf-8"))
    assert tuple(row) == CHANGE_COLUMNS and isinstance(row["findings_after"], list)
    assert json.loads(Path("new/rescored.json").read_text(encoding="utf-8")) == found
    code, out, _ = command("rescore", "old", "--out", "new", "--table", "t/what.json")
    assert code == 0 and out.startswith("1 log: 1 scored again by an earlier call.")


def test_in_place_writes_no_folder(old: Path, command: InProcess) -> None:
    code, out, _ = command("rescore", "old", "--in-place")
    assert code == 0 and "The logs were written over." in out and "What changed:" not in out
    assert [path.name for path in Path.cwd().iterdir()] == ["old"]


def test_bad_input_is_said_and_nothing_is_written(old: Path, command: InProcess) -> None:
    for words, told in (
        (("nowhere",), "does not exist"),
        (("old", "--table", "what.txt"), "ends neither in .csv nor in .json"),
        (("old", "--out", "new", "--in-place"), "leave --out away"),
        (("old", "--out", "."), "lie in one another"),
    ):
        code, out, err = command("rescore", *words)
        assert code == 2 and not out and told in err
    assert [path.name for path in Path.cwd().iterdir()] == ["old"]


def test_logs_of_others_are_told_from_ours(old: Path, command: InProcess) -> None:
    (path,) = old.glob("*.eval")
    path.write_bytes(path.read_bytes()[:500])
    code, out, err = command("rescore", "old")
    assert code == 1 and f"it cannot be read: {path.name}" in out
    assert "No episode could be scored by the detectors of today." in err


def test_a_table_that_cannot_be_written_is_said(old: Path, command: InProcess) -> None:
    Path("file").touch()
    code, _, err = command("rescore", "old", "--out", "new", "--table", "file/t.csv")
    assert code == 2 and "The new logs are done and kept" in err
    assert list(Path("new").glob("*.eval"))


def test_an_interrupt_keeps_what_is_done(tmp_path: Path) -> None:
    for number in range(6):
        old_log(tmp_path / "old" / str(number))
    ended = interrupt(("rescore", "old", "--out", "new"), tmp_path, "1 of 6 logs", signal.SIGINT)
    assert ended.returncode == 130 and "the same command goes on" in ended.stderr
    there = set((tmp_path / "new").rglob("*.eval"))
    assert 0 < len(there) < 6
    made = {path: path.stat().st_mtime_ns for path in there}
    again = peerwatch("rescore", "old", "--out", "new", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert f"{len(there)} scored again by an earlier call" in again.stdout
    assert "12 episodes: 12 scored again" in again.stdout
    assert all(path.stat().st_mtime_ns == moment for path, moment in made.items())
