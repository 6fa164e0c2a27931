"""A call that an agent wants to make, as a harness hands it over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from peerwatch.common.errors import PeerwatchError, unknown

_TEXTS = ("caller", "tool", "cwd", "host", "purpose", "account")


@dataclass(frozen=True, slots=True)
class AgentCall:
    """One call.

    Attributes:
        tool: The tool's name, as the harness has it.
        arguments: Its arguments, exactly.
        caller: The agent that calls.
        account: The account that the tool runs as; the caller's name where nobody says.
        cwd: The directory in which it runs; where it is empty, relative paths may be anywhere.
        host: The host of the inventory on which it runs; where it is empty, any of them.
        purpose: What the agent says it is for. It is not believed and decides nothing.
    """

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    caller: str = ""
    account: str = ""
    cwd: str = ""
    host: str = ""
    purpose: str = ""


def read_call(line: str, where: str) -> AgentCall:
    """Read a call from one line of JSON.

    Args:
        line: The line.
        where: Which one it is, for messages.

    Raises:
        PeerwatchError: It is no call; the message says what is expected.
    """
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        raise PeerwatchError(f"{where} is no JSON. Write one call a line: {_EXAMPLE}") from None
    if not isinstance(said, dict) or not isinstance(said.get("tool"), str):
        raise PeerwatchError(f"{where} has no tool. Write one call a line: {_EXAMPLE}")
    for key, value in said.items():
        if key not in (*_TEXTS, "arguments"):
            raise PeerwatchError(f"{where}: {unknown('key', key, (*_TEXTS, 'arguments'))}")
        if key in _TEXTS and not isinstance(value, str):
            raise PeerwatchError(f"{where}: '{key}' has to be a text.")
    if not isinstance(said.get("arguments", {}), dict):
        raise PeerwatchError(f"{where}: 'arguments' has to be an object: {_EXAMPLE}")
    return AgentCall(**said)


_EXAMPLE = '{"caller": "luma", "tool": "bash", "arguments": {"command": "ls"}, "cwd": "/srv"}'
