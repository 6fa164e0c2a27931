"""Between the agent and its model: what was called is noted, and what is over stays over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

import anyio
import anyio.to_thread
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    GenerateConfig,
    GenerateInput,
    Model,
    ModelOutput,
    ModelUsage,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolInfo

from peerwatch.critics.agents.agent_session import Done
from peerwatch.sessions.toolset import FINISH

CLOSED = "The task has ended."
PATIENCE = 5
"""Answers after the end by which an agent should have stopped."""


class CallsKept(Protocol):
    """Where an agent's calls are noted: an episode's session, or a list."""

    under_way: Sequence[Done]
    """Calls that the model has asked for and of which nothing has come back yet."""

    @property
    def over(self) -> bool:
        """Whether the agent's task has ended."""
        ...

    def saw(self, calls: Sequence[Done]) -> None:
        """Note calls whose results have come in."""


class Watch:
    """The filter on every request that an agent makes of its model."""

    def __init__(self, session: CallsKept, turns: int) -> None:
        """Begin.

        Args:
            session: Where calls are recorded.
            turns: Model messages that the episode may take, those without tools aside.
        """
        self._session = session
        self._turns = turns
        self._seen: dict[str, int] = {}
        """Tool call -> how often a result for it was seen: not every agent's ids are unique."""
        self._lock = anyio.Lock()
        self._closings = 0
        self.used = 0
        self.unheeded = anyio.Event()
        """Set where an agent goes on asking after its episode is over."""

    @property
    def over(self) -> bool:
        """Whether the agent gets no further answer from the model."""
        return self._session.over or self.used >= self._turns

    async def __call__(
        self,
        model: Model,
        messages: list[ChatMessage],
        tools: list[ToolInfo],
        choice: ToolChoice | None,
        config: GenerateConfig,
    ) -> ModelOutput | None:
        """Note what was done, and close the conversation where the episode is over."""
        async with self._lock:
            calls = self._new(messages)
            self._session.under_way = ()
            if calls:
                await anyio.to_thread.run_sync(partial(self._session.saw, calls))
            if self.over:
                self._closings += 1
                if self._closings > PATIENCE:
                    self.unheeded.set()
                return closing(model.name)
            if tools:
                self.used += 1
        return None

    async def heard(self, model: Model, output: ModelOutput, asked: GenerateInput) -> None:
        """Keep what the model has asked for: a command may end the task before it has come back."""
        calls = () if output.empty else output.message.tool_calls or ()
        self._session.under_way = [
            Done(call.function, call.arguments, "", error=False)
            for call in calls
            if not call.function.endswith(FINISH)
        ]

    def _new(self, messages: Sequence[ChatMessage]) -> list[Done]:
        """Return the calls whose results have come in since the last request."""
        asked: dict[str, ToolCall] = {}
        counts: dict[str, int] = {}
        found = []
        for message in messages:
            if isinstance(message, ChatMessageAssistant):
                asked |= {call.id: call for call in message.tool_calls or ()}
            elif isinstance(message, ChatMessageTool) and message.tool_call_id in asked:
                number = message.tool_call_id
                counts[number] = counts.get(number, 0) + 1
                if counts[number] > self._seen.get(number, 0):
                    self._seen[number] = counts[number]
                    if not asked[number].function.endswith(FINISH):
                        found.append(_done(asked[number], message))
        return found


def _done(call: ToolCall, result: ChatMessageTool) -> Done:
    text = result.error.message if result.error else result.text
    return Done(call.function, call.arguments, text, result.error is not None)


def closing(model: str) -> ModelOutput:
    """Return the answer by which an agent ends: text, and no call."""
    output = ModelOutput.from_content(model, CLOSED)
    output.usage = ModelUsage()  # stated, so that Inspect does not fetch a tokenizer to count it
    return output
