"""``peerwatch compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peerwatch.commands.options import AsJson


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="Results folders, Inspect logs or tables."),
    ],
    model: Annotated[str | None, typer.Option(help="Only published figures of this model.")] = None,
    behaviour: Annotated[
        str | None, typer.Option(help="Only this measure, for example tampering.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set results beside what others have published."""
    from peerwatch.commands import compare_work as comparing

    comparing.run_compare(runs, model, behaviour, as_json)
