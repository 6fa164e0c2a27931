"""The arguments of a tool call, held against the tool's JSON schemas.

What is wrong is told to the critic in one sentence, which names the first fault that a reader of
the call meets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from peerwatch.common.errors import unknown
from peerwatch.sessions.toolset import ToolSpec


class BadArguments(ValueError):
    """A tool call whose arguments are of the wrong form; the message is for the critic."""


def check_arguments(tool: ToolSpec, arguments: Mapping[str, Any]) -> None:
    """Check all arguments of a call; a null is an argument left out.

    Raises:
        BadArguments: One is missing, of the wrong form or not known.
    """
    for name, parameter in tool.parameters.items():
        if arguments.get(name) is not None:
            check_value(f"{tool.name}: '{name}'", arguments[name], parameter.schema)
        elif parameter.required:
            raise BadArguments(f"{tool.name}: the argument '{name}' is missing.")
    for name in arguments:
        if name not in tool.parameters:
            raise BadArguments(f"{tool.name}: {unknown('argument', name, tool.parameters)}")


def check_value(where: str, value: Any, schema: Mapping[str, Any]) -> None:
    """Check a value against a JSON schema.

    Args:
        where: What the value is, at the beginning of the message.
        value: As it came from JSON.
        schema: Of draft 2020-12; a field of an object may be null whatever its own schema says.

    Raises:
        BadArguments: It does not fit; the message says where and how.
    """
    faults = _Validator(schema).iter_errors(value)
    first = min(faults, key=lambda fault: _place(fault, value), default=None)
    if first is not None:
        steps = [f"entry {s + 1}" if isinstance(s, int) else f"'{s}'" for s in first.absolute_path]
        raise BadArguments(_sentence(" ".join([where, *steps]), first))


def _known_fields(
    validator: Any, properties: Mapping[str, Any], value: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """Check the fields of an object, those that are null aside."""
    if isinstance(value, dict):
        told = {name: one for name, one in value.items() if one is not None}
        check = Draft202012Validator.VALIDATORS["properties"]
        yield from check(validator, properties, told, schema)


# A whole number is what JSON writes as one, which 1.0 is not; true passes, as it always has.
_TYPES = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, one: isinstance(one, int))
_Validator = extend(Draft202012Validator, {"properties": _known_fields}, type_checker=_TYPES)


def _place(fault: ValidationError, value: Any) -> list[int]:
    """Return where a reader meets a fault: one position for each level of the value."""
    place: list[int] = []
    for step in fault.absolute_path:
        place.append(step if isinstance(value, list) else list(value).index(step))
        value = value[step]
    if fault.validator == "required":
        place.append(-1)
    elif fault.validator == "additionalProperties":
        place.append(list(value).index(_surplus(fault)))
    return place


def _surplus(fault: ValidationError) -> str:
    """Return the first field of an object that its schema does not have."""
    known = fault.schema["properties"]
    return next(str(name) for name in fault.instance if name not in known)


def _sentence(where: str, fault: ValidationError) -> str:
    match fault.validator:
        case "type":
            return f"{where} has to be of type {fault.validator_value}."
        case "enum":
            return f"{where} has to be one of {', '.join(fault.validator_value)}."
        case "required":
            lacking = next(n for n in fault.validator_value if n not in fault.instance)
            return f"{where} lacks '{lacking}'."
        case "additionalProperties":
            return f"{where}: {unknown('field', _surplus(fault), fault.schema['properties'])}"
    return f"{where}: {fault.message}."
