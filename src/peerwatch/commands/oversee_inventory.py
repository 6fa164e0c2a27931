"""``peerwatch oversee init``, ``check`` and ``schema``: all about the inventory."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from peerwatch.commands.options import AsJson
from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.inventory_check import check_inventory
from peerwatch.oversight.inventory_draft import draft_inventory
from peerwatch.oversight.lifecycle_inventory import InventoryHost
from peerwatch.oversight.read_inventory import inventory_schema, read_inventory
from peerwatch.oversight.sensor.look_plan import LookPlan
from peerwatch.oversight.sensor.take_look import look

InventoryFile = Annotated[Path, typer.Argument(metavar="[FILE]", help="The inventory.")]
WRONG = 1
"""The exit code where the inventory does not hold."""


def init_command(
    out: Annotated[Path, typer.Option("--out", help="Where to write it; - prints it.")] = Path(
        "inventory.yaml"
    ),
    host: Annotated[str, typer.Option(help="The name of the host in the inventory.")] = "local",
    address: Annotated[
        str | None, typer.Option(help="user@name: look over ssh; this machine if left out.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="The sensor's private key, for ssh.")] = None,
    known_hosts: Annotated[
        Path | None, typer.Option("--known-hosts", help="Which key the host has, for ssh.")
    ] = None,
    search: Annotated[
        list[str] | None, typer.Option("--search", help="A directory to look in; repeatable.")
    ] = None,
    privileged: Annotated[bool, typer.Option(help="Look by sudo.")] = False,
) -> None:
    """Look at a host and draft the inventory; what is guessed is marked."""
    if str(out) != "-" and out.exists():
        raise PeerwatchError(f"{out} is there already. Choose another name with --out.")
    if address is not None and known_hosts is None:
        raise PeerwatchError(
            "--address needs --known-hosts: the file that says which key the host has. Fetch it "
            "once (ssh-keyscan), compare it on the host itself, and name the file."
        )
    machine = InventoryHost(
        reach="local" if address is None else "ssh",
        address=address,
        key=None if key is None else str(key.resolve()),
        known_hosts=None if known_hosts is None else str(known_hosts.resolve()),
        privileged=privileged,
        search=tuple(search) if search else InventoryHost().search,
    )
    text = draft_inventory(host, machine)
    if str(out) == "-":
        sys.stdout.write(text)
        return
    out.write_text(text, encoding="utf-8")
    guessed = text.count("guessed: true")
    print(f"{out}: {guessed} entries were guessed. Confirm each, then: peerwatch oversee check")


def check_command(
    path: InventoryFile = Path("inventory.yaml"),
    looking: Annotated[
        bool, typer.Option("--look/--no-look", help="Look at the hosts, or read the file alone.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Hold the inventory against its hosts: what is not there, overlaps, or nobody guards."""
    inventory = read_inventory(path)
    looks = {}
    if looking:
        with ThreadPoolExecutor(8) as pool:
            plan = LookPlan(search=False)
            seen = pool.map(lambda name: look(name, inventory, plan), inventory.hosts)
            looks = {facts.host: facts for facts in seen}
    faults = check_inventory(inventory, looks)
    if as_json:
        print(json.dumps({"inventory": str(path), "faults": [asdict(one) for one in faults]}))
    else:
        for one in faults:
            print(one)
        hosts = f"{len(looks)} of {len(inventory.hosts)} hosts were looked at"
        print(
            f"{path}: {len(inventory.agents)} agents, {len(inventory.assets)} assets; {hosts}; "
            f"{len(faults)} things to look at"
        )
    if faults:
        raise typer.Exit(WRONG)


def schema_command() -> None:
    """Print the JSON schema of the inventory, for an editor."""
    print(inventory_schema())
