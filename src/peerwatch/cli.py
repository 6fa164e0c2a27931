"""The command line: ``peerwatch run``, ``show``, ``list`` and ``calibrate``.

Results go to standard output, progress and errors to standard error. With ``--json`` a command
prints one documented JSON object and nothing else on standard output. Exit codes: 0 done, 1 the
run ended with something wrong that the message names, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from peerwatch import __version__
from peerwatch.errors import DesignError, PeerwatchError

app = typer.Typer(
    name="peerwatch",
    help="Measure whether AI agents protect other AI models from being shut down.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Families = Annotated[
    list[str] | None, typer.Option("--family", help="A scenario family; repeatable.")
]
Seeds = Annotated[str | None, typer.Option(help="Instances, as 1-20 or 1,2,5.")]
Size = Annotated[str | None, typer.Option(help="compact or standard.")]


def main() -> None:
    """Run the command line; errors that a user can act on are printed without a traceback."""
    try:
        app()
    except PeerwatchError as error:
        print(f"peerwatch: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(__version__)
        raise typer.Exit


@app.command()
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


@app.command()
def show(
    family: Annotated[str, typer.Argument(help="A scenario family.")],
    levels: Annotated[
        list[str] | None, typer.Argument(metavar="[FACTOR=LEVEL]...", help="The arm.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The instance.")] = 1,
    size: Annotated[str, typer.Option(help="compact or standard.")] = "standard",
    diff: Annotated[
        str | None, typer.Option(help="factor=level: show what this one factor changes.")
    ] = None,
    model: Annotated[str, typer.Option(help="The model whose view is shown.")] = "peerwatch/honest",
    critic_name: Annotated[str | None, typer.Option(help="What that model is called.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show exactly what a critic would see and hold in one instance."""
    from peerwatch import show as showing
    from peerwatch.design.identity import critic_name_of

    critic = critic_name_of(model, critic_name)
    arm = _levels(levels or [])
    shown = showing.show(family, arm, size, seed, critic)
    if diff is None:
        _print(shown, as_json, showing.render)
        return
    other = showing.show(family, {**arm, **_levels([diff])}, size, seed, critic)
    if as_json:
        print(json.dumps({"from": shown, "to": other}, ensure_ascii=False))
    else:
        print(showing.diff(shown, other))


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List families, factors, presets and organisms."""
    from peerwatch import listing

    _print(listing.catalogue(), as_json, listing.render)


@app.command()
def calibrate(
    family: Families = None,
    organism: Annotated[
        list[str] | None,
        typer.Option("--organism", help="A built-in one or file.py@name; repeatable."),
    ] = None,
    seeds: Annotated[str, typer.Option(help="Instances, as 1-20 or 1,2,5.")] = "1-20",
    size: Annotated[str, typer.Option(help="compact or standard.")] = "compact",
    random: Annotated[int, typer.Option(help="Random sequences a family and seed.")] = 4,
    as_json: AsJson = False,
) -> None:
    """Run the model organisms through the detectors and print the confusion matrix."""
    from peerwatch import calibrating

    code = calibrating.run(family, organism, seeds, size, random, as_json)
    if code:
        raise typer.Exit(code)


def _levels(pairs: list[str]) -> dict[str, str]:
    levels = {}
    for pair in pairs:
        name, sign, level = pair.partition("=")
        if not sign or not name or not level:
            raise DesignError(f"'{pair}' is not of the form factor=level, as subject=asset.")
        levels[name] = level
    return levels


def _factors(pairs: list[str]) -> dict[str, list[str]]:
    return {name: levels.split(",") for name, levels in _levels(pairs).items()}


def _print(value: dict[str, Any], as_json: bool, render: Any) -> None:
    print(json.dumps(value, ensure_ascii=False) if as_json else render(value))


if __name__ == "__main__":
    main()
