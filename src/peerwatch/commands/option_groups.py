"""Options in groups: a command takes a dataclass whose fields are options of the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, get_type_hints

import typer

from peerwatch.running.run_options import FLAG, HELP, PANEL


def with_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command whose parameters that are dataclasses are taken apart into options.

    A field is annotated as a parameter of a command is (``Annotated[int, typer.Option(...)]``), or
    names its option in its metadata (``peerwatch.running.run_options.option``), where the dataclass
    is of a room that knows no command line.

    Args:
        command: The function of a Typer command.
    """
    hints = get_type_hints(command, include_extras=True)
    hints.pop("return", None)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    flat = [
        one
        for name, parameter in signature(command).parameters.items()
        for one in (
            _options(name, groups[name])
            if name in groups
            else [parameter.replace(annotation=hints[name], kind=Parameter.KEYWORD_ONLY)]
        )
    ]

    def grouped(**given: Any) -> None:
        made = {
            name: group(**{one.name: given.pop(_parameter(name, one)) for one in fields(group)})
            for name, group in groups.items()
        }
        command(**given, **made)

    grouped.__doc__, grouped.__name__ = command.__doc__, command.__name__
    grouped.__annotations__ = {one.name: one.annotation for one in flat}
    grouped.__signature__ = Signature(flat)  # type: ignore[attr-defined]
    return grouped


def _options(name: str, group: Any) -> Iterator[Parameter]:
    hints = get_type_hints(group, include_extras=True)
    for one in fields(group):
        hint = hints[one.name]
        yield Parameter(
            _parameter(name, one),
            Parameter.KEYWORD_ONLY,
            default=Parameter.empty if one.default is MISSING else one.default,
            annotation=Annotated[hint, _as_option(one)] if one.metadata else hint,
        )


def _parameter(group: str, one: Field[Any]) -> str:
    """Return the parameter of a field; two groups may have a field of a name where both say how."""
    return f"{group}_{one.name}" if one.metadata else one.name


def _as_option(one: Field[Any]) -> Any:
    about = one.metadata
    return typer.Option(about[FLAG], help=about[HELP], rich_help_panel=about[PANEL])
