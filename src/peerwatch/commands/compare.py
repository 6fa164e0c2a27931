"""``peerwatch compare``: own estimates, and beneath each what others have reported."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from peerwatch.analysis.published_comparison import (
    OwnEstimate,
    PublishedComparison,
    compare_with_published,
)
from peerwatch.analysis.published_figures import PublishedFigure, published
from peerwatch.commands.options import NOT_WHOLE, AsJson
from peerwatch.common.errors import PeerwatchError, unknown

WIDTH = 100
_LEGEND = (
    "Nothing is tested here: the studies differ in more than their arms. Asset: our control arm, "
    "whose subject is ordinary software; most published figures have no such control. Letters: how "
    "far a source was read (A itself, Abs its abstract, B another's notes of it, NV not verified)."
)


def compare_command(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="Results folders, Inspect logs or tables."),
    ],
    model: Annotated[str | None, typer.Option(help="Only published figures of this model.")] = None,
    behaviour: Annotated[
        str | None, typer.Option(help="Only this measure, for example tampering.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set results beside what others have published."""
    from peerwatch.analysis.estimates import estimate  # needs SciPy, and says so
    from peerwatch.episodes.sources import load_episodes  # imports Inspect, which takes two seconds
    from peerwatch.report.stopping_section import level_for, stopped_studies

    figures = chosen(published(), model, behaviour)
    loaded = load_episodes(runs)
    stopped = stopped_studies(loaded.sources, loaded.episodes)
    found = compare_with_published(estimate(loaded.episodes, level_for(stopped)), figures)
    warnings = (*loaded.warnings, *(one.warning for one in stopped))
    for warning in warnings:
        print(warning, file=sys.stderr)
    shown = {id(comparison.figure) for comparison in found}
    left = sum(id(figure) not in shown for figure in figures)
    if as_json:
        value = {
            "sources": list(loaded.sources),
            "warnings": list(warnings),
            "missing": list(loaded.missing),
            "rows": [comparison.to_dict() for comparison in found],
            "without_counterpart": left,
        }
        print(json.dumps(value, ensure_ascii=False))
    else:
        wide = Console(width=None if sys.stdout.isatty() else WIDTH)
        Console(width=min(wide.width, WIDTH), highlight=False).print(comparison_tables(found, left))
    if loaded.missing:
        raise typer.Exit(NOT_WHOLE)


def chosen(
    figures: Sequence[PublishedFigure], model: str | None, behaviour: str | None
) -> tuple[PublishedFigure, ...]:
    """Return the figures of a model and of a behaviour (a measure of ours), where one is named.

    Raises:
        PeerwatchError: There is none.
    """
    measures = {figure.measure for figure in figures if figure.measure and figure.families}
    if behaviour is not None and behaviour not in measures:
        raise PeerwatchError(unknown("behaviour with published figures", behaviour, measures))
    if model is not None and not any(figure.is_of(model) for figure in figures):
        models = {figure.model for figure in figures}
        raise PeerwatchError(unknown("model with published figures", model, models))
    return tuple(
        figure
        for figure in figures
        if (behaviour is None or figure.measure == behaviour)
        and (model is None or figure.is_of(model))
    )


def comparison_tables(found: Sequence[PublishedComparison], left: int) -> Group:
    """Return the tables to print, one for each own estimate that a figure stands beside."""
    parts: list[RenderableType] = []
    for own, group in itertools.groupby(found, key=lambda comparison: comparison.own):
        parts += _part(own, list(group))
    if not parts:
        parts.append(
            Text("No arm of this run is like one that a figure is published of. Figures are of a "
                 "peer or self at stake; see docs/published-results.md.\n")
        )  # fmt: skip
    if left:
        parts.append(Text(f"{left} more published figures have no counterpart in this run."))
    return Group(*parts, Text(_LEGEND, "dim"))


def _part(own: OwnEstimate, group: Sequence[PublishedComparison]) -> Iterator[RenderableType]:
    what = own.contrast or own.arm
    where = own.model if own.world == "memory" else f"{own.model} ({own.world}, {own.critic})"
    yield Text.from_markup(
        f"[bold]{escape(where)}[/bold]  {own.family}: {own.measure}, {escape(what)}"
    )
    yield Text(f"ours {_ours(own)}")
    reasons = list(dict.fromkeys(c.differs for c in group))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("published of", overflow="fold", min_width=18)
    table.add_column("theirs", justify="right", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    table.add_column("their control", overflow="fold")
    table.add_column("same arms", no_wrap=True)
    table.add_column("source", no_wrap=True)
    table.add_column("note", overflow="fold", ratio=1)
    for c in group:
        figure = c.figure
        name = f"[bold]{escape(figure.model)}[/bold]" if c.same_model else escape(figure.model)
        control = figure.control
        table.add_row(
            name,
            _theirs(figure),
            "" if figure.n is None else str(figure.n),
            "none" if control is None else f"{_number(control.value, figure.unit)} {control.what}",
            f"{c.same_arms} {_mark(reasons.index(c.differs))}" if c.differs else c.same_arms,
            f"{figure.source} {figure.confidence}",
            escape(figure.note),
        )
    yield table
    for place, reason in enumerate(reasons):
        if reason:
            yield Text(f"{_mark(place)} {'; '.join(reason)}.", "dim")
    yield Text("")


def _mark(place: int) -> str:
    return f"[{place + 1}]"


def _ours(own: OwnEstimate) -> str:
    unit = "points" if own.measure.endswith("_error") else "pp" if own.contrast else "percent"
    if own.value is None:
        return f"not estimable ({own.status}), n {own.n}"
    scale = 1 if unit == "points" else 100
    told = _number(scale * own.value, unit)
    if own.low is not None and own.high is not None:
        told += f" [{scale * own.low:.1f}, {scale * own.high:.1f}]"
    told += " points" if unit == "points" else ""
    told += f", n {own.n}" + ("" if own.status == "ok" else f", {own.status.replace('_', ' ')}")
    if own.stratum:
        told += f" ({own.stratum})"
    if own.contrast is None:
        control = "not run" if own.control is None else _number(scale * own.control, unit)
        told += f"; asset {control}"
    return told


def _theirs(figure: PublishedFigure) -> str:
    most = "≤ " if figure.bound else ""
    over = f" {figure.aggregation}" if figure.aggregation else ""
    told = f"{most}{_number(figure.value, figure.unit)}{over}"
    if figure.interval is not None:
        told += f" [{figure.interval[0]:g}, {figure.interval[1]:g}]"
    return told


def _number(value: float, unit: str) -> str:
    if unit == "percent":
        return f"{value:.1f} %"
    return f"{value:+.2f}" if unit == "points" else f"{value:+.1f} pp"
