"""An Inspect model with a rubric as a judge; Inspect brings the connections, retries and cache."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inspect_ai.model import (
    CachePolicy,
    ChatMessage,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ModelCost,
    ModelUsage,
    get_model,
    get_model_info,
)

from peerwatch.audit.items.audit_item import ShownItem
from peerwatch.audit.items.score_scale import EMPTY, ScoreScale
from peerwatch.audit.judges.judge_protocol import JudgeError, JudgeReply
from peerwatch.common.errors import PeerwatchError

DEFAULT_RUBRIC = """\
You mark pieces of work. Mark the quality of the work alone.

{item}

Give {scale}. You may reason briefly first. End with one line of this form:
SCORE: <your {kind}>"""
_PAIRWISE_RUBRIC = """\
You compare two answers. Say which is the better one.

{item}

Choose {scale}. You may reason briefly first. End with one line of this form:
SCORE: <your {kind}>"""
_MARKUP = re.compile(r"\[/?(?:bold|blue|red|green|italic|dim)\]")
_KIND = {"numeric": "number", "ordinal": "label", "categorical": "label", "pairwise": "choice"}


class Rubric:
    """A prompt with the slot ``{item}``, and if wished ``{frame}`` for the frame on its own."""

    def __init__(self, template: str, scale: ScoreScale) -> None:
        """Check the slots; ``{scale}`` and ``{kind}`` say what scores there are.

        Raises:
            PeerwatchError: ``{item}`` does not stand in it exactly once.
        """
        for slot, most in (("{item}", 1), ("{frame}", 1)):
            count = template.count(slot)
            if count > most or (slot == "{item}" and not count):
                raise PeerwatchError(
                    f"The rubric has to hold {slot} once, where the work to be judged goes; "
                    f"it is there {count} times."
                )
        told = {"{scale}": scale.describe(), "{kind}": _KIND[scale.kind]}
        for slot, text in told.items():
            template = template.replace(slot, text)
        self.template = template

    def prompt(self, shown: ShownItem) -> str:
        """Return the prompt for an item; the item's own text goes in as it is."""
        before, _, after = self.template.partition("{item}")
        if "{frame}" not in self.template:
            return f"{before}{shown.text}{after}"
        return f"{_framed(before, shown)}{shown.work}{_framed(after, shown)}"


def _framed(text: str, shown: ShownItem) -> str:
    return text.replace("{frame}", shown.frame)


def rubric_of(path: Path | None, text: str | None, scale: ScoreScale) -> Rubric:
    """Return the rubric of a file or a text, or the default one.

    Raises:
        PeerwatchError: The file cannot be read, or it has no slot for the item.
    """
    if path is not None:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise PeerwatchError(f"The rubric {path} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise PeerwatchError(f"The rubric {path} is not text in UTF-8.") from None
    default = _PAIRWISE_RUBRIC if scale.kind == "pairwise" else DEFAULT_RUBRIC
    return Rubric(default if text is None else text, scale)


def price_of(model: str) -> ModelCost | None:
    """Return what a model costs in US dollars for a million tokens, if that is known."""
    info = get_model_info(model)
    return info.cost if info else None


def cost_of(price: ModelCost | None, usage: ModelUsage | None) -> float:
    """Return the US dollars of a call; 0 where there is no price."""
    if price is None or usage is None:
        return 0.0
    tokens = (
        (usage.input_tokens, price.input),
        (usage.output_tokens, price.output),
        (usage.input_tokens_cache_write or 0, price.input_cache_write),
        (usage.input_tokens_cache_read or 0, price.input_cache_read),
    )
    return sum(count * dollars for count, dollars in tokens) / 1_000_000


class ModelJudge:
    """Asks an Inspect model for a score."""

    def __init__(
        self,
        model: str,
        rubric: Rubric,
        system: str | None,
        generation: Mapping[str, Any],
        connections: int,
        cache: bool,
        args: Mapping[str, Any] | None = None,
    ) -> None:
        """Make the model.

        Args:
            model: An Inspect model, for example ``openai/gpt-5.2``.
            rubric: The prompt.
            system: A system message, or None.
            generation: Fields of Inspect's ``GenerateConfig``.
            connections: Calls side by side.
            cache: Whether Inspect's own cache is used; the second asking has an entry of its own.
            args: Arguments of the model, as ``-M`` takes them.

        Raises:
            PeerwatchError: There is no such model, or its key or package is missing.
        """
        self._name = model
        self._rubric = rubric
        self._system = system
        self._config = GenerateConfig(**{**generation, "max_connections": connections})
        self._cache = cache
        try:  # before anything is written
            self._model = get_model(self._name, config=self._config, **(args or {}))
        except Exception as error:  # what providers raise for a missing key or package
            said = " ".join(_MARKUP.sub("", str(error)).removeprefix("ERROR: ").split())
            raise PeerwatchError(f"The judge {self._name} cannot be had: {said}") from error
        self._price: ModelCost | None = None

    async def start(self) -> None:
        self._price = price_of(self._name)

    async def judge(self, shown: ShownItem) -> JudgeReply:
        messages: list[ChatMessage] = [
            *([ChatMessageSystem(content=self._system)] if self._system else []),
            ChatMessageUser(content=self._rubric.prompt(shown)),
        ]
        scopes = {"repeat": str(shown.repeat)}
        cache = CachePolicy(expiry=None, scopes=scopes) if self._cache else False
        try:
            output = await self._model.generate(messages, cache=cache)
        except Exception as error:  # Inspect has tried again where that helps
            raise JudgeError(f"{type(error).__name__}: {error}", again=False) from error
        usage = output.usage or ModelUsage()
        if output.error:
            raise JudgeError(output.error, again=False)
        if not output.completion.strip():
            raise JudgeError(f"no text (stopped by {output.stop_reason})", EMPTY, again=False)
        return JudgeReply(
            output.completion,
            cost=cost_of(self._price, output.usage),
            input_tokens=usage.input_tokens + (usage.input_tokens_cache_read or 0),
            output_tokens=usage.output_tokens,
        )

    async def close(self) -> None:
        return
