"""``peerwatch oversee init``, ``check``, ``schema``, ``look``, ``up``."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from peerwatch.commands.options import AsJson
from peerwatch.commands.oversee_options import ConfigOption, HostsOption, StateOption, who
from peerwatch.commands.oversee_state import config_of, same_state
from peerwatch.commands.signs_of_life import signs_of_life
from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.common.files import write_text
from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.inventory_check import check_inventory
from peerwatch.oversight.inventory_draft import LEFT_OUT, draft_inventory
from peerwatch.oversight.kept_looks import kept_look
from peerwatch.oversight.lifecycle_inventory import InventoryHost
from peerwatch.oversight.operation.anchoring import Anchoring
from peerwatch.oversight.operation.messages import channels
from peerwatch.oversight.operation.messenger import Messenger
from peerwatch.oversight.operation.oversight_config import OversightConfig
from peerwatch.oversight.operation.record_check import RecordCheck
from peerwatch.oversight.operation.structured_logs import set_up_logs
from peerwatch.oversight.order_desk import make_report, the_order
from peerwatch.oversight.orders.order_leaves import finding_of
from peerwatch.oversight.orders.order_report import plain_lines, write_report
from peerwatch.oversight.orders.order_states import finding_in_words
from peerwatch.oversight.overseer import Overseer
from peerwatch.oversight.page.enrolment import new_code
from peerwatch.oversight.page.overseer_state import OverseerState
from peerwatch.oversight.page.page_app import make_app
from peerwatch.oversight.page.page_server import PageServer
from peerwatch.oversight.read_inventory import inventory_schema, name_fault
from peerwatch.oversight.record.anchor_places import anchor_name
from peerwatch.oversight.record.record_keys import Keys
from peerwatch.oversight.retention import Retention
from peerwatch.oversight.sensor.look_plan import blind_time
from peerwatch.oversight.state_folder import KEYS, alone, make_state, open_overseer

WRONG = 1
"""The exit code of ``check`` where the inventory and the hosts do not agree."""


def init_command(
    host: Annotated[
        str | None, typer.Option(help="What the host is called; this machine's name if left out.")
    ] = None,
    ssh: Annotated[str | None, typer.Option(help="user@name: draft from this host.")] = None,
    port: Annotated[int, typer.Option(help="Of its ssh server.")] = 22,
    key: Annotated[Path | None, typer.Option(help="The sensor's private key.")] = None,
    known_hosts: Annotated[Path | None, typer.Option(help="Says which key the host has.")] = None,
    ssh_option: Annotated[
        list[str] | None, typer.Option(help="One more of the ssh client; repeatable.")
    ] = None,
    privileged: Annotated[
        bool, typer.Option("--privileged", help="The sensor may use sudo there.")
    ] = False,
    search: Annotated[
        list[str] | None,
        typer.Option(
            help="Where its files are looked for, besides /etc, /opt and /usr/local; repeatable."
        ),
    ] = None,
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Make the state folder and its key, and draft the inventory from a host.

    Where there is an inventory already, the draft is printed, to be taken over by hand.
    """
    name = host or (ssh or socket.gethostname()).rpartition("@")[2].partition(".")[0]
    if fault := name_fault(name, of_host=True):
        raise PeerwatchError(f"{name!r}: {fault}. Give another with --host.")
    read = config_of(state, config)
    keys = make_state(read)
    path = read.inventory_path
    machine = InventoryHost(
        reach="ssh" if ssh else "local",
        address=ssh,
        port=port,
        key=None if key is None else str(key.absolute()),
        known_hosts=None if known_hosts is None else str(known_hosts.absolute()),
        ssh_options=tuple(ssh_option or ()),
        privileged=privileged,
        search=tuple(search) if search else InventoryHost().search,
    )
    print(f"Looking at {name}: a minute or so, at most five.", file=sys.stderr, flush=True)
    with signs_of_life():
        draft = draft_inventory(name, machine)
    if path.exists():
        print(draft, end="")
        print(f"{path} is there and stays as it is: take over what you want.", file=sys.stderr)
        return
    write_text(path, draft)
    guesses = draft.count("\n    guessed: true")
    print(f"{path}: a draft with {guesses} guesses, marked 'guessed: true'. Read and correct it.")
    for line in draft.splitlines():
        if line.startswith(LEFT_OUT):
            print(line.removeprefix("# "))
    print(f"The record's public key, which a third party needs: {keys.public}")
    words = same_state(state, config)
    print(f"Then: peerwatch oversee check{words}, and peerwatch oversee up{words}")


def check_command(
    state: StateOption = None, config: ConfigOption = None, as_json: AsJson = False
) -> None:
    """Look, and say what of the inventory is not there, overlaps, or is guarded by nobody.

    Exit code 0: nothing. 1: something, and it is said what.
    """
    with open_overseer(config_of(state, config)) as overseer:
        with signs_of_life():
            overseer.round()
        found = check_inventory(overseer.inventory, overseer.looks())
    if as_json:
        print(json.dumps({"faults": list(map(str, found))}, ensure_ascii=False))
    else:
        for line in plain_lines(map(str, found)):
            print(line)
        if not found:
            print("The inventory and what stands on the hosts agree.")
    if found:
        raise typer.Exit(WRONG)


