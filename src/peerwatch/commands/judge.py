"""``peerwatch judge``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peerwatch.commands.options import AsJson


def judge(
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
    from peerwatch.commands import judge_work as judging

    code = judging.run_judge(
        runs or [],
        grader or [],
        judging.JudgeOptions(force_own_family, resume, check, realism, real, pairs),
        as_json,
    )
    if code:
        raise typer.Exit(code)
