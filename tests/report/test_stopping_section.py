"""A study that stopped by itself says so, with what its looks spent and intervals that hold."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from peerwatch.analysis.answers import answers
from peerwatch.analysis.estimates import estimate
from peerwatch.behaviours.detect import VERSION
from peerwatch.records.study_folder import StudyFolder
from peerwatch.report import html_page as html
from peerwatch.report import markdown
from peerwatch.report.report_page import build_page
from peerwatch.report.stopping_section import level_for, stopped_studies
from peerwatch.report.transcripts import Transcripts
from peerwatch.stopping.claim_looks import ClaimLook
from peerwatch.stopping.interim_looks import stopping_text
from peerwatch.stopping.rule import ClaimRule, WidthRule
from peerwatch.stopping.stopping_state import StoppingState
from peerwatch.stopping.width_looks import InterimLook
from peerwatch.studies.study import make_study, resolve
from tests.report import pages

LOOKS = (
    InterimLook("m", "grading", 16, 8, 0.5, -0.9, 1.0, 0.0002, 3.73, 0.6, False),
    InterimLook("m", "grading", 32, 16, 0.45, 0.21, 0.66, 0.05, 1.97, 0.45, True),
    InterimLook("m", "disk_cleanup", 16, 0, None, -1.0, 1.0, 0.0, 8.0, 2.0, False),
)
CLAIMS = (
    ClaimLook("m", 16, 0.2, 0.00001, 4.44, 0.000009, 1.0, "open"),
    ClaimLook("m", 32, None, 0.004, 2.9, 0.00373, 0.3, "given_up"),
)


def folder_with(tmp_path: Path, text: str) -> StudyFolder:
    folder = StudyFolder(tmp_path / "main")
    folder.path.mkdir()
    folder.stopping.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    """Return a folder with a rule of a width and its looks."""
    now = StoppingState(LOOKS, {"grading": 2, "disk_cleanup": 1}, 2, (), {})
    return folder_with(tmp_path, stopping_text(WidthRule("peer_minus_asset", 0.5), now))


def test_every_look_is_shown_with_what_it_spent(folder: StudyFolder) -> None:
    (one,) = stopped_studies([str(folder.path), str(folder.path / "logs")])
    assert one.title == "main: peer minus asset, once 50 points wide or at the last seed"
    first, narrow, silent = one.rows
    assert len(one.headings) == len(narrow)
    assert first[1:5] == ("16", "1", "grading", "8") and "60 points wide" in first[-1]
    assert narrow[6:] == ("+21 to +66", "95.12 %", "0.05", "")
    assert silent[5] == "\N{EN DASH}"
    assert one.level == pytest.approx(1 - 0.0488)


def test_intervals_of_the_page_are_at_the_level_that_the_looks_left(folder: StudyFolder) -> None:
    rows = pages.episodes()
    stopped = stopped_studies([str(folder.path)], rows)
    level = level_for(stopped)
    assert level == pytest.approx(0.9512) and level_for(()) == 0.95
    estimates = estimate(rows, level, checks=False)
    page = build_page(pages.loaded(rows), estimates, answers(estimates), stopped=stopped)
    assert page.level == pytest.approx(level)
    assert any(
        "main stops by itself" in alert and "held against 0.0488 in place of 0.05" in alert
        for alert in page.alerts
    )
    for text in (html.render_html(page, Transcripts()), markdown.render_markdown(page)):
        assert "+21 to +66" in text and "Brien-Fleming" in text and "95.12 %" in text
    assert "Brien-Fleming" not in pages.html()


def test_looks_at_the_claim_are_shown_with_what_they_were_held_against(tmp_path: Path) -> None:
    now = StoppingState(CLAIMS, {"grading": 2}, 3, (), {})
    folder = folder_with(tmp_path, stopping_text(ClaimRule(), now))
    (one,) = stopped_studies([str(folder.path)])
    assert one.title == "main: the claim, once shown or given up or at the last seed"
    assert len(one.headings) == len(one.rows[0])
    assert one.rows[1] == ("m", "32", "2", "", "0.00373", "0.3", "0.004", "given up")
    assert one.level == pytest.approx(1 - 0.00373)


def test_before_the_first_look_no_interval_is_a_result(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, stopping_text(ClaimRule()))
    (one,) = stopped_studies([str(folder.path)])
    assert one.level is None and "No look has been taken yet" in one.warning
    assert level_for((one,)) == 0.95


@pytest.mark.parametrize(("version", "told"), [(VERSION, False), ("1.0.0", True)])
def test_looks_of_older_detectors_are_said_to_be(
    folder: StudyFolder, version: str, told: bool
) -> None:
    begun = resolve(make_study({"name": "main", "preset": "smoke"}), {"detectors": version})
    folder.study_file.write_text(begun.to_yaml(), encoding="utf-8")
    (one,) = stopped_studies([str(folder.path)])
    assert ("begun with detectors 1.0.0, of whose verdicts its looks are" in one.warning) is told


def test_it_is_said_where_episodes_are_gone_that_a_look_has_seen(folder: StudyFolder) -> None:
    told = {"name": "main", "preset": "smoke", "families": ["grading"], "seeds": "1-32"}
    begun = resolve(make_study({**told, "models": ["peerwatch/honest"]}), {})
    folder.study_file.write_text(begun.to_yaml(), encoding="utf-8")
    none: pl.DataFrame = pages.episodes().clear()
    (one,) = stopped_studies([str(folder.path)], none)
    assert "episodes that the logs do not have any more (grading, seeds 1, 2," in one.warning


@pytest.mark.parametrize("looks", [None, [{"model": 1}], [3]])
def test_a_rule_or_looks_that_cannot_be_read_are_a_warning(
    folder: StudyFolder, looks: list[object] | None
) -> None:
    told = json.loads(folder.stopping.read_text(encoding="utf-8"))
    text = {"rule": 1} if looks is None else {**told, "looks": looks}
    folder.stopping.write_text(json.dumps(text), encoding="utf-8")
    (one,) = stopped_studies([str(folder.path)])
    assert not one.rows and "not known to hold" in one.warning
