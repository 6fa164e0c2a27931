"""The queries of docs/report.md give the numbers of the page."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from peerwatch.analysis.answers import answers
from peerwatch.analysis.estimates import estimate
from peerwatch.charts.numbers import (
    count_text,
    difference_text,
    p_value_text,
    percent_text,
    signed_text,
)
from peerwatch.judge import judgement_table as table
from peerwatch.report import html_page as html
from peerwatch.report.judge_section import codes_by_model
from peerwatch.report.report_page import ReportPage, build_page
from tests.report import pages

pytestmark = pytest.mark.slow

DOCS = (Path(__file__).parents[2] / "docs/report.md").read_text(encoding="utf-8")


def queries(section: str) -> list[str]:
    """Return the queries under a heading."""
    part = DOCS.split(f"\n### {section}\n")[1].split("\n### ")[0]
    return re.findall(r"^```sql\n(.*?)^```", part, re.DOTALL | re.MULTILINE)


@cache
def both() -> pl.DataFrame:
    """Return a study that was run in both worlds; every third instance in memory alone."""
    memory = pages.episodes()
    shell = memory.filter(pl.col("seed") % 3 > 0).with_columns(
        world=pl.lit("shell"),
        outcome=pl.when((pl.col("seed") % 2 == 0) & (pl.col("outcome") == "complied"))
        .then(pl.lit("deviated_concealed"))
        .otherwise(pl.col("outcome")),
    )
    return pl.concat([memory, shell])


@cache
def estimates() -> pl.DataFrame:
    return estimate(both())


@cache
def page() -> ReportPage:
    return build_page(pages.loaded(both()), estimates(), answers(estimates()))


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay the tables where the queries look for them."""
    both().write_parquet(tmp_path / "episodes.parquet")
    estimates().write_parquet(tmp_path / "estimates.parquet")
    monkeypatch.chdir(tmp_path)


def ask(query: str) -> list[dict[str, Any]]:
    found = duckdb.sql(query)
    assert found is not None
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    assert rows
    return rows


def critic(row: dict[str, Any]) -> tuple[str, str, str]:
    return (row["model"], row["world"], row["critic"])


def label(levels: tuple[str | None, ...]) -> str:
    """Return the arm's label, as the tables name it."""
    given = both().filter(
        pl.all_horizontal(
            pl.col(name).eq_missing(pl.lit(level))
            for name, level in zip(html_factors(), levels, strict=True)
        )
    )
    return str(given["arm"][0])


def html_factors() -> tuple[str, ...]:
    from peerwatch.design.arms import FACTORS

    return tuple(FACTORS)


def test_the_page_shows_the_documented_queries() -> None:
    told = "\n".join(query for part in ("Behaviours", "Contrasts") for query in queries(part))
    assert html.QUERY_RATES in told
    assert html.QUERY_PRIMARY in told
    assert html.QUERY_OUTCOMES in queries("Outcomes by arm")[0]


@pytest.mark.slow
@pytest.mark.usefixtures("tables")
def test_the_first_plot() -> None:
    rows = [row for row in ask(queries("The answer")[0]) if row["value"] is not None]
    given = sorted(
        (*critic(row), difference_text(row["value"], False), count_text(row["clusters"]))
        for row in rows
        if row["family"] == "all" or not any(critic(x) == critic(row) for x in pooled(rows))
    )
    assert given == sorted(
        (*group.critic, row.value, row.instances)
        for group in page().headline.groups
        for row in group.rows
        if row.value
    )


def pooled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["family"] == "all"]


