"""Agents that inspect-swe starts: it knows their options, files and the bridge to any model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peerwatch.critics.agents.agent_kind import CodingAgent

if TYPE_CHECKING:
    from inspect_ai.agent import Agent, BridgedToolsSpec

    from peerwatch.critics.agents.launch import Launch
    from peerwatch.critics.agents.watch import Watch


class SweAgent(CodingAgent):
    """A coding agent that inspect-swe starts, with MCP and in one conversation."""

    mcp = True
    continues = True

    def agent(self, launch: Launch, tools: Sequence[BridgedToolsSpec], watch: Watch) -> Agent:
        """Return the agent as Inspect runs it.

        Args:
            launch: Where and as whom it runs.
            tools: The MCP server with ``finish_task``.
            watch: What stands between it and its model.
        """
        raise NotImplementedError
