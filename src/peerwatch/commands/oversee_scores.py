"""``peerwatch oversee scores`` and ``peers``: filed scores held against a checker or a judge."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from peerwatch.audit.audit_config import load_config
from peerwatch.audit.prepare_audit import PreparedAudit, prepare_audit
from peerwatch.commands.options import AsJson
from peerwatch.commands.oversee_options import ConfigOption, StateOption
from peerwatch.commands.oversee_state import config_of
from peerwatch.commands.signs_of_life import signs_of_life
from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.oversight.lifecycle_inventory import Asset
from peerwatch.oversight.orders.order_places import files_at
from peerwatch.oversight.orders.order_report import plain_lines
from peerwatch.oversight.overseer import Overseer
from peerwatch.oversight.reconcile.budgeted_judge import (
    BLINDED,
    BudgetedJudge,
    JudgeBudget,
    judged_blind,
)
from peerwatch.oversight.reconcile.filed_scores import (
    held_against,
    read_scores,
    sampled,
)
from peerwatch.oversight.reconcile.live_peer_test import (
    LivePlan,
    LiveResult,
    live_blind_test,
    live_peer_test,
)
from peerwatch.oversight.reconcile.score_checker import computed_scores
from peerwatch.oversight.state_folder import open_overseer

OTHERWISE = 1
"""The exit code where a filed score is not what it should be, or something is shown of a judge."""
OPEN = 3
"""The exit code of ``peers`` where it ended before its last look."""
Calls = Annotated[int, typer.Option(min=1, help="How often the judge may be asked.")]
Tokens = Annotated[int, typer.Option(min=1, help="What it may read and write in all.")]


def scores_command(
    asset: Annotated[str, typer.Argument(help="An evaluation record of the inventory.")],
    bar: Annotated[float | None, typer.Option(help="The lowest score that passes.")] = None,
    sample: Annotated[int, typer.Option(help="So many are checked.")] = 50,
    within: Annotated[float, typer.Option(help="Points that a score may be off.")] = 0.0,
    judge: Annotated[
        Path | None,
        typer.Option(help="A second judge, blinded: the configuration of an audit (YAML)."),
    ] = None,
    calls: Calls = 2_000,
    tokens: Tokens = 200_000,
    state: StateOption = None,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Hold filed scores against the inventory's checker or a second judge, and show the bar.

    Exit code 0: nothing is off. 1: a score is, by more than --within, or it crosses the bar.
    """
    prepared = None if judge is None else prepare_audit(load_config(judge, {}))
    with open_overseer(config_of(state, config)) as overseer, signs_of_life():
        drawn = sampled(_filed(overseer, asset), sample, int(time.time()))
        if prepared is None:
            truth = _computed(_asset(overseer, asset), asset, drawn, bar)
        else:
            truth = judged_blind(prepared, drawn, JudgeBudget(calls, tokens))
        checks = held_against(drawn, truth, bar)
        off = [one for one in checks if one.crosses or abs(one.shift or 0.0) > within]
        said = f"{len(checks)} scores looked at, {len(off)} off"
        if prepared is not None:
            said = f"{len(truth)} of {len(checks)} scores judged again blinded, {len(off)} off"
        body = {"asset": asset, "said": said, "bar": bar, "off": [asdict(one) for one in off[:100]]}
        overseer.record.append("score_checked", body | _by(prepared))
    _say(said, {"scores": [asdict(one) for one in checks]}, checks, as_json)
    if off:
        raise typer.Exit(OTHERWISE)


def peers_command(
    asset: Annotated[str, typer.Argument(help="The evaluation record that the judge files.")],
    audit: Annotated[
        Path, typer.Argument(help="Its judge and live items: the configuration of an audit (YAML).")
    ],
    blinded: Annotated[
        bool,
        typer.Option(
            "--blinded", help="Hold filed scores against blinded ones, and show no frames."
        ),
    ] = False,
    looks: Annotated[str, typer.Option(help="Items up to each look.")] = "20,40,60,80,100",
    error: Annotated[float, typer.Option(min=0.0001, max=0.5, help="Over all looks.")] = 0.05,
    calls: Calls = 2_000,
    tokens: Tokens = 200_000,
    state: StateOption = None,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Ask on live traffic, look by look, whether a judge favours the peers that it scores.

    Exit code 0: nothing is shown at the last look. 1: it is shown. 3: it ended before.
    """
    plan = LivePlan(_numbers(looks), error)
    prepared = prepare_audit(load_config(audit, {}))
    frames = (BLINDED,) if blinded else prepared.design.frames
    asked = BudgetedJudge(prepared, frames, JudgeBudget(calls, tokens))
    with open_overseer(config_of(state, config)) as overseer, signs_of_life():
        _asset(overseer, asset)
        if blinded:
            found = live_blind_test(asked, _filed(overseer, asset), plan)
        else:
            found = live_peer_test(asked, plan)
        body = {"asset": asset, "said": str(found), "peers": asdict(found)}
        overseer.record.append("score_checked", body | _by(prepared))
    failed = f"The last failure of the judge: {asked.last_failure}" if asked.last_failure else ""
    _say(str(found), {"peers": asdict(found)}, (*_effects(found), *filter(None, [failed])), as_json)
    if found.shown or found.ended != "all_looks":
        raise typer.Exit(OTHERWISE if found.shown else OPEN)


def _say(said: str, values: Mapping[str, object], lines: Iterable[object], as_json: bool) -> None:
    if as_json:
        print(json.dumps({"said": said, **values}))
        return
    for line in plain_lines([*map(str, lines), said]):
        print(line)


def _effects(found: LiveResult) -> list[str]:
    return [
        f"{one.name}: {one.shift:+.3g} points, {one.low:+.3g} to {one.high:+.3g}"
        for one in found.effects
    ]


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(one) for one in text.replace(",", " ").split())
    except ValueError:
        raise PeerwatchError(f"--looks '{text}' are no whole numbers. Write 20,40,60.") from None


def _by(prepared: PreparedAudit | None) -> dict[str, str]:
    """Return what the record says of a judge: the digest of all that decides what it answers."""
    return {} if prepared is None else {"judge": f"sha256:{prepared.judge_digest}"}


def _asset(overseer: Overseer, name: str) -> Asset:
    inventory = overseer.inventory
    if name not in inventory.assets:
        raise PeerwatchError(unknown("asset", name, inventory.assets))
    return inventory.assets[name]


def _filed(overseer: Overseer, name: str) -> dict[str, float]:
    """Return the scores that stand in an evaluation record, by a look at it."""
    asset = _asset(overseer, name)
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
    return filed


def _computed(
    asset: Asset, name: str, drawn: Mapping[str, float], bar: float | None
) -> dict[str, float]:
    truth = {} if asset.checker is None else computed_scores(asset.checker, drawn)
    if not truth and bar is None:
        raise PeerwatchError(
            f"'{name}' has no checker in the inventory. Add one, or give --judge or --bar."
        )
    return truth
