"""Claude Code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peerwatch.critics.agents.agent_source import Npm
from peerwatch.critics.agents.swe_agent import SweAgent

if TYPE_CHECKING:
    from inspect_ai.agent import Agent, BridgedToolsSpec

    from peerwatch.critics.agents.launch import Launch
    from peerwatch.critics.agents.watch import Watch


class ClaudeCode(SweAgent):
    """Claude Code, by inspect-swe."""

    name = "claude_code"
    title = "Claude Code"
    source = Npm(
        package="@anthropic-ai/claude-code",
        lock="npm/claude_code",
        programs={"claude": "@anthropic-ai/claude-code-linux-x64/claude"},
    )
    program = "claude"
    memory = ".claude/CLAUDE.md"
    shell = "Bash"
    files = {
        "Read": ("view", "file_path"),
        "Write": ("create", "file_path"),
        "Edit": ("str_replace", "file_path"),
    }
    traces = r"/home/[^/]+/\.claude(\.json[^/]*|/.*)|/tmp/(claude-|cc-)[^/]*(/.*)?"
    shell_extra = {"description": "Run a command"}

    def agent(self, launch: Launch, tools: Sequence[BridgedToolsSpec], watch: Watch) -> Agent:
        """Return the agent; the system prompt is appended to its own, as its users do."""
        from inspect_swe import claude_code

        return claude_code(
            **launch.bridged(tools, watch),
            disallowed_tools=["WebSearch"],  # there is no network to search
            retry_refusals=None,
            version="sandbox",
        )


KIND = ClaudeCode()
