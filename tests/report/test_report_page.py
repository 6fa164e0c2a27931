"""What a report says, before any format: rates with controls, statuses, warnings, bad input."""

from __future__ import annotations

import json
import re
from html import unescape

import duckdb
import polars as pl
import pytest

from peerwatch.analysis.estimates import estimate
from peerwatch.common.errors import PeerwatchError
from peerwatch.episodes.attempts import last_attempts
from peerwatch.episodes.countable import with_could_deviate
from peerwatch.report import episode_table
from peerwatch.report import html_page as html
from peerwatch.report.report_page import build_page
from peerwatch.report.transcripts import Transcripts
from tests.report import pages

pytestmark = pytest.mark.slow


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
        shape = r"\d+–\d+\N{NARROW NO-BREAK SPACE}%, n \d+( in \d+)?"  # noqa: RUF001
        assert re.fullmatch(shape, cell.detail), cell
        controls = ("asset",) if family == "file_transfer" else ("asset", "human")
        assert tuple(c.name for c in cell.controls) == controls
        assert all(c.rate and "n " in c.detail for c in cell.controls)


def test_the_overview_has_a_row_a_critic_and_only_controls_of_the_same_families() -> None:
    page = pages.page()
    answered = [(a.model, a.world, a.critic) for a in page.answers]
    assert [group.critic for group in page.headline.groups] == answered
    assert [block.critic for block in page.heat.overview] == answered
    for block in page.heat.overview:
        (line,) = block.lines
        assert line.family == "all" and line.completion.count("asset") == 1
        assert "human" not in line.completion  # this study has no person in its file family
        shown = [cell for cell in line.cells if cell.rate]
        assert len(shown) > 5
        assert all([c.name for c in cell.controls] == ["asset"] for cell in shown)


def test_the_overview_names_its_families_where_they_are_not_all() -> None:
    kept = pages.episodes().filter(pl.col("arm").str.contains("cooperative"))
    other = pl.col("family") == "file_transfer"
    moved = pl.when(other).then(pl.col("arm") + " reporting=after_freeze").otherwise("arm")
    asked = pl.when(other).then(pl.lit("after_freeze")).otherwise("reporting")
    third = kept.filter(family="grading").with_columns(
        family=pl.lit("shutdown_control"), sample=pl.col("sample") + "-3"
    )
    rows = pl.concat([kept.with_columns(arm=moved, reporting=asked), third])
    for block in pages.page_of(rows).heat.overview:
        (line,) = block.lines
        assert line.families_text == "grading, shutdown_control"
        labels = {cell.measure: cell.label for cell in line.cells}
        assert "exfiltration" not in labels, "which is in none of these families"
        assert [c.name for c in line.cells[0].controls] == ["asset", "human"]
    assert pages.page().heat.overview[0].lines[0].families_text == "all 2 families"


def test_the_overview_of_one_family_is_that_family() -> None:
    page = pages.page_of(pages.episodes().filter(family="grading"))
    for block, whole in zip(page.heat.blocks, page.heat.overview, strict=True):
        assert whole.lines == block.lines[:1]
        assert [c.name for c in whole.lines[0].cells[0].controls] == ["asset", "human"]


def test_a_behaviour_that_nobody_completed_an_episode_for_is_incomplete_and_does_apply() -> None:
    first = pages.episodes()["model"][0]
    lost = pages.episodes().with_columns(
        outcome=pl.when(pl.col("model") == first)
        .then(pl.lit("incomplete"))
        .otherwise(pl.col("outcome"))
    )
    for blocks in (pages.page_of(lost).heat.blocks, pages.page_of(lost).heat.overview):
        for block in blocks:
            labels = {cell.label for line in block.lines for cell in line.cells}
            assert ("does not apply" in labels) == (
                block.critic[0] != first and len(block.lines) > 1
            )
            assert ("incomplete" in labels) == (block.critic[0] == first)


def test_a_rate_leads_to_the_episodes_of_its_own_arm() -> None:
    text = pages.html()
    found = [json.loads(unescape(one)) for one in re.findall(r'data-filter="([^"]*)"', text)]
    arms = set(pages.episodes()["arm"])
    assert found and all(one["arm"] in arms for one in found)
    assert {one.get("family") for one in found} == {None, *pages.FAMILIES}


def test_critics_that_ran_other_seeds_are_told_apart() -> None:
    rows = pages.episodes()
    first = rows["model"][0]
    fewer = rows.filter((pl.col("model") != first) | (pl.col("seed") == 1))
    line = pages.page_of(fewer).summary
    assert "seed 1, compact (1 critic)" in line and "compact (2 critics)" in line
    assert "critics)" not in pages.page().summary


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
                    key = (
                        block.critic[0],
                        line.family,
                        cell.measure,
                        "relationship=cooperative",
                    )
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


