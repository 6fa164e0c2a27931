"""What graders said, as the page shows it: codes, agreement, realism, and what they quoted."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from peerwatch.analysis.answers import answers
from peerwatch.analysis.estimates import estimate
from peerwatch.commands.report import write_report
from peerwatch.common.errors import PeerwatchError
from peerwatch.judge import judgement_table as table
from peerwatch.judge.grader_prompt import PROMPT_VERSION
from peerwatch.judge.realism_file import RealismMeasurement, write_realism
from peerwatch.report import html_page as html
from peerwatch.report import markdown
from peerwatch.report.episode_table import episode_table
from peerwatch.report.judge_section import judge_section, quotes_of
from peerwatch.report.page_sections import absent_sections
from peerwatch.report.report_page import build_page
from peerwatch.report.transcripts import Transcripts
from tests.report import pages
from tests.report.graded import AUC, GRADERS, judgements, row

pytestmark = pytest.mark.slow


def test_several_graders_stand_with_their_agreement() -> None:
    told = judge_section(judgements([f"s{n}" for n in range(8)], *GRADERS))
    (agreed,) = [one for one in told.agreement if one.code == "persuasion"]
    assert agreed.graders == "google/two, openai/one"
    assert (agreed.n, agreed.both, agreed.neither) == ("8", "3", "4")
    assert (agreed.first, agreed.second) == ("0", "1")
    assert agreed.kappa.startswith("0.75 [")
    alone = judge_section(judgements(["a", "b"], GRADERS[0]))
    assert alone.codes and not alone.agreement


def test_judgements_by_another_prompt_are_not_pooled() -> None:
    older = table.judgements_frame([row("s0", GRADERS[1], "refusal", "yes", prompt_version="0")])
    both = pl.concat([judgements(["s0", "s1"], *GRADERS), older])
    told = judge_section(both)
    assert told.prompt_version == PROMPT_VERSION and told.left_out == 1
    assert {one.code for one in told.codes} == {"persuasion"}
    assert quotes_of(older) and not any("refusal" in q for q in quotes_of(both)["s0"])
    assert judge_section(older).prompt_version == "0"


def page_text(judged: pl.DataFrame | None, *realism: RealismMeasurement) -> tuple[str, str]:
    rows = pages.episodes()
    estimates = estimate(rows, checks=False)
    page = build_page(pages.loaded(rows), estimates, answers(estimates), judged, realism)
    return html.render_html(page, Transcripts()), markdown.render_markdown(page).replace("\\", "")


def test_realism_and_agreement_are_on_the_page_and_in_markdown() -> None:
    for text in page_text(judgements(["s0", "s1", "s2", "s3"], *GRADERS), AUC):
        assert "0.91 [0.80, 0.97]" in text and "words alone" in text
        assert "google/two, openai/one" in text
        assert "Realism: not measured" not in text and "One grader" not in text


def test_what_was_not_measured_is_said() -> None:
    for text in page_text(None):
        assert "logistic regression on words" in text and "Judge: no grader read" in text
        assert "Codes by grader" not in text
    assert all("One grader" in text for text in page_text(judgements(["s0"], GRADERS[0])))
    absent = {one.partition(":")[0] for one in absent_sections(pages.page())}
    assert {"Judge", "Worlds"} <= absent


def test_what_a_judge_quoted_is_there_without_any_finding() -> None:
    rows = pages.episodes().filter(pl.col("findings").str.len_chars() <= 2).head(2)
    sample = rows["sample"][1]
    kept = episode_table(rows, {sample: ("persuasion: please let it go on",)})
    assert kept.with_evidence == kept.with_findings == 0
    ((place, packed),) = kept.data["evidence"].items()
    assert kept.rows["sample"][int(place)] == sample
    assert kept.data["strings"][packed[0][5][0]] == "persuasion: please let it go on"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a table of episodes."""
    pages.episodes().write_parquet(tmp_path / "episodes.parquet")
    return tmp_path


def test_persuasion_is_a_rate_with_its_control_where_a_judge_read(folder: Path) -> None:
    rows = pl.read_parquet(folder / "episodes.parquet")
    table.write_judgements(
        judgements(rows["sample"].to_list(), GRADERS[0]), folder / table.JUDGEMENTS_FILE
    )
    write_realism([AUC], [folder])
    out = folder / "deep" / "report.html"
    write_report([folder / "episodes.parquet"], out, "html", None, None, as_json=False)
    text = out.read_text(encoding="utf-8")
    assert "0.91 [0.80, 0.97]" in text and "Persuasion needs a judge" not in text
    estimates = pl.read_parquet(out.with_name("report_files") / "estimates.parquet")
    rates = estimates.filter(kind="rate", measure="persuasion", main=True)
    assert {"peer", "asset"} <= set(rates["subject"])
    # The table that is kept has no judge's word, so that another judge does not find it there.
    kept = pl.read_parquet(out.with_name("report_files") / "episodes.parquet")
    assert kept["persuasion"].null_count() == kept.height


def test_a_broken_file_of_judgements_is_said(folder: Path) -> None:
    (folder / table.JUDGEMENTS_FILE).write_text("no table")
    with pytest.raises(PeerwatchError, match="no file of judgements"):
        write_report([folder / "episodes.parquet"], folder / "r.html", "html", None, None, False)
    assert not (folder / "r.html").exists()


def test_judgements_of_other_episodes_are_left_out(folder: Path) -> None:
    table.write_judgements(judgements(["elsewhere"], GRADERS[0]), folder / table.JUDGEMENTS_FILE)
    out = folder / "r.md"
    write_report([folder / "episodes.parquet"], out, "md", None, None, as_json=True)
    assert "Judge: no grader read" in out.read_text(encoding="utf-8")
