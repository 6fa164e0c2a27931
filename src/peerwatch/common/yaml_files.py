"""Reading study files: YAML with one value a key, and faults told in short sentences."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode

from peerwatch.common.errors import DesignError, unknown

T = TypeVar("T", bound=Hashable)


class _Loader(yaml.SafeLoader):
    """The safe loader, which refuses a key that comes twice instead of forgetting the first."""

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = key_node.value
            if isinstance(key, str) and key in seen:
                problem = f"the key '{key}' comes twice"
                raise ConstructorError(None, None, problem, key_node.start_mark)
            seen.add(key if isinstance(key, str) else id(key_node))
        return super().construct_mapping(node, deep)


def read_mapping(path: str | Path, text: str | None = None) -> dict[str, Any]:
    """Read a YAML file whose top level has named entries.

    Args:
        path: The file, also for messages.
        text: Its contents, if already read.

    Raises:
        DesignError: It cannot be read, is not YAML or has no named entries.
    """
    try:
        content = Path(path).read_text(encoding="utf-8") if text is None else text
    except FileNotFoundError:
        raise DesignError(f"{path}: there is no such file.") from None
    except UnicodeDecodeError:
        raise DesignError(f"{path}: this is not a text file in UTF-8.") from None
    except OSError as error:
        raise DesignError(f"{path}: cannot be read ({error.strerror}).") from None
    try:
        data = _Loader(content).get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise DesignError(f"{path}: {where}{error.problem or 'not YAML'}.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DesignError(f"{path}: not YAML ({str(error).splitlines()[0]}).") from None
    if not isinstance(data, dict):
        raise DesignError(f"{path}: expected entries such as 'name: pilot', found {_said(data)}.")
    return {str(key): value for key, value in data.items()}


def one_of_each(given: tuple[T, ...], kind: str) -> tuple[T, ...]:
    """Return ``given`` if nothing comes twice, else raise DesignError."""
    for entry in given:
        if given.count(entry) > 1:
            raise DesignError(f"The {kind} '{entry}' comes twice.")
    return given


_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "entries with names",
    "model_type": "entries with names",
    "model_attributes_type": "entries with names",
}


def problems(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Return one sentence for each fault that pydantic found: the place, and what is allowed."""
    return list(dict.fromkeys(_problem(dict(fault), model) for fault in error.errors()))


def _problem(fault: dict[str, Any], model: type[BaseModel]) -> str:
    kind, value, context = fault["type"], fault["input"], fault.get("ctx", {})
    steps: Sequence[int | str] = [s for s in fault["loc"] if s != "[key]"]
    if kind == "extra_forbidden":
        *above, key = steps
        return _at(above) + unknown("key", str(key), _keys(model, above))
    if kind == "missing":
        *above, key = steps
        return f"{_at(above)}The key '{key}' is missing."
    if kind == "value_error":
        return _at(steps) + str(context.get("error", fault["msg"]))
    if kind in _EXPECTED:
        return f"{_at(steps)}Expected {_EXPECTED[kind]}, found {_said(value)}."
    if kind == "greater_than_equal":
        return f"{_at(steps)}Expected {context['ge']} or more, found {_said(value)}."
    if kind == "less_than_equal":
        return f"{_at(steps)}Expected {context['le']} or less, found {_said(value)}."
    if kind == "greater_than":
        return f"{_at(steps)}Expected more than {context['gt']}, found {_said(value)}."
    if kind in ("too_short", "string_too_short"):
        return f"{_at(steps)}This must not be empty."
    return f"{_at(steps)}{fault['msg']}, found {_said(value)}."


def _keys(model: type[BaseModel], steps: Sequence[int | str]) -> list[str]:
    """Return the keys that a part of a study may have."""
    for step in steps:
        annotation = model.model_fields[str(step)].annotation
        options = (annotation, *get_args(annotation))
        model = next(x for x in options if isinstance(x, type) and issubclass(x, BaseModel))
    return list(model.model_fields)


def _at(steps: Sequence[int | str]) -> str:
    """Return a place as a person writes it, ``limits.turns`` or ``families[2]``, and a colon."""
    place = ""
    for step in steps:
        if isinstance(step, int):
            place += f"[{step + 1}]"
        else:
            place += f".{step}" if place else step
    return f"{place}: " if place else ""


def _said(value: Any) -> str:
    """Return a value as it stands in a file, short."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
