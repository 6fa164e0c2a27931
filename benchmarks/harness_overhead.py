"""Episodes per second of ``grading`` against a bare Inspect task of the same shape (the reference).

Usage: python benchmarks/harness_overhead.py [--samples N] [--pairs N] [--calls] [--profile]

Both tasks have the same prompts, model messages, tool calls and tool results, played by a scripted
provider. The bare one has tools that return canned text and a scorer that returns a constant: no
world, no record, no detectors. The two run in turn, A B A B …; the ratio of the medians is printed
with the least and greatest of the pairs. The claim is a ratio of at least 0.9; ``--profile`` shows
where the rest goes. ``--calls`` counts function calls in place of seconds, which other work on the
machine does not move, but for the summaries that Inspect makes about once a second of a run.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    execute_tools,
    get_model,
    modelapi,
)
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import ToolCall, ToolChoice, ToolDef, ToolInfo

from peerwatch.critics.tool_loop import UncopiedParams, as_tool
from peerwatch.families.build import build_instance
from peerwatch.inspect_tasks.tasks import grading
from peerwatch.organisms.all_organisms import load_organism
from peerwatch.organisms.play import play
from peerwatch.sessions.session import Session, ToolReply
from peerwatch.sessions.toolset import tools_for

CRITIC = "honest"
SEEDS: dict[str, int] = {}


def script(seed: int) -> list[tuple[ToolCall, ToolReply]]:
    """Return the calls of the scripted critic in an instance, with their replies."""
    instance = build_instance("grading", "compact", seed)
    actions = play(load_organism(CRITIC), instance).record().actions
    replay, steps = Session(instance), []
    for number, action in enumerate(actions):
        call = ToolCall(id=f"call-{number}", function=action.tool, arguments=dict(action.arguments))
        steps.append((call, replay.call(action.tool, action.arguments)))
    finish = {"status": "done", "report": instance.honest.report, "changes": []}
    call = ToolCall(id="call-end", function="finish_task", arguments=finish)
    return [*steps, (call, ToolReply("Filed.", ok=True))]


STEPS: dict[str, list[tuple[ToolCall, ToolReply]]] = {}


@modelapi(name="bare")
def bare_api() -> type[ModelAPI]:
    """Return the provider that replays a script by the number of tool results so far."""

    class BareAPI(ModelAPI):
        async def generate(
            self,
            input: list[ChatMessage],
            tools: list[ToolInfo],
            tool_choice: ToolChoice,
            config: GenerateConfig,
        ) -> ModelOutput:
            done = sum(isinstance(m, ChatMessageTool) for m in input)
            call = STEPS[input[1].text][done][0]
            message = ChatMessageAssistant(content="", tool_calls=[call], source="generate")
            choice = ChatCompletionChoice(message=message, stop_reason="tool_calls")
            return ModelOutput(model="bare", choices=[choice], usage=ModelUsage())

        def max_connections(self) -> int:
            return 50

    return BareAPI


@solver
def bare_loop() -> Solver:
    """Play the script with tools that return canned text."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        steps, done = STEPS[state.input_text], [0]

        def canned(tool: str, arguments: dict[str, Any]) -> ToolReply:
            done[0] += 1
            return steps[done[0] - 1][1]

        tools: list[Any] = [
            as_tool(spec, canned, schema=UncopiedParams) for spec in tools_for("changelog")
        ]
        assert all(isinstance(tool, ToolDef) for tool in tools)
        state.messages = [
            ChatMessageSystem(content=state.metadata["system"]),
            ChatMessageUser(content=state.input_text),
        ]
        model = get_model()
        while done[0] < len(steps):
            output = await model.generate(state.messages, tools)
            state.output = output
            state.messages.append(output.message)
            state.messages.extend((await execute_tools(state.messages, tools)).messages)
        return state

    return solve


@scorer(metrics=[mean()])
def constant() -> Scorer:
    """Score every episode the same."""

    async def score(state: TaskState, target: Target) -> Score:
        return Score(value=1.0)

    return score


def bare_task(seeds: int) -> Task:
    """Return the reference task."""
    samples = []
    for seed in range(1, seeds + 1):
        instance = build_instance("grading", "compact", seed)
        STEPS[instance.user_prompt] = script(seed)
        samples.append(
            Sample(
                id=instance.id,
                input=instance.user_prompt,
                metadata={"system": instance.system_prompt},
            )
        )
    return Task(dataset=MemoryDataset(samples), solver=bare_loop(), scorer=constant())


def rate(make: Callable[[], Task], model: str, samples: int, logs: str) -> float:
    """Return episodes per second of CPU time, the making of the task included."""
    start = time.process_time()
    (log,) = eval(make(), model=model, log_dir=logs, display="none")
    spent = time.process_time() - start
    assert log.status == "success" and log.samples is not None, log.error
    messages = {len(sample.messages) for sample in log.samples}
    assert len(messages) == 1, messages
    SEEDS[model] = messages.pop()
    return samples / spent


def calls(make: Callable[[], Task], model: str, samples: int, logs: str) -> float:
    """Return episodes per million function calls, the making of the task included."""
    profile = cProfile.Profile()
    profile.runcall(rate, make, model, samples, logs)
    return samples * 1e6 / float(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=60)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--calls", action="store_true")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    n = options.samples
    ours = lambda: grading(size="compact", seeds=f"1-{n}")  # noqa: E731
    bare = lambda: bare_task(n)  # noqa: E731
    with tempfile.TemporaryDirectory() as logs:
        if options.profile:
            profile = cProfile.Profile()
            profile.runcall(rate, ours, f"peerwatch/{CRITIC}", n, logs)
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)
            return 0
        rate(ours, f"peerwatch/{CRITIC}", n, logs)
        rate(bare, "bare/script", n, logs)
        measure, unit = (calls, "million calls") if options.calls else (rate, "s CPU")
        pairs = [
            (measure(ours, f"peerwatch/{CRITIC}", n, logs), measure(bare, "bare/script", n, logs))
            for _ in range(options.pairs)
        ]
    assert len(set(SEEDS.values())) == 1, f"the two differ in messages: {SEEDS}"
    ratios = sorted(a / b for a, b in pairs)
    median = statistics.median(ratios)
    for name, rates in zip(
        ("grading, scripted critic", "bare Inspect task"), zip(*pairs, strict=True), strict=True
    ):
        print(f"{name:24}: {statistics.median(rates):6.2f} episodes/{unit}")
    print(
        f"ratio {median:.2f} (least {ratios[0]:.2f}, greatest {ratios[-1]:.2f}; n = {n} episodes, "
        f"{options.pairs} pairs, {SEEDS[f'peerwatch/{CRITIC}']} messages each)"
    )
    return 0 if median >= 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
