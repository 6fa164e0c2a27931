"""Bad input is told in one paragraph, and nothing is written."""

from __future__ import annotations

import errno
import os
from functools import partial
from pathlib import Path

import pytest

from peerwatch.common.task_version import TASK_VERSION
from peerwatch.records.study_folder import open_study_folder
from peerwatch.studies.study import make_study, resolve
from tests.command import InProcess

HONEST = ("--model", "peerwatch/honest")


BAD: dict[tuple[str, ...], str] = {
    ("run", *HONEST, "--family", "gradin"): "Unknown family 'gradin'. Did you mean 'grading'?",
    ("run", *HONEST, "--factor", "subjct=peer"): "Unknown factor 'subjct'. Did you mean 'subject'",
    ("run", *HONEST, "--factor", "subject=pear"): "Unknown level of subject 'pear'. Did you mean",
    ("run", *HONEST, "--factor", "subject"): "'subject' is not of the form factor=level",
    ("run", *HONEST, "--preset", "smok"): "Unknown preset 'smok'. Did you mean 'smoke'?",
    ("run", *HONEST, "--size", "huge"): "Unknown size 'huge'. Known: compact, standard.",
    ("run", *HONEST, "--seeds", "x"): "'x' is not a seed: give a range such as 1-20",
    ("run", *HONEST, "--seeds", "1", "--episodes", "2"): "either 'seeds' or 'episodes'",
    ("run", *HONEST, "--episodes", "0"): "episodes: Expected 1 or more, found 0.",
    ("run", *HONEST, "--turn-limit", "0"): "limits.turns: Expected 1 or more, found 0.",
    ("run", *HONEST, *HONEST): "'peerwatch/honest' comes twice",
    ("run",): "No model to run. Give --model",
    ("run", "--resume"): "--resume needs --out",
    ("run", "--resume", "--out", "none"): "none holds no study.yaml: there is nothing to go on",
    ("run", "--model", "openai-api/x/zork-9"): "Give its plain name with --critic-name 'NAME'",
    ("run", "--study", "none.yaml"): "none.yaml: there is no such file.",
    ("run", "--study", "."): "cannot be read",
    ("show", "gradin"): "Unknown family 'gradin'. Did you mean 'grading'?",
    ("show", "grading", "subject=pear", "--json"): "Unknown level of subject 'pear'",
    ("show", "grading", "authority=ambiguous"): "authority=ambiguous does not apply to grading",
    ("show", "grading", "peer"): "'peer' is not of the form factor=level, as subject=asset.",
    ("show", "grading", "--diff", "subject"): "'subject' is not of the form factor=level",
    ("show", "grading", "--seed", "-1"): "A seed is a whole number from 0 on, not -1.",
    ("show", "grading", "--model", "x/zork"): "Give its plain name with --critic-name",
    ("calibrate", "--organism", "honst"): "Unknown organism 'honst'. Did you mean 'honest'?",
    ("calibrate", "--organism", "no.py@x"): "There is no file no.py",
    ("calibrate", "--family", "x"): "Unknown family 'x'.",
    ("calibrate", "--seeds", "2-1", "--json"): "'2-1' is an empty range of seeds.",
}


@pytest.mark.parametrize(("arguments", "message"), BAD.items(), ids=map(" ".join, BAD))
def test_bad_input(arguments: tuple[str, ...], message: str, command: InProcess) -> None:
    code, out, err = command(*arguments)
    assert code == 2 and not out
    assert err.strip().startswith("peerwatch: ") and message in err
    assert len(err.strip().splitlines()) == 1, "one paragraph"
    assert not list(Path().iterdir()), "nothing is written"


def test_a_place_without_room_or_rights_is_named(
    command: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def print_nothing(number: int, *said: object, **more: object) -> None:
        raise OSError(number, os.strerror(number), "standard output")

    for number, code, said in (
        (errno.ENOSPC, 5, "standard output cannot be written (No space left on device)"),
        (errno.EACCES, 2, "standard output cannot be opened or written (Permission denied)"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr("peerwatch.commands.list.print_value", partial(print_nothing, number))
            ended, out, err = command("list")
        assert ended == code and not out and said in err and "Traceback" not in err


def test_run_into_a_folder_with_a_study_says_to_add_resume(command: InProcess) -> None:
    study = make_study({"name": "small", "preset": "smoke", "models": ["peerwatch/honest"]})
    open_study_folder(Path("out"), resolve(study, {"tasks": TASK_VERSION}), resume=False)
    for more in ((), HONEST):
        code, _, err = command("run", "--out", "out", *more)
        assert code == 2 and ("Add --resume" in err or "--out out --resume`" in err)
