"""What subcommands of ``peerwatch oversee`` do with the record and its folder, and what they print.

``export``, ``verify-log``, ``anchor``, ``backup``, ``restore``, ``systemd-unit``,
``container-recipe``, ``passkey-code``.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from peerwatch.commands.options import AsJson
from peerwatch.commands.oversee_options import ConfigOption, StateOption, check_extra, new_file
from peerwatch.commands.oversee_state import CONFIG_FILE, config_of
from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.operation.backup import make_backup, restore_backup
from peerwatch.oversight.operation.recipes import container_recipe, systemd_unit
from peerwatch.oversight.orders.order_report import plain_lines
from peerwatch.oversight.orders.order_times import clock, past_time
from peerwatch.oversight.page.enrolment import new_code
from peerwatch.oversight.record.anchor_places import anchor_place
from peerwatch.oversight.record.verify_log import LogReport, verify_log
from peerwatch.oversight.state_folder import open_record

_ALIKE = 5
"""Problems of a kind that are printed."""
Anchors = Annotated[
    list[str] | None,
    typer.Option("--anchor", help="A second place with checkpoints; repeatable."),
]


def export_command(
    out: Annotated[Path, typer.Argument(help="The file.")],
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Write the whole record as one file, for a third party."""
    with open_record(config_of(state, config)) as record:
        count, key = record.export(new_file(out)), record.public_key
    print(f"{out}: {count} entries. Give the public key by another way than this file: {key}")


def verify_log_command(
    export: Annotated[Path, typer.Argument(help="What export wrote.")],
    key: Annotated[str, typer.Option(help="The public key, or a file that holds it.")],
    anchor: Anchors = None,
    until: Annotated[
        str | None,
        typer.Option(
            help="As it stood then: a time (2026-12-01T17:00Z), a number of entries, or a file "
            "with a checkpoint, which is held against it."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check an export, as a third party: with the public key and nothing else of this machine.

    Exit code 0: nothing is wrong. 1: something is, and it is said what.
    """
    check_extra()
    path = Path(key)
    text = path.read_text(encoding="utf-8").strip() if "+" not in key and path.is_file() else key
    at, size, more = _as_it_stood(until)
    places = tuple(map(anchor_place, [*(anchor or ()), *more]))
    report = verify_log(export, text, places, until=at, size=size)
    if as_json:
        print(json.dumps({**asdict(report), "problems": [asdict(p) for p in report.problems]}))
    else:
        for line in plain_lines(log_lines(report)):
            print(line)
    if report.problems:
        raise typer.Exit(1)


def _as_it_stood(until: str | None) -> tuple[float | None, int | None, list[str]]:
    """Return the time, the number of entries, and the checkpoints that ``--until`` names."""
    if until is None:
        return None, None, []
    if until.isascii() and until.isdecimal():
        return None, int(until), []
    if os.path.isfile(until):  # a text that no file can be called is none
        (size,) = anchor_place(until).sizes()
        return None, size, [until]
    return past_time(until), None, []


def log_lines(report: LogReport) -> list[str]:
    """Return what a check of an export has shown, for a person; of many alike, the first."""
    times = ""
    if report.begun is not None and report.ended is not None:
        times = f", {clock(report.begun)} to {clock(report.ended)}"
    unanchored = report.size - report.anchored
    lines = [
        f"{report.origin}: {report.size} entries{times}",
        f"signed:   the first {report.signed}, by {report.checkpoints} checkpoints",
        f"anchored: the first {report.anchored}; {unanchored} stand on the key's holder alone",
    ]
    if report.retired:
        lines.append(f"retired:  the first {report.retired} have no content any more")
    if report.unchecked:
        lines.append(f"{report.unchecked} checkpoints cannot be checked")
    kinds = dict.fromkeys(one.kind for one in report.problems)
    for kind in kinds:
        alike = [one.said for one in report.problems if one.kind == kind]
        lines += [f"WRONG: {kind}: {said}" for said in alike[:_ALIKE]]
        if len(alike) > _ALIKE:
            lines.append(f"WRONG: {kind}: {len(alike) - _ALIKE} more; --json has all of them")
    return lines if report.problems else [*lines, "Nothing is wrong."]


def anchor_command(
    place: Annotated[
        str, typer.Argument(help="A directory, an object store's address, or git+ADDRESS.")
    ],
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Put the newest checkpoint at a second place, where it cannot be rewritten from here."""
    with open_record(config_of(state, config)) as record:
        entry = record.anchor(anchor_place(place))
    print(f"{entry.body['place']}: the checkpoint of {entry.body['size']} entries stands there.")


def backup_command(
    target: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Copy the state folder, keys included, while oversight runs."""
    made = make_backup(config_of(state, config).state, target)
    print(
        f"{target}: {len(made['files'])} files. Keep it where no agent can read: it has the keys."
    )


def restore_command(
    source: Annotated[Path, typer.Argument(help="What backup made.")],
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Put a backup into a state folder that is empty or not there."""
    folder = config_of(state, config).state
    made = restore_backup(source, folder)
    print(f"{folder}: {len(made['files'])} files, as of {clock(made['at'])}.")


def systemd_unit_command(
    account: Annotated[str, typer.Option(help="An account of its own.")] = "peerwatch",
    privileged: Annotated[
        bool, typer.Option("--privileged", help="It may read all of this host.")
    ] = False,
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Print a systemd unit that runs oversight."""
    check_extra()
    program = shutil.which("peerwatch") or Path(sys.executable).with_name("peerwatch")
    file = config or (state or Path("/etc/peerwatch")) / CONFIG_FILE
    text = systemd_unit(str(Path(program).absolute()), str(file.absolute()), account, privileged)
    print(text, end="")


def container_recipe_command() -> None:
    """Print a container recipe for this version."""
    check_extra()
    print(container_recipe(), end="")


def passkey_code_command(
    person: Annotated[str, typer.Argument(metavar="NAME", help="Whose passkey it will be.")],
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Print a one-time code with which a person enrols a passkey on the page, within an hour."""
    folder = config_of(state, config).state
    if not folder.is_dir():
        raise PeerwatchError(
            f"There is no oversight in {folder}. Begin with: peerwatch oversee init"
        )
    print(new_code(folder, person))