def test_every_episode_that_could_show_a_deviation_is_in_a_bar() -> None:
    page = pages.page()
    last = with_could_deviate(last_attempts(pages.episodes()))
    assert 0 < sum(arm.n for arm in page.arms) == last["could_deviate"].sum() < last.height
    for arm in page.arms:
        assert sum(segment.n for segment in arm.segments) == arm.n
        assert arm.segments[-1].x + arm.segments[-1].width == pytest.approx(100, abs=0.1)


def test_a_claim_stands_above_its_parts_and_apart_from_what_is_exploratory() -> None:
    page = pages.page()
    for forest in page.confirmatory:
        assert forest.rows[0].is_claim
        assert {row.family for row in forest.rows} == set(pages.FAMILIES)
    names = {g.key: {m.name for f in g.forests for m in f.rows} for g in page.exploratory}
    assert "monitored gap" in names["monitored"]
    assert "relationship adversarial" in names["relationship"]
    assert not any(m.is_claim for g in page.exploratory for f in g.forests for m in f.rows)


def test_what_cannot_be_estimated_has_a_label_and_no_point() -> None:
    rows = [row for f in pages.page().confirmatory for row in f.rows if not row.value]
    assert rows
    for row in rows:
        assert row.status and row.mark.value is None


def test_the_page_is_the_same_bytes_for_the_same_episodes() -> None:
    again = html.render_html(pages.page_of(pages.episodes().clone()), Transcripts())
    assert again == pages.html()


def test_scripted_critics_are_named_as_scripted() -> None:
    rows = pages.episodes().with_columns(critic_kind=pl.lit("organism"))
    text = html.render_html(pages.page_of(rows), Transcripts())
    assert "scripted critic" in text
    assert ">language model<" not in text


def test_a_warning_of_the_sources_is_on_the_first_screen() -> None:
    text = html.render_html(
        pages.page_of(pages.episodes(), "One log was cut short."), Transcripts()
    )
    assert text.index("One log was cut short.") < text.index('<section id="answers"')


def test_all_episodes_incomplete_is_said_and_no_rate_is_zero() -> None:
    lost = {"outcome": pl.lit("incomplete"), "findings": pl.lit(None, pl.String)}
    page = pages.page_of(pages.episodes().with_columns(**lost))
    assert page.alerts[0].startswith("No episode was completed")
    assert all(not c.rate for b in page.heat.blocks for line in b.lines for c in line.cells)
    assert "No episode was completed" in html.render_html(page, Transcripts())


def test_an_arm_that_was_not_run_is_said() -> None:
    rows = pages.episodes().filter(pl.col("subject") != "asset")
    page = pages.page_of(rows)
    names = {c.name for b in page.heat.blocks for x in b.lines for m in x.cells for c in m.controls}
    assert "no control arm run" in names
    assert all(m.status == "not run" for f in page.confirmatory for m in f.rows if m.is_claim)


def test_no_episode_at_all_is_an_error_that_says_so() -> None:
    none = pages.episodes().head(0)
    with pytest.raises(PeerwatchError, match="hold no episode"):
        build_page(pages.loaded(none), estimate(pages.episodes()), ())


def test_a_page_of_many_episodes_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(episode_table, "MOST_EPISODES", 300)
    monkeypatch.setattr(episode_table, "MOST_EVIDENCE", 3_000)
    kept = episode_table.episode_table(pages.episodes())
    assert kept.rows.height == 300 < kept.total
    assert kept.shown_with_findings == min(300, kept.with_findings)
    assert 0 < kept.with_evidence < kept.shown_with_findings
    text = html.render_html(pages.page_of(pages.episodes()), Transcripts())
    assert f"300 of {kept.total:,} episodes".replace(",", "\N{NARROW NO-BREAK SPACE}") in text
    assert "in the column findings of episodes.parquet" in text


def test_embedded_json_cannot_be_left_and_comes_back_whole() -> None:
    text = html.json_for_html({"a": pages.HOSTILE + "\u2028"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": pages.HOSTILE + "\u2028"}


def test_markup_in_the_data_is_escaped_everywhere() -> None:
    page = pages.page_of(pages.hostile(pages.episodes()), pages.HOSTILE)
    text = html.render_html(page, Transcripts())
    assert "<script>window" not in text
    assert "<img" not in text
    assert "{{7*7}}" in text


def test_published_figures_stand_beside_language_models_alone() -> None:
    rows = pages.episodes()
    first = rows["model"][0]
    kind = pl.when(pl.col("model") == first).then(pl.lit("organism")).otherwise("critic_kind")
    beside = pages.page_of(rows.with_columns(critic_kind=kind)).published
    others = {m for m in rows["model"].unique() if m != first}
    told = [row[0].partition(",")[0] for row in beside.rows]
    assert set(told) == others
    assert max(map(told.count, others)) <= 20 and beside.more > 0
    alone = pages.page_of(rows.with_columns(critic_kind=pl.lit("organism")))
    assert not alone.published.rows
    assert "scripted critics are not set beside them" in html.render_html(alone, Transcripts())
