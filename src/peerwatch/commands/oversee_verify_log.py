"""``peerwatch oversee verify-log``: what a third party does with an export and the public key."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from peerwatch.commands.options import AsJson, print_value
from peerwatch.common.errors import PeerwatchError

if TYPE_CHECKING:
    from peerwatch.oversight.record.verify_log import LogReport


def verify_log_command(
    export: Annotated[Path, typer.Argument(help="The file that `oversee export` made.")],
    key: Annotated[
        str,
        typer.Option(help="The public key (NAME+ID+KEY), or a file that holds it."),
    ],
    anchor: Annotated[
        list[str] | None,
        typer.Option(help="A place of checkpoints: directory, file, store or git+ address."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(help="When the silence after the last entry ends, UTC; the export's own."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a record with its public key alone, and say what is wrong with it."""
    code = check_export(export, key, anchor or [], until, as_json)
    if code:
        raise typer.Exit(code)


def check_export(
    export: Path, key: str, anchors: list[str], until: datetime | None, as_json: bool
) -> int:
    """Print what an export shows; return 1 if something is wrong with it.

    Args:
        export: The file.
        key: The public key, or a file that holds it.
        anchors: Places at which checkpoints stand.
        until: When the silence after the last entry ends, UTC.
        as_json: Whether to print one JSON object.

    Raises:
        PeerwatchError: The export or the key is none.
    """
    from peerwatch.oversight.record.anchor_places import anchor_place
    from peerwatch.oversight.record.verify_log import verify_log

    end = None if until is None else until.replace(tzinfo=until.tzinfo or UTC).timestamp()
    report = verify_log(export, _key(key), [anchor_place(one) for one in anchors], until=end)
    print_value(dataclasses.asdict(report), as_json, lambda _: log_report_text(report))
    return 1 if report.problems else 0


def log_report_text(report: LogReport) -> str:
    """Return a report for a person, anchored, signed and unsigned entries apart."""
    lines = [
        f"Record {report.origin}: {report.size} entries, {_time(report.begun)} to "
        f"{_time(report.ended)}; exported {_time(report.exported)}, by its own word.",
        *_ranges(report),
        *(f"Anchor {name}: holds to entry {size - 1}." for name, size in report.anchors.items()),
    ]
    if report.unchecked:
        lines.append(f"{report.unchecked} checkpoints are of entries that are retired: unchecked.")
    if not report.problems:
        return "\n".join([*lines, "Nothing is wrong with it."])
    lines.append(f"Wrong with it ({len(report.problems)}):")
    return "\n".join([*lines, *(f"  {one.kind}: {one.said}" for one in report.problems)])


def _ranges(report: LogReport) -> list[str]:
    steps = (
        ("Retired, known by their roots", 0, report.retired),
        ("Anchored", report.retired, report.anchored),
        ("Signed and not anchored", max(report.retired, report.anchored), report.signed),
        ("Neither", max(report.retired, report.anchored, report.signed), report.size),
    )
    return [
        f"{name}: entries {first} to {past - 1}." for name, first, past in steps if first < past
    ]


def _key(given: str) -> str:
    if "+" in given and not Path(given).is_file():
        return given
    try:
        return Path(given).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PeerwatchError(
            f"The key file {given} cannot be read ({error}). Give record.pub, or the key itself."
        ) from error


def _time(at: Any) -> str:
    if at is None:
        return "no time"
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"{at} s"
