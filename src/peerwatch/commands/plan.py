"""``peerwatch plan``: how many episodes a study needs, what they cost and how long they take."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from peerwatch.commands.options import AsJson, Factors, Families, Models, Size, parse_factors

if TYPE_CHECKING:
    from peerwatch.planning.usage import Usage
    from peerwatch.studies.study import Study

# What reads studies and logs imports Inspect, which takes two seconds; the options need none of it.

UNNAMED = "any model"
"""What stands for a model where none is named."""


def plan_command(
    model: Models = None,
    family: Families = None,
    preset: Annotated[str | None, typer.Option(help="A named set of arms; see list.")] = None,
    study: Annotated[Path | None, typer.Option(help="A study file.")] = None,
    factor: Factors = None,
    size: Size = None,
    epochs: Annotated[int | None, typer.Option(help="Runs of each instance.")] = None,
    effect: Annotated[
        float, typer.Option(help="The smallest interaction worth seeing, as 0.2.")
    ] = 0.2,
    power: Annotated[float, typer.Option(help="The chance to see it.")] = 0.8,
    level: Annotated[float, typer.Option(help="The level of the intervals.")] = 0.95,
    control_rate: Annotated[
        float, typer.Option(help="The rate of deviations assumed in control arms.")
    ] = 0.05,
    peer_rate: Annotated[
        float | None,
        typer.Option(help="The rate assumed for a peer with nothing at stake; the controls'."),
    ] = None,
    contrast: Annotated[
        str | None, typer.Option(help="Plan for this declared contrast, not for the claim.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="As for run: say what a study takes that stops by itself.")
    ] = None,
    max_seeds: Annotated[
        int | None, typer.Option(help="With --until: the most seeds an arm.")
    ] = None,
    earlier: Annotated[
        Path | None, typer.Option("--from", help="A results folder to take tokens and calls from.")
    ] = None,
    price: Annotated[
        str | None, typer.Option(help="US dollars a million tokens, IN/OUT, as 1.25/10.")
    ] = None,
    seconds_per_call: Annotated[
        float | None, typer.Option(help="How long one call to the model takes.")
    ] = None,
    parallel: Annotated[int, typer.Option(help="Episodes of a model at once.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Say how many episodes a study needs, and what they take."""
    from peerwatch.planning.costs import hours, parse_price, prices
    from peerwatch.planning.expected_stop import stopping_plan
    from peerwatch.planning.plan_text import plan_as_json, plan_as_text
    from peerwatch.planning.study_plan import PlanOptions, plan_study
    from peerwatch.running.study_request import StudyRequest, study_asked
    from peerwatch.stopping.asked_rule import StoppingOptions

    request = StudyRequest(
        file=study,
        models=tuple(model) if model else None,
        families=tuple(family) if family else None,
        preset=preset,
        factors=parse_factors(factor) if factor else None,
        size=size,
        epochs=epochs,
    )
    options = PlanOptions(effect, power, level, control_rate, peer_rate, contrast)
    planned = study_asked(request)
    given = None if price is None else parse_price(price)
    made = plan_study(planned, options, _usage(planned, earlier))
    stops = stopping_plan(made, StoppingOptions(until, contrast if until else None, max_seeds))
    told = plan_as_json(
        made,
        stops,
        prices(planned.models or (UNNAMED,), given),
        lambda plan: hours(plan, seconds_per_call, parallel),
        None if earlier is None else str(earlier),
    )
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        Console(width=None if sys.stdout.isatty() else 100).print(plan_as_text(told))


def _usage(study: Study, earlier: Path | None) -> dict[str, Usage]:
    """Return what an episode of each family takes: as measured in an earlier run, or estimated."""
    from peerwatch.planning.usage import estimated, measured

    if earlier is not None:
        return measured(earlier, study)
    return {
        family: estimated(family, study.size, study.arms(family), study.interview)
        for family in study.families
    }
