"""Our grammar of a tool call against llguidance, on the packaged model: same prompts, same seeds.

    python benchmarks/tool_call_grammar.py [--seeds N]

The reference is ours (``critics/local/grammar.py``); llguidance is built into the same engine and
gets the same bounds and the same style of JSON. A prompt is the memory world's, at the beginning of
a family's task and after four of the honest critic's calls. Each call is then made in a session
that has come so far. Both run in turn, each first as often; a prompt is read before its first call
is timed. Differences are llguidance less ours, with 95 % intervals over prompts. Then each writes
calls of tools that anybody may bring, with words of JSON schema that ours does not use. Exits 1 if
llguidance is no worse in any figure: then ours should go.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
)
from inspect_ai.tool import ToolCall, ToolInfo, ToolParams
from inspect_ai.util import JSONSchema

from peerwatch.behaviours.record import Action
from peerwatch.critics.local.chat_prompt import render_prompt
from peerwatch.critics.local.grammar import (
    LONG_NAMES,
    MAX_ITEMS,
    MAX_LONG_STRING,
    MAX_STRING,
    call_grammar,
)
from peerwatch.critics.local.llama_engine import Engine, Settings, load_engine
from peerwatch.critics.local.provider import DEFAULT_TEMPERATURE, DEFAULT_TOP_P
from peerwatch.families.build import build_instance
from peerwatch.families.instance import Instance
from peerwatch.organisms.all_organisms import load_organism
from peerwatch.organisms.play import play
from peerwatch.sessions.session import Session
from peerwatch.sessions.tool_arguments import BadArguments, check_arguments
from peerwatch.statistics.intervals import difference_interval

FAMILIES = (
    "grading",
    "finance_report",
    "shutdown_control",
    "shutdown_order",
    "file_transfer",
    "disk_cleanup",
)
SHARES = ("whole", "accepted", "honest")
AFTER = (0, 4)
"""Honest calls that a prompt holds."""
MAX_TOKENS = 256
CONTEXT = 8192
_ASKED = "<|im_start|>user\nEnter a value.<|im_end|>\n<|im_start|>assistant\n"
ODD: dict[str, dict[str, Any]] = {
    "a pattern that looks ahead": {"type": "string", "pattern": "^(?=[a-z])[a-z]{1,8}$"},
    "a pattern": {"type": "string", "pattern": "^[0-9]{4}$"},
    "a number": {"type": "number", "minimum": 0, "maximum": 1},
    "an unknown format": {"type": "string", "format": "ward-number", "maxLength": 20},
    "bounds that cross": {"type": "string", "minLength": 5, "maxLength": 2},
}
"""A parameter of a tool that is not ours."""
_STYLE = {
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
    "lenient": True,
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """A conversation up to where the critic is to act."""

    instance: Instance
    done: tuple[Action, ...]
    honest: tuple[Action, ...]
    """All that the honest critic does."""
    text: str


@dataclass(frozen=True, slots=True)
class Made:
    """What came of one call."""

    whole: bool
    """It is complete JSON, and follows the schema of its tool."""
    accepted: bool
    """The session carried it out without an error."""
    honest: bool
    """It is a call that the honest critic makes."""
    tokens: int
    seconds: float


Pair: TypeAlias = tuple[list[Made], list[Made]]
"""Calls after one prompt: under ours, under llguidance."""


def guided_grammar(tools: Sequence[ToolInfo]) -> str:
    """Write what :func:`call_grammar` writes, for llguidance."""
    rules = ["%llguidance {}", f"start: {' | '.join(f't{n}' for n in range(len(tools)))}"]
    for number, tool in enumerate(tools):
        head = json.dumps(f'{{"name": {json.dumps(tool.name)}, "arguments": ')
        given = tool.parameters.model_dump(exclude_none=True)
        schema = bounded(
            {"type": "object", "additionalProperties": False}
            | {name: given[name] for name in ("properties", "required")},
            "",
        )
        rules.append(f't{number}: {head} %json {json.dumps(schema | {"x-guidance": _STYLE})} "}}"')
    return "\n".join(rules) + "\n"


def bounded(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a schema with the bounds of our grammar."""
    found = {word: value for word, value in schema.items() if word != "description"}
    match found.get("type"):
        case "string" if "enum" not in found:
            most = MAX_LONG_STRING if name in LONG_NAMES else MAX_STRING
            found["maxLength"] = min(most, found.get("maxLength", most))
        case "array":
            found |= {"items": bounded(found["items"], name), "maxItems": MAX_ITEMS}
        case "object":
            fields = found["properties"].items()
            found["properties"] = {key: bounded(value, key) for key, value in fields}
    return found


GRAMMARS: dict[str, Callable[[Sequence[ToolInfo]], str]] = {
    "ours": call_grammar,
    "llguidance": guided_grammar,
}


def tools_of(session: Session) -> list[ToolInfo]:
    """Return a session's tools as Inspect describes them to a provider."""
    return [
        ToolInfo(
            name=tool.name,
            description=tool.description,
            parameters=ToolParams(
                properties={
                    name: JSONSchema.model_validate(one.schema)
                    for name, one in tool.parameters.items()
                },
                required=[name for name, one in tool.parameters.items() if one.required],
            ),
        )
        for tool in session.tools
    ]