@pytest.mark.slow
@pytest.mark.usefixtures("tables")
def test_the_rates_of_the_heat_map() -> None:
    given = {
        (*critic(r), r["family"], r["measure"], r["arm"]): r for r in ask(queries("Behaviours")[0])
    }
    controls = {"asset": "subject=asset ", "human": "subject=human "}
    checked = 0
    for block in page().heat.blocks:
        for line in block.lines:
            for cell in line.cells:
                key = (*block.critic, line.family, cell.measure)
                if not cell.rate:
                    continue
                assert cell.rate == percent_text(given[(*key, "relationship=cooperative")]["value"])
                for control in cell.controls:
                    row = given[(*key, f"{controls[control.name]}relationship=cooperative")]
                    assert control.rate == percent_text(row["value"])
                    assert control.detail.endswith(f"n {count_text(row['n'])}")
                    checked += 1
    assert checked > 50


@pytest.mark.slow
@pytest.mark.usefixtures("tables")
def test_the_claims_and_their_parts() -> None:
    claims, rest = queries("Contrasts")
    given = {(*critic(r), r["family"], r["measure"]): r for r in ask(claims)}
    parts = {
        (*critic(r), r["family"], r["contrast"].replace("_", " "), r["stratum"]): r
        for r in ask(rest)
        if r["measure"] == "any_deviation"
    }
    seen = 0
    for forest in page().confirmatory:
        for shown in forest.rows:
            if shown.is_claim:
                row = given[(*forest.critic, shown.family, shown.measure.replace(" ", "_"))]
                assert shown.p_holm == (p_value_text(row["p_holm"]) if row["p_holm"] else "")
            else:
                row = parts[(*forest.critic, shown.family, shown.name, shown.stratum)]
            if row["value"] is not None:
                assert shown.value == difference_text(row["value"], False)
                seen += 1
    exploratory = [m for group in page().exploratory for f in group.forests for m in f.rows]
    assert seen > 10
    assert len(exploratory) > 50


@pytest.mark.usefixtures("tables")
def test_the_points_of_the_curves() -> None:
    rows = ask(queries("Curves")[0])
    by_bar = {
        (*critic(r), r["family"], r["stratum"], r["arm"]): r
        for r in rows
        if r["measure"] == "decision_over"
    }
    told = {
        (*critic(r), r["family"], percent_text(r["value"]), r["n"])
        for r in rows
        if r["measure"] == "any_deviation"
    }
    for factor, charts in page().curves.items():
        for chart in charts:
            for line in chart.chart.lines:
                for point in line.points:
                    if factor == "bar":
                        arm = "relationship=cooperative"
                        arm = arm if line.name == "peer" else f"subject={line.name} {arm}"
                        side = f"bar_side={point.level}"
                        row = by_bar[(*chart.critic, chart.family, side, arm)]
                        assert point.y == row["value"]
                    else:
                        rate, _, rest = point.text.partition(" (")
                        n = int(re.findall(r"n (\d+)", rest)[0])
                        assert (*chart.critic, chart.family, rate, n) in told


@pytest.mark.usefixtures("tables")
def test_outcomes_disclosure_and_completeness() -> None:
    outcomes = {
        (*critic(r), r["family"], r["arm"], r["outcome"]): r["n"]
        for r in ask(queries("Outcomes by arm")[0])
    }
    shares = {(*critic(r), r["family"], r["arm"]): r for r in ask(queries("Completeness")[0])}
    for arm in page().arms:
        key = (*arm.critic, arm.family, label(arm.levels))
        for outcome, n in arm.counts.items():
            assert outcomes[(*key, outcome)] == n
        row = shares[key]
        assert row["started"] == arm.n
        assert row["completion"] == pytest.approx(arm.completion)
        assert (
            arm.bounds == f"{percent_text(row['bound_low'])} to {percent_text(row['bound_high'])}"
        )
    told = [t for rows in page().disclosure.values() for t in rows]
    given = ask(queries("Disclosure")[0])
    assert len(told) == len(given)
    for name in ("deviated", "disclosed", "concealed", "unreported"):
        assert sorted(r[name] for r in given) == sorted(getattr(t, name) for t in told)


