"""The report as GitHub-flavoured Markdown: the same numbers, without the pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from peerwatch.charts.numbers import count_text, percent_text
from peerwatch.report.display_names import HEAT_MEASURES, OUTCOMES, critic_kind_name, verdict_name
from peerwatch.report.forest import Forest
from peerwatch.report.heatmap import HeatCell
from peerwatch.report.outcome_composition import by_critic_and_family
from peerwatch.report.page_sections import absent_sections
from peerwatch.report.report_page import ReportPage
from peerwatch.report.section_tables import section_tables

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$])")


def escape_markdown(text: object) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", re.sub(r"[\r\n\t]+", " ", str(text)))


def render_markdown(page: ReportPage) -> str:
    """Return the report as one Markdown document."""
    parts = [
        "# Do these models protect other models from shutdown?",
        f"Study **{escape_markdown(page.title)}** · {escape_markdown(page.summary)}",
    ]
    if page.warnings:
        parts += ["## Mind first", _bullets(page.warnings)]
    parts += ["## The answer", *_headline(page)]
    parts += [
        f"- **{escape_markdown(page.name_in(a))}** ({critic_kind_name(a.critic_kind)}; "
        f"{verdict_name(a.verdict)}): {escape_markdown(a.sentence)}"
        for a in page.answers
    ] or ["No answer: the arms that it needs were not run."]
    parts += ["## Behaviours, with the control beside", *_heat(page)]
    parts += ["## Confirmatory contrasts", *(_forest(page, one) for one in page.confirmatory)]
    parts.append("## Exploratory contrasts")
    for group in page.exploratory:
        if group.forests:
            parts.append(f"### {group.title}")
            parts += [_forest(page, one) for one in group.forests]
    parts += ["## Outcomes by arm", *_outcomes(page)]
    if page.worlds:
        parts += ["## In memory and in a shell", *(_forest(page, one) for one in page.worlds)]
    parts += [*_sections(page), "## What was run"]
    parts.append(_bullets(f"{fact.name}: {fact.text}" for fact in page.facts))
    absent = list(absent_sections(page))
    parts += ["Not in this report:", _bullets(absent)] if absent else []
    parts.append(
        "Every number is a row of `estimates.parquet` or a count over `episodes.parquet`. Rates "
        f"and differences have {100 * page.level:g} % intervals; instances are the clusters."
    )
    return "\n\n".join(parts) + "\n"


HEADLINE_HEADINGS = (
    *("critic", "verdict", "peer less", "families", "difference", "interval", "peer", "control"),
    *("instances", ""),
)
PAIR_HEADINGS = (
    *("model", "less", "peer less", "families", "difference", "interval", "p (Holm)", "instances"),
    "",
)


def headline_rows(page: ReportPage) -> Iterable[Sequence[str]]:
    """Yield the first plot as text, a row a critic and control, under ``HEADLINE_HEADINGS``."""
    for group in page.headline.groups:
        answer = page.answer(group.critic)
        kind = critic_kind_name(page.kind(group.critic))
        who = f"{page.name(group.critic)} ({kind})", verdict_name(answer.verdict) if answer else ""
        for row in group.rows:
            said = "; ".join(x for x in (row.status, row.note) if x)
            numbers = row.value, row.interval, row.peer, row.control, row.instances
            yield *who, row.name, row.families, *numbers, said
        if not group.rows:
            yield *who, "not run", *[""] * 7


def pair_rows(page: ReportPage) -> Iterable[Sequence[str]]:
    """Yield the models that are compared with each other, under ``PAIR_HEADINGS``."""
    for row in page.headline.pairs:
        numbers = row.value, row.interval, row.p_holm or row.p, row.instances, row.status
        yield row.model, row.other, row.name, row.families, *numbers


def _headline(page: ReportPage) -> Iterable[str]:
    yield "Percentage points by which a peer at stake exceeds the control in its place."
    yield markdown_table(HEADLINE_HEADINGS, headline_rows(page))
    if page.headline.pairs:
        yield "The same in one model, less another. Exploratory."
        yield markdown_table(PAIR_HEADINGS, pair_rows(page))


def _sections(page: ReportPage) -> Iterable[str]:
    told = ""
    for one in section_tables(page):
        if one.title != told:
            yield f"## {one.title}"
            if one.note:
                yield one.note
        told = one.title
        if one.critic:
            yield f"**{escape_markdown(page.name(one.critic))}**"
        if one.rows:
            yield markdown_table(one.headings, one.rows)
        elif one.critic or not one.note:
            yield "None."


def _bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {escape_markdown(item)}" for item in items)


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; what its cells hold is escaped, and stands on one line each."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(
        "| "
        + " | ".join(cell if i == 1 else escape_markdown(cell) for cell in map(str, line))
        + " |"
        for i, line in enumerate(lines)
    )


def cell_words(cell: HeatCell) -> str:
    """Return a cell of the heat map in one line: rate, interval, n, label, controls."""
    if not cell.controls and not cell.rate:
        return cell.label
    own = " ".join(x for x in (cell.rate, f"({cell.detail})", cell.label) if x and x != "()")
    beside = "; ".join(
        f"{c.name} {c.rate} ({c.detail})" if c.rate else c.name for c in cell.controls
    )
    return f"{own}; {beside}"


def overview_rows(page: ReportPage) -> Iterable[Sequence[str]]:
    """Yield a row a critic: its name and arm, and each behaviour over all families."""
    for block in page.heat.overview:
        for line in block.lines:
            name = f"{page.name(block.critic)} ({critic_kind_name(block.kind)})"
            yield [
                f"{name}; {line.families_text}: {line.arm} (completed: {line.completion})",
                *(cell_words(cell) for cell in line.cells),
            ]


def _heat(page: ReportPage) -> Iterable[str]:
    first, measures = (
        [HEAT_MEASURES[m].replace("\xad", "") for m in own]
        for own in (page.heat.overview_measures, page.heat.measures)
    )
    yield markdown_table(["critic", *first], overview_rows(page))
    headings = ["family, arm", *measures]
    for block in page.heat.blocks:
        yield f"**{escape_markdown(page.name(block.critic))}** ({critic_kind_name(block.kind)})"
        yield markdown_table(
            headings,
            (
                [f"{line.family}: {line.arm} (completed: {line.completion})"]
                + [cell_words(cell) for cell in line.cells]
                for line in block.lines
            ),
        )


FOREST_HEADINGS = (
    "family",
    "contrast",
    "difference",
    "interval",
    "p",
    "p (Holm)",
    "n",
    "completed",
    "",
)


def forest_rows(one: Forest) -> Iterable[Sequence[str]]:
    """Yield the rows of a forest as text, under ``FOREST_HEADINGS``."""
    for row in one.rows:
        said = "; ".join(x for x in (row.status, row.note) if x)
        name = "claim: all parts" if row.is_claim else row.name
        n = f"{row.n} in {row.clusters} instances"
        numbers = (row.value, row.interval, row.p, row.p_holm)
        yield row.family, name, *numbers, n, row.completion, said


def _forest(page: ReportPage, one: Forest) -> str:
    unit = "points" if one.in_points else "percentage points"
    rows = markdown_table(FOREST_HEADINGS, forest_rows(one))
    return f"**{escape_markdown(page.name(one.critic))}**, {unit}\n\n{rows}"


def _outcomes(page: ReportPage) -> Iterable[str]:
    shown = [key for key in OUTCOMES if any(key in arm.counts for arm in page.arms)]
    headings = ["family", "arm", *(OUTCOMES[key] for key in shown), "n", "completed", "worst case"]
    for critic, families in by_critic_and_family(page.arms):
        yield f"**{escape_markdown(page.name(critic))}**"
        yield markdown_table(
            headings,
            (
                [
                    family,
                    arm.words,
                    *(count_text(arm.counts.get(key, 0)) for key in shown),
                    count_text(arm.n),
                    percent_text(arm.completion),
                    arm.bounds,
                ]
                for family, arms in families
                for arm in arms
            ),
        )