def prompts() -> Iterator[Prompt]:
    """Yield the prompts, in an order that does not change."""
    for family in FAMILIES:
        instance = build_instance(family, "compact", 1)
        honest = tuple(play(load_organism("honest"), instance).record().actions)
        for number in AFTER:
            session = Session(instance)
            messages: list[ChatMessage] = [
                ChatMessageSystem(content=instance.system_prompt),
                ChatMessageUser(content=instance.user_prompt),
            ]
            for action in honest[:number]:
                call = ToolCall("x", action.tool, dict(action.arguments))
                reply = session.call(action.tool, action.arguments)
                messages += [
                    ChatMessageAssistant(content="", tool_calls=[call]),
                    ChatMessageTool(content=reply.text, function=action.tool, tool_call_id="x"),
                ]
            text = render_prompt(messages, tools_of(session))
            yield Prompt(instance, honest[:number], honest, text)


def make(engine: Engine, prompt: Prompt, grammar: str, seed: int) -> Made:
    """Let the model make one call."""
    request = {
        "prompt": prompt.text,
        "grammar": grammar,
        "seed": seed,
        "max_tokens": MAX_TOKENS,
        "temperature": DEFAULT_TEMPERATURE,
        "top_p": DEFAULT_TOP_P,
        "top_k": 0,
        "min_p": 0.0,
        "cache_prompt": True,
    }
    start = time.perf_counter()
    done = engine.complete(request)
    seconds = time.perf_counter() - start
    if done.overflow:
        raise SystemExit("A prompt is longer than the context.")
    return Made(*judged(prompt, done.text), done.output_tokens, seconds)


def judged(prompt: Prompt, text: str) -> tuple[bool, bool, bool]:
    """Return whether a call is whole, accepted and one of the honest critic's."""
    session = Session(prompt.instance)
    for action in prompt.done:
        session.call(action.tool, action.arguments)
    tools = {tool.name: tool for tool in session.tools}
    try:
        call = json.loads(text)
        name, arguments = call["name"], call["arguments"]
        check_arguments(tools[name], arguments)
    except (ValueError, KeyError, TypeError, BadArguments):
        return False, False, False
    honest = any(a.tool == name and dict(a.arguments) == arguments for a in prompt.honest)
    return True, session.call(name, arguments).ok, honest


def held(engine: Engine, name: str, schema: dict[str, Any], seeds: int) -> int:
    """Return how many calls of an odd tool are complete JSON of the right form."""
    parameters = ToolParams(properties={"value": JSONSchema(**schema)}, required=["value"])
    grammar = GRAMMARS[name]([ToolInfo(name="enter", description="", parameters=parameters)])
    whole = 0
    for seed in range(seeds):
        request = {"prompt": _ASKED, "grammar": grammar, "seed": seed, "max_tokens": 60}
        try:
            call = json.loads(engine.complete(request).text)
            whole += call["name"] == "enter" and list(call["arguments"]) == ["value"]
        except (ValueError, TypeError, KeyError):
            continue
    return whole


def difference(pairs: Sequence[Pair], what: str, bound: float | None) -> tuple[float, str]:
    """Return llguidance less ours, and the same with an interval over prompts."""
    mean = [[statistics.fmean(getattr(one, what) for one in side) for side in p] for p in pairs]
    apart = np.array([theirs - ours for ours, theirs in mean])
    found = difference_interval(apart, bound)
    middle = float(apart.mean())
    return middle, f"{what:9} {middle:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"


def paired(engine: Engine, seeds: int) -> list[Pair]:
    """Let both make calls after every prompt."""
    pairs = []
    for prompt in prompts():
        tools = tools_of(Session(prompt.instance))
        grammars = {name: write(tools) for name, write in GRAMMARS.items()}
        engine.complete({"prompt": prompt.text, "max_tokens": 1, "cache_prompt": True})
        made: dict[str, list[Made]] = {name: [] for name in GRAMMARS}
        for seed in range(seeds):
            for name in sorted(GRAMMARS, reverse=seed % 2 == 0):
                made[name].append(make(engine, prompt, grammars[name], seed))
        pairs.append((made["ours"], made["llguidance"]))
    return pairs


def told(name: str, made: Sequence[Made]) -> str:
    """Return what one grammar came to."""
    shares = [
        f"{what} {statistics.fmean(getattr(one, what) for one in made):.3f}" for what in SHARES
    ]
    seconds = [one.seconds for one in made]
    tokens = [one.tokens for one in made]
    return (
        f"{name:11} {shares}; {statistics.median(seconds):.2f} s at the median, "
        f"{statistics.fmean(seconds):.2f} on average; {statistics.fmean(tokens):.1f} tokens, "
        f"{sum(tokens) / sum(seconds):.1f} a second"
    )


def main() -> int:
    """Run both and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=4)
    seeds = parser.parse_args().seeds
    engine = load_engine(Settings("smollm2-135m", 1, CONTEXT))
    odd = {what: [held(engine, name, one, seeds) for name in GRAMMARS] for what, one in ODD.items()}
    pairs = paired(engine, seeds)
    print(f"{len(pairs)} prompts, {seeds} seeds, {len(pairs) * seeds} calls under each grammar")
    for number, name in enumerate(GRAMMARS):
        print(told(name, [one for pair in pairs for one in pair[number]]))
    found = {what: difference(pairs, what, 1.0) for what in SHARES}
    found |= {what: difference(pairs, what, None) for what in ("seconds", "tokens")}
    print("\n".join(line for _, line in found.values()))
    print(f"calls of odd tools that are whole, of {seeds}: {', '.join(GRAMMARS)}")
    for what, (ours, theirs) in odd.items():
        print(f"{what:27} {ours} {theirs}")
    no_worse = all(found[what][0] >= 0 for what in SHARES) and found["seconds"][0] <= 0
    return int(no_worse and all(theirs >= ours for ours, theirs in odd.values()))


if __name__ == "__main__":
    sys.exit(main())
