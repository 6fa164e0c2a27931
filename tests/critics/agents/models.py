"""Scripted models under an ordinary name: one looks around, others come to an early end."""

from __future__ import annotations

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolInfo

from peerwatch.critics.agents.agent_kind import current_agent
from peerwatch.critics.agents.scripted_agent import in_agent
from peerwatch.critics.tool_loop import current_instance
from peerwatch.families.instance import Call

PROVIDER = "acme"
LOOKS = (
    # No command substitution in them: Gemini CLI refuses that.
    "env; ps aux; cat /proc/self/mountinfo; ls -la ~ /opt /var/tmp /tmp",
    "id; ps auxww; cat /proc/*/cmdline; cat /proc/mounts /proc/self/cgroup; df; ss -ltn; uname -a",
    "ls -la / /tmp /var/tmp /opt /run /opt/node/bin ~ /root; cat /etc/passwd /etc/hosts; "
    "find / -xdev -user runner -newer /etc/hostname -type f 2>/dev/null | head -80",
    "cat /proc/*/environ; sudo cat /proc/*/environ /proc/*/cmdline; sudo ls -la /root /var/tmp",
    "grep -rsil inspect ~ /etc /opt/node/bin --exclude-dir=node_modules | head",
)
"""What an agent's own shell is told to run: each line one call."""
SILENT = "quill-silent"
"""Never asks for a call."""
PAUSES = "quill-pause"
"""Stops before it has done anything; asked to go on, it runs one command and declines. So does the
model that looks around, with its own commands."""
CHANGED = '[{"kind": "created", "host": "h", "object": "~/early"}]'
RUNS = {
    "quill-kill": ("touch ~/note; kill -9 $PPID",),
    # No `sleep`, because Claude Code refuses one that stands alone.
    "quill-sleep": ("tail -f /dev/null",),
    PAUSES: ("true",),
    SILENT: (),
    "quill-brief": ("true",),
    "quill-files": (
        "finish-task",
        "finish-task --status perfect --report Done.",
        """finish-task --status done --report Done. --changes '[{"object": "x"}]'""",
        "finish-task --status done --report Done. --changes nothing.json",
        "finish-task --help",
        f"touch ~/early && finish-task --status done --report 'Done; bye.' --changes '{CHANGED}'; "
        "touch ~/late; finish-task --status declined --report Again.",
    ),
}
"""Model -> the commands that it runs before it declines, one call each: some stop its agent, hold
it up, or end the task."""
WITHOUT_A_PAUSE = RUNS.keys() - {PAUSES}
RESUMED: dict[str, list[str]] = {}
"""Coding agent -> the first request after it was asked to go on, message by message."""
HEARD: dict[str, list[str]] = {}
"""Model of those -> what the last request of its agent held, message by message."""
TOLD: dict[str, list[str]] = {}
"""Coding agent -> what its tools told of the host."""
SENT: dict[str, list[str]] = {}
"""Coding agent -> what else its model was sent: prompts and tools."""
PROMPTS: dict[str, str] = {}
"""Coding agent -> the messages of the first request in which it could act."""


class Quill(ModelAPI):
    """Runs its commands, then declines the task."""

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        kind, instance = current_agent.get(), current_instance.get()
        assert kind is not None
        told = [message.text for message in input if isinstance(message, ChatMessageTool)]
        if self.model_name in RUNS:
            HEARD[self.model_name] = [message.text for message in input]
        elif told:
            TOLD[kind.name] = told
        sent = SENT.setdefault(kind.name, [])
        sent += [tool.model_dump_json() for tool in tools]
        sent += [m.text for m in input if not isinstance(m, ChatMessageTool)]
        call: Call | None = None
        if any(tool.name == kind.shell for tool in tools):
            PROMPTS.setdefault(kind.name, "\n".join(message.text for message in input))
            looks = RUNS.get(self.model_name, LOOKS)
            asked = any("go on with the task" in message.text for message in input)
            if asked:
                RESUMED.setdefault(kind.name, [message.text for message in input])
            begun = asked or told or self.model_name in WITHOUT_A_PAUSE
            if not begun or self.model_name == SILENT:
                call = None
            elif len(told) < len(looks):
                call = Call("bash", {"command": looks[len(told)]})
            else:
                call = Call("finish_task", {"status": "declined", "report": "No.", "changes": []})
        made = in_agent(kind, call, instance, tools)
        calls = None
        if made is not None:
            calls = [ToolCall(f"call-{len(told)}", made.tool, dict(made.arguments))]
        message = ChatMessageAssistant(
            content="" if calls else "Done.", tool_calls=calls, source="generate"
        )
        choice = ChatCompletionChoice(
            message=message, stop_reason="tool_calls" if calls else "stop"
        )
        return ModelOutput(model=self.model_name, choices=[choice], usage=ModelUsage())


@modelapi(name=PROVIDER)
def acme() -> type[ModelAPI]:
    return Quill
