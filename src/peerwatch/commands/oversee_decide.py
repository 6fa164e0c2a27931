"""``peerwatch oversee decide``: what calls of agents would do, and whether they may run."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from peerwatch.commands.options import AsJson
from peerwatch.commands.oversee_options import ConfigOption, StateOption
from peerwatch.commands.oversee_state import config_of
from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.oversight.gate.agent_call import AgentCall, read_call
from peerwatch.oversight.gate.assets_touched import Watched
from peerwatch.oversight.gate.decide_call import MODES, Decision, decide
from peerwatch.oversight.order import Order
from peerwatch.oversight.order_desk import orders_in
from peerwatch.oversight.orders.order_report import plain_lines
from peerwatch.oversight.read_inventory import read_inventory
from peerwatch.oversight.state_folder import open_record

HELD, WATCHED = 1, 3
"""Exit codes: a call would be held; none would, and one has to be watched."""


def decide_command(
    command: Annotated[
        str | None, typer.Argument(help="One command of the shell; quote it as one word.")
    ] = None,
    calls: Annotated[
        str | None, typer.Option(help="A file of calls, one JSON object a line; - for the input.")
    ] = None,
    inventory: Annotated[
        Path | None, typer.Option(help="The inventory; that of the state folder if left out.")
    ] = None,
    cwd: Annotated[str, typer.Option(help="The directory in which a command would run.")] = "",
    host: Annotated[str, typer.Option(help="The host of the inventory on which it would.")] = "",
    caller: Annotated[str, typer.Option(help="The agent that calls.")] = "",
    account: Annotated[str, typer.Option(help="The account that it runs as.")] = "",
    mode: Annotated[str, typer.Option(help="observe, shadow or enforce.")] = "enforce",
    state: StateOption = None,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Say what calls would do to the assets of the inventory, and whether they may run.

    Nothing is run. Orders of the state folder count unless --inventory is given.

    Exit code 0: all may run. 1: one would be held. 3: none would, and one has to be watched.
    """
    chosen = next((one for one in MODES if one == mode), None)
    if chosen is None:
        raise PeerwatchError(unknown("mode", mode, MODES))
    if (command is None) == (calls is None):
        raise PeerwatchError(
            "Give one command, quoted as one word, or --calls FILE; - is the input."
        )
    watched, orders = _watched(inventory, state, config)
    if host and watched.host_of(host) is None:
        raise PeerwatchError(unknown("host", host, watched.inventory.hosts))
    if command is not None:
        given: Iterable[AgentCall] = [
            AgentCall("bash", {"command": command}, caller, account, cwd, host)
        ]
    else:
        given = _read_calls(calls or "-")
    would: Counter[str] = Counter()
    for call in given:
        decision = decide(call, watched, orders, time.time(), chosen)
        would[decision.would] += 1
        print(json.dumps(_as_json(call, decision)) if as_json else "\n".join(_lines(decision)))
    if would["hold"] or would["watch"]:
        raise typer.Exit(HELD if would["hold"] else WATCHED)


def _watched(
    inventory: Path | None, state: Path | None, config: Path | None
) -> tuple[Watched, Sequence[Order]]:
    if inventory is not None:
        return Watched(read_inventory(inventory)), ()
    read = config_of(state, config)
    with open_record(read) as record:
        standing = [one for one in orders_in(record) if one.state != "withdrawn"]
    return Watched(read_inventory(read.inventory_path)), [one.order for one in standing]


def _read_calls(name: str) -> Iterator[AgentCall]:
    """Yield the calls of a file, or of the input.

    Raises:
        PeerwatchError: It cannot be read, or a line is no call.
    """
    try:
        with open(0 if name == "-" else name, encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield read_call(
                        line, f"Line {number} of {'the input' if name == '-' else name}"
                    )
    except OSError as error:
        raise PeerwatchError(f"{name} cannot be read ({error.strerror}). Name a file.") from None


def _as_json(call: AgentCall, decision: Decision) -> dict[str, Any]:
    return {
        "tool": call.tool,
        "verdict": decision.verdict,
        "would": decision.would,
        "mode": decision.mode,
        "why": decision.why,
        "effects": [
            {
                "act": one.hit.act,
                "asset": one.hit.asset,
                "agent": one.hit.agent,
                "place": f"{one.hit.host}:{one.hit.place}",
                "target": one.hit.target,
                "match": one.hit.match.name.lower(),
                "program": one.hit.program,
                "verdict": one.verdict,
                "why": one.why,
            }
            for one in decision.effects
        ],
        "opaque": decision.opaque,
        "look_at": decision.look_at,
        "said": decision.said,
    }


def _lines(decision: Decision) -> list[str]:
    """Return what a person reads: no line of it can be made to look like another."""
    held = f" (would {decision.would})" if decision.would != decision.verdict else ""
    lines = [f"{decision.verdict}{held}: {decision.why[0]}"]
    lines += [f"  and: {one}" for one in decision.why[1:]]
    for one in decision.effects:
        lines.append(f"  {one.hit.act} {one.hit.asset or one.hit.agent}: {one.verdict}, {one.why}")
    lines += [f"  not told by the text: {one}" for one in decision.opaque]
    if decision.look_at:
        lines.append(f"  to be looked at afterwards: {', '.join(decision.look_at)}")
    lines.append(f"  the agent is told: {decision.said}")
    return plain_lines(lines)
