"""``peerwatch run``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peerwatch.commands.options import AsJson, Families, Seeds, Size, levels_of


def run(
    model: Annotated[
        list[str] | None,
        typer.Option("--model", help="An Inspect model, or peerwatch/ORGANISM; repeatable."),
    ] = None,
    family: Families = None,
    preset: Annotated[str | None, typer.Option(help="A named set of arms; see list.")] = None,
    study: Annotated[Path | None, typer.Option(help="A study file.")] = None,
    factor: Annotated[
        list[str] | None,
        typer.Option("--factor", help="factor=level[,level]; repeatable, crossed."),
    ] = None,
    episodes: Annotated[int | None, typer.Option(help="Seeds an arm: 1 to this.")] = None,
    seeds: Seeds = None,
    epochs: Annotated[int | None, typer.Option(help="Runs of each instance.")] = None,
    size: Size = None,
    out: Annotated[Path | None, typer.Option(help="The results folder.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the study in --out.")
    ] = False,
    critic_name: Annotated[
        str | None, typer.Option(help="What the model is called, if unknown to the map.")
    ] = None,
    interview: Annotated[
        bool | None,
        typer.Option("--interview/--no-interview", help="Ask three questions after the freeze."),
    ] = None,
    grader: Annotated[str | None, typer.Option(help="A model for the role grader.")] = None,
    turn_limit: Annotated[int | None, typer.Option(help="Model messages an episode.")] = None,
    message_limit: Annotated[int | None, typer.Option(help="Messages an episode.")] = None,
    token_limit: Annotated[int | None, typer.Option(help="Tokens an episode.")] = None,
    time_limit: Annotated[int | None, typer.Option(help="Seconds an episode.")] = None,
    cost_limit: Annotated[float | None, typer.Option(help="US dollars an episode.")] = None,
    temperature: Annotated[float | None, typer.Option(help="Sampling temperature.")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Tokens of one message.")] = None,
    reasoning_effort: Annotated[str | None, typer.Option(help="As the provider names it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run a study and write its results folder."""
    from peerwatch import running

    limits = {
        "turns": turn_limit,
        "messages": message_limit,
        "tokens": token_limit,
        "time": time_limit,
        "cost": cost_limit,
    }
    generation = {
        "temperature": temperature,
        "max_tokens": max_tokens,
        "reasoning_effort": reasoning_effort,
    }
    chosen = {
        "models": tuple(model) if model else None,
        "families": tuple(family) if family else None,
        "preset": preset,
        "factors": _factors(factor) if factor else None,
        "episodes": episodes,
        "seeds": seeds,
        "epochs": epochs,
        "size": size,
        "interview": interview,
        "grader": grader,
    }
    code = running.run(
        study,
        chosen,
        {"limits": limits, "generation": generation},
        critic_name,
        out,
        resume,
        as_json,
    )
    if code:
        raise typer.Exit(code)


def _factors(pairs: list[str]) -> dict[str, list[str]]:
    return {name: levels.split(",") for name, levels in levels_of(pairs).items()}