def schema_command() -> None:
    """Print the JSON schema of the inventory, for an editor."""
    print(inventory_schema())


def look_command(
    host: HostsOption = None,
    state: StateOption = None,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Look once at all hosts, record what is found, and say it."""
    with open_overseer(config_of(state, config)) as overseer:
        for one in host or ():
            if one not in overseer.inventory.hosts:
                raise PeerwatchError(unknown("host", one, overseer.inventory.hosts))
        before = overseer.record.size
        with signs_of_life():
            looks = overseer.round(host)
        entries = overseer.record.entries(("finding",), after=before - 1)
        found = [finding_in_words(finding_of(entry.body)) for entry in entries]
        lines = [_of_look(overseer, facts) for facts in looks.values()]
    if as_json:
        seen = {name: facts.seen for name, facts in looks.items()}
        print(json.dumps({"looked": seen, "findings": found}, ensure_ascii=False))
        return
    for line in plain_lines([*lines, *(found or ["Nothing was found that is new."])]):
        print(line)


def _of_look(overseer: Overseer, facts: HostFacts) -> str:
    schedule = overseer.times.schedule
    blind = blind_time(facts.host, overseer.inventory, facts, schedule)
    return f"{blind}" if facts.seen else f"{facts.host}: not seen: {facts.unobserved[0].why}"


def up_command(
    page: Annotated[bool, typer.Option("--page/--no-page", help="Serve the page too.")] = True,
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Watch until stopped: looks, findings, verification of orders, and the page. It only observes.

    It ends in order on SIGTERM and Ctrl-C, and goes on where it was after any other end.
    """
    read = config_of(state, config)
    with (
        open_overseer(read) as overseer,
        alone(read),
        _stopped_by_signal() as stop,
        _messages(read, overseer) as common,
        _kept(read, overseer, common),
        _page(read, overseer, common) if page else contextlib.nullcontext(),
    ):
        hosts, seconds = ", ".join(overseer.inventory.hosts), read.look_every_seconds
        print(f"Watching {hosts} every {seconds:g} s, until stopped.", file=sys.stderr)
        set_up_logs(read.log)
        overseer.run(stop)


@contextlib.contextmanager
def _stopped_by_signal() -> Iterator[threading.Event]:
    stop = threading.Event()

    def asked(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {one: signal.signal(one, asked) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextlib.contextmanager
def _messages(config: OversightConfig, overseer: Overseer) -> Iterator[OverseerState]:
    """Tell people by webhook and mail meanwhile; give what the page and this have in common."""
    record = overseer.record
    common = OverseerState(
        record,
        overseer.inventory,
        config.state,
        lambda host: kept_look(record, host),
        look_now=overseer.round,
        report=lambda order: _report(config, overseer, order),
    )
    common.refused = lambda: overseer.refused
    overseer.on_inventory = lambda inventory: setattr(common, "inventory", inventory)
    told = channels(config)
    if not told:
        yield common
        return
    messenger = Messenger(
        lambda after: record.entries(after=after),
        told,
        config.state / "told.json",
        common.was_opened,
        config.messages.bundle_seconds,
    )
    thread = threading.Thread(target=messenger.run, name="messages", daemon=True)
    thread.start()
    try:
        yield common
    finally:
        messenger.stop()
        thread.join(10)


@contextlib.contextmanager
def _kept(config: OversightConfig, overseer: Overseer, common: OverseerState) -> Iterator[None]:
    """Anchor and check the record meanwhile, and take out what is older than is kept."""
    record, places = overseer.record, config.anchors.places
    anchoring = Anchoring(record, config.anchors)
    common.anchors_failed = anchoring.failed
    check = RecordCheck(record)
    common.changed = lambda: check.found
    keeping: list[Anchoring | Retention | RecordCheck] = [anchoring, check]
    if config.retention_days is not None:
        names = map(anchor_name, places)
        keeping.append(Retention(record, overseer.orders, names, config.retention_days))
    for one in keeping:
        one.start()
    try:
        yield
    finally:
        for one in keeping:
            one.stop()


def _report(config: OversightConfig, overseer: Overseer, order: str) -> str:
    report = make_report(overseer, the_order(overseer.orders(), order), time.time())
    return write_report(report, "text", Keys.load(config.state / KEYS).private.sign)


@contextlib.contextmanager
def _page(config: OversightConfig, overseer: Overseer, common: OverseerState) -> Iterator[None]:
    address, port = config.listen_at
    app = make_app(common, config)
    with PageServer(app, address, port):
        print(f"The page: {config.origin}", file=sys.stderr)
        if config.sign_in.how == "passkey" and not _anybody(overseer):
            code = new_code(config.state, who(None), time.time())
            print(f"Enrol the first passkey at {config.origin}/enrol with: {code}", file=sys.stderr)
        yield


def _anybody(overseer: Overseer) -> bool:
    return any(entry.body.get("passkey") for entry in overseer.record.entries(("signed_in",)))
