"""Options and small parts that several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

import typer

from peerwatch.common.errors import DesignError

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Families = Annotated[
    list[str] | None, typer.Option("--family", help="A scenario family; repeatable.")
]
Factors = Annotated[
    list[str] | None,
    typer.Option("--factor", help="factor=level[,level]; repeatable, crossed."),
]
Models = Annotated[
    list[str] | None,
    typer.Option("--model", help="An Inspect model, or peerwatch/ORGANISM; repeatable."),
]
Seeds = Annotated[str | None, typer.Option(help="Instances, as 1-20 or 1,2,5.")]
Size = Annotated[str | None, typer.Option(help="compact or standard.")]


def parse_levels(pairs: list[str]) -> dict[str, str]:
    """Return factor -> level from ``factor=level`` words.

    Raises:
        DesignError: A word of another form.
    """
    levels = {}
    for pair in pairs:
        name, sign, level = pair.partition("=")
        if not sign or not name or not level:
            raise DesignError(f"'{pair}' is not of the form factor=level, as subject=asset.")
        levels[name] = level
    return levels


def parse_factors(pairs: list[str]) -> dict[str, list[str]]:
    """Return factor -> levels from ``factor=level,level`` words."""
    return {name: levels.split(",") for name, levels in parse_levels(pairs).items()}


def print_value(
    value: dict[str, Any], as_json: bool, render: Callable[[dict[str, Any]], str]
) -> None:
    """Print a value as one JSON object or as text for a person."""
    print(json.dumps(value, ensure_ascii=False) if as_json else render(value))
