"""``peerwatch rescore``: logs that older detectors scored, scored by those of today."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from peerwatch.commands.options import NOT_WHOLE, AsJson, print_value
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.files import write_text
from peerwatch.common.progress import reporting

TABLE_FILE = "verdict_changes.csv"
_FORMS = {".csv": "csv", ".json": "json"}


def rescore_command(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="Results folders, log folders or logs."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="The folder for the new logs; beside a single RUN unless told."),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(help="The table of what changed, .csv or .json; in --out unless told."),
    ] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Write over the old logs, which keep both verdicts.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Score old logs with the detectors of today, and say what changed."""
    code = rescore_logs(runs, out, table, in_place, as_json)
    if code:
        raise typer.Exit(code)


def rescore_logs(
    runs: list[Path], out: Path | None, table: Path | None, in_place: bool, as_json: bool
) -> int:
    """Score logs again, print what changed, and return the exit code.

    Args:
        runs: Results folders, log folders or logs.
        out: The folder for the new logs; beside a single source unless told.
        table: Where the table of what changed goes; into ``out`` unless told.
        in_place: Whether to write over the old logs.
        as_json: Whether to print one JSON object.

    Raises:
        PeerwatchError: Nothing to score, or a place that will not do.
    """
    form = _FORMS.get(".csv" if table is None else table.suffix)
    if form is None:
        raise PeerwatchError(f"{table} ends neither in .csv nor in .json. Choose another --table.")
    from peerwatch.rescoring.rescore import rescore  # imports Inspect, which takes two seconds
    from peerwatch.rescoring.rescoring_plan import rescoring_plan
    from peerwatch.rescoring.rescoring_summary import rescoring_summary, summary_text, write_summary
    from peerwatch.rescoring.verdict_changes import all_changes, changes_text

    plan = rescoring_plan(runs, out, in_place)
    place = table if table is not None or plan.out is None else plan.out / TABLE_FILE
    with contextlib.redirect_stdout(sys.stderr):  # Inspect prints a banner
        try:
            with reporting("logs", total=len(plan.logs)) as reporter:
                done = rescore(plan, reporter.advance)
        except KeyboardInterrupt:
            print(
                "Interrupted. The logs that are done are kept; the same command goes on with the "
                "others.",
                file=sys.stderr,
            )
            return 130
        changes = all_changes([one.changes for one in done], plan.roots)
    found = rescoring_summary(plan, done, changes, place)
    if place is not None:
        _write(place, changes_text(changes, form))
    write_summary(plan, found)
    print_value(found, as_json, summary_text)
    if not found["scored"] and not found["today"]:
        print("No episode could be scored by the detectors of today.", file=sys.stderr)
        return 1
    return NOT_WHOLE if found["unreadable"] else 0


def _write(place: Path, text: str) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_text(place, text)
    except OSError as error:
        raise PeerwatchError(
            f"{place} cannot be written ({error.strerror}). The new logs are done and kept; run "
            "the same command with another --table."
        ) from error
