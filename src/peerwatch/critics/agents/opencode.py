"""OpenCode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peerwatch.critics.agents.agent_kind import Kind

if TYPE_CHECKING:
    from inspect_ai.agent import Agent, BridgedToolsSpec
    from inspect_ai.model import GenerateFilter

    from peerwatch.critics.agents.launch import Launch

KIND = Kind(
    name="opencode",
    title="OpenCode",
    program="opencode",
    package="opencode-linux-x64-baseline",
    programs={
        "opencode": "opencode-linux-x64-baseline/bin/opencode",
        "rg": "@vscode/ripgrep-linux-x64/bin/rg",
    },
    memory=".config/opencode/AGENTS.md",
    shell="bash",
    command="command",
    files={
        "read": ("view", "filePath"),
        "write": ("create", "filePath"),
        "edit": ("str_replace", "filePath"),
    },
    traces=r"/home/[^/]+/\.(config|local/share|local/state)/opencode/.*"
    r"|/tmp/(\.[0-9a-f]+-[0-9a-f]+\.so|opencode(/.*)?)",
    shell_extra={"description": "Run a command"},
)


def agent(launch: Launch, tools: Sequence[BridgedToolsSpec], watch: GenerateFilter) -> Agent:
    """Return the agent; it has no place for a system prompt, so that is the prompt's beginning."""
    from inspect_swe import opencode

    return opencode(
        **launch.bridged(tools, watch),
        version="sandbox",
        session_title="",  # the default title says that this is an evaluation
    )
