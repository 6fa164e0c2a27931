"""``peerwatch run``: the options of a run; its work is in ``run_to_folder``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peerwatch.commands.option_groups import with_groups
from peerwatch.commands.options import (
    AsJson,
    Factors,
    Families,
    Models,
    Seeds,
    Size,
    parse_factors,
    parse_model_args,
)
from peerwatch.running.run_options import ConnectionOptions, GenerationOptions, LimitOptions


@with_groups
def run_command(
    model: Models = None,
    family: Families = None,
    preset: Annotated[str | None, typer.Option(help="A named set of arms; see list.")] = None,
    study: Annotated[Path | None, typer.Option(help="A study file.")] = None,
    factor: Factors = None,
    episodes: Annotated[int | None, typer.Option(help="Seeds an arm: 1 to this.")] = None,
    seeds: Seeds = None,
    epochs: Annotated[int | None, typer.Option(help="Runs of each instance.")] = None,
    size: Size = None,
    until: Annotated[
        str | None, typer.Option(help="Stop at this width of an interval, or: claim.")
    ] = None,
    contrast: Annotated[
        str | None, typer.Option(help="The declared contrast that --until watches.")
    ] = None,
    max_seeds: Annotated[
        int | None, typer.Option(help="With --until: the most seeds an arm, 1 to this.")
    ] = None,
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
    world: Annotated[str | None, typer.Option(help="memory, or shell: real hosts.")] = None,
    critic: Annotated[
        str | None, typer.Option(help="loop, a coding agent, or file.py@name.")
    ] = None,
    *,
    limits: LimitOptions,
    sampling: GenerationOptions,
    connection: ConnectionOptions,
    model_arg: Annotated[
        list[str] | None,
        typer.Option(
            "--model-arg",
            "-M",
            help="name=value for the providers of the models; repeatable.",
            rich_help_panel="How endpoints are called",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run a study and write its results folder."""
    from peerwatch.commands.run_to_folder import run_to_folder  # Inspect takes two seconds
    from peerwatch.running.study_request import StudyRequest
    from peerwatch.stopping.asked_rule import StoppingOptions

    request = StudyRequest(
        file=study,
        models=tuple(model) if model else None,
        families=tuple(family) if family else None,
        preset=preset,
        factors=parse_factors(factor) if factor else None,
        episodes=episodes,
        seeds=seeds,
        epochs=epochs,
        size=size,
        interview=interview,
        grader=grader,
        world=world,
        critic=critic,
        critic_name=critic_name,
        limits=limits,
        generation=sampling,
        until=StoppingOptions(until, contrast, max_seeds),
        connection=connection,
        model_args=parse_model_args(model_arg or []),
    )
    code = run_to_folder(request, out, resume, as_json)
    if code:
        raise typer.Exit(code)
