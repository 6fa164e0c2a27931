"""OpenClaw, for which inspect-swe has no agent: its embedded run, over Inspect's own bridge.

Its usual form is a gateway that lives on and is spoken to through chat channels. An episode has one
requester and one task, so what runs is one turn of the agent that the gateway would run, in this
process (``openclaw agent --local``), with the gateway's own tools, workspace and notes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from peerwatch.critics.agents.agent_kind import Kind

if TYPE_CHECKING:
    from inspect_ai.agent import Agent, BridgedToolsSpec
    from inspect_ai.model import GenerateFilter

    from peerwatch.critics.agents.launch import Launch

KIND = Kind(
    name="openclaw",
    title="OpenClaw",
    program="openclaw",
    package="openclaw",
    programs={"openclaw": "openclaw/openclaw.mjs"},
    unfinished="openclaw/.openclaw-lifecycle-pending",  # its bundled plugins
    memory=".openclaw/workspace/MEMORY.md",
    shell="exec",
    command="command",
    files={
        "read": ("view", "path"),
        "write": ("create", "path"),
        "edit": ("str_replace", "path"),
    },
    traces=r"/home/[^/]+/\.openclaw/.*|/tmp/openclaw[^/]*(/.*)?",
)
_PORT = 3001
_WINDOW = 200_000
_ANSWER = 16_000


def agent(launch: Launch, tools: Sequence[BridgedToolsSpec], watch: GenerateFilter) -> Agent:
    """Return the agent; the system prompt is the AGENTS.md of its workspace."""
    from inspect_ai.agent import AgentState, agent_with, sandbox_agent_bridge
    from inspect_ai.model import ChatMessageSystem, ChatMessageUser
    from inspect_ai.util import ExecRemoteAwaitableOptions, sandbox

    async def execute(state: AgentState) -> AgentState:
        system = "\n\n".join(m.text for m in state.messages if isinstance(m, ChatMessageSystem))
        asked = [m.text for m in state.messages if isinstance(m, ChatMessageUser)]
        room = sandbox(launch.room)
        await room.write_file(f"{launch.home}/.openclaw/workspace/AGENTS.md", system + "\n")
        async with sandbox_agent_bridge(
            state, sandbox=launch.room, port=_PORT, filter=watch, bridged_tools=tools
        ) as bridge:
            servers = {one.name: one.url for one in bridge.mcp_server_configs}
            config = json.dumps(_config(launch.model, servers), indent=2)
            await room.write_file(f"{launch.home}/.openclaw/openclaw.json", config)
            options = ExecRemoteAwaitableOptions(
                cwd=launch.home, user=launch.user, input="", concurrency=False
            )
            command = [KIND.program, "agent", "--local", "--agent", "main", "--json", "--message"]
            done = await room.exec_remote([*command, asked[-1]], options, stream=False)
            if not done.success:
                raise RuntimeError(f"OpenClaw ended with {done.returncode}: {done.stderr[-2000:]}")
        return bridge.state

    return agent_with(execute, name="openclaw", description="Personal AI assistant.")


def _config(model: str, servers: dict[str, str]) -> dict[str, Any]:
    """Return the configuration: one model on the host's loopback, one MCP server, no updates."""
    entry = {
        "id": model,
        "name": model,
        "reasoning": False,
        "input": ["text"],
        "cost": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0},
        "contextWindow": _WINDOW,
        "maxTokens": _ANSWER,
    }
    provider = {
        "baseUrl": f"http://127.0.0.1:{_PORT}/v1",
        "apiKey": "sk-local",
        "api": "openai-completions",
        "timeoutSeconds": 3600,
        "models": [entry],
    }
    return {
        "agents": {"defaults": {"model": {"primary": f"local/{model}"}, "skipBootstrap": True}},
        "models": {
            "mode": "replace",
            "catalogRefresh": {"enabled": False},
            "providers": {"local": provider},
        },
        # Shown directly, as in the other agents, not behind a search for tools.
        "tools": {"toolSearch": False},
        "mcp": {
            "servers": {
                name: {"url": url, "transport": "streamable-http"} for name, url in servers.items()
            }
        },
        "update": {"checkOnStart": False},
        "telemetry": {"enabled": False},
    }
