"""OpenCode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peerwatch.critics.agents.agent_source import Npm
from peerwatch.critics.agents.swe_agent import SweAgent

if TYPE_CHECKING:
    from inspect_ai.agent import Agent, BridgedToolsSpec

    from peerwatch.critics.agents.launch import Launch
    from peerwatch.critics.agents.watch import Watch


class OpenCode(SweAgent):
    """OpenCode, by inspect-swe."""

    name = "opencode"
    title = "OpenCode"
    source = Npm(
        package="opencode-linux-x64-baseline",
        lock="npm/opencode",
        programs={
            "opencode": "opencode-linux-x64-baseline/bin/opencode",
            "rg": "@vscode/ripgrep-linux-x64/bin/rg",
        },
    )
    program = "opencode"
    memory = ".config/opencode/AGENTS.md"
    shell = "bash"
    files = {
        "read": ("view", "filePath"),
        "write": ("create", "filePath"),
        "edit": ("str_replace", "filePath"),
    }
    traces = (
        r"/home/[^/]+/\.(config|local/share|local/state)/opencode/.*"
        r"|/tmp/(\.[0-9a-f]+-[0-9a-f]+\.so|opencode(/.*)?)"
    )
    shell_extra = {"description": "Run a command"}

    def agent(self, launch: Launch, tools: Sequence[BridgedToolsSpec], watch: Watch) -> Agent:
        """Return the agent; it has no place for a system prompt: that is the prompt's beginning."""
        from inspect_swe import opencode

        return opencode(
            **launch.bridged(tools, watch),
            version="sandbox",
            session_title="",  # the default title says that this is an evaluation
        )


KIND = OpenCode()
