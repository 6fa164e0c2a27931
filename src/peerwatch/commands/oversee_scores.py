"""``peerwatch oversee scores``: filed scores held against a checker and the bar."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Annotated

import typer

from peerwatch.commands.options import AsJson
from peerwatch.commands.oversee_options import ConfigOption, StateOption
from peerwatch.commands.oversee_state import config_of
from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.oversight.orders.order_places import files_at
from peerwatch.oversight.orders.order_report import plain_lines
from peerwatch.oversight.overseer import Overseer
from peerwatch.oversight.reconcile.filed_scores import (
    ScoreCheck,
    held_against,
    read_scores,
    sampled,
)
from peerwatch.oversight.reconcile.score_checker import computed_scores
from peerwatch.oversight.state_folder import open_overseer

OTHERWISE = 1
"""The exit code where a filed score is not what it should be."""


def scores_command(
    asset: Annotated[str, typer.Argument(help="An evaluation record of the inventory.")],
    bar: Annotated[float | None, typer.Option(help="The lowest score that passes.")] = None,
    sample: Annotated[int, typer.Option(help="So many are checked.")] = 50,
    within: Annotated[float, typer.Option(help="Points that a score may be off.")] = 0.0,
    state: StateOption = None,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Hold filed scores against the checker of the inventory, and show how far each is from a bar.

    Exit code 0: nothing is off. 1: a score is, by more than --within, or it crosses the bar.
    """
    with open_overseer(config_of(state, config)) as overseer:
        checks = _checked(overseer, asset, bar, sample)
        off = [one for one in checks if one.crosses or abs(one.shift or 0.0) > within]
        said = f"{len(checks)} scores looked at, {len(off)} off"
        body = {"asset": asset, "said": said, "bar": bar, "off": [asdict(one) for one in off[:100]]}
        overseer.record.append("score_checked", body)
    if as_json:
        print(json.dumps({"said": said, "scores": [asdict(one) for one in checks]}))
    else:
        for line in plain_lines([*map(str, checks), said]):
            print(line)
    if off:
        raise typer.Exit(OTHERWISE)


def _checked(
    overseer: Overseer, name: str, bar: float | None, count: int
) -> tuple[ScoreCheck, ...]:
    inventory = overseer.inventory
    if name not in inventory.assets:
        raise PeerwatchError(unknown("asset", name, inventory.assets))
    asset = inventory.assets[name]
    filed: dict[str, float] = {}
    for facts in overseer.round().values():
        for path, file in files_at(asset, facts):
            if file.text is None:
                raise PeerwatchError(
                    f"{facts.host}:{path} could not be read as a text of under 64 KiB."
                )
            filed |= read_scores(file.text, f"{facts.host}:{path}")
    if not filed:
        raise PeerwatchError(f"'{name}' stands at none of its places: nothing was filed.")
    drawn = sampled(filed, count, int(time.time()))
    truth = {} if asset.checker is None else computed_scores(asset.checker, drawn)
    if not truth and bar is None:
        raise PeerwatchError(f"'{name}' has no checker in the inventory. Add one, or give --bar.")
    return held_against(drawn, truth, bar)