@pytest.mark.usefixtures("tables")
def test_means_of_marks() -> None:
    given = {
        (*critic(r), r["family"], r["measure"], r["arm"]): r
        for r in ask(queries("Marks and the bar")[0])
    }
    assert page().errors
    for panel in page().errors:
        for spread in panel.spreads:
            arm = spread.arm.replace(", ", " ")
            arm = arm.removeprefix("peer ") if spread.subject == "peer" else f"subject={arm}"
            row = given[(*panel.critic, panel.family, panel.measure, arm)]
            assert (spread.mean, spread.n) == (signed_text(row["value"], 1), row["n"])


@pytest.mark.usefixtures("tables")
def test_leaving_wordings_out() -> None:
    given: dict[tuple[str, ...], list[float]] = {}
    for r in ask(queries("Wordings")[0]):
        if r["value"] is not None:
            key = (*critic(r), r["family"], r["contrast"].replace("_", " "))
            given.setdefault(key, []).append(r["value"])
    for one in page().wordings:
        for strip in one.strips:
            values = given.get((*one.critic, strip.family, strip.contrast), [])
            assert len(strip.dots) == len(values)
            if values:
                assert strip.lowest == difference_text(min(values), False)


@pytest.mark.usefixtures("tables")
def test_memory_less_shell() -> None:
    given = {
        (r["model"], r["critic"], r["family"], r["arm"], r["bar_side"]): r
        for r in ask(queries("Worlds")[0])
    }
    rows = estimates().filter(
        (pl.col("contrast") == "memory_minus_shell") & (pl.col("measure") == "any_deviation")
    )
    known = rows.filter(pl.col("value").is_not_null())
    assert known.height > 10
    for row in known.iter_rows(named=True):
        side = row["stratum"].removeprefix("bar_side=") or None
        found = given[(row["model"], row["critic"], row["family"], row["arm"], side)]
        assert found["value"] == pytest.approx(row["value"])
        assert found["clusters"] == row["clusters"]
    shown = [row.value for forest in page().worlds for row in forest.rows]
    assert difference_text(known["value"][0], False) in shown


def test_counts_of_a_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judgements = pl.DataFrame(
        {
            "sample": ["a", "b", "c", "d"],
            "model": ["m"] * 4,
            "grader": ["g"] * 4,
            "code": ["rationale"] * 4,
            "present": [True, True, False, None],
            "supported": [True, False, None, None],
            "quotes": [["as it is a peer"], [], [], []],
            "unjudged": [None, None, None, "no answer"],
            "forced": [False] * 4,
        }
    )
    judgements.write_parquet(tmp_path / "judgements.parquet")
    monkeypatch.chdir(tmp_path)
    (row,) = ask(queries("Judge")[0])
    (told,) = codes_by_model(judgements)
    assert (
        (told.present, told.read)
        == (count_text(row["present"]), count_text(row["read"]))
        == ("1", "3")
    )
    assert (told.unsupported, told.unjudged) == ("1", "1")


def test_the_rate_of_persuasion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pages.episodes()
    said = [
        {"sample": sample, "grader": grader, "code": "persuasion", "prompt_version": "1"}
        | {"label": "yes" if (n + shift) % 3 else "no", "model": "m", "instance": "i"}
        for n, sample in enumerate(rows["sample"])
        for grader, shift in (("g", 0), ("h", 1))
    ]
    judged = table.judgements_frame(said)
    judged.write_parquet(tmp_path / "judgements.parquet")
    rows.write_parquet(tmp_path / "episodes.parquet")
    monkeypatch.chdir(tmp_path)
    found = estimate(table.with_judgements(rows, judged), checks=False).filter(
        kind="rate", measure="persuasion", main=True
    )
    known = {(r["model"], r["family"], r["arm"]): r for r in found.iter_rows(named=True)}
    query = queries("Judge")[1].replace("$prompt", "'1'")
    for family in ("grading", "file_transfer"):
        answers_ = [r for r in ask(query) if r["family"] == family]
        assert answers_
        for row in answers_:
            own = known[row["model"], family, row["arm"]]
            assert (row["value"], row["n"]) == (pytest.approx(own["value"]), own["n"])
