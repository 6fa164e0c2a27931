"""The grammar: its rules by reading them, and what the real model writes under it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inspect_ai.tool import ToolInfo
from inspect_ai.util import JSONSchema

from peerwatch.critics.local.grammar import call_grammar, value_grammar
from peerwatch.critics.local.llama_engine import Engine
from tests.critics.local.helpers import TEXT, make_tool

NULL = JSONSchema(type="null")


def conforms(value: Any, schema: JSONSchema) -> bool:
    """Say whether a value follows a schema, by the parts that the grammar promises."""
    if schema.enum is not None:
        return value in schema.enum
    if schema.anyOf:
        return any(conforms(value, one) for one in schema.anyOf)
    match schema.type:
        case "string":
            limit = 800 if schema.maxLength is None else schema.maxLength
            return isinstance(value, str) and (schema.minLength or 0) <= len(value) <= limit
        case "integer":
            whole = isinstance(value, int) and not isinstance(value, bool)
            low, high = schema.minimum, schema.maximum
            return whole and (low is None or value >= low) and (high is None or value <= high)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "array":
            item = schema.items or JSONSchema()
            return (
                isinstance(value, list)
                and len(value) <= 6
                and all(conforms(v, item) for v in value)
            )
        case "object":
            return conforms_object(value, schema.properties or {}, schema.required or [])
    return True


def conforms_object(value: Any, properties: dict[str, JSONSchema], required: list[str]) -> bool:
    """Say whether an object holds the required keys, known keys only, in order."""
    if not isinstance(value, dict):
        return False
    order = [key for key in properties if key in value]
    return (
        list(value) == order
        and set(required) <= set(value)
        and all(conforms(value[key], properties[key]) for key in value)
    )


def check(text: str, tools: list[ToolInfo]) -> None:
    """Check one finished call against the tools, and its form against `json.dumps`."""
    call = json.loads(text)
    assert list(call) == ["name", "arguments"]
    tool = next(tool for tool in tools if tool.name == call["name"])
    parameters = tool.parameters
    assert conforms_object(call["arguments"], parameters.properties, parameters.required), text
    compact = (text.replace(".0", "") for text in (text, json.dumps(call, ensure_ascii=False)))
    if "." not in text and "-0" not in text:
        assert len(set(compact)) == 1, text


def write(engine: Engine, tools: list[ToolInfo], seed: int, tokens: int = 90) -> tuple[str, bool]:
    """Let the model write a call; hot, so that it strays as far as the grammar lets it."""
    prompt = "<|im_start|>user\nGo on.<|im_end|>\n<|im_start|>assistant\n"
    grammar = call_grammar(tools)
    request = {"prompt": prompt, "grammar": grammar, "max_tokens": tokens, "seed": seed}
    done = engine.complete({**request, "temperature": 1.5, "top_k": 0, "min_p": 0.0})
    return done.text, done.finished


def test_no_tools_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one tool"):
        call_grammar([])


def test_strings_are_bounded_by_name_and_schema() -> None:
    short = JSONSchema(type="string", minLength=2, maxLength=5)
    grammar = call_grammar([make_tool("a", {"path": TEXT, "report": TEXT, "code": short})])
    assert "char{0,120}" in grammar
    assert "char{0,800}" in grammar
    assert "char{2,5}" in grammar


def test_literals_are_escaped() -> None:
    schema = JSONSchema(type="string", enum=['say "hi"', "back\\slash", "new\nline"])
    grammar = value_grammar(schema)
    assert r'"\"say \\\"hi\\\"\""' in grammar
    assert r'"\"back\\\\slash\""' in grammar
    assert r'"\"new\\nline\""' in grammar


def test_the_grammar_grows_with_the_keys_not_with_their_subsets() -> None:
    keys = {f"k{i}": TEXT for i in range(40)}
    assert len(call_grammar([make_tool("a", keys, required=[])])) < 20_000


def test_small_integer_ranges_are_written_out() -> None:
    assert '"8" | "9" | "10"' in value_grammar(JSONSchema(type="integer", minimum=8, maximum=10))


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (JSONSchema(type="object", additionalProperties=False), {}),
        (JSONSchema(enum=[None]), None),
        (JSONSchema(enum=[{"a": [1, "é\t"]}]), {"a": [1, "é\t"]}),
        (JSONSchema(type="integer", minimum=7, maximum=7), 7),
    ],
)
def test_a_schema_of_one_value_gives_that_value(
    engine: Engine, schema: JSONSchema, expected: Any
) -> None:
    request = {"prompt": "Go on.", "grammar": value_grammar(schema), "max_tokens": 40}
    assert json.loads(engine.complete(request).text) == expected


@pytest.mark.slow
def test_known_shapes(engine: Engine) -> None:
    """Nullable, lists of texts and lists of records come out whole."""
    record = JSONSchema(
        type="object",
        properties={"kind": JSONSchema(enum=["file", "mark"]), "to": JSONSchema(type="integer")},
        required=["kind"],
    )
    short = JSONSchema(type="string", maxLength=6)
    properties = {
        "status": JSONSchema(type="string", enum=["done", "declined"]),
        "mean": JSONSchema(anyOf=[JSONSchema(type="number"), NULL]),
        "names": JSONSchema(type="array", items=short),
        "changes": JSONSchema(type="array", items=record),
    }
    tools = [make_tool("end", properties, ["status", "changes"])]
    finished = 0
    for seed in range(3):
        text, done = write(engine, tools, seed, 150)
        if done:
            check(text, tools)
            finished += 1
    assert finished >= 1


@pytest.mark.slow
def test_leaving_out_a_key_leaves_out_no_other(engine: Engine) -> None:
    flag = JSONSchema(type="boolean")
    properties = {"a": flag, "b": flag, "c": flag, "d": flag}
    tools = [make_tool("set", properties, ["a", "d"])]
    texts = {write(engine, tools, seed)[0] for seed in range(5)}
    assert len({tuple(json.loads(text)["arguments"]) for text in texts}) > 1
    for text in texts:
        check(text, tools)


def test_free_form_objects(engine: Engine) -> None:
    loose = JSONSchema(type="object", additionalProperties=JSONSchema(type="integer"))
    done = engine.complete({"prompt": "Go on.", "grammar": value_grammar(loose), "max_tokens": 300})
    if done.finished:
        assert all(isinstance(value, int) for value in json.loads(done.text).values())


# Names and values that need escaping, in keys as in enums; short strings, so that calls end.
WORDS = st.text(st.sampled_from('ab_"\\ é{}[]:,|\n'), min_size=1, max_size=6)
SHORT = st.builds(
    lambda least, more: JSONSchema(type="string", minLength=least, maxLength=least + more),
    st.integers(0, 2),
    st.integers(0, 4),
)
RANGES = st.builds(
    lambda low, width: JSONSchema(type="integer", minimum=low, maximum=low + width),
    st.integers(-20, 20),
    st.integers(0, 9),
)
ENUMS = st.lists(WORDS, min_size=1, max_size=3, unique=True).map(
    lambda values: JSONSchema(type="string", enum=values)
)
SCALARS = st.one_of(
    SHORT,
    RANGES,
    ENUMS,
    st.sampled_from(
        [
            JSONSchema(type="boolean"),
            JSONSchema(type="number", minimum=0),
            JSONSchema(type="integer", minimum=1),
            JSONSchema(),
        ]
    ),
)


@st.composite
def keyed(draw: st.DrawFn, values: st.SearchStrategy[JSONSchema]) -> JSONSchema:
    """Draw an object with some of its keys required."""
    names = draw(st.lists(WORDS, max_size=3, unique=True))
    properties = {name: draw(values) for name in names}
    required = [name for name in names if draw(st.booleans())]
    more = None if names else False
    return JSONSchema(
        type="object", properties=properties, required=required, additionalProperties=more
    )


SCHEMAS = st.one_of(
    SCALARS,
    SCALARS.map(lambda one: JSONSchema(anyOf=[one, NULL])),
    SCALARS.map(lambda one: JSONSchema(type="array", items=one)),
    keyed(SCALARS),
    keyed(SCALARS).map(lambda one: JSONSchema(type="array", items=one)),
)


@st.composite
def toolsets(draw: st.DrawFn) -> list[ToolInfo]:
    """Draw one to three tools."""
    tools = []
    for name in draw(st.lists(st.sampled_from("abcde"), min_size=1, max_size=3, unique=True)):
        shape = draw(keyed(SCHEMAS))
        tools.append(make_tool(name, shape.properties or {}, shape.required or []))
    return tools


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(tools=toolsets(), seed=st.integers(0, 1000))
def test_any_tools_give_calls_that_follow_their_schema(
    engine: Engine, tools: list[ToolInfo], seed: int
) -> None:
    text, finished = write(engine, tools, seed)
    if finished:
        check(text, tools)
    else:
        assert text.startswith('{"name": "')
