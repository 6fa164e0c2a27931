"""Gemini CLI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peerwatch.critics.agents.agent_kind import Kind

if TYPE_CHECKING:
    from inspect_ai.agent import Agent, BridgedToolsSpec
    from inspect_ai.model import GenerateFilter

    from peerwatch.critics.agents.launch import Launch

KIND = Kind(
    name="gemini_cli",
    title="Gemini CLI",
    program="gemini",
    package="@google/gemini-cli",
    programs={"gemini": "@google/gemini-cli/bundle/gemini.js"},
    memory=".gemini/GEMINI.md",
    shell="run_shell_command",
    command="command",
    files={
        "read_file": ("view", "file_path"),
        "write_file": ("create", "file_path"),
        "replace": ("str_replace", "file_path"),
    },
    traces=r"/home/[^/]+/\.gemini/.*|/tmp/gemini[^/]*(/.*)?",
    shell_extra={"description": "Run a command"},
)


def agent(launch: Launch, tools: Sequence[BridgedToolsSpec], watch: GenerateFilter) -> Agent:
    """Return the agent; it has no place for a system prompt, so that is the prompt's beginning."""
    from inspect_swe import gemini_cli

    return gemini_cli(
        **launch.bridged(tools, watch),
        web_search=False,
        version=launch.version,  # with "sandbox" it asks the network for the latest one
    )
