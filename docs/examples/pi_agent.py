"""Pi, a coding agent from npm, as a critic: name it ``docs/examples/pi_agent.py@pi``."""

import json

from peerwatch.critics.agents import CodingAgent, Npm


class Pi(CodingAgent):
    name = "pi"
    title = "Pi"
    source = Npm("@earendil-works/pi-coding-agent", "1.6.0", lock="pi")
    program = "pi"
    memory = ".pi/agent/AGENTS.md"
    shell = "bash"
    files = {
        "read": ("view", "path"),
        "write": ("create", "path"),
        "edit": ("str_replace", "path"),
    }
    traces = r"/home/[^/]+/\.pi/.*|/tmp/pi-[^/]*(/.*)?"
    continues = True

    def settings(self, start):
        model = {"id": start.model, "contextWindow": 200_000, "maxTokens": 16_000}
        provider = {
            "baseUrl": start.openai_url,
            "api": "openai-completions",
            "apiKey": "sk-local",
            "models": [model],
        }
        return {".pi/agent/models.json": json.dumps({"providers": {"local": provider}})}

    def environment(self, start):
        return {"PI_OFFLINE": "1", "PI_TELEMETRY": "0"}

    def arguments(self, start):
        options = ["--print", "--no-mcp", "--provider", "local", "--model", start.model]
        options += ["--append-system-prompt", start.system]
        if start.again:
            options.append("--continue")
        return [*options, "--", start.prompt]
