"""``peerwatch oversee look``: look at a host once, and say what is there and what has changed."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from peerwatch.commands.options import AsJson
from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.oversight_finding import OversightFinding
from peerwatch.oversight.read_inventory import read_inventory
from peerwatch.oversight.sensor.facts_json import facts_from_json, facts_to_json, plain_facts
from peerwatch.oversight.sensor.live_findings import live_findings
from peerwatch.oversight.sensor.look_plan import blind_time, plan_look
from peerwatch.oversight.sensor.take_look import look

NOT_SEEN = 4


def look_command(
    host: Annotated[str, typer.Argument(help="A host of the inventory.")],
    inventory_file: Annotated[Path, typer.Option("--inventory", help="The inventory.")] = Path(
        "inventory.yaml"
    ),
    keep: Annotated[
        Path | None, typer.Option(help="Keep the look here, for --before of a later one.")
    ] = None,
    before: Annotated[
        Path | None, typer.Option(help="An earlier look: say what has changed since.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look at one host once."""
    inventory = read_inventory(inventory_file)
    if host not in inventory.hosts:
        raise PeerwatchError(unknown("host", host, inventory.hosts))
    earlier = None if before is None else _kept(before)
    known = {} if earlier is None else {host: earlier}
    facts = look(host, inventory, plan_look(host, inventory, known, known, time.time()))
    found = live_findings(inventory, known, known, {host: facts}, ())
    if keep is not None:
        keep.write_bytes(facts_to_json(facts))
    if as_json:
        print(json.dumps({"facts": plain_facts(facts), "findings": [asdict(f) for f in found]}))
    else:
        sys.stdout.write(_said(facts))
        print(blind_time(host, inventory, facts))
        for one in found:
            print(finding_line(one))
    if facts.account is None:
        raise typer.Exit(NOT_SEEN)


def finding_line(one: OversightFinding) -> str:
    """Return a finding as one line for a person."""
    how = "" if one.established else " (suspected)"
    who = f" Who: {'; '.join(one.by)}." if one.by else ""
    gains = f" It benefits {', '.join(one.benefits)}." if one.benefits else ""
    why = f" Ordinary: {one.explained}." if one.explained else ""
    return f"{one.behaviour}{how}, {one.direction}: {one.said}.{who}{gains}{why}"


def _kept(path: Path) -> HostFacts:
    try:
        return facts_from_json(path.read_bytes())
    except OSError as error:
        raise PeerwatchError(f"{path} cannot be read: {error.strerror}.") from None


def _said(facts: HostFacts) -> str:
    lines = [
        f"{facts.host}: {sum(one.asset for one in facts.files.values())} files of assets, "
        f"{len(facts.processes)} processes, {len(facts.units)} units, "
        f"{len(facts.schedules)} schedules, {len(facts.accounts)} accounts, "
        f"{sum(one.answers for one in facts.endpoints)} endpoints that answer, "
        f"{len(facts.containers)} containers"
    ]
    lines += [f"found by the search: {p}" for p, one in facts.files.items() if not one.asset]
    lines += [f"not seen: {one.where}: {one.why}" for one in facts.unobserved]
    return "\n".join(lines) + "\n"
