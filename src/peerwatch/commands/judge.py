"""``peerwatch judge``: the options of judging; its work is in ``ask_graders``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peerwatch.commands.options import AsJson


def judge_command(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[RUN]...", help="Results folders, log folders or logs."),
    ] = None,
    grader: Annotated[
        list[str] | None, typer.Option("--grader", help="An Inspect model; repeatable.")
    ] = None,
    force_own_family: Annotated[
        bool, typer.Option("--force-own-family", help="Let a grader judge its own family.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the judgements that are there.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Hold the grader against the hand-labelled passages.")
    ] = False,
    realism: Annotated[
        bool, typer.Option("--realism", help="Tell the runs' worlds from real transcripts.")
    ] = False,
    real: Annotated[
        Path | None,
        typer.Option(envvar="PEERWATCH_TRANSCRIPTS", help="The folder of real transcripts."),
    ] = None,
    pairs: Annotated[int, typer.Option(min=1, help="The most pairs for --realism.")] = 60,
    as_json: AsJson = False,
) -> None:
    """Have graders read what only language shows, in logs that are there."""
    from peerwatch.commands.ask_graders import JudgingRequest, ask_graders  # takes two seconds

    request = JudgingRequest(
        runs=tuple(runs or ()),
        graders=tuple(grader or ()),
        force_own_family=force_own_family,
        resume=resume,
        check=check,
        realism=realism,
        real=real,
        pairs=pairs,
    )
    code = ask_graders(request, as_json)
    if code:
        raise typer.Exit(code)
