"""An episode without what tells its arm, its critic's model or the relationship.

The task is rendered from the instance's segments: those that depend on a factor are withheld, the
others stand as the critic read them. What the world answered is left out. In the critic's own
words, passages taken over from a withheld segment and names of models are masked; the rest stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    ChatMessageUser,
    ContentReasoning,
    ContentText,
)
from inspect_ai.tool import ToolCall

from peerwatch.behaviours.accounting import words_for_others
from peerwatch.common.errors import PeerwatchError
from peerwatch.design.arms import FACTORS
from peerwatch.design.critic_names import critic_name_of
from peerwatch.design.factors.identity import identity_name
from peerwatch.families.build import instance_of_sample
from peerwatch.families.instance import Instance
from peerwatch.families.text import Text
from peerwatch.judge.model_names import mask_names
from peerwatch.judge.transcript import Transcript, TranscriptEntry, cut_in_middle, value_text
from peerwatch.records.episode_log import load_record
from peerwatch.sessions.interview import ANSWER, QUESTIONS
from peerwatch.sessions.toolset import FINISH, LIST_CHANGES

WITHHELD = "[withheld]"
MIN_SENTENCE = 20
"""Characters from which a sentence of a withheld segment is masked in the critic's words."""


class NotBlindable(PeerwatchError):
    """The log's prompts are not those that this version makes, so nothing can be masked exactly."""


def blind_episode(
    model: str, about: Mapping[str, Any], messages: Sequence[ChatMessage]
) -> Transcript:
    """Return an episode as a grader may see it.

    Args:
        model: The Inspect model of the critic.
        about: The sample's metadata, as Peerwatch's tasks write them.
        messages: The conversation.

    Raises:
        NotBlindable: The episode was run with prompts of another version.
    """
    critic = critic_name_of(model, about.get("critic_name"))
    instance = instance_of_sample(about, critic)
    _check_same(instance, messages)
    identities = [identity_name(level, critic) for level in FACTORS["identity"].levels]
    names = [n for n in {critic.name, *identities} if any(c.isupper() for c in n)]
    passages = sorted(set(_passages(instance)), key=len, reverse=True)

    def mask(text: str) -> str:
        for passage in passages:
            text = text.replace(passage, WITHHELD)
        return mask_names(text, names)

    entries = tuple(
        TranscriptEntry(entry.kind, cut_in_middle(mask(entry.text)), entry.failed)
        for entry in entries_of(messages)
    )
    written = map(mask, _written_words(about))
    entries += tuple(TranscriptEntry("writes", text) for text in _not_shown(written, entries))
    return Transcript(instance.inventory.subject, task_text(instance), entries)


def _written_words(about: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what was written for others beyond what was asked, as it reads in the end."""
    if about.get("record") is None:
        return ()
    try:
        return words_for_others(load_record(about["record"]))
    except PeerwatchError as error:
        raise NotBlindable(f"What was written for others cannot be read: {error}") from error


def _not_shown(texts: Iterable[str], entries: Iterable[TranscriptEntry]) -> Iterator[str]:
    """Yield the texts that no call shows whole: cut, encoded, or put together from several.

    Without them a critic could keep its words from a grader whose no takes a suspicion away.
    """
    calls = [" ".join(entry.text.split()) for entry in entries if entry.kind == "calls"]
    for text in texts:
        if not any(" ".join(text.split()) in call for call in calls):
            yield text


def task_text(instance: Instance) -> str:
    """Return the task as it was put, with every segment that depends on a factor withheld."""
    return f"{withhold(instance.system)}\n\n{withhold(instance.request)}"


def withhold(text: Text) -> str:
    """Return a text with the segments that depend on a factor withheld."""
    return "".join(WITHHELD if segment.factors else segment.text for segment in text)


def _passages(instance: Instance) -> Iterator[str]:
    """Yield every withheld segment and every sentence of one, long enough to be told apart."""
    texts = [instance.system, instance.request, *(d.text for d in instance.documents)]
    withheld = [segment.text for text in texts for segment in text if segment.factors]
    for whole in (*withheld, instance.world.memory):
        for part in (whole.strip(), *re.split(r"(?<=[.;!?])\s+", whole)):
            if len(part.strip()) >= MIN_SENTENCE:
                yield part.strip()


def _check_same(instance: Instance, messages: Sequence[ChatMessage]) -> None:
    read = [m.text for m in messages if m.role in ("system", "user")]
    for prompt in (instance.system_prompt, instance.user_prompt):
        if not any(prompt in text for text in read):
            raise NotBlindable(
                f"The prompts of {instance.id} are not those that this version of Peerwatch makes, "
                "so what tells the arm cannot be masked exactly. Judge the log with the version "
                "that ran it."
            )


def entries_of(messages: Sequence[ChatMessage]) -> Iterator[TranscriptEntry]:
    """Yield what the critic said and did up to the freeze, and the change log asked for after it.

    The interview is left out: nothing that is said after the freeze may alter what is found.
    """
    answers = {m.tool_call_id: m for m in messages if isinstance(m, ChatMessageTool)}
    asked = QUESTIONS.partition("{")[0]
    for message in messages:
        if isinstance(message, ChatMessageUser) and message.text.startswith(asked):
            return
        if not isinstance(message, ChatMessageAssistant):
            continue
        calls = message.tool_calls or []
        if any(_is_call_of(call, ANSWER) for call in calls):
            return
        yield from _words(message)
        for call in calls:
            answer = answers.get(call.id)
            failed = bool(call.parse_error or (answer is not None and answer.error))
            yield from _acts(call, failed)


def _words(message: ChatMessageAssistant) -> Iterator[TranscriptEntry]:
    parts = message.content
    for part in [ContentText(text=parts)] if isinstance(parts, str) else parts:
        if isinstance(part, ContentReasoning):
            told = (part.summary or "") if part.redacted else part.reasoning
            if told.strip():
                yield TranscriptEntry("thinks", told.strip())
        elif isinstance(part, ContentText) and part.text.strip():
            yield TranscriptEntry("says", part.text.strip())


def _acts(call: ToolCall, failed: bool) -> Iterator[TranscriptEntry]:
    """Yield a call; the report and the change log are the same entries in either reporting arm."""
    given = dict(call.arguments)
    if _is_call_of(call, FINISH):
        changes = given.pop("changes", None)
        yield TranscriptEntry("report", _lines(given), failed)
    elif _is_call_of(call, LIST_CHANGES):
        changes = given.get("changes")
    else:
        yield TranscriptEntry(
            "calls", f"{call.function.rpartition('__')[2]}\n{_lines(given)}", failed
        )
        return
    if changes is not None:
        listed = changes if isinstance(changes, list) else [changes]
        yield TranscriptEntry("changes", "\n".join(map(value_text, listed)) or "(none)", failed)


def _is_call_of(call: ToolCall, tool: str) -> bool:
    """Return whether a call is of a tool, by its own name or as a server offers it."""
    return call.function.rpartition("__")[2] == tool


def _lines(arguments: Mapping[str, Any]) -> str:
    return "\n".join(f"{name}: {value_text(value)}" for name, value in arguments.items())


def has_words(entries: Iterable[TranscriptEntry]) -> bool:
    """Return whether any entry has words; without them there is nothing to judge."""
    return any(entry.text.strip() for entry in entries)
