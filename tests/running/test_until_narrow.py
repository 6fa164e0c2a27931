"""``peerwatch run --until`` as a user runs it: studies that stop by themselves, cut off or not."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

pytest.importorskip("scipy")

from peerwatch.cli import app
from peerwatch.common.errors import PeerwatchError
from peerwatch.records.study_folder import open_study_folder
from peerwatch.running.run_study import versions
from peerwatch.studies.study import make_study, resolve
from tests.command import NOTING, digests, episodes, interrupt, notes, peerwatch

PACED = (
    NOTING
    + '''

class Paced(Noting):
    name = "paced"
    slow_seeds = range(19, 33)
    slow_calls, pause = 6, 0.03


class Wavering(Paced):
    """Keeps every other peer at stake, so that no interval narrows soon."""

    name = "wavering"
    honest = False

    def as_whom(self, instance):
        wavers = instance.arm.subject == "peer" and instance.seed // 2 % 2
        return load_organism("false_mean" if wavers else "honest")

    def steps(self, instance):
        return self.as_whom(instance).act(instance)

    def declares(self, instance):
        return self.as_whom(instance).declares(instance)
'''
)
"""Organisms that leave notes; slow in most of the second block."""
FACTORS = ("--factor", "subject=peer,asset", "--factor", "relationship=cooperative")
SMALL = ("--family", "grading", "--size", "compact", *FACTORS)
KEY = ["model", "family", "arm", "instance", "epoch", "attempt"]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(PACED, encoding="utf-8")
    return tmp_path


def stopping(folder: Path) -> Any:
    return json.loads((folder / "stopping.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_a_study_that_stops_early_and_the_same_again(here: Path) -> None:
    model = ("--model", "peerwatch/mine.py@paced")
    study = ("run", *SMALL, *model, "--until", "0.5", "--max-seeds", "64", "--out", "out")
    first = peerwatch(*study, "--json", cwd=here)
    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout)
    assert told["complete"] and (told["ended"], told["expected"]) == (64, 64)
    assert told["stopping"] == stopping(here / "out")
    assert told["stopping"]["rule"] == {
        "contrast": "peer_minus_asset",
        "width": 0.5,
        "level": 0.95,
        "block": 16,
        "method": "group-sequential interval",
    }
    looks = told["stopping"]["looks"]
    assert [(look["seeds"], look["n"], look["narrow"]) for look in looks] == [
        (16, 8, False),
        (32, 16, True),
    ]
    assert told["stopping"]["open"] == []
    assert "; block 1 of at most 4, interval not looked at yet, wanted 0.5" in first.stderr
    assert "64 of 64 episodes have ended; block 2 of at most 4, interval 0." in first.stderr
    rows = episodes(here / "out")
    assert set(rows["seed"]) == set(range(1, 33)) and rows.select(KEY).is_unique().all()

    before = digests(here / "out")
    again = peerwatch("run", "--out", "out", "--resume", cwd=here)
    assert again.returncode == 0, again.stderr
    assert "peer_minus_asset" in again.stdout and "95% interval" in again.stdout
    assert set(notes(here, "start").values()) == {1}
    assert {p: d for p, d in digests(here / "out").items() if p in before} == before


@pytest.mark.slow
def test_a_study_that_reaches_its_last_seed(here: Path) -> None:
    model = ("--model", "peerwatch/mine.py@wavering")
    study = ("run", *SMALL, *model, "--until", "0.3", "--max-seeds", "16", "--out", "out")
    run = peerwatch(*study, cwd=here)
    assert run.returncode == 0, run.stderr
    assert "stopped at 0.3 wide or after 16 seeds" in run.stdout
    assert " * " in run.stdout and "*: not as narrow as was asked" in run.stdout
    (look,) = stopping(here / "out")["looks"]
    assert look["estimate"] == 0.5 and not look["narrow"]
    assert look["low"] < 0.5 < look["high"]
    assert episodes(here / "out").height == 32


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_study_goes_on_with_its_rule(how: signal.Signals, here: Path) -> None:
    model = ("--model", "peerwatch/mine.py@wavering")
    study = ("run", *SMALL, *model, "--until", "0.3", "--max-seeds", "32", "--out", "out")
    run = interrupt(study, here, "36 of 64 episodes have ended; block 2 of at most 2", how)
    ended = set(notes(here, "end"))
    assert 36 <= len(ended) < 64, "not interrupted in the middle of a block"
    assert [look["seeds"] for look in stopping(here / "out")["looks"]] == [16]
    if how == signal.SIGINT:
        assert run.returncode == 130 and "Traceback" not in run.stderr, run.stderr
        assert "of 64 episodes have ended and are kept" in run.stderr
    else:
        assert run.returncode == -signal.SIGKILL

    resumed = peerwatch("run", "--resume", "--out", "out", "--json", cwd=here)
    assert resumed.returncode == 0, resumed.stderr
    told = json.loads(resumed.stdout)
    assert told["complete"] and told["expected"] == 64
    assert [look["seeds"] for look in told["stopping"]["looks"]] == [16, 32]
    starts = notes(here, "start")
    # What had ended was not asked for again; what was under way was.
    sure = {name for name in ended if int(name.split()[0].rpartition("-")[2]) <= 18}
    assert len(sure) == 36 and {name: starts[name] for name in sure} == dict.fromkeys(sure, 1)
    assert len(starts) == 64 and max(starts.values()) <= 2
    rows = episodes(here / "out")
    assert rows.height == 64 and rows.select(KEY).is_unique().all()
    assert rows["error"].null_count() == 64

    other = peerwatch("run", "--resume", "--out", "out", "--until", "0.2", cwd=here)
    assert other.returncode == 2
    assert "stops once peer_minus_asset is 0.3 wide; that was fixed" in other.stderr


BAD: dict[tuple[str, ...], str] = {
    ("--until", "2"): "lies between 0 and 2",
    ("--until", "-0.1"): "lies between 0 and 2",
    ("--until", "0.4", "--seeds", "1-16"): "In place of --seeds give the most that it may take",
    ("--until", "0.4", "--episodes", "16"): "In place of --episodes give the most",
    ("--until", "0.4", "--max-seeds", "20"): "--max-seeds a multiple of 16",
    ("--until", "0.4", "--max-seeds", "0"): "Expected 1 or more",
    ("--until", "0.4", "--contrast", "peer"): "Unknown contrast 'peer'",
    ("--until", "0.4", "--contrast", "monitored_gap"): "do not answer monitored_gap. They answer:",
    ("--until", "often"): "--until often: give the width of an interval",
    ("--until", "claim"): "needs the number of seeds for which the study was planned",
    ("--until", "claim", "--max-seeds", "32"): "no family has the arms that the claim needs",
    ("--until", "claim", "--contrast", "peer_minus_asset", "--max-seeds", "32"): "Leave --contrast",
    ("--contrast", "peer_minus_asset"): "give the width at which it stops",
    ("--max-seeds", "32"): "give the width at which it stops",
    ("--max-seeds", "32", "--seeds", "1"): "Give --max-seeds or --seeds, not both.",
}


@pytest.mark.parametrize("options", BAD, ids=" ".join)
def test_bad_input_is_told_and_nothing_is_run(options: tuple[str, ...], tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("run", *SMALL, "--model", "peerwatch/honest", "--out", str(out), *options)
    ran = CliRunner().invoke(app, words)
    assert isinstance(ran.exception, PeerwatchError), ran.output
    assert BAD[options] in str(ran.exception)
    assert not out.exists()


def test_a_study_begun_without_a_rule_gets_none_later(tmp_path: Path) -> None:
    told = {"name": "s", "models": ["peerwatch/honest"], "preset": "smoke", "seeds": "1-16"}
    open_study_folder(tmp_path / "out", resolve(make_study(told), versions()), resume=False)
    words = ("run", "--resume", "--out", str(tmp_path / "out"), "--until", "0.4")
    ran = CliRunner().invoke(app, words)
    assert isinstance(ran.exception, PeerwatchError), ran.output
    assert "was begun without --until" in str(ran.exception)


@pytest.mark.slow
def test_a_study_that_stops_by_its_claim_and_one_whose_looks_are_damaged(here: Path) -> None:
    factors = (
        *("--factor", "subject=peer,asset,human", "--factor", "relationship=cooperative"),
        *("--factor", "consequence=shutdown,none"),
    )
    study = (
        *("run", "--family", "grading", "--size", "compact", *factors),
        *("--model", "peerwatch/honest", "--until", "claim", "--max-seeds", "16", "--out", "out"),
    )
    run = peerwatch(*study, cwd=here)
    assert run.returncode == 0, run.stderr
    assert "not shown" in run.stdout and "block 1 of at most 1, claim not looked" in run.stderr
    told = stopping(here / "out")
    assert told["rule"] == {
        "level": 0.95,
        "missed": 0.05,
        "block": 16,
        "method": "O'Brien-Fleming, with futility",
    }
    looks = [(look["seeds"], look["verdict"]) for look in told["looks"]]
    assert looks == [(16, "not_shown")] and told["open"] == []

    (here / "out" / "stopping.json").write_text(
        json.dumps({**told, "looks": [*told["looks"], *told["looks"]]}), encoding="utf-8"
    )
    before = digests(here / "out")
    damaged = peerwatch("run", "--resume", "--out", "out", cwd=here)
    assert damaged.returncode == 2 and "its looks are damaged" in damaged.stderr
    assert digests(here / "out") == before
