"""``peerwatch report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peerwatch.commands.options import AsJson


def report(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="Results folders, Inspect logs or tables."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The file to write; in the results folder unless told.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="html, md or latex.")] = "html",
    figures: Annotated[
        Path | None, typer.Option(help="A folder for figures, as SVG and PNG.")
    ] = None,
    bundle: Annotated[
        bool, typer.Option("--bundle/--no-bundle", help="Write transcripts beside the page.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Write the page that a person reads."""
    from peerwatch.commands import report_work as command

    command.run_report(runs, out, form, figures, bundle, as_json)
