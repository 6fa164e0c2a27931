"""The page of one episode's transcript, readable from a file."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from peerwatch.charts.html_pages import content_policy, page_environment
from peerwatch.report.static_files import report_style
from peerwatch.report.transcript_choice import episode_words
from peerwatch.sessions.toolset import FINISH

_NOT_SHOWN = {"events", "store"}
_AT_ONCE = 16
"""Samples that are held at once."""


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A tool call; ``act`` is its number from 1, as evidence names it."""

    text: str
    act: int | None


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message of a transcript, as text."""

    role: str
    text: str
    reasoning: str
    calls: tuple[ShownCall, ...]


@dataclass(frozen=True, slots=True)
class TranscriptLink:
    """A transcript as others lead to it: its address, what it is, and whose it is if not ours."""

    address: str
    words: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class TranscriptIndex:
    """The transcripts of one model in one family, as the index lists them."""

    model: str
    family: str
    links: tuple[TranscriptLink, ...]


def render_transcript(
    row: Mapping[str, Any],
    findings: Sequence[Any],
    messages: Sequence[ShownMessage],
    back: str,
    beside: Sequence[TranscriptLink] = (),
) -> str:
    """Return the page of one transcript.

    Args:
        row: The episode.
        findings: Its findings.
        messages: What was said and done.
        back: The address of the report.
        beside: The same instance in other arms and by other models.
    """
    return _rendered(
        "transcript.html.j2",
        row=row,
        words=episode_words(row),
        findings=findings,
        messages=messages,
        back=back,
        beside=beside,
    )


def render_index(parts: Sequence[TranscriptIndex], back: str, total: int) -> str:
    """Return the page that lists all transcripts, which needs no script.

    Args:
        parts: What it lists, a part a model and family.
        back: The address of the report.
        total: How many episodes there are in all.
    """
    listed = sum(len(part.links) for part in parts)
    about = {"parts": parts, "back": back, "listed": listed, "total": total}
    return _rendered("transcript_index.html.j2", **about)


def _rendered(template: str, **values: Any) -> str:
    css = report_style()
    page = _templates().get_template(template)
    return page.render(**values, css=Markup(css), policy=content_policy(css))


@cache
def _templates() -> Environment:
    """Return the templates, which are compiled once and not once a transcript."""
    return page_environment("peerwatch.report")


def read_messages(log: Path, samples: Collection[str]) -> Iterator[tuple[str, list[ShownMessage]]]:
    """Yield the id of each of some samples of an Inspect log, with its messages.

    An interrupted log is read as far as it goes.
    """
    for sample in _read_samples(log, samples):
        if sample.uuid is not None and sample.uuid in samples:
            yield sample.uuid, list(_shown(sample.messages))


def _read_samples(log: Path, samples: Collection[str]) -> Iterator[Any]:
    """Yield some samples of a log, and of one in JSON, which is read as a whole anyway, all."""
    from inspect_ai.log import (
        read_eval_log_sample_summaries,
        read_eval_log_samples,
        read_eval_log_samples_by_id,
    )

    if log.suffix != ".eval":
        yield from read_eval_log_samples(
            str(log),
            all_samples_required=False,
            resolve_attachments="core",
            exclude_fields=_NOT_SHOWN,
        )
        return
    summaries = read_eval_log_sample_summaries(str(log))
    wanted = [(one.id, one.epoch) for one in summaries if one.uuid in samples]
    for first in range(0, len(wanted), _AT_ONCE):
        lot = wanted[first : first + _AT_ONCE]
        yield from read_eval_log_samples_by_id(
            str(log), lot, resolve_attachments="core", exclude_fields=_NOT_SHOWN
        )


def _shown(messages: Sequence[Any]) -> Iterator[ShownMessage]:
    act = 0
    frozen = False
    for message in messages:
        calls = []
        for call in getattr(message, "tool_calls", None) or ():
            frozen = frozen or call.function == FINISH
            act += not frozen
            arguments = json.dumps(call.arguments, ensure_ascii=False, indent=1)
            calls.append(ShownCall(f"{call.function} {arguments}", None if frozen else act))
        yield ShownMessage(message.role, message.text, _reasoning(message.content), tuple(calls))


def _reasoning(content: Any) -> str:
    if isinstance(content, str):
        return ""
    parts = [part.reasoning for part in content if getattr(part, "type", "") == "reasoning"]
    return "\n".join(part for part in parts if part)
