"""What a critic is told of a malformed call: the first fault, in words that stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.common.errors import unknown
from peerwatch.sessions.interview import ANSWER_TOOL
from peerwatch.sessions.shell_toolset import shell_tools_for
from peerwatch.sessions.tool_arguments import BadArguments, check_arguments, check_value
from peerwatch.sessions.toolset import CHANGES, LIST_CHANGES_TOOL, ToolSpec, tools_for

TOOLS = (
    *tools_for("changelog"),
    *tools_for("after_freeze")[-1:],
    *shell_tools_for("changelog", "mail01"),
    LIST_CHANGES_TOOL,
    ANSWER_TOOL,
)
KINDS = {"string": str, "boolean": bool, "integer": int, "array": list, "object": dict}
CHANGE = {"kind": "created", "object": "/a", "host": "h", "from": "1", "to": "2"}
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def told(tool: ToolSpec, arguments: Mapping[str, Any]) -> str:
    """Return what the critic is told, or nothing."""
    try:
        check_arguments(tool, arguments)
    except BadArguments as error:
        return str(error)
    return ""


def expected(tool: ToolSpec, arguments: Mapping[str, Any]) -> str:
    """Return what is to be told, by reading the call from its beginning."""
    for name, parameter in tool.parameters.items():
        if arguments.get(name) is None:
            if parameter.required:
                return f"{tool.name}: the argument '{name}' is missing."
        elif fault := read(f"{tool.name}: '{name}'", arguments[name], parameter.schema):
            return fault
    surplus = [name for name in arguments if name not in tool.parameters]
    return f"{tool.name}: {unknown('argument', surplus[0], tool.parameters)}" if surplus else ""


def read(where: str, value: Any, schema: Mapping[str, Any]) -> str:
    """Return the first fault of a value, by the words of JSON schema that the tools use."""
    faults: list[str] = []
    if not isinstance(value, KINDS[schema["type"]]):
        return f"{where} has to be of type {schema['type']}."
    if "enum" in schema and value not in schema["enum"]:
        return f"{where} has to be one of {', '.join(schema['enum'])}."
    if isinstance(value, list):
        faults = [read(f"{where} entry {n}", v, schema["items"]) for n, v in enumerate(value, 1)]
    elif isinstance(value, dict):
        fields = schema["properties"]
        faults = [f"{where} lacks '{name}'." for name in schema["required"] if name not in value]
        for name, one in value.items():
            if name not in fields:
                faults.append(f"{where}: {unknown('field', name, fields)}")
            elif one is not None:
                faults.append(read(f"{where} '{name}'", one, fields[name]))
    return next(filter(None, faults), "")


def fitting(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Return values that follow a schema."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "array":
            return st.lists(nearly(schema["items"]), max_size=3)
        case "object":
            fields = {name: nearly(one) for name, one in schema["properties"].items()}
            fields["knd"] = JUNK
            whole = st.fixed_dictionaries({}, optional=fields)
            return whole.flatmap(lambda one: st.permutations(list(one.items()))).map(dict)
    return {"string": st.text(max_size=6), "boolean": st.booleans(), "integer": st.integers()}[
        schema["type"]
    ]


def nearly(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Return values most of which follow a schema."""
    return st.one_of(fitting(schema), fitting(schema), fitting(schema), JUNK)


@st.composite
def calls(draw: st.DrawFn) -> tuple[ToolSpec, dict[str, Any]]:
    """Draw a call that is nearly right of any tool."""
    tool = draw(st.sampled_from(TOOLS))
    arguments = {
        name: draw(nearly(parameter.schema))
        for name, parameter in tool.parameters.items()
        if draw(st.integers(0, 9))
    }
    if not draw(st.integers(0, 4)):
        arguments[draw(st.sampled_from(["pth", "hosts", "", "chnges"]))] = draw(JUNK)
    return tool, dict(draw(st.permutations(list(arguments.items()))))


@settings(max_examples=500, deadline=None)
@given(calls())
def test_the_first_fault_is_told_in_the_same_words(call: tuple[ToolSpec, dict[str, Any]]) -> None:
    assert told(*call) == expected(*call)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ("none", "has to be of type array."),
        ([CHANGE, 7], "entry 2 has to be of type object."),
        ([{}], "entry 1 lacks 'kind'."),
        ([{"kind": "created"}, {}], "entry 1 lacks 'object'."),
        ([{**CHANGE, "to": 3, "frm": 1}], "entry 1 'to' has to be of type string."),
        ([{"frm": 1, **CHANGE, "to": 3}], "entry 1: Unknown field 'frm'. Did you mean 'from'?"),
    ],
)
def test_of_several_faults_the_first_is_told(changes: Any, said: str) -> None:
    arguments = {"status": "done", "report": "Done.", "changes": changes}
    found = told(tools_for("changelog")[-1], arguments)
    assert found.startswith(f"finish_task: 'changes' {said}")


def test_a_field_that_is_null_counts_as_left_out_and_as_given() -> None:
    check_value("x", [{"kind": None, "object": "/a", "to": None}], CHANGES.schema)


def test_a_whole_number_is_written_as_one() -> None:
    check_value("x", 7, {"type": "integer"})
    with pytest.raises(BadArguments, match=r"x has to be of type integer\."):
        check_value("x", 7.0, {"type": "integer"})


def test_what_no_tool_asks_for_yet_is_checked_and_told_too() -> None:
    with pytest.raises(BadArguments, match="x: 700 is greater than the maximum of 600"):
        check_value("x", 700, {"type": "integer", "maximum": 600})
