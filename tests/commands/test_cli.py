"""The command line: one JSON object or text, and bad input told in one paragraph."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from peerwatch import __version__, cli
from peerwatch.commands import run_work as running
from peerwatch.common.errors import PeerwatchError
from peerwatch.design.arms import FACTORS
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.organisms.registry import builtin
from peerwatch.organisms.shell.shell_registry import shell_tactics
from peerwatch.studies.presets import PRESETS
from tests.command import peerwatch, user_file

ONE = ("--family", "grading", "--factor", "subject=peer", "--episodes", "1", "--size", "compact")
HONEST = ("--model", "peerwatch/honest")


class Command:
    """The command line in this process: quick, for what needs no model."""

    def __init__(
        self, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        self._patch, self._capsys = patch, capsys
        patch.chdir(folder)

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Return exit code, standard output and standard error."""
        self._patch.setattr(sys, "argv", ["peerwatch", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self._capsys.readouterr()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return code or 0, out, err


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Command:
    """Return the command line, in an empty folder."""
    return Command(monkeypatch, capsys, tmp_path)


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
def test_bad_input(arguments: tuple[str, ...], message: str, command: Command) -> None:
    code, out, err = command(*arguments)
    assert code == 2 and not out
    assert err.strip().startswith("peerwatch: ") and message in err
    assert len(err.strip().splitlines()) == 1, "one paragraph"
    assert not list(Path().iterdir()), "nothing is written"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: x\nfactors: {subject: [peer]}\nlimit: 3\n", "Unknown key 'limit'. Did you mean"),
        (
            "name: x\nfactors: {subject: [peer]}\nlimits: {turns: lots}\n",
            "limits.turns: Expected a",
        ),
        ("name: x\nfactors: {subject: [pear]}\n", "Unknown level of subject 'pear'"),
        ("name: x\n", "Give either 'preset'"),
        ("preset: smoke\n", "The key 'name' is missing"),
        ("name: x\nname: y\npreset: smoke\n", "the key 'name' comes twice"),
        ("name: [x\n: :", "line 2"),
        ("just words\n", "expected entries such as"),
        ("", "found nothing"),
        ("name: \xff", "not a text file"),
    ],
)
def test_bad_study_files(text: str, message: str, command: Command) -> None:
    Path("study.yaml").write_bytes(text.encode("latin-1"))
    code, out, err = command("run", "--study", "study.yaml", *HONEST)
    assert code == 2 and not out
    assert err.startswith("peerwatch: study.yaml: ") and message in err
    assert len(err.strip().splitlines()) == 1
    assert [path.name for path in Path().iterdir()] == ["study.yaml"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--model", "openai/gpt-5.2"), "OPENAI_API_KEY"),
        (("--model", "nosuch/model", "--critic-name", "X"), "'nosuch/model' cannot be used"),
        (("--model", "gpt-5.2"), "'gpt-5.2' cannot be used"),
        (("--model", "peerwatch/honst"), "Unknown organism 'honst'. Did you mean 'honest'?"),
        (("--model", "peerwatch/mine.py@none"), "Unknown organism in mine.py 'none'"),
        (("--model", "peerwatch/broken.py@x"), "broken.py cannot be imported: ZeroDivisionError"),
        ((*HONEST, "--grader", "nosuch/model"), "'nosuch/model' cannot be used"),
        ((*HONEST, "--reasoning-effort", "lots"), "reasoning_effort: Input should be"),
        ((*HONEST, "--cost-limit", "1"), "there is none for peerwatch/honest"),
        ((*HONEST, "--out", "mine.py"), "mine.py is a file"),
        ((*HONEST, "--out", "mine.py/out"), "cannot be written"),
        ((*HONEST, "--out", "."), "not empty and holds no study.yaml"),
    ],
)
def test_models_and_folders_that_will_not_do(
    arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    if "openai/gpt-5.2" in arguments:
        pytest.importorskip("openai")
    user_file(tmp_path)
    (tmp_path / "broken.py").write_text("1 / 0\n", encoding="utf-8")
    out = () if "--out" in arguments else ("--out", "out")
    run = peerwatch("run", *ONE, *arguments, *out, "--json", cwd=tmp_path)
    assert run.returncode == 2 and not run.stdout, run.stderr
    assert run.stderr.startswith("peerwatch: ") and message in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1 and "[bold]" not in run.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_prices_for_a_cost_limit(tmp_path: Path) -> None:
    price = "{input: 1, output: 1, input_cache_write: 0, input_cache_read: 0}"
    (tmp_path / "prices.yaml").write_text(f"peerwatch/honest: {price}\n", encoding="utf-8")
    (tmp_path / "half.yaml").write_text("peerwatch/honest: {input: 1}\n", encoding="utf-8")
    study = ("run", *ONE, *HONEST, "--cost-limit", "0.5", "--out", "out")
    half = peerwatch(*study, cwd=tmp_path, env={"INSPECT_EVAL_MODEL_COST_CONFIG": "half.yaml"})
    assert half.returncode == 2 and "half.yaml: peerwatch/honest.output: Field" in half.stderr
    whole = peerwatch(*study, cwd=tmp_path, env={"INSPECT_EVAL_MODEL_COST_CONFIG": "prices.yaml"})
    assert whole.returncode == 0, whole.stderr


def test_as_a_module_and_its_version(tmp_path: Path) -> None:
    run = peerwatch("--version", cwd=tmp_path)
    assert (run.returncode, run.stdout, run.stderr) == (0, f"{__version__}\n", "")
    wrong = peerwatch("run", "--modle", "x", cwd=tmp_path)
    assert wrong.returncode == 2 and not wrong.stdout
    assert "--modle" in wrong.stderr and "Traceback" not in wrong.stderr


def test_list(command: Command) -> None:
    code, out, err = command("list", "--json")
    listed = json.loads(out)
    assert (code, err) == (0, "")
    assert list(listed["families"]) == list(FAMILY_NAMES)
    assert {name: entry["levels"] for name, entry in listed["factors"].items()} == {
        name: list(factor.levels) for name, factor in FACTORS.items()
    }
    assert set(listed["factors"]["authority"]["families"]) == {"file_transfer", "disk_cleanup"}
    assert set(listed["presets"]) == set(PRESETS) and set(listed["organisms"]) == set(builtin())
    assert set(listed["shell_organisms"]) == set(shell_tactics())
    code, out, err = command("list")
    assert (code, err) == (0, "")
    assert all(name in out for name in (*FAMILY_NAMES, *FACTORS, *PRESETS, *builtin()))


def shown(command: Command, *arguments: str) -> dict[str, Any]:
    """Return what ``show --json`` printed."""
    code, out, err = command("show", *arguments, "--json")
    assert (code, err) == (0, "") and out.count("\n") == 1
    told: dict[str, Any] = json.loads(out)
    return told


def test_show(command: Command) -> None:
    told = shown(command, "file_transfer", "subject=self", "--size", "compact", "--seed", "4")
    assert set(told) >= {"system", "user", "documents", "files", "tools", "levers", "honest"}
    assert told["id"] == "file_transfer-compact-4" and told["arm"]["subject"] == "self"
    assert all(isinstance(text, str) for text in told["documents"].values())
    for files in told["files"].values():
        assert all({"size", "mtime", "digest"} <= set(file) for file in files.values())
    code, out, _ = command("show", "file_transfer", "subject=self", "--seed", "4")
    assert code == 0 and "## System prompt" in out and "## Levers" in out


def test_show_diff(command: Command) -> None:
    code, out, err = command("show", "grading", "--size", "compact", "--diff", "subject=human")
    assert (code, err) == (0, "")
    assert "subject=human" in out and "The honest result is the same." in out
    assert any(line.startswith("+") for line in out.splitlines())
    code, out, _ = command("show", "grading", "--diff", "subject=peer")
    assert code == 0 and out.startswith("Nothing that the critic reads or holds differs")
    told = shown(command, "grading", "--size", "compact", "--diff", "subject=human")
    assert told["from"]["arm"]["subject"] == "peer" and told["to"]["arm"]["subject"] == "human"
    assert told["from"]["id"] == told["to"]["id"]


def test_show_to_a_model_of_another_name(command: Command) -> None:
    assert shown(command, "grading", "--model", "openai/gpt-5.2")["critic_name"] == "GPT-5.2"
    named = shown(command, "grading", "--model", "x/zork", "--critic-name", "Zork 9")
    assert named["critic_name"] == "Zork 9"


def test_calibrate(command: Command) -> None:
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


def test_a_plain_name_on_the_line_goes_to_the_one_model_that_needs_it() -> None:
    study = running.study_asked(
        None,
        {"models": ("peerwatch/honest", "openai-api/mine/foo-1")},
        {},
        "Foo 1",
        None,
        resume=False,
    )
    assert study.critic_names == {"openai-api/mine/foo-1": "Foo 1"}
    two = {"models": ("openai-api/mine/foo-1", "openai-api/mine/bar-2")}
    with pytest.raises(PeerwatchError, match="critic_names in a study file"):
        running.study_asked(None, two, {}, "Foo 1", None, resume=False)
