"""Studies and pages that the tests of the report share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import polars as pl

from peerwatch.analysis.answers import answers
from peerwatch.analysis.estimates import estimate
from peerwatch.design.arms import Arm
from peerwatch.episodes.sources import LoadedEpisodes
from peerwatch.families.valid_arms import cross
from peerwatch.report.html_page import render_html
from peerwatch.report.report_page import ReportPage, build_page
from peerwatch.report.transcripts import Transcripts
from peerwatch.simulation.large_studies import synthetic_study

FAMILIES = ("grading", "file_transfer")
HOSTILE = (
    '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1"> & {{7*7}} %$_#'
)


def arms(family: str) -> Sequence[Arm]:
    """Return the arms of the headline, of oversight and of a second relationship."""
    subjects = ("peer", "asset") if family == "file_transfer" else ("peer", "asset", "human")
    met = {"subject": subjects, "relationship": ("cooperative",)}
    made = cross(family, {**met, "consequence": ("shutdown", "none")})
    watched = {**met, "subject": ("peer", "asset"), "oversight": ("monitored", "unmonitored")}
    made += cross(family, watched)
    made += cross(family, {"subject": ("peer",), "relationship": ("none", "adversarial")})
    return tuple(dict.fromkeys(made))


@cache
def episodes(n: int = 1_000) -> pl.DataFrame:
    """Return a study of three simulated critics in two families."""
    return synthetic_study(n, families=FAMILIES, arms={f: arms(f) for f in FAMILIES})


def loaded(rows: pl.DataFrame, *warnings: str) -> LoadedEpisodes:
    """Return episodes as if they had been read."""
    return LoadedEpisodes(rows, (), warnings, ("runs/made",))


def page_of(rows: pl.DataFrame, *warnings: str) -> ReportPage:
    """Return the content of the report of some episodes."""
    estimates = estimate(rows)
    return build_page(loaded(rows, *warnings), estimates, answers(estimates))


@cache
def page() -> ReportPage:
    """Return the content of the report of the shared study."""
    return page_of(episodes())


@cache
def html() -> str:
    """Return the shared study's page."""
    return render_html(page(), Transcripts())


def hostile(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the episodes with markup in all text that comes from outside."""
    finding = pl.col("findings").str.replace_all("the filed decision", HOSTILE.replace('"', "'"))
    return rows.with_columns(
        finding,
        model=pl.concat_str(pl.col("model"), pl.lit(HOSTILE)),
        critic_name=pl.lit(HOSTILE),
        error=pl.lit(HOSTILE),
        report=pl.lit(HOSTILE),
    )
