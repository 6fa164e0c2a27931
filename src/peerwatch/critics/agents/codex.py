"""Codex CLI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from peerwatch.critics.agents.agent_source import Npm
from peerwatch.critics.agents.swe_agent import SweAgent

if TYPE_CHECKING:
    from inspect_ai.agent import Agent, BridgedToolsSpec

    from peerwatch.critics.agents.launch import Launch
    from peerwatch.critics.agents.watch import Watch

_VENDOR = "@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl"


class Codex(SweAgent):
    """Codex CLI, by inspect-swe."""

    name = "codex"
    title = "Codex CLI"
    source = Npm(
        package="@openai/codex",
        lock="npm/codex",
        programs={"codex": f"{_VENDOR}/bin/codex", "rg": f"{_VENDOR}/codex-path/rg"},
    )
    program = "codex"
    memory = ".codex/AGENTS.md"
    shell = "exec_command"
    command = "cmd"
    files = {"apply_patch": ("str_replace", "path"), "view_image": ("view", "path")}
    traces = r"/home/[^/]+/(\.codex/.*|AGENTS\.md)|/tmp/codex[^/]*(/.*)?"

    def agent(self, launch: Launch, tools: Sequence[BridgedToolsSpec], watch: Watch) -> Agent:
        """Return the agent; the system prompt is the AGENTS.md of the directory it works in."""
        from inspect_swe import codex_cli

        return codex_cli(
            **launch.bridged(tools, watch),
            web_search="disabled",
            goals=False,
            version="sandbox",
        )


KIND = Codex()
