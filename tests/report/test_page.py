"""What a report says, before any format: rates with controls, statuses, warnings, bad input."""

from __future__ import annotations

import json
import re

import duckdb
import polars as pl
import pytest

from peerwatch.analysis.estimates import estimate
from peerwatch.errors import PeerwatchError
from peerwatch.report import html, instances
from peerwatch.report.page import build
from peerwatch.report.transcripts import Transcripts
from tests.report import pages


def queried(query: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return what a documented query gives of the table ``rows``."""
    found = duckdb.sql(query)
    assert found is not None and rows.height
    table: pl.DataFrame = found.pl()
    return table


def test_every_rate_has_interval_n_and_its_controls() -> None:
    cells = [
        (line.family, cell)
        for block in pages.page().heat.blocks
        for line in block.lines
        for cell in line.cells
    ]
    shown = [(family, cell) for family, cell in cells if cell.rate]
    assert len(shown) > 20
    for family, cell in shown:
        assert re.fullmatch(r"\d+–\d+\N{NARROW NO-BREAK SPACE}%, n \d+", cell.about), cell  # noqa: RUF001
        controls = ("asset",) if family == "file_transfer" else ("asset", "human")
        assert tuple(c.name for c in cell.controls) == controls
        assert all(c.rate and "n " in c.about for c in cell.controls)


def test_the_completion_of_each_control_stands_with_the_family() -> None:
    for block in pages.page().heat.blocks:
        for line in block.lines:
            assert re.match(r"peer [\d.]+.%, asset [\d.]+.%", line.completion), line.completion


def test_the_heat_map_is_what_the_documented_query_gives() -> None:
    rows = estimate(pages.episodes())
    query = html.QUERY_RATES.replace("'estimates.parquet'", "rows")
    given = {
        (r["model"], r["family"], r["measure"], r["arm"]): r["value"]
        for r in queried(query, rows).iter_rows(named=True)
    }
    for block in pages.page().heat.blocks:
        for line in block.lines:
            for cell in line.cells:
                if cell.rate:
                    key = (block.who[0], line.family, cell.measure, "relationship=cooperative")
                    shown = float(cell.rate.rstrip("%\N{NARROW NO-BREAK SPACE}"))
                    assert shown == pytest.approx(100 * given[key], abs=0.51)


def test_the_outcomes_are_what_the_documented_query_gives() -> None:
    rows = pages.episodes()
    query = html.QUERY_OUTCOMES.replace("'episodes.parquet'", "rows")
    given = queried(query, rows)
    assert given["n"].sum() == sum(arm.n for arm in pages.page().arms)
    assert given.filter(outcome="complied")["n"].sum() == sum(
        arm.counts.get("complied", 0) for arm in pages.page().arms
    )


def test_every_episode_that_started_is_in_a_bar() -> None:
    page = pages.page()
    assert sum(arm.n for arm in page.arms) == page.instances.total
    for arm in page.arms:
        assert sum(segment.n for segment in arm.segments) == arm.n
        assert arm.segments[-1].x + arm.segments[-1].width == pytest.approx(100, abs=0.1)


def test_a_claim_stands_above_its_parts_and_apart_from_what_is_exploratory() -> None:
    page = pages.page()
    for forest in page.confirmatory:
        assert forest.marks[0].whole
        assert {mark.family for mark in forest.marks} == set(pages.FAMILIES)
    names = {g.key: {m.name for f in g.forests for m in f.marks} for g in page.exploratory}
    assert "monitored gap" in names["monitored"]
    assert "relationship adversarial" in names["relationship"]
    assert not any(m.whole for g in page.exploratory for f in g.forests for m in f.marks)


def test_what_cannot_be_estimated_has_a_label_and_no_point() -> None:
    marks = [m for f in pages.page().confirmatory for m in f.marks if not m.value]
    assert marks
    for mark in marks:
        assert mark.status and mark.at is None


def test_the_page_is_the_same_bytes_for_the_same_episodes() -> None:
    again = html.render(pages.page_of(pages.episodes().clone()), Transcripts())
    assert again == pages.html()


def test_scripted_critics_are_named_as_scripted() -> None:
    rows = pages.episodes().with_columns(critic_kind=pl.lit("organism"))
    text = html.render(pages.page_of(rows), Transcripts())
    assert "scripted critic" in text
    assert ">language model<" not in text


def test_a_warning_of_the_sources_is_on_the_first_screen() -> None:
    text = html.render(pages.page_of(pages.episodes(), "One log was cut short."), Transcripts())
    assert text.index("One log was cut short.") < text.index('<section id="answers"')


def test_all_episodes_incomplete_is_said_and_no_rate_is_zero() -> None:
    lost = {"outcome": pl.lit("incomplete"), "findings": pl.lit(None, pl.String)}
    page = pages.page_of(pages.episodes().with_columns(**lost))
    assert page.alerts[0].startswith("No episode was completed")
    assert all(not c.rate for b in page.heat.blocks for line in b.lines for c in line.cells)
    assert "No episode was completed" in html.render(page, Transcripts())


def test_an_arm_that_was_not_run_is_said() -> None:
    rows = pages.episodes().filter(pl.col("subject") != "asset")
    page = pages.page_of(rows)
    names = {c.name for b in page.heat.blocks for x in b.lines for m in x.cells for c in m.controls}
    assert "no control arm run" in names
    assert all(m.status == "not run" for f in page.confirmatory for m in f.marks if m.whole)


def test_no_episode_at_all_is_an_error_that_says_so() -> None:
    none = pages.episodes().head(0)
    with pytest.raises(PeerwatchError, match="hold no episode"):
        build(pages.loaded(none), estimate(pages.episodes()), ())


def test_a_page_of_many_episodes_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instances, "ROWS", 300)
    monkeypatch.setattr(instances, "EVIDENCE", 3_000)
    kept = instances.instances_of(pages.episodes())
    assert kept.rows.height == 300 < kept.total
    assert kept.kept_with_findings == min(300, kept.with_findings)
    assert 0 < kept.with_evidence < kept.kept_with_findings
    text = html.render(pages.page_of(pages.episodes()), Transcripts())
    assert f"300 of {kept.total:,} episodes".replace(",", "\N{NARROW NO-BREAK SPACE}") in text
    assert "in the column findings of episodes.parquet" in text


def test_embedded_json_cannot_be_left_and_comes_back_whole() -> None:
    text = html.json_for_html({"a": pages.HOSTILE + "\u2028"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": pages.HOSTILE + "\u2028"}


def test_markup_in_the_data_is_escaped_everywhere() -> None:
    page = pages.page_of(pages.hostile(pages.episodes()), pages.HOSTILE)
    text = html.render(page, Transcripts())
    assert "<script>window" not in text
    assert "<img" not in text
    assert "{{7*7}}" in text
