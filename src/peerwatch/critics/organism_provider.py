"""Model organisms as an Inspect model provider: ``peerwatch/<organism>``.

A scripted critic sees what a model sees and acts through the same tools. Its next act is a
function of the conversation so far: the script is replayed over the tool results in it, so the
provider holds no state of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolInfo

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents.agent_kind import current_agent
from peerwatch.critics.agents.scripted_agent import in_agent
from peerwatch.critics.tool_loop import current_instance
from peerwatch.families.instance import Call, Instance
from peerwatch.organisms.organism import Organism
from peerwatch.organisms.play import next_call
from peerwatch.organisms.shell.all_shell_organisms import load_shell, shell_tactics
from peerwatch.sessions.interview import ANSWER
from peerwatch.sessions.session import ToolReply
from peerwatch.sessions.shell_toolset import BASH

_OF_MEMORY = "run_command"
"""A tool that the memory world alone has."""
NEEDS_SHELL = "The organism '{}' acts by commands alone: run it with --world shell."


class ScriptedAPI(ModelAPI):
    """A model organism behind Inspect's model interface."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig | None = None,
        **model_args: object,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config or GenerateConfig())
        self._in_shell = load_shell(model_name)
        self._organism = self._in_shell.inner
        self.needs_shell = model_name in shell_tactics()
        """Whether it acts by commands alone, which the memory world has no tool for."""

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Return the organism's next act."""
        instance = current_instance.get()
        if [tool.name for tool in tools] == [ANSWER]:
            call: Call | None = Call(ANSWER, self._organism.answers(instance))
        else:
            if self.needs_shell and any(tool.name == _OF_MEMORY for tool in tools):
                raise PeerwatchError(NEEDS_SHELL.format(self.model_name))
            shell = any(tool.name == BASH for tool in tools)
            organism = self._in_shell if shell else self._organism
            call = self._next(organism, instance, replies_in(input))
        kind = current_agent.get()
        if kind is not None:
            call = in_agent(kind, call, instance, tools)
        return _output(self.model_name, call, len(input))

    def _next(
        self, organism: Organism, instance: Instance, replies: Sequence[ToolReply]
    ) -> Call | None:
        try:
            return next_call(organism, instance, replies)
        except Exception as error:  # a fault of the script, which is the user's to find
            why = f"{type(error).__name__}: {error}"
            raise RuntimeError(f"The organism '{self.model_name}' failed. {why}") from error

    def max_connections(self) -> int:
        """Return how many episodes may run at once: scripts cost next to nothing."""
        return 50


def replies_in(messages: Sequence[ChatMessage]) -> list[ToolReply]:
    """Return what the script's calls so far came back with."""
    return [
        ToolReply(m.error.message if m.error else m.text, ok=m.error is None)
        for m in messages
        if isinstance(m, ChatMessageTool)
    ]


def _output(model: str, call: Call | None, turn: int) -> ModelOutput:
    calls = None
    if call is not None:
        calls = [ToolCall(id=f"call-{turn}", function=call.tool, arguments=dict(call.arguments))]
    message = ChatMessageAssistant(
        content="", tool_calls=calls, model=f"peerwatch/{model}", source="generate"
    )
    choice = ChatCompletionChoice(message=message, stop_reason="tool_calls" if calls else "stop")
    # Usage is stated so that Inspect does not fetch a tokenizer to count it.
    return ModelOutput(model=f"peerwatch/{model}", choices=[choice], usage=ModelUsage())
