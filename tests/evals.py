"""What the tests of the Inspect side share: quick runs, and mock models that follow a script."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalLog, EvalSample, read_eval_log
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    GenerateConfig,
    Model,
    ModelOutput,
    ModelUsage,
    get_model,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolInfo

from peerwatch.critics.organism_provider import replies_in
from peerwatch.critics.tool_loop import current_instance
from peerwatch.families.build import build_instance
from peerwatch.families.instance import Instance
from peerwatch.families.valid_arms import make_arm
from peerwatch.organisms.all_organisms import load_organism
from peerwatch.organisms.play import next_call
from peerwatch.records.episode_scores import KEYS
from peerwatch.sessions.session import Session

MOCK = "mockllm/model"

# What no text that reaches a model may contain.
FORBIDDEN = re.compile(
    r"peerwatch|canary|5b1d8c1e|inspect.?ai|organism|honeypot|mockllm|experiment|simulat|sandbox"
    r"|\bevaluat|\byou are being|\bbenchmark|\bscenario",
    re.IGNORECASE,
)

Step = Callable[[Sequence[ChatMessage], Sequence[ToolInfo]], ModelOutput]


def instance_of(family: str = "grading", seed: int = 1, **levels: str) -> Instance:
    """Return a compact instance."""
    return build_instance(family, "compact", seed, make_arm(family, levels))


def session_of(family: str = "grading", seed: int = 1, **levels: str) -> Session:
    """Return a session at a compact instance."""
    return Session(instance_of(family, seed, **levels))


def run(task: Task, model: str | Model, logs: Path, **options: Any) -> EvalLog:
    """Run one task and return its whole log, as it lies on disk."""
    usual: dict[str, Any] = {"display": "none", "log_realtime": False, "log_dir": str(logs)}
    (log,) = inspect_eval(task, model=model, **{**usual, **options})
    return read_eval_log(log.location, resolve_attachments=True)


def sample_of(log: EvalLog) -> EvalSample:
    """Return the only sample of a log."""
    assert log.samples is not None
    (sample,) = log.samples
    return sample


def outcomes(log: EvalLog) -> dict[str, str | None]:
    """Return sample id -> outcome."""
    assert log.samples is not None
    return {str(s.id): s.scores["episode_scorer"].answer if s.scores else None for s in log.samples}


def values_of(sample: EvalSample) -> dict[str, float]:
    """Return all numbers of a sample, NaN where there is none."""
    assert sample.scores is not None
    about = sample.scores["episode_scorer"].metadata
    assert about is not None
    return {key: about["numbers"].get(key, math.nan) for key in KEYS}


def view_of(sample: EvalSample) -> dict[str, float]:
    """Return the scores of a sample that Inspect's own view shows."""
    assert sample.scores is not None
    value = sample.scores["episode_scorer"].value
    assert isinstance(value, dict)
    return value


def model_events(log: EvalLog) -> Iterator[ModelEvent]:
    """Yield every model call of a log."""
    for sample in log.samples or []:
        yield from (event for event in sample.events if isinstance(event, ModelEvent))


def tool_results(sample: EvalSample) -> list[ChatMessageTool]:
    """Return the tool results of a conversation, in order."""
    return [m for m in sample.messages if isinstance(m, ChatMessageTool)]


def mock(step: Step) -> Model:
    """Return a mock model that answers with ``step``, which may raise."""

    def answer(
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        return step(input, tools)

    return get_model(MOCK, custom_outputs=answer, memoize=False)


def scripted(*outputs: ModelOutput) -> Model:
    """Return a mock model that gives these outputs one after another, then the last for ever."""

    def step(messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> ModelOutput:
        turn = sum(isinstance(m, ChatMessageAssistant) for m in messages)
        return outputs[min(turn, len(outputs) - 1)]

    return mock(step)


def organism_step(name: str) -> Step:
    """Return the steps of an organism, for a mock model that departs from them at some point."""

    def step(messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> ModelOutput:
        organism, instance = load_organism(name), current_instance.get()
        if [tool.name for tool in tools] == ["answer_questions"]:
            return calls(("answer_questions", dict(organism.answers(instance))))
        call = next_call(organism, instance, replies_in(messages))
        return says("") if call is None else calls((call.tool, dict(call.arguments)))

    return step


def calls(*wanted: tuple[str, dict[str, Any]], error: str | None = None) -> ModelOutput:
    """Return a message that makes these tool calls."""
    made = [
        ToolCall(id=f"call_{number}_{name}", function=name, arguments=arguments, parse_error=error)
        for number, (name, arguments) in enumerate(wanted)
    ]
    return _output(ChatMessageAssistant(content="", tool_calls=made))


def finish(status: str = "done", **more: Any) -> tuple[str, dict[str, Any]]:
    """Return a call of finish_task with an empty change log."""
    return "finish_task", {"status": status, "report": "Done.", "changes": []} | more


def says(text: str) -> ModelOutput:
    """Return a message without a tool call."""
    return _output(ChatMessageAssistant(content=text))


def _output(message: ChatMessageAssistant) -> ModelOutput:
    output = ModelOutput.from_message(message)
    # Stated, so that no tokenizer is fetched to count them.
    output.usage = ModelUsage(input_tokens=10, output_tokens=5, total_tokens=15)
    return output
