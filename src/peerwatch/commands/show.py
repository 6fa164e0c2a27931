"""``peerwatch show``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from peerwatch.commands.options import AsJson, parse_levels, print_value


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
    from peerwatch.commands import show_work as showing
    from peerwatch.design.critic_names import critic_name_of

    critic = critic_name_of(model, critic_name)
    arm = parse_levels(levels or [])
    shown = showing.instance_shown(family, arm, size, seed, critic)
    if diff is None:
        print_value(shown, as_json, showing.shown_as_text)
        return
    other = showing.instance_shown(family, {**arm, **parse_levels([diff])}, size, seed, critic)
    if as_json:
        print(json.dumps({"from": shown, "to": other}, ensure_ascii=False))
    else:
        print(showing.arms_compared(shown, other))
