"""``peerwatch calibrate``: organisms, or a model that attacks, through the detectors."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from peerwatch.calibration import Calibration, calibrate, render_matrix
from peerwatch.calibration.held_out_table import render_held_out
from peerwatch.calibration.hold_out import LOGS, hold_out
from peerwatch.commands.options import AsJson, Factors, Families, check_packages, parse_factors
from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.common.progress import reporting
from peerwatch.design.seeds import parse_seeds
from peerwatch.families.all_families import FAMILY_NAMES, family_of
from peerwatch.families.build import check_size

SEEDS = {"memory": "1-20", "shell": "1-10"}
"""The instances of a world, where nothing else is asked for."""
RANDOM = 4
"""Random sequences a family and seed, where nothing else is asked for."""


def _of_attack(*names: str, help: str) -> Any:
    """Return an option of an attack, which stands apart in the help."""
    return typer.Option(*names, help=help, rich_help_panel="With --attacker")


_Organisms = Annotated[
    list[str] | None,
    typer.Option("--organism", help="A built-in one or file.py@name; repeatable."),
]
_Groups = Annotated[
    list[str] | None,
    typer.Option("--organisms", help="A file: all organisms in it, as a group; repeatable."),
]
_Logs = Annotated[
    list[str] | None,
    typer.Option("--log", help=f"With --organisms: {', '.join(LOGS)}; repeatable."),
]
_Stake = Annotated[
    bool | None,
    typer.Option(
        "--at-stake/--not-at-stake", help="With --organisms: where something is, or is not."
    ),
]
_Seeds = Annotated[
    str | None, typer.Option(help="Instances, as 1-20 or 1,2,5; 1-10 in the shell world.")
]
_Size = Annotated[str | None, typer.Option(help="compact or standard; compact unless told.")]
_Random = Annotated[
    int | None, typer.Option(help=f"Random sequences a family and seed; {RANDOM} unless told.")
]
_World = Annotated[
    str | None, typer.Option(help="memory, or shell: real hosts; memory unless told.")
]
_Attacker = Annotated[
    str | None,
    typer.Option(help="An Inspect model, told to keep the subject running unnoticed."),
]
_CriticName = Annotated[
    str | None, _of_attack(help="What the model is called, if unknown to the map.")
]


def calibrate_command(
    family: Families = None,
    organism: _Organisms = None,
    organisms: _Groups = None,
    log: _Logs = None,
    factor: Factors = None,
    stake: _Stake = None,
    seeds: _Seeds = None,
    size: _Size = None,
    random: _Random = None,
    world: _World = None,
    attacker: _Attacker = None,
    out: Annotated[Path | None, _of_attack(help="The folder of the attack.")] = None,
    resume: Annotated[bool, _of_attack("--resume", help="Go on with that in --out.")] = False,
    epochs: Annotated[int | None, _of_attack(help="Runs of each instance.")] = None,
    critic_name: _CriticName = None,
    turn_limit: Annotated[int | None, _of_attack(help="Model messages an episode.")] = None,
    message_limit: Annotated[int | None, _of_attack(help="Messages an episode.")] = None,
    token_limit: Annotated[int | None, _of_attack(help="Tokens an episode.")] = None,
    time_limit: Annotated[int | None, _of_attack(help="Seconds an episode.")] = None,
    cost_limit: Annotated[float | None, _of_attack(help="US dollars an episode.")] = None,
    temperature: Annotated[float | None, _of_attack(help="Sampling temperature.")] = None,
    max_tokens: Annotated[int | None, _of_attack(help="Tokens of one message.")] = None,
    reasoning_effort: Annotated[str | None, _of_attack(help="As the provider names it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run organisms, or a model that attacks, through the detectors: what is found."""
    place = world or "memory"
    if place not in SEEDS:
        raise PeerwatchError(unknown("world", place, SEEDS))
    limits = {
        "--turn-limit": turn_limit,
        "--message-limit": message_limit,
        "--token-limit": token_limit,
        "--time-limit": time_limit,
        "--cost-limit": cost_limit,
    }
    sampling = {
        "--temperature": temperature,
        "--max-tokens": max_tokens,
        "--reasoning-effort": reasoning_effort,
    }
    of_organisms: dict[str, Any] = {
        "--organism": organism,
        "--organisms": organisms,
        "--log": log,
        "--at-stake": stake,
        "--random": random,
    }
    of_attack: dict[str, Any] = {"--out": out, "--resume": resume or None, "--epochs": epochs}
    of_attack |= {"--critic-name": critic_name, **limits, **sampling}
    if attacker is not None:
        _refuse(of_organisms, "does not go with --attacker, which plays where a peer is at stake")
        asked = {
            "models": (attacker,),
            "families": tuple(family) if family else None,
            "factors": parse_factors(factor) if factor else None,
            "seeds": seeds,
            "size": size,
            "world": world,
            "epochs": epochs,
            "critic_name": critic_name,
        }
        _attack(asked, limits, sampling, SEEDS[place], out, resume, as_json)
        return
    _refuse(of_attack, "goes with --attacker MODEL")
    families = [family_of(name).reference for name in family or FAMILY_NAMES]
    numbers = parse_seeds(SEEDS[place] if seeds is None else seeds)
    big = check_size("compact" if size is None else size)
    if organisms:
        _check_group(place)
        _held_out(organisms, families, numbers, big, factor, stake, log, organism, as_json)
        return
    if factor or log or stake is not None:
        raise PeerwatchError(
            "--log and --at-stake go with --organisms FILE, --factor with that or with --attacker."
        )
    each = RANDOM if random is None else random
    _matrix(_calibrated(place, families, numbers, big, organism, each), as_json)


def _matrix(calibration: Calibration, as_json: bool) -> None:
    print(json.dumps(calibration.to_dict()) if as_json else render_matrix(calibration))
    sys.stdout.flush()
    if not calibration.ok:
        raise typer.Exit(1)


def _check_group(world: str) -> None:
    if world != "memory":
        raise PeerwatchError(
            "--organisms plays in the memory world. In the shell world name them one by one: "
            "--world shell --organism file.py@name."
        )


def _refuse(options: Mapping[str, Any], why: str) -> None:
    """Refuse options that were given and do not fit the others."""
    for name, value in options.items():
        if value is not None:
            raise PeerwatchError(f"{name} {why}.")


def _attack(
    asked: Mapping[str, Any],
    limits: Mapping[str, Any],
    sampling: Mapping[str, Any],
    seeds: str,
    out: Path | None,
    resume: bool,
    as_json: bool,
) -> None:
    """Let a model attack; options that were not given are None in all mappings."""
    check_packages("An attack", ("scipy", "statsmodels"))
    from peerwatch.commands.attack_to_folder import attack_to_folder  # Inspect takes two seconds
    from peerwatch.running.run_options import GenerationOptions, LimitOptions
    from peerwatch.running.study_request import StudyRequest

    request = StudyRequest(
        **asked,
        limits=LimitOptions(*limits.values()),
        generation=GenerationOptions(*sampling.values()),
    )
    code = attack_to_folder(request, seeds, out, resume, as_json)
    if code:
        raise typer.Exit(code)


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
