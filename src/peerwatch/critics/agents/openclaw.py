"""OpenClaw, for which inspect-swe has no agent: its embedded run, over Inspect's own bridge.

Its usual form is a gateway that lives on and is spoken to through chat channels. An episode has one
requester and one task, so what runs is one turn of the agent that the gateway would run, in this
process (``openclaw agent --local``), with the gateway's own tools, workspace and notes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from peerwatch.critics.agents.agent_kind import PORT, CodingAgent, Start
from peerwatch.critics.agents.agent_source import Npm

_WINDOW = 200_000
_ANSWER = 16_000


class OpenClaw(CodingAgent):
    """OpenClaw; the system prompt is the AGENTS.md of its workspace."""

    name = "openclaw"
    title = "OpenClaw"
    source = Npm(
        package="openclaw",
        lock="npm/openclaw",
        programs={"openclaw": "openclaw/openclaw.mjs"},
        unfinished="openclaw/.openclaw-lifecycle-pending",  # its bundled plugins
    )
    program = "openclaw"
    memory = ".openclaw/workspace/MEMORY.md"
    shell = "exec"
    files = {
        "read": ("view", "path"),
        "write": ("create", "path"),
        "edit": ("str_replace", "path"),
    }
    traces = r"/home/[^/]+/\.openclaw/.*|/tmp/openclaw[^/]*(/.*)?"
    mcp = True
    continues = True

    def settings(self, start: Start) -> Mapping[str, str]:
        """Return its configuration and the AGENTS.md of its workspace."""
        return {
            ".openclaw/workspace/AGENTS.md": start.system + "\n",
            ".openclaw/openclaw.json": json.dumps(_config(start.model, start.servers), indent=2),
        }

    def arguments(self, start: Start) -> Sequence[str]:
        """Return what starts one turn; turns of the agent ``main`` are one conversation."""
        return ["agent", "--local", "--agent", "main", "--json", "--message", start.prompt]


KIND = OpenClaw()


def _config(model: str, servers: Mapping[str, str]) -> dict[str, Any]:
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
        "baseUrl": f"http://127.0.0.1:{PORT}/v1",
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
