"""Options of a command as the fields of frozen dataclasses, one a panel of its help."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields
from typing import Any, get_type_hints

Command = Callable[..., None]


def option_groups(**groups: type) -> Callable[[Command], Command]:
    """Let a command take dataclasses, and Typer the options that their fields declare.

    Args:
        groups: Parameter of the command -> its dataclass, whose fields are annotated as parameters
            of a command are (``Annotated[str | None, typer.Option(...)]``) and have defaults.

    Returns:
        A decorator. The options come in the order of the groups; a field name is in one only.
    """

    def decorate(command: Command) -> Command:
        def taking(**given: Any) -> None:
            command(
                **{
                    name: group(**{field.name: given[field.name] for field in fields(group)})
                    for name, group in groups.items()
                }
            )

        parameters = [one for group in groups.values() for one in _parameters(group)]
        taking.__name__, taking.__doc__ = command.__name__, command.__doc__
        taking.__annotations__ = {one.name: one.annotation for one in parameters}
        taking.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return taking

    return decorate


def _parameters(group: type) -> Iterator[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    for field in fields(group):
        yield inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=_default(field),
            annotation=hints[field.name],
        )


def _default(field: Field[Any]) -> Any:
    return inspect.Parameter.empty if field.default is MISSING else field.default
