"""``peerwatch run`` before anything is run: study files, models, prices and folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import InProcess, peerwatch, user_file

ONE = ("--family", "grading", "--factor", "subject=peer", "--episodes", "1", "--size", "compact")
HONEST = ("--model", "peerwatch/honest")


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
def test_bad_study_files(text: str, message: str, command: InProcess) -> None:
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
