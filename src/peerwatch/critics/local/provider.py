"""The packaged model as an Inspect AI model provider.

Every turn with tools is one well-formed call, held to by a grammar; without tools, or with
`tool_choice="none"`, it is free text. Sampling follows the caller's config; what it leaves open is
what the makers of the model recommend (temperature 0.2, top_p 0.9), and nothing is done against
repetition.

A seed repeats a text to the letter only with `-M cache=false`. By default the engine keeps the
prefix it has already read, which is several times faster, but the arithmetic then rounds another
way depending on where the new part begins, and the same seed often leads to another text.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import anyio.to_thread
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    ModelAPI,
    ModelCall,
    ModelOutput,
    ModelUsage,
    StopReason,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolFunction, ToolInfo

from peerwatch.critics.local.chat_prompt import render_prompt
from peerwatch.critics.local.grammar import call_grammar, value_grammar
from peerwatch.critics.local.llama_engine import (
    MODELS,
    Completion,
    LocalModelError,
    Settings,
    default_threads,
    find_weights,
    load_engine,
)

DEFAULT_TEMPERATURE = 0.2
DEFAULT_TOP_P = 0.9
DEFAULT_MAX_TOKENS = 1024
MIN_CONTEXT = 256

_CALLED = re.compile(r'^\{"name": "((?:[^"\\]|\\.)*)"')


class LocalModelAPI(ModelAPI):
    """A language model whose weights come in a package, run in this process."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 (Inspect's own signature)
        threads: int | None = None,
        n_ctx: int | None = None,
        cache: bool = True,
        **model_args: Any,
    ) -> None:
        """Check that the model can be had; it is loaded at the first turn.

        Args:
            model_name: A name from `MODELS`, such as `smollm2-135m`.
            base_url: Not used.
            api_key: Not used.
            config: Generation config.
            threads: Threads of the engine; two where there are two by default.
            n_ctx: Context length in tokens; the model's own by default.
            cache: Whether the prefix of an earlier prompt is reused.
            **model_args: None are known; any is an error.

        Raises:
            LocalModelError: If the model is unknown, a package is missing or an argument is wrong.
        """
        super().__init__(model_name, base_url, api_key, [], config)
        if model_args:
            raise LocalModelError(
                f"Unknown model arguments for peerwatch-local: {', '.join(sorted(model_args))}. "
                "There are: threads, n_ctx, cache"
            )
        if not isinstance(cache, bool):
            raise LocalModelError(f"Model argument cache must be true or false, not {cache!r}")
        weights, _ = find_weights(model_name)
        self.cache = cache
        self.settings = Settings(
            model=model_name,
            threads=_whole("threads", threads, default_threads(), 1, 256),
            n_ctx=_whole("n_ctx", n_ctx, weights.context, MIN_CONTEXT, weights.context),
        )

    def max_connections(self) -> int:
        """Return 1: the engine answers one turn at a time, and waiting is then counted as such."""
        return 1

    def max_tokens(self) -> int | None:
        """Return the most tokens of one turn unless the caller says otherwise."""
        return DEFAULT_MAX_TOKENS

    def connection_key(self) -> str:
        """Return what shares one engine."""
        return f"{self.settings}"

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> tuple[ModelOutput, ModelCall]:
        """Generate one turn.

        Args:
            input: The conversation so far.
            tools: The tools the model holds.
            tool_choice: Which of them it may call; `auto` and `any` are the same here.
            config: Sampling settings.

        Returns:
            The output and the raw exchange. A context that is full is `model_length`, not an error.
        """
        callable_tools = _callable(tools, tool_choice)
        request = _request(render_prompt(input, tools), callable_tools, config)
        request["cache_prompt"] = self.cache
        # In a thread, so that tools and other samples go on; the engine itself makes turns queue.
        engine = await anyio.to_thread.run_sync(load_engine, self.settings)
        done = await anyio.to_thread.run_sync(
            partial(engine.complete, request), abandon_on_cancel=True
        )
        output = _output(done, engine.served_name, request["max_tokens"], input, callable_tools)
        if done.overflow:
            output.metadata = {"prompt_tokens": done.prompt_tokens, "n_ctx": self.settings.n_ctx}
        return output, ModelCall.create(request, done.raw)


