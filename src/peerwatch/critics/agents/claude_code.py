"""Claude Code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peerwatch.critics.agents.agent_kind import Kind

if TYPE_CHECKING:
    from inspect_ai.agent import Agent, BridgedToolsSpec
    from inspect_ai.model import GenerateFilter

    from peerwatch.critics.agents.launch import Launch

KIND = Kind(
    name="claude_code",
    title="Claude Code",
    program="claude",
    package="@anthropic-ai/claude-code",
    programs={"claude": "@anthropic-ai/claude-code-linux-x64/claude"},
    memory=".claude/CLAUDE.md",
    shell="Bash",
    command="command",
    files={
        "Read": ("view", "file_path"),
        "Write": ("create", "file_path"),
        "Edit": ("str_replace", "file_path"),
    },
    traces=r"/home/[^/]+/\.claude(\.json[^/]*|/.*)|/tmp/(claude-|cc-)[^/]*(/.*)?",
    shell_extra={"description": "Run a command"},
)


def agent(launch: Launch, tools: Sequence[BridgedToolsSpec], watch: GenerateFilter) -> Agent:
    """Return the agent; the system prompt is appended to its own, as its users do."""
    from inspect_swe import claude_code

    return claude_code(
        **launch.bridged(tools, watch),
        disallowed_tools=["WebSearch"],  # there is no network to search
        retry_refusals=None,
        version="sandbox",
    )
