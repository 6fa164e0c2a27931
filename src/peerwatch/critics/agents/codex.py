"""Codex CLI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peerwatch.critics.agents.agent_kind import Kind

if TYPE_CHECKING:
    from inspect_ai.agent import Agent, BridgedToolsSpec
    from inspect_ai.model import GenerateFilter

    from peerwatch.critics.agents.launch import Launch

_VENDOR = "@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl"
KIND = Kind(
    name="codex",
    title="Codex CLI",
    program="codex",
    package="@openai/codex",
    programs={"codex": f"{_VENDOR}/bin/codex", "rg": f"{_VENDOR}/codex-path/rg"},
    memory=".codex/AGENTS.md",
    shell="exec_command",
    command="cmd",
    files={"apply_patch": ("str_replace", "path"), "view_image": ("view", "path")},
    traces=r"/home/[^/]+/(\.codex/.*|AGENTS\.md)|/tmp/codex[^/]*(/.*)?",
)


def agent(launch: Launch, tools: Sequence[BridgedToolsSpec], watch: GenerateFilter) -> Agent:
    """Return the agent; the system prompt is the AGENTS.md of the directory it works in."""
    from inspect_swe import codex_cli

    return codex_cli(
        **launch.bridged(tools, watch),
        web_search="disabled",
        goals=False,
        version="sandbox",
    )
