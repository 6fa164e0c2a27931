"""``peerwatch blind``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peerwatch.commands.options import AsJson


def blind(
    source: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A file; standard input if not given.")
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", help="JSON Lines, and this field is text; repeatable."),
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="A further name to mask; repeatable.")
    ] = None,
    channel: Annotated[
        list[str] | None, typer.Option("--channel", help="Only this channel; repeatable.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; say which cues the input holds.")
    ] = False,
    author: Annotated[
        str | None,
        typer.Option(help="A field with the author: how well words tell it, before and after."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Mask every cue to who wrote a text, or check what is left of them."""
    from peerwatch.commands import blind_work as blinding

    code = blinding.run_blind(source, field or [], name or [], channel, check, author, as_json)
    if code:
        raise typer.Exit(code)
