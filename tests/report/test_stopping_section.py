"""A study that stopped by itself says so, with the interval that holds at every look."""

from __future__ import annotations

from pathlib import Path

import pytest

from peerwatch.analysis.answers import answers
from peerwatch.analysis.estimates import estimate
from peerwatch.behaviours.detect import VERSION
from peerwatch.records.study_folder import StudyFolder
from peerwatch.report import html_page as html
from peerwatch.report import markdown
from peerwatch.report.report_page import build_page
from peerwatch.report.stopping_section import stopped_studies
from peerwatch.report.transcripts import Transcripts
from peerwatch.stopping.interim_looks import read_last, stopping_text
from peerwatch.stopping.rule import InterimLook, StoppingRule, StoppingState
from peerwatch.studies.study import make_study, resolve
from tests.report import pages

LOOKS = (
    InterimLook("m", "grading", 16, 8, 0.5, -0.2, 0.9, False),
    InterimLook("m", "grading", 32, 16, 0.45, 0.21, 0.66, True),
    InterimLook("m", "disk_cleanup", 32, 32, None, -1.0, 1.0, False),
)


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    """Return a folder with a rule and its looks."""
    folder = StudyFolder(tmp_path / "main")
    folder.path.mkdir()
    now = StoppingState(LOOKS, {"grading": 2, "disk_cleanup": 2}, 2, ())
    folder.stopping.write_text(
        stopping_text(StoppingRule("peer_minus_asset", 0.5), now), encoding="utf-8"
    )
    return folder


def test_the_last_look_at_each_is_shown(folder: StudyFolder) -> None:
    assert read_last(folder) == LOOKS[1:]
    (one,) = stopped_studies([str(folder.path), str(folder.path / "logs")])
    assert one.title == "main: peer minus asset, once 50 points wide or at the last seed"
    narrow, wide = one.rows
    assert narrow[1:4] == ("grading", "32", "16") and narrow[5:] == ("+21 to +66", "")
    assert wide[-1] == "wider than 50 points" and wide[4] == "\N{EN DASH}"


def test_the_page_warns_of_the_other_intervals(folder: StudyFolder) -> None:
    rows = pages.episodes()
    estimates = estimate(rows, checks=False)
    stopped = stopped_studies([str(folder.path)])
    page = build_page(pages.loaded(rows), estimates, answers(estimates), stopped=stopped)
    assert any("main stopped by itself" in alert for alert in page.alerts)
    for text in (html.render_html(page, Transcripts()), markdown.render_markdown(page)):
        assert "+21 to +66" in text and "confidence sequence" in text
    assert "confidence sequence" not in pages.html()


@pytest.mark.parametrize(("version", "told"), [(VERSION, False), ("1.0.0", True)])
def test_looks_of_older_detectors_are_said_to_be(
    folder: StudyFolder, version: str, told: bool
) -> None:
    begun = resolve(make_study({"name": "main", "preset": "smoke"}), {"detectors": version})
    folder.study_file.write_text(begun.to_yaml(), encoding="utf-8")
    (one,) = stopped_studies([str(folder.path)])
    assert ("begun with detectors 1.0.0, of whose verdicts its looks are" in one.warning) is told


@pytest.mark.parametrize("looks", ["", ', "looks": [{"model": 1}]', ', "looks": [3]'])
def test_a_rule_that_cannot_be_read_is_a_warning(folder: StudyFolder, looks: str) -> None:
    rule = '{"contrast": "peer_minus_asset", "width": 0.5, "level": 0.95, "block": 16}'
    folder.stopping.write_text(f'{{"rule": {rule if looks else 1}{looks}}}', encoding="utf-8")
    (one,) = stopped_studies([str(folder.path)])
    assert not one.rows and "not known to hold" in one.warning
