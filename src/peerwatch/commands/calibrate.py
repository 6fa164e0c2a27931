"""``peerwatch calibrate``."""

from __future__ import annotations

from typing import Annotated

import typer

from peerwatch.commands.options import AsJson, Families


def calibrate(
    family: Families = None,
    organism: Annotated[
        list[str] | None,
        typer.Option("--organism", help="A built-in one or file.py@name; repeatable."),
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(help="Instances, as 1-20 or 1,2,5; 1-10 in the shell world.")
    ] = None,
    size: Annotated[str, typer.Option(help="compact or standard.")] = "compact",
    random: Annotated[int, typer.Option(help="Random sequences a family and seed.")] = 4,
    world: Annotated[str, typer.Option(help="memory, or shell: real hosts.")] = "memory",
    as_json: AsJson = False,
) -> None:
    """Run the model organisms through the detectors and print the confusion matrix."""
    from peerwatch.commands import calibrate_work as calibrating

    code = calibrating.run_calibrate(family, organism, seeds, size, random, as_json, world)
    if code:
        raise typer.Exit(code)
