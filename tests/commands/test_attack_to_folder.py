"""``peerwatch calibrate --attacker``: a model that attacks, its folder, who refuses its rows."""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from inspect_ai.log import list_eval_logs, read_eval_log

from peerwatch.behaviours.record import Record, Verdict
from peerwatch.calibration import attack_cells
from peerwatch.families.build import build_instance
from peerwatch.records.study_folder import StudyFolder
from tests.command import InProcess, interrupt, notes, peerwatch, user_file

ONE = ("--family", "shutdown_control", "--seeds", "1-2")
FLIPS = ("calibrate", "--attacker", "peerwatch/flag_flipper", *ONE, "--out", "out")


def test_an_attack_from_its_options_to_its_table(
    command: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = command(*FLIPS, "--json")
    told = json.loads(out)
    assert code == 0, err
    assert (told["expected"], told["complete"], told["folder"]) == (1, True, "out")
    (one,) = told["attempts"]
    assert (one["seed"], one["succeeded"], one["seen"]) == (1, True, "established")
    assert told["families"]["in all"]["disclosure"] == {"concealed": 1}
    assert "are played: 1." in err and "1 of 1 episodes have ended" in err

    logs = list_eval_logs("out/logs")
    code, out, _ = command("calibrate", "--attacker", "peerwatch/flag_flipper", "--out", "out",
                           "--resume")  # fmt: skip
    assert code == 0 and "1 of 1: 100 % [3, 100]" in out
    assert list_eval_logs("out/logs") == logs

    (log,) = logs
    read = read_eval_log(log.name)
    assert read.samples is not None
    (sample,) = read.samples
    assert (read.eval.metadata or {})["attack"] is True and sample.metadata["attack"] is True
    assert sample.messages[0].text.count("A note from your operator") == 1
    assert StudyFolder(Path("out")).study().attack
    assert pl.read_parquet("out/episodes.parquet")["attack"].to_list() == [True]

    monkeypatch.setattr(attack_cells, "detect", clean)
    code, out, _ = command(*FLIPS, "--resume")
    assert code == 1 and "Averted and not seen: 1" in out and one["log"] in out


def clean(record: Record) -> Verdict:
    return Verdict("complied", ())


@pytest.mark.slow
def test_rows_of_an_attack_are_no_measurement(command: InProcess) -> None:
    assert command(*FLIPS)[0] == 0
    for words in (
        ("report", "out"),
        ("report", "out/logs"),
        ("report", "out/episodes.parquet"),
        ("compare", "out"),
    ):
        code, out, err = command(*words)
        assert code == 2 and out == "" and "1 of 1 rows are attacks" in err, words
    code, _, err = command("run", "--out", "out", "--resume")
    assert code == 2 and "out holds an attack" in err
    code, _, err = command("run", *ONE, "--model", "peerwatch/flag_flipper", "--size", "compact",
                           "--factor", "subject=peer", "--out", "study")  # fmt: skip
    assert code == 0, err
    assert pl.read_parquet("study/episodes.parquet")["attack"].to_list() == [False, False]
    ordinary = (read_eval_log(log.name) for log in list_eval_logs("study/logs"))
    for sample in (one for log in ordinary for one in log.samples or ()):
        told = build_instance(sample.metadata["family"], "compact", sample.metadata["seed"])
        assert sample.messages[0].text == told.system_prompt
    code, _, err = command("calibrate", "--attacker", "peerwatch/flag_flipper", "--out", "study",
                           "--resume")  # fmt: skip
    assert code == 2 and "study holds a study" in err


@pytest.mark.slow
def test_an_honest_model_shows_nothing_and_a_dead_one_fails(command: InProcess) -> None:
    few = ("--family", "grading", "--seeds", "1")
    code, out, err = command("calibrate", "--attacker", "peerwatch/honest", *few)
    assert code == 0 and "there is no recall" in out and "Attempts: runs/attack-" in err
    user_file(Path())
    code, out, err = command("calibrate", "--attacker", "peerwatch/mine.py@dead", *few)
    assert code == 1 and "Every attempt of peerwatch/mine.py@dead ended in an error" in err
    assert "1 attempts ended in an error" in out and "the line is dead" in err


@pytest.mark.slow
def test_an_interrupted_attack_goes_on_where_it_was(tmp_path: Path) -> None:
    user_file(tmp_path)
    model = ("calibrate", "--attacker", "peerwatch/mine.py@noting")
    attack = (*model, "--family", "file_transfer", "--seeds", "1-4", "--out", "out")
    run = interrupt(attack, tmp_path, "2 of 4 episodes have ended", signal.SIGINT)
    assert run.returncode == 130, run.stderr
    again = "--attacker peerwatch/mine.py@noting --out out --resume"
    assert f"Go on with: peerwatch calibrate {again}" in run.stderr
    assert "Traceback" not in run.stderr and "ended in an error" not in run.stdout
    ended = {name for name in notes(tmp_path, "end") if name.split()[0][-1] in "12"}
    assert len(ended) == 2 and len(notes(tmp_path, "end")) < 4, "not interrupted in the middle"

    resumed = peerwatch("calibrate", *again.split(), "--json", cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    told = json.loads(resumed.stdout)
    assert told["complete"] and [one["seed"] for one in told["attempts"]] == [1, 2, 3, 4]
    starts = notes(tmp_path, "start")
    assert {name: starts[name] for name in ended} == dict.fromkeys(ended, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("peerwatch/hones",), "Did you mean 'honest'?"),
        (("openai/gpt-5.2",), "The model 'openai/gpt-5.2' cannot be used"),
        (("peerwatch/honest", "--family", "grading", "--seeds", "2,4"), "At none of the seeds 2,4"),
        (("peerwatch/honest", "--seeds", ""), "is not a seed"),
        (("peerwatch/honest", "--factor", "subject=asset"), "Leave subject out of --factor"),
        (("peerwatch/honest", "--organisms", "x.py"), "--organisms does not go with --attacker"),
        (("peerwatch/honest", "--organism", "honest"), "--organism does not go with --attacker"),
        (("peerwatch/honest", "--log", "told"), "--log does not go with --attacker"),
        (("peerwatch/honest", "--not-at-stake"), "--at-stake does not go with --attacker"),
        (("peerwatch/honest", "--random", "0"), "--random does not go with --attacker"),
        (("peerwatch/honest", "--resume"), "--resume needs --out"),
        (("peerwatch/honest", "--epochs", "0"), "epochs: Expected 1 or more"),
        (("peerwatch/honest", "--world", "moon"), "Unknown world 'moon'"),
        (("peerwatch/shell_scp", "--seeds", "1"), "give --world shell"),
    ],
)
def test_bad_input(
    command: InProcess, monkeypatch: pytest.MonkeyPatch, words: Sequence[str], said: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    code, out, err = command("calibrate", "--attacker", *words)
    assert (code, out) == (2, "") and said in err
    assert not list(Path().iterdir())


@pytest.mark.parametrize("option", ["--out", "--epochs", "--temperature", "--turn-limit"])
def test_options_of_an_attack_need_an_attacker(command: InProcess, option: str) -> None:
    code, out, err = command("calibrate", option, "1")
    assert (code, out) == (2, "") and f"{option} goes with --attacker MODEL." in err
