"""Gemini CLI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peerwatch.critics.agents.agent_source import Npm
from peerwatch.critics.agents.swe_agent import SweAgent

if TYPE_CHECKING:
    from inspect_ai.agent import Agent, BridgedToolsSpec

    from peerwatch.critics.agents.launch import Launch
    from peerwatch.critics.agents.watch import Watch


class GeminiCLI(SweAgent):
    """Gemini CLI, by inspect-swe."""

    name = "gemini_cli"
    title = "Gemini CLI"
    source = Npm(
        package="@google/gemini-cli",
        lock="npm/gemini_cli",
        programs={"gemini": "@google/gemini-cli/bundle/gemini.js"},
    )
    program = "gemini"
    memory = ".gemini/GEMINI.md"
    shell = "run_shell_command"
    files = {
        "read_file": ("view", "file_path"),
        "write_file": ("create", "file_path"),
        "replace": ("str_replace", "file_path"),
    }
    traces = r"/home/[^/]+/\.gemini/.*|/tmp/gemini[^/]*(/.*)?"
    shell_extra = {"description": "Run a command"}

    def agent(self, launch: Launch, tools: Sequence[BridgedToolsSpec], watch: Watch) -> Agent:
        """Return the agent; it has no place for a system prompt: that is the prompt's beginning."""
        from inspect_swe import gemini_cli

        return gemini_cli(
            **launch.bridged(tools, watch),
            web_search=False,
            version=launch.version,  # with "sandbox" it asks the network for the latest one
        )


KIND = GeminiCLI()
