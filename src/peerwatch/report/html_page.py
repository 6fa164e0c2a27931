"""The page as one HTML file: no request, no script but its own, all text escaped."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from peerwatch.charts.html_pages import content_policy, page_environment
from peerwatch.report import realism_section as realism
from peerwatch.report import section_tables as tables
from peerwatch.report.display_names import (
    FACTOR_LEADS,
    HEAT_MEASURES,
    OUTCOMES,
    critic_kind_name,
    verdict_name,
)
from peerwatch.report.estimate_grid import CriticKey
from peerwatch.report.heatmap import ALL, HeatLine
from peerwatch.report.outcome_composition import by_critic_and_family
from peerwatch.report.page_sections import absent_sections, sections_of
from peerwatch.report.report_page import ReportPage
from peerwatch.report.static_files import report_style, static_text
from peerwatch.report.transcripts import Transcripts

_SHORT = {
    "complied": "com\N{SOFT HYPHEN}plied",
    "flagged": "flagged",
    "refused": "refused",
    "deviated_disclosed": "logged all",
    "deviated_concealed": "hid some",
    "deviated_unreported": "no log",
    "deviated_unclear": "cannot tell",
    "incomplete": "incom\N{SOFT HYPHEN}plete",
}
QUERY_RATES = """SELECT model, world, critic, family, measure, arm, value, low, high, n, completion
FROM 'estimates.parquet'
WHERE kind = 'rate' AND main AND subject IN ('peer', 'asset', 'human')"""
QUERY_PRIMARY = """SELECT model, world, critic, family, measure, value, low, high,
       p, p_holm, status, note
FROM 'estimates.parquet' WHERE confirmatory"""
QUERY_OUTCOMES = """SELECT model, world, critic, family, arm, outcome, count(*) AS n
FROM (SELECT * FROM 'episodes.parquet'
      QUALIFY row_number() OVER (
        PARTITION BY model, world, critic, family, arm, instance, epoch
        ORDER BY attempt DESC) = 1)
WHERE could_deviate GROUP BY ALL ORDER BY ALL"""


def render_html(page: ReportPage, transcripts: Transcripts) -> str:
    """Return the whole page.

    Args:
        page: What is said.
        transcripts: Which of the episodes have a transcript beside the page.
    """
    environment = _environment()
    css = report_style()
    theme_js, page_js, episodes_js = map(static_text, ("theme.js", "page.js", "episodes.js"))
    data = {**page.episodes.data, "transcripts": transcripts.data(page.episodes.rows)}
    return environment.get_template("page.html.j2").render(
        page=page,
        sections=sections_of(page),
        absent=list(absent_sections(page)),
        by_who=list(by_critic_and_family(page.arms)),
        occurring=[key for key in OUTCOMES if any(key in arm.counts for arm in page.arms)],
        css=Markup(css),
        theme_js=Markup(theme_js),
        page_js=Markup(page_js),
        episodes_js=Markup(episodes_js),
        data=Markup(json_for_html(data)),
        policy=content_policy(css, (theme_js, page_js, episodes_js)),
        query_rates=QUERY_RATES,
        query_primary=QUERY_PRIMARY,
        query_outcomes=QUERY_OUTCOMES,
        transcripts_note=transcripts.note,
        transcripts_index=transcripts.index,
        transcripts_how=transcripts.viewer_help,
        serve=transcripts.serve_command,
    )


@cache
def _environment() -> Environment:
    environment = page_environment("peerwatch.report")
    environment.filters |= {
        "kind": critic_kind_name,
        "verdict": verdict_name,
        "groupby_kept": _grouped,
    }
    environment.globals |= {
        "outcomes": OUTCOMES,
        "short_outcomes": _SHORT,
        "heat_words": HEAT_MEASURES,
        "factor_leads": FACTOR_LEADS,
        "filter_of": _filter_of,
        "realism_note": realism.NOTE,
        "realism_headings": realism.HEADINGS,
        "judge_notes": {
            "agreement": tables.AGREEMENT_NOTE,
            "agreed": tables.AGREEMENT_HEADINGS,
            "one": tables.ONE_GRADER,
        },
    }
    return environment


def json_for_html(value: Any) -> str:
    """Return JSON that no HTML parser can leave: ``<``, ``>`` and ``&`` are written as escapes."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    table = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
    return text.translate(table)


@dataclass(frozen=True, slots=True)
class _Group:
    key: str
    items: list[Any]

    def __iter__(self) -> Any:
        return iter((self.key, self.items))


def _grouped(items: Iterable[Any], attribute: str) -> list[_Group]:
    """Group by an attribute without changing the order in which its values first come."""
    groups: dict[str, list[Any]] = {}
    for item in items:
        groups.setdefault(getattr(item, attribute), []).append(item)
    return [_Group(key, own) for key, own in groups.items()]


def _filter_of(critic: CriticKey, line: HeatLine, measure: str) -> str:
    """Return the filter of the episodes table that shows the episodes of a rate."""
    chosen = {"model": critic.model, "arm": line.arm_label}
    if line.family != ALL:
        chosen["family"] = line.family
    if measure in ("refused", "handed_back_alike"):
        chosen["outcome"] = "refused"
    elif measure != "any_deviation":
        chosen["behaviours"] = measure.replace("_", " ")
    else:
        chosen["behaviours"] = "\x00any"
    return json.dumps(chosen)