def _whole(name: str, value: Any, default: int, least: int, most: int) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise LocalModelError(
            f"Model argument {name} must be a whole number from {least} to {most}, not {value!r}"
        )
    return value


def _callable(tools: Sequence[ToolInfo], tool_choice: ToolChoice) -> list[ToolInfo]:
    if tool_choice == "none":
        return []
    if isinstance(tool_choice, ToolFunction):
        chosen = [tool for tool in tools if tool.name == tool_choice.name]
        if not chosen:
            raise LocalModelError(f"tool_choice names a tool that is not there: {tool_choice.name}")
        return chosen
    return list(tools)


def _request(prompt: str, tools: Sequence[ToolInfo], config: GenerateConfig) -> dict[str, Any]:
    request: dict[str, Any] = {
        "prompt": prompt,
        "max_tokens": config.max_tokens or DEFAULT_MAX_TOKENS,
        "temperature": DEFAULT_TEMPERATURE if config.temperature is None else config.temperature,
        "top_p": DEFAULT_TOP_P if config.top_p is None else config.top_p,
        # Off unless asked for; the engine's own defaults would cut the distribution further.
        "top_k": config.top_k or 0,
        "min_p": 0.0,
        "frequency_penalty": config.frequency_penalty or 0.0,
        "presence_penalty": config.presence_penalty or 0.0,
    }
    if config.seed is not None:
        # The largest 32-bit number means "any seed" to the engine.
        request["seed"] = config.seed % (2**32 - 1)
    if tools:
        request["grammar"] = call_grammar(tools)
    else:
        if config.response_schema is not None:
            request["grammar"] = value_grammar(config.response_schema.json_schema)
        if config.stop_seqs:
            request["stop"] = config.stop_seqs
    return request


def _output(
    done: Completion,
    served_name: str,
    max_tokens: int,
    input: Sequence[ChatMessage],
    tools: Sequence[ToolInfo],
) -> ModelOutput:
    stop: StopReason = "stop"
    if not done.finished:
        # The engine says "length" for both; fewer tokens than asked for means a full context.
        stop = "max_tokens" if done.output_tokens >= max_tokens else "model_length"
    content, calls = done.text, None
    if tools and not done.overflow:
        call = _parse(done.text, stop, _calls_so_far(input))
        calls = [call]
        if call.parse_error is None:
            content, stop = "", "tool_calls"
    message = ChatMessageAssistant(
        content=content, tool_calls=calls, model=served_name, source="generate"
    )
    return ModelOutput(
        model=served_name,
        choices=[ChatCompletionChoice(message=message, stop_reason=stop)],
        usage=_usage(done),
        input_context_tokens=done.prompt_tokens,
    )


def _usage(done: Completion) -> ModelUsage:
    # A prompt that did not fit was counted but not read.
    read = 0 if done.overflow else done.prompt_tokens
    return ModelUsage(
        input_tokens=read - done.cached_tokens,
        input_tokens_cache_read=done.cached_tokens,
        output_tokens=done.output_tokens,
        total_tokens=read + done.output_tokens,
    )


def _calls_so_far(input: Sequence[ChatMessage]) -> int:
    return sum(len(m.tool_calls or ()) for m in input if isinstance(m, ChatMessageAssistant))


def _parse(text: str, stop: StopReason, number: int) -> ToolCall:
    """Read the call the model wrote; one that was cut off carries an error the model will see."""
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    call_id = f"call_{number}_{digest}"
    try:
        call = json.loads(text)
        return ToolCall(id=call_id, function=call["name"], arguments=call["arguments"])
    except (ValueError, KeyError, TypeError) as ex:
        why = {
            "max_tokens": "it was cut off at the limit of tokens for one reply",
            "model_length": "it was cut off because the context is full",
        }.get(stop, str(ex))
        named = _CALLED.match(text)
        return ToolCall(
            id=call_id,
            function=json.loads(f'"{named[1]}"') if named else "unknown",
            arguments={},
            parse_error=f"The tool call is not complete, so nothing was done: {why}.",
        )


__all__ = ["MODELS", "LocalModelAPI", "LocalModelError"]
