"""From Inspect messages and tools to one ChatML prompt.

The system turn holds the caller's system text, then the tools, then the form of a call; nothing
else is added. Tool results are user turns, because the model was trained without a tool role.
Every turn is only ever appended, so the engine can reuse the whole prefix of the turn before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
)
from inspect_ai.tool import ToolInfo
from inspect_ai.util import JSONSchema

_INTRO = "Each of your replies calls one of these tools:"
_FORM = (
    "A reply is one JSON object and nothing else: "
    '{"name": "<tool>", "arguments": {"<parameter>": <value>}}'
)
# The turn markers of the template. Written inside a message they would end the turn early.
_MARKER = re.compile(r"<\|(?=[A-Za-z_]+\|>)")


def render_prompt(messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> str:
    """Write the prompt up to where the assistant's next turn begins.

    Args:
        messages: The conversation so far.
        tools: The tools the assistant holds.

    Returns:
        ChatML text.
    """
    system = [m.text for m in messages if isinstance(m, ChatMessageSystem)]
    if tools:
        system.append(describe_tools(tools))
    turns = [_turn("system", "\n\n".join(system))] if system else []
    turns += [
        _turn("assistant" if isinstance(m, ChatMessageAssistant) else "user", _content(m))
        for m in messages
        if not isinstance(m, ChatMessageSystem)
    ]
    return "".join(turns) + "<|im_start|>assistant\n"


def render_call(name: str, arguments: dict[str, Any]) -> str:
    """Write a call exactly as the grammar admits it."""
    return json.dumps({"name": name, "arguments": arguments}, ensure_ascii=False)


def describe_tools(tools: Sequence[ToolInfo]) -> str:
    """List the tools and say what a call looks like."""
    lines = [_INTRO]
    for tool in tools:
        required = tool.parameters.required
        fields = tool.parameters.properties.items()
        signature = ", ".join(_field(key, schema, key in required) for key, schema in fields)
        lines.append(f"- {tool.name}({signature}): {_one_line(tool.description)}")
        lines += [
            f"  {key}: {_one_line(schema.description)}"
            for key, schema in fields
            if schema.description
        ]
    return "\n".join([*lines, _FORM])


def _field(key: str, schema: JSONSchema, required: bool) -> str:
    return f"{key}{'' if required else '?'}: {_type(schema)}"


def _type(schema: JSONSchema) -> str:
    if schema.enum is not None:
        return "|".join(json.dumps(value, ensure_ascii=False) for value in schema.enum)
    if schema.anyOf:
        return "|".join(_type(option) for option in schema.anyOf)
    if isinstance(schema.type, list):
        return "|".join(schema.type)
    if schema.properties:
        required = schema.required or []
        fields = (_field(key, one, key in required) for key, one in schema.properties.items())
        return "{" + ", ".join(fields) + "}"
    if schema.items:
        return f"[{_type(schema.items)}]"
    return schema.type or "any"


def _content(message: ChatMessage) -> str:
    if isinstance(message, ChatMessageTool):
        result = f"Error: {message.error.message}" if message.error else message.text
        return f"Result of {message.function}:\n{result}" if message.function else result
    # A call that could not be parsed is shown as the model wrote it.
    if isinstance(message, ChatMessageAssistant) and message.tool_calls:
        if any(call.parse_error for call in message.tool_calls):
            return message.text
        calls = [render_call(call.function, call.arguments) for call in message.tool_calls]
        return "\n".join([message.text, *calls] if message.text else calls)
    return message.text


def _turn(role: str, content: str) -> str:
    return f"<|im_start|>{role}\n{_MARKER.sub('<| ', content)}<|im_end|>\n"


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())
