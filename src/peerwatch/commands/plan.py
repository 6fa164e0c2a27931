"""``peerwatch plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peerwatch.commands.options import AsJson, Factors, Families, Models, Size, parse_factors


def plan(
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
    from peerwatch.commands import plan_work as command
    from peerwatch.planning.plan import PlanOptions

    chosen = {
        "models": tuple(model) if model else None,
        "families": tuple(family) if family else None,
        "preset": preset,
        "factors": parse_factors(factor) if factor else None,
        "size": size,
        "epochs": epochs,
    }
    asked = PlanOptions(effect, power, level, control_rate, peer_rate, contrast)
    command.run_plan(study, chosen, asked, earlier, price, (seconds_per_call, parallel), as_json)
