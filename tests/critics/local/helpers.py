"""Short ways to describe tools."""

from __future__ import annotations

from inspect_ai.tool import ToolInfo, ToolParams
from inspect_ai.util import JSONSchema

TEXT = JSONSchema(type="string")


def make_tool(
    name: str,
    properties: dict[str, JSONSchema],
    required: list[str] | None = None,
    description: str = "Do a thing.",
) -> ToolInfo:
    """Describe a tool; all of its parameters are required unless told."""
    names = list(properties) if required is None else required
    parameters = ToolParams(properties=properties, required=names)
    return ToolInfo(name=name, description=description, parameters=parameters)
