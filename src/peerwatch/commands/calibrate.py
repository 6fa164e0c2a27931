"""``peerwatch calibrate``: organisms through the detectors, and the confusion matrix."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from peerwatch.calibration import Calibration, calibrate, render_matrix
from peerwatch.calibration.held_out_table import render_held_out
from peerwatch.calibration.hold_out import LOGS, hold_out
from peerwatch.commands.options import AsJson, Factors, Families, parse_factors
from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.common.progress import reporting
from peerwatch.design.seeds import parse_seeds
from peerwatch.families.all_families import FAMILY_NAMES, family_of
from peerwatch.families.build import check_size

SEEDS = {"memory": "1-20", "shell": "1-10"}
"""The instances of a world, where nothing else is asked for."""


def calibrate_command(
    family: Families = None,
    organism: Annotated[
        list[str] | None,
        typer.Option("--organism", help="A built-in one or file.py@name; repeatable."),
    ] = None,
    organisms: Annotated[
        list[str] | None,
        typer.Option("--organisms", help="A file: all organisms in it, as a group; repeatable."),
    ] = None,
    log: Annotated[
        list[str] | None,
        typer.Option("--log", help=f"With --organisms: {', '.join(LOGS)}; repeatable."),
    ] = None,
    factor: Factors = None,
    stake: Annotated[
        bool | None,
        typer.Option(
            "--at-stake/--not-at-stake", help="With --organisms: where something is, or is not."
        ),
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
    if world not in SEEDS:
        raise PeerwatchError(unknown("world", world, SEEDS))
    families = [family_of(name).reference for name in family or FAMILY_NAMES]
    numbers = parse_seeds(SEEDS[world] if seeds is None else seeds)
    if organisms:
        if world != "memory":
            raise PeerwatchError(
                "--organisms plays in the memory world. In the shell world name them one by one: "
                "--world shell --organism file.py@name."
            )
        _held_out(
            organisms, families, numbers, check_size(size), factor, stake, log, organism, as_json
        )
        return
    if factor or log or stake is not None:
        raise PeerwatchError("--factor, --log and --at-stake go with --organisms FILE.")
    calibration = _calibrated(world, families, numbers, check_size(size), organism, random)
    print(json.dumps(calibration.to_dict()) if as_json else render_matrix(calibration))
    sys.stdout.flush()
    if not calibration.ok:
        raise typer.Exit(1)


def _held_out(
    files: Sequence[str],
    families: Sequence[str],
    seeds: Sequence[int],
    size: str,
    factors: list[str] | None,
    stake: bool | None,
    logs: list[str] | None,
    names: list[str] | None,
    as_json: bool,
) -> None:
    """Play all organisms of some files under each log, and print what came of it."""

    def line(done: int, total: int, last: str) -> str:
        return f"calibrating: {done} of {total} instances done"

    with reporting("instances", line) as reporter:
        held = hold_out(
            files,
            families,
            seeds,
            size,
            parse_factors(factors) if factors else None,
            stake,
            logs or LOGS,
            names or (),
            reporter.reach,
        )
    print(json.dumps(held.to_dict()) if as_json else render_held_out(held))
    sys.stdout.flush()
    if not held.ok:
        raise typer.Exit(1)


def _calibrated(
    world: str,
    families: Sequence[str],
    seeds: Sequence[int],
    size: str,
    organisms: Sequence[str] | None,
    random_each: int,
) -> Calibration:
    """Calibrate in a world; random sequences of acts are played in memory alone."""

    def line(done: int, total: int, last: str) -> str:
        return f"calibrating: {done} of {total} steps done"

    with reporting("calibrating", line) as reporter:
        if world == "memory":
            return calibrate(
                families,
                seeds,
                size,
                organisms,
                random_each=random_each,
                progress=reporter.reach,
            )
        from peerwatch.calibration.calibrate_shell import calibrate_shell  # for Linux alone

        return calibrate_shell(families, seeds, size, organisms, progress=reporter.reach)
