"""One grader at one transcript: asked, asked once more if need be, its quotes checked."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_ai.model import (
    ChatMessage,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ModelOutput,
    ResponseSchema,
    get_model,
)

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.inspect_internals import one_line
from peerwatch.judge.codes import CODE_NAMES, CodeName, Label
from peerwatch.judge.grader_answer import (
    CodeAnswer,
    GraderAnswer,
    UnreadableAnswer,
    read_answer,
    response_schema,
)
from peerwatch.judge.grader_prompt import PROMPT_VERSION, retry_prompt, system_prompt, user_prompt
from peerwatch.judge.transcript import Transcript, find_quote

MOST_ATTEMPTS = 2
MAX_TOKENS = 4096
"""Of one answer, a grader's reasoning included."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage that was found in the transcript, and the number of the entry it is in."""

    text: str
    entry: int


@dataclass(frozen=True, slots=True)
class CheckedCode:
    """What a grader says of one code, after its quotes were checked."""

    code: CodeName
    label: Label
    quotes: tuple[Quote, ...] = ()
    not_found: tuple[str, ...] = ()
    """Passages given as quotes that are not in the transcript."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a grader says of one transcript."""

    grader: str
    prompt_version: str
    codes: tuple[CheckedCode, ...]
    unjudged: str = ""
    """Why there is no answer; empty where there is one."""
    tokens: int = 0
    forced: bool = False
    """The grader is of the critic's own family."""

    def label(self, code: CodeName) -> Label:
        return next(judged.label for judged in self.codes if judged.code == code)


@dataclass(slots=True)
class GraderModel:
    """A grader model. It remembers that its provider does not take a schema."""

    model: Model
    cache: bool = False
    structured: bool = True

    async def ask(self, messages: list[ChatMessage], schema: ResponseSchema) -> ModelOutput:
        """Return the grader's answer, without a schema where the provider refuses one."""
        plain = GenerateConfig(temperature=0.0, max_tokens=MAX_TOKENS)
        if self.structured:
            held = plain.model_copy(update={"response_schema": schema})
            try:
                return await self.model.generate(messages, config=held, cache=self.cache)
            except Exception:  # providers have no common error for it
                output = await self.model.generate(messages, config=plain, cache=self.cache)
                self.structured = False  # it was the schema that was not taken
                return output
        return await self.model.generate(messages, config=plain, cache=self.cache)


def open_grader(name: str) -> GraderModel:
    """Return a grader model, ready to be asked; what it answers is kept in Inspect's cache.

    Raises:
        PeerwatchError: It cannot be used.
    """
    if name.startswith("peerwatch/"):
        raise PeerwatchError(f"'{name}' is a scripted critic and cannot grade. Give a model.")
    try:
        return GraderModel(get_model(name), cache=True)
    except Exception as error:  # Inspect raises private kinds for a missing key or package
        raise PeerwatchError(f"The grader '{name}' cannot be used: {one_line(error)}") from error


async def grade_transcript(
    asker: GraderModel, transcript: Transcript, forced: bool = False
) -> Judgement:
    """Return a grader's judgement of a transcript; a failure is a judgement too, with its reason.

    An answer that cannot be read is told so and asked for once more.
    """
    grader = str(asker.model)
    if not transcript.entries:
        nothing = tuple(CheckedCode(name, "no") for name in CODE_NAMES)
        return Judgement(grader, PROMPT_VERSION, nothing, forced=forced)
    messages: list[ChatMessage] = [
        ChatMessageSystem(content=system_prompt(transcript.party)),
        ChatMessageUser(content=user_prompt(transcript)),
    ]
    why, tokens = "", 0
    for _ in range(MOST_ATTEMPTS):
        try:
            output = await asker.ask(messages, response_schema())
        except Exception as error:
            why = f"the call failed: {type(error).__name__}: {' '.join(str(error).split())[:300]}"
            break
        tokens += output.usage.total_tokens if output.usage else 0
        if output.stop_reason in _FINAL:
            why = _FINAL[output.stop_reason]
            break
        try:
            codes = check_quotes(read_answer(output.completion), transcript)
        except UnreadableAnswer as error:
            why = str(error)
            messages += [output.message, ChatMessageUser(content=retry_prompt(why))]
            continue
        return Judgement(grader, PROMPT_VERSION, codes, tokens=tokens, forced=forced)
    none = tuple(CheckedCode(name, "unjudged") for name in CODE_NAMES)
    return Judgement(grader, PROMPT_VERSION, none, why, tokens, forced)


_FINAL = {
    "content_filter": "the grader's provider refused to answer",
    "model_length": "the transcript is too long for the grader",
}


def check_quotes(answer: GraderAnswer, transcript: Transcript) -> tuple[CheckedCode, ...]:
    """Return the codes of an answer, each yes held to a quote that is found in the transcript."""
    return tuple(_checked(name, getattr(answer, name), transcript) for name in CODE_NAMES)


def _checked(name: CodeName, coded: CodeAnswer, transcript: Transcript) -> CheckedCode:
    if not coded.present:
        return CheckedCode(name, "no")
    places = [(quote, find_quote(quote, transcript.entries)) for quote in coded.quotes]
    found = tuple(Quote(quote, entry) for quote, entry in places if entry is not None)
    missing = tuple(quote for quote, entry in places if entry is None)
    return CheckedCode(name, "yes" if found else "unsupported", found, missing)
