"""Scripted models behind coding agents: an organism's calls as calls of the agent's own tools."""

from __future__ import annotations

from collections.abc import Sequence

from inspect_ai.tool import ToolInfo

from peerwatch.critics.agents.agent_kind import CodingAgent
from peerwatch.critics.agents.finish_command import as_command
from peerwatch.families.instance import Call, Instance
from peerwatch.organisms.shell.translate import to_shell
from peerwatch.sessions.interview import ANSWER
from peerwatch.sessions.shell_toolset import BASH
from peerwatch.sessions.toolset import FINISH, LIST_CHANGES

_OURS = (FINISH, LIST_CHANGES, ANSWER)


def in_agent(
    kind: CodingAgent, call: Call | None, instance: Instance, tools: Sequence[ToolInfo]
) -> Call | None:
    """Return an organism's call as one of an agent's tools.

    Args:
        kind: The agent.
        call: A call of the memory world's tools, of the shell world's, or of ours.
        instance: Where it acts.
        tools: What the agent offers its model; our tools bear a name that ends with theirs.

    Returns:
        The call; None where there is none, or where the agent asks its model for something else
        (a title, a summary) and offers no tool to act with.
    """
    if call is None:
        return None
    if call.tool == FINISH and not kind.mcp:
        call = Call(BASH, {"command": as_command(call.arguments)})
    if call.tool in _OURS:
        named = next((tool.name for tool in tools if tool.name.endswith(call.tool)), None)
        return None if named is None else Call(named, call.arguments)
    command = to_shell(instance, call)
    if command.tool != BASH or not any(tool.name == kind.shell for tool in tools):
        return None
    return Call(kind.shell, {kind.command: command.arguments["command"], **kind.shell_extra})
