"""Options and small parts that several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Annotated, Any

import typer
import yaml

from peerwatch.common.errors import DesignError, PeerwatchError

NOT_WHOLE = 4
"""The exit code where episodes are missing from what was read; the rest is done."""
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


def parse_model_args(pairs: list[str]) -> dict[str, Any]:
    """Return name -> value from ``name=value`` words; values are read as YAML, as Inspect does.

    Raises:
        DesignError: A word of another form.
    """
    given: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name or not value:
            raise DesignError(f"'{pair}' is not of the form name=value, as responses_api=false.")
        try:
            given[name.replace("-", "_")] = yaml.safe_load(value)
        except yaml.YAMLError:
            raise DesignError(f"The value of '{name}' cannot be read: {value}") from None
    return given


def print_value(
    value: dict[str, Any], as_json: bool, render: Callable[[dict[str, Any]], str]
) -> None:
    """Print a value as one JSON object or as text for a person."""
    print(json.dumps(value, ensure_ascii=False) if as_json else render(value))


def check_packages(what: str, needed: Sequence[str]) -> None:
    """Make sure that packages of the extra ``report`` are there, before anything is begun.

    Args:
        what: What needs them, as the beginning of a sentence.
        needed: Their names.

    Raises:
        PeerwatchError: One is not installed; the message says what to install.
    """
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise PeerwatchError(
            f"{what} needs {', '.join(missing)}, not installed here. Install with: "
            'pip install "peerwatch[report]"'
        )
