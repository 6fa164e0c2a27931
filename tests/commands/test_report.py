"""``peerwatch report`` on a real run: the page, its transcripts, its estimates, its messages."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from peerwatch.cli import app
from peerwatch.common.errors import PeerwatchError
from tests.command import peerwatch
from tests.report.browser import chromium, needs_browser, opened

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("report")]


def reported(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run ``peerwatch report`` in this process, as the command line would."""
    with contextlib.chdir(cwd):
        ended = CliRunner().invoke(app, ["report", *words])
    if isinstance(ended.exception, PeerwatchError):
        return subprocess.CompletedProcess(words, 2, ended.stdout, str(ended.exception))
    return subprocess.CompletedProcess(words, ended.exit_code, ended.stdout, ended.stderr)


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small run, ``run``, and its report."""
    folder = tmp_path_factory.mktemp("report")
    ran = peerwatch(
        *("run", "--out", "run", "--size", "compact", "--seeds", "1-2"),
        *("--model", "peerwatch/honest", "--model", "peerwatch/move_weights_silently"),
        *("--family", "file_transfer", "--factor", "subject=peer,asset"),
        *("--factor", "relationship=cooperative"),
        cwd=folder,
    )
    assert ran.returncode == 0, ran.stderr
    made = peerwatch("report", "run", "--json", cwd=folder)
    assert made.returncode == 0, made.stderr
    (folder / "said.json").write_text(made.stdout, encoding="utf-8")
    return folder


def test_it_says_what_it_wrote(where: Path) -> None:
    said = json.loads((where / "said.json").read_text())
    assert said["report"] == "run/report.html"
    assert said["estimates"] == "run/estimates.parquet"
    assert said["episodes"] == 8
    assert {a["model"] for a in said["answers"]} == {
        "peerwatch/honest",
        "peerwatch/move_weights_silently",
    }
    assert pl.read_parquet(where / said["estimates"]).height > 20
    text = (where / said["report"]).read_text()
    assert "scripted critic" in text
    assert "sha256:" in text


def test_a_second_report_is_the_same_bytes(where: Path) -> None:
    before = (where / "run/report.html").read_bytes()
    assert reported("run", cwd=where).returncode == 0
    assert (where / "run/report.html").read_bytes() == before


@pytest.mark.parametrize(("form", "name"), [("md", "report.md"), ("latex", "report.tex")])
def test_other_formats_lie_beside(where: Path, form: str, name: str) -> None:
    made = reported("run", "--format", form, cwd=where)
    assert made.stdout.strip() == f"run/{name}"
    assert "move" in (where / "run" / name).read_text()


def test_transcripts_are_named_and_of_honest_episodes_too(where: Path) -> None:
    folder = where / "run/report_files/transcripts"
    honest = sorted(file.name for file in (folder / "peerwatch-honest").iterdir())
    assert honest[0] == "file_transfer-seed-1-asset-cooperative-complied.html"
    assert len(honest) == 4 and (folder / "index.html").exists()
    for name in honest:
        assert 'href="../peerwatch-move_weights_silently/' in (
            folder / "peerwatch-honest" / name
        ).read_text(encoding="utf-8")
    made = reported("run", "--out", "few.html", "--transcripts", "2", cwd=where)
    assert made.returncode == 0, made.stderr
    few = list((where / "few_files/transcripts").glob("*/*.html"))
    assert len(few) == 2
    assert "1 of 4 episodes with a finding, 1 of 4 without" in (where / "few.html").read_text()


def test_a_table_alone_says_that_there_are_no_transcripts(where: Path) -> None:
    alone = where / "alone.parquet"
    alone.write_bytes((where / "run/episodes.parquet").read_bytes())
    made = reported("alone.parquet", "--out", "deep/alone.html", cwd=where)
    assert made.returncode == 0, made.stderr
    assert (
        "the logs are not where the episodes were read from"
        in (where / "deep/alone.html").read_text()
    )
    beside = {place.name for place in (where / "deep/alone_files").iterdir()}
    assert beside == {"episodes.parquet", "estimates.parquet"}


def test_bad_input_is_said_and_nothing_is_written(where: Path) -> None:
    for words, told in (
        (("nowhere",), "nowhere"),
        (("run", "--format", "pdf", "--out", "x.html"), "format"),
        (("run", "--out", "said.json/x.html"), "--out"),
    ):
        made = reported(*words, cwd=where)
        assert made.returncode == 2, made.stderr
        assert told in made.stderr
        assert made.stdout == ""
    assert not (where / "x.html").exists()


def test_different_versions_are_refused_and_named(where: Path) -> None:
    rows = pl.read_parquet(where / "run/episodes.parquet")
    rows.with_columns(detectors_version=pl.lit("0.0.1")).write_parquet(where / "older.parquet")
    made = reported("run", "older.parquet", "--out", "mixed.html", cwd=where)
    assert made.returncode == 2
    assert "different versions of the detectors" in made.stderr
    assert "0.0.1 in older.parquet" in made.stderr
    assert not (where / "mixed.html").exists()


def test_a_study_without_episodes_is_said(where: Path) -> None:
    empty = where / "empty"
    (empty / "logs").mkdir(parents=True)
    (empty / "study.yaml").write_bytes((where / "run/study.yaml").read_bytes())
    made = reported("empty", cwd=where)
    assert made.returncode == 2
    assert "empty" in made.stderr
    assert "no " in made.stderr.lower()
    assert not (empty / "report.html").exists()


def test_a_log_cut_short_is_named_on_the_page(where: Path) -> None:
    logs = where / "cut"
    shutil.copytree(where / "run/logs", logs)
    cut = sorted(logs.glob("*.eval"))[0]
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    made = reported("cut", "--out", "cut.html", "--no-bundle", cwd=where)
    assert made.returncode == 4, made.stderr
    assert cut.name in made.stderr
    text = (where / "cut.html").read_text()
    assert cut.name in text[: text.index('<section id="answers"')]


def test_both_worlds_in_one_folder_stand_apart(where: Path) -> None:
    memory = pl.read_parquet(where / "run/episodes.parquet")
    both = where / "both"
    both.mkdir()
    (both / "study.yaml").write_bytes((where / "run/study.yaml").read_bytes())
    shell = memory.with_columns(
        world=pl.lit("shell"),
        sample=pl.concat_str(pl.col("sample"), pl.lit("s")),
        log=pl.lit(None, pl.String),
    )
    pl.concat([memory, shell]).write_parquet(both / "episodes.parquet")
    made = reported("both", "--json", cwd=where)
    assert made.returncode == 0, made.stderr
    said = json.loads(made.stdout)
    assert said["episodes"] == 2 * memory.height
    assert sorted(a["world"] for a in said["answers"]) == ["memory"] * 2 + ["shell"] * 2
    text = (both / "report.html").read_text()
    assert "peerwatch/honest (shell, loop)" in text
    assert "peerwatch/honest (memory \N{MINUS SIGN} shell, loop)" in text
    kinds = pl.read_parquet(both / "estimates.parquet")["kind"]
    assert "worlds" in kinds.to_list()


@pytest.fixture(scope="module")
def address(where: Path) -> Iterator[str]:
    """Yield where the run's folder is served."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(where / "run"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@needs_browser
