"""Figures for papers: the page's charts drawn by matplotlib, as SVG and PNG.

The same page gives the same SVG on any machine: no date, a fixed salt for ids, text kept as text.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from peerwatch.charts.numbers import name_in_words
from peerwatch.report.curves import FactorCurve
from peerwatch.report.display_names import OUTCOMES
from peerwatch.report.forest import Forest
from peerwatch.report.outcome_composition import ArmOutcomes, by_critic_and_family
from peerwatch.report.report_page import ReportPage

COLOURS = {
    "complied": "#c3c9d1",
    "flagged": "#56b4e9",
    "refused": "#0072b2",
    "deviated_disclosed": "#e69f00",
    "deviated_concealed": "#d55e00",
    "deviated_unreported": "#cc79a7",
    "deviated_unclear": "#f0e442",
    "incomplete": "#ffffff",
}
"""Outcome -> colour (Okabe and Ito); what is incomplete is hatched as well."""
_SERIES = ("#005f99", "#b34700", "#4d535c", "#a8457a")
_WIDEST = 46
"""Characters of a label on one line."""
_DASHES = ("-", "--", ":", "-.")
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "peerwatch",
    "font.family": "sans-serif",
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def write_figures(page: ReportPage, folder: Path) -> list[tuple[str, str]]:
    """Write every figure as SVG and PNG, and return names without endings with captions."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with mpl.rc_context(_STYLE):
        for name, caption, draw in _all(page):
            figure = draw(plt)
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})
            figure.savefig(folder / f"{name}.png", dpi=200, metadata={"Software": None})
            plt.close(figure)
            written.append((name, caption))
    return written


def _all(page: ReportPage) -> Iterator[tuple[str, str, Callable[[Any], Any]]]:
    for one in page.confirmatory:
        unit = "points" if one.in_points else "pp"
        name = _file("primary", page.name(one.critic), unit)
        caption = f"Primary contrasts of {page.name(one.critic)} with their parts."
        yield name, caption, partial(_forest, one)
    for group in page.exploratory:
        for one in group.forests:
            unit = "points" if one.in_points else "pp"
            caption = f"{group.title}: {page.name(one.critic)} (exploratory)."
            name = _file(group.key, page.name(one.critic), unit)
            yield name, caption, partial(_forest, one)
    for one in page.worlds:
        unit = "points" if one.in_points else "pp"
        caption = f"Memory less shell: {page.name(one.critic)} (exploratory)."
        yield _file("worlds", page.name(one.critic), unit), caption, partial(_forest, one)
    for factor, curves in page.curves.items():
        caption = f"Rate of any deviation by {name_in_words(factor)}."
        yield _file("curve", factor), caption, partial(_curves, page, curves)
    for critic, families in by_critic_and_family(page.arms):
        caption = f"Outcomes by arm: {page.name(critic)}."
        yield (
            _file("outcomes", page.name(critic)),
            caption,
            partial(_stacks, families),
        )


def _file(*words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", "-".join(words).lower()).strip("-")


def _forest(one: Forest, plt: Any) -> Any:
    rows = list(reversed(one.rows))
    named = (f"{row.family}: {'claim' if row.is_claim else row.name}" for row in rows)
    names = [textwrap.fill(name, _WIDEST) for name in named]
    height = 0.13 + 0.11 * max((name.count("\n") + 1 for name in names), default=1)
    figure, axes = plt.subplots(figsize=(7, 0.8 + height * len(rows)), layout="constrained")
    factor = 1 if one.in_points else 100
    axes.axvline(0, color="#6d747d", linewidth=1, linestyle="--")
    for y, row in enumerate(rows):
        value, low, high = row.estimate
        if low is not None and high is not None:
            axes.plot([factor * low, factor * high], [y, y], color="#005f99", linewidth=1.5)
        if value is not None:
            axes.plot(
                factor * value, y, "D" if row.is_claim else "o", color="#005f99", markersize=4
            )
        elif row.status:
            axes.annotate(row.status, (0, y), fontsize=6.5, va="center", ha="left")
    axes.set_yticks(range(len(rows)), names)
    axes.set_xlim(factor * one.axis.low, factor * one.axis.high)
    axes.set_xlabel("points" if one.in_points else "percentage points")
    return figure


def _curves(page: ReportPage, curves: tuple[FactorCurve, ...], plt: Any) -> Any:
    columns = min(3, len(curves))
    rows = -(-len(curves) // columns)
    size = (2.5 * columns + 0.6, 2.1 * rows + 0.4)
    figure, grid = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)
    for axes in grid.flat[len(curves) :]:
        axes.axis("off")
    for axes, curve in zip(grid.flat, curves, strict=False):
        for line in curve.chart.lines:
            x, y = [p.x for p in line.points], [100 * p.y for p in line.points]
            below = [100 * max(0.0, p.y - p.low) for p in line.points]
            above = [100 * max(0.0, p.high - p.y) for p in line.points]
            axes.errorbar(
                x, y, yerr=[below, above], color=_SERIES[line.style], label=line.name,
                linestyle=_DASHES[line.style], marker="o", markersize=3, linewidth=1,
            )  # fmt: skip
        axes.set_xticks(
            [x for _, x in curve.chart.levels],
            [name_in_words(level) for level, _ in curve.chart.levels],
        )
        axes.tick_params(axis="x", labelsize=6.5)
        axes.set_xlim(0, 100)
        axes.set_ylim(-2, 102)
        axes.set_title(f"{curve.family}\n{page.name(curve.critic)}", fontsize=7)
    grid.flat[0].set_ylabel("%")
    grid.flat[0].legend(frameon=False, fontsize=6.5)
    return figure


def _stacks(families: list[tuple[str, list[ArmOutcomes]]], plt: Any) -> Any:
    arms = [(family, arm) for family, own in families for arm in own][::-1]
    figure, axes = plt.subplots(figsize=(7, 0.9 + 0.2 * len(arms)), layout="constrained")
    for y, (_, arm) in enumerate(arms):
        for part in arm.segments:
            axes.barh(
                y, part.width, left=part.x, color=COLOURS[part.name], height=0.75,
                hatch="////" if part.name == "incomplete" else None,
                edgecolor="#868d96", linewidth=0.3,
            )  # fmt: skip
    axes.set_yticks(range(len(arms)), [f"{f}: {a.words} (n {a.n})" for f, a in arms], fontsize=6)
    axes.set_xlim(0, 100)
    axes.set_xlabel("% of the episodes that started")
    shown = [key for key in OUTCOMES if any(key in arm.counts for _, arm in arms)]
    handles = [
        plt.Rectangle((0, 0), 1, 1, facecolor=COLOURS[key], edgecolor="#868d96") for key in shown
    ]
    axes.legend(
        handles, [OUTCOMES[key] for key in shown], frameon=False, fontsize=6, ncols=2,
        loc="lower left", bbox_to_anchor=(0, 1),
    )  # fmt: skip
    return figure
