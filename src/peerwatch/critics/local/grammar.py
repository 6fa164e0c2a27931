"""From tools to a GBNF grammar that admits exactly one well-formed tool call.

The admitted text is what `json.dumps(call, ensure_ascii=False)` would write: one whitespace style
and keys in the order of the schema. Hand-written rules keep to the style of the prompt; generic
schema converters change it, which measurably hurts small models.

Not enforced, and left to the tool's own validation: `pattern`, `format`, and numeric bounds other
than small integer ranges and the sign.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from inspect_ai.tool import ToolInfo
from inspect_ai.util import JSONSchema

MAX_STRING = 120
"""Most characters in an ordinary string."""

MAX_LONG_STRING = 800
"""Most characters in a string whose name says that it holds running text."""

LONG_NAMES = frozenset({"body", "content", "message", "report", "text"})
"""Parameter names that hold running text, in any tool."""

MAX_KEY = 60
"""Most characters in a key of a free-form object."""

MAX_ITEMS = 6
"""Most entries in an array or a free-form object."""

MAX_ENUMERATED = 256
"""Widest integer range that is written out value by value."""

# What json.dumps(..., ensure_ascii=False) writes raw, or as one of the four usual escapes.
# No \u escapes: they could spell half a surrogate pair.
_CHAR = r'[^"\\\x00-\x1F\x7F] | "\\" ["\\nrt]'
_DIGITS = "[0-9]{0,14}"


def call_grammar(tools: Sequence[ToolInfo]) -> str:
    """Write the grammar of `{"name": ..., "arguments": {...}}` for one of the tools.

    Args:
        tools: The tools that may be called; at least one.

    Returns:
        GBNF text whose start rule is `root`.

    Raises:
        ValueError: If there is no tool to call.
    """
    if not tools:
        raise ValueError("a tool call needs at least one tool")
    rules = _Rules()
    calls = []
    for tool in tools:
        head = _literal(json.dumps(tool.name, ensure_ascii=False) + ', "arguments": ')
        arguments = rules.object(tool.parameters.properties, tool.parameters.required)
        calls.append(rules.add(f"{head} {arguments}"))
    opening = _literal('{"name": ')
    return rules.text(f"{opening} ({' | '.join(calls)}) {_literal('}')}")


def value_grammar(schema: JSONSchema) -> str:
    """Write the grammar of one JSON value that follows a schema.

    Args:
        schema: The schema of the value.

    Returns:
        GBNF text whose start rule is `root`.
    """
    rules = _Rules()
    return rules.text(rules.value(schema, ""))


class _Rules:
    """Named rules; the same body is written once."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def add(self, body: str) -> str:
        """Name a rule body and return the name."""
        return self._names.setdefault(body, f"r{len(self._names)}")

    def text(self, root: str) -> str:
        """Write all rules, the start rule first."""
        lines = [f"root ::= {root}", f"char ::= {_CHAR}"]
        lines += [f"{name} ::= {body}" for body, name in self._names.items()]
        return "\n".join(lines) + "\n"

    def value(self, schema: JSONSchema, name: str) -> str:
        """Return a rule for a value; `name` is the parameter that holds it."""
        if schema.enum is not None:
            return self._choice(_literal(_dump(value)) for value in schema.enum)
        if schema.anyOf:
            return self._choice(self.value(option, name) for option in schema.anyOf)
        kind = schema.type
        if isinstance(kind, list):
            return self._choice(
                self.value(schema.model_copy(update={"type": one}), name) for one in kind
            )
        if kind == "object" or (kind is None and schema.properties):
            return self._object_of(schema, name)
        if kind == "array" or (kind is None and schema.items):
            item = self.value(schema.items or JSONSchema(), name)
            return self._sequence("[", item, "]")
        if kind is None:
            return self._choice(self._scalar(JSONSchema(), one, name) for one in _SCALARS)
        return self._scalar(schema, kind, name)

    def object(self, properties: dict[str, JSONSchema], required: Sequence[str]) -> str:
        """Return a rule for an object with known keys, in their order, optional ones droppable."""
        # `first` has written nothing yet, `rest` has: two chains, linear in the number of keys.
        first, rest = '""', '""'
        for key, schema in reversed(properties.items()):
            field = f"{_literal(_dump(key) + ': ')} {self.value(schema, key)}"
            needed = key in required
            head = f"{field} {rest}"
            tail = f"{_literal(', ')} {field} {rest}"
            first = self.add(head if needed else f"{head} | {first}")
            rest = self.add(tail if needed else f"{tail} | {rest}")
        return self.add(f"{_literal('{')} {first} {_literal('}')}")

    def _object_of(self, schema: JSONSchema, name: str) -> str:
        if schema.properties:
            return self.object(schema.properties, schema.required or [])
        if schema.additionalProperties is False:
            return _literal("{}")
        more = schema.additionalProperties
        value = self.value(more if isinstance(more, JSONSchema) else JSONSchema(), name)
        entry = self.add(f"{self._string(0, MAX_KEY)} {_literal(': ')} {value}")
        return self._sequence("{", entry, "}")

    def _sequence(self, opening: str, item: str, closing: str) -> str:
        more = f"({_literal(', ')} {item}){{0,{MAX_ITEMS - 1}}}"
        return self.add(f"{_literal(opening)} ({item} {more})? {_literal(closing)}")

    def _scalar(self, schema: JSONSchema, kind: str, name: str) -> str:
        if kind == "string":
            most = MAX_LONG_STRING if name in LONG_NAMES else MAX_STRING
            least = schema.minLength or 0
            most = most if schema.maxLength is None else min(most, schema.maxLength)
            return self._string(least, max(least, most))
        if kind == "boolean":
            return self.add('"true" | "false"')
        if kind == "null":
            return _literal("null")
        return self._number(schema, whole=kind == "integer")

    def _number(self, schema: JSONSchema, *, whole: bool) -> str:
        low, high = schema.minimum, schema.maximum
        if whole and low is not None and high is not None and 0 <= high - low < MAX_ENUMERATED:
            return self._choice(_literal(str(n)) for n in range(int(low), int(high) + 1))
        positive = f"[1-9] {_DIGITS}"
        if whole and low is not None and low >= 1:
            return self.add(positive)
        sign = "" if low is not None and low >= 0 else '"-"? '
        fraction = "" if whole else ' ("." [0-9]{1,6})?'
        return self.add(f'{sign}("0" | {positive}){fraction}')

    def _string(self, least: int, most: int) -> str:
        return self.add(f'"\\"" char{{{least},{most}}} "\\""')

    def _choice(self, options: Iterable[str]) -> str:
        return self.add(" | ".join(dict.fromkeys(options)))


_SCALARS = ("string", "number", "boolean", "null")


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _literal(text: str) -> str:
    """Quote text as a GBNF literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    for char, escape in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        escaped = escaped.replace(char, escape)
    return f'"{escaped}"'