def test_the_transcript_is_a_click_away_from_a_file(where: Path) -> None:
    page = (where / "run/report.html").as_uri()
    with chromium() as browser, opened(browser, page, bypass_csp=True) as tab:
        tab.page.locator("#episodes-table button", has_text="Evidence").first.click()
        tab.page.get_by_role("link", name="Transcript", exact=True).click()
        tab.page.wait_for_load_state()
        assert "file transfer, seed" in tab.page.inner_text("h1")
        act = tab.page.locator("a[href^='#act-']").first.get_attribute("href")
        assert act is not None
        assert tab.page.locator(act).count() == 1
        assert tab.axe() == []
        tab.page.locator("details a", has_text="complied").first.click()
        tab.page.wait_for_load_state()
        assert "complied" in tab.page.inner_text("h1"), "the same task, done faithfully"
        tab.page.get_by_role("link", name="all transcripts").click()
        tab.page.wait_for_load_state()
        assert tab.page.locator("ul.transcripts a").count() == 8
        assert tab.axe() == []
        assert tab.complaints == []


@needs_browser
def test_the_viewer_opens_at_the_episode(where: Path, address: str) -> None:
    with chromium() as browser, opened(browser, f"{address}/report.html") as tab:
        tab.page.locator("#episodes-table button", has_text="Evidence").first.click()
        tab.page.get_by_role("link", name="Full log in the Inspect viewer").click()
        tab.page.get_by_text("file_transfer-compact-").first.wait_for()
        assert "peerwatch/move_weights_silently" in tab.page.inner_text("body")


def test_a_damaged_table_in_the_folder_is_made_anew(where: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(where / "run", tmp_path / "run")
    (folder / "episodes.parquet").write_bytes(b"PAR1 cut")
    made = reported("run", "--no-bundle", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    whole = pl.read_parquet(where / "run/episodes.parquet")
    assert pl.read_parquet(folder / "episodes.parquet").height == whole.height
