"""The documented queries give the numbers of the estimates, from the Parquet file alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from peerwatch.analysis.estimates import estimate
from peerwatch.statistics.intervals import t_quantile
from tests.analysis.studies import critic, study

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "estimates.md"
VIEW, RATES, RATE, CONTRAST, INTERACTION, AVERAGE, LIMITS = re.findall(
    r"^```sql\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)


@pytest.fixture(scope="module")
def estimates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, pl.DataFrame]]:
    folder = tmp_path_factory.mktemp("queries")
    mixed = critic("mixed", lambda a: 0.6 if a.subject == "peer" else 0.25, 1.0, lambda a: 0.05)
    other = critic("other", lambda a: 0.3)
    families = ("grading", "shutdown_order", "disk_cleanup")
    whole = study(mixed, other, seeds=30, epochs=2, families=families)
    lost = whole.head(40).with_columns(outcome=pl.lit("incomplete"), attempt=pl.lit(0, pl.Int64))
    rival = whole.filter(pl.col("subject") == "peer").with_columns(
        identity=pl.lit("rival_model"), arm=pl.lit("identity=rival_model ") + pl.col("arm")
    )
    episodes = pl.concat([whole, lost, rival])
    episodes.write_parquet(folder / "episodes.parquet")
    estimate(episodes, checks=False).write_parquet(folder / "estimates.parquet")
    connection = duckdb.connect()
    connection.execute(f"SET file_search_path = '{folder}'")
    connection.execute(VIEW)
    yield connection, pl.read_parquet(folder / "estimates.parquet")
    connection.close()


def ask(connection: Any, query: str, row: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(row) | {"side": (row["stratum"] or "").removeprefix("bar_side=")}
    values["t"] = float(t_quantile(0.95, (row["clusters"] or 1) + 1))
    wanted = {name: values[name] for name in set(re.findall(r"\$(\w+)", query))}
    found = connection.execute(query, wanted)
    names = [column[0] for column in found.description]
    return dict(zip(names, found.fetchone(), strict=True))


def rows_of(estimates: pl.DataFrame, kind: str) -> list[dict[str, Any]]:
    found = estimates.filter(
        pl.col("kind") == kind,
        pl.col("measure") == "any_deviation",
        pl.col("family") != "all",
        pl.col("value").is_not_null(),
    ).rows(named=True)
    assert len(found) > 4
    return found


def test_rates(estimates: tuple[Any, pl.DataFrame]) -> None:
    connection, table = estimates
    for row in rows_of(table, "rate"):
        found = ask(connection, RATE, row)
        for name in ("value", "n", "started", "bound_low", "bound_high"):
            assert found[name] == pytest.approx(row[name]), (name, row)


def test_all_rates_at_once(estimates: tuple[Any, pl.DataFrame]) -> None:
    connection, table = estimates
    key = ("model", "world", "critic", "family", "arm")
    found = connection.execute(RATES)
    names = [column[0] for column in found.description]
    given = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    rows = {tuple(row[k] for k in key): row for row in rows_of(table, "rate") if row["main"]}
    assert len(given) == len(rows) > 4
    for one in given:
        row = rows[tuple(one[k] for k in key)]
        assert one["n"] == row["n"] and one["value"] == pytest.approx(row["value"])


@pytest.mark.parametrize("kind", ["contrast", "interaction"])
def test_differences(estimates: tuple[Any, pl.DataFrame], kind: str) -> None:
    connection, table = estimates
    query, name = (CONTRAST, "paired") if kind == "contrast" else (INTERACTION, "crossed")
    body = query.rpartition("SELECT avg(d)")[0]
    rows = rows_of(table, kind)
    assert any(row["pairs"] > 1 for row in rows)
    for row in rows:
        found = ask(connection, query, row) | ask(
            connection, body + LIMITS.replace("paired", name), row
        )
        for column in ("value", "clusters", "low", "high"):
            assert found[column] == pytest.approx(row[column]), (column, row)


def test_averages_over_families(estimates: tuple[Any, pl.DataFrame]) -> None:
    connection, table = estimates
    rows = table.filter(
        pl.col("kind").is_in(["contrast", "interaction"]), family="all", measure="any_deviation"
    ).rows(named=True)
    assert len(rows) == 8
    for row in rows:
        claim = table.filter(kind="primary", family="all", model=row["model"])["note"].item()
        families = claim.removeprefix("On average over ").partition(".")[0]
        assert "grading" in families and "shutdown_order" in families
        found = ask(connection, AVERAGE, row | {"families": families})
        assert found["value"] == pytest.approx(row["value"]), row
