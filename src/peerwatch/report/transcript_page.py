"""The page of one episode's transcript, readable from a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from peerwatch.charts.html_pages import content_policy, page_environment
from peerwatch.report.static_files import report_style
from peerwatch.sessions.toolset import FINISH


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


def render_transcript(
    row: Mapping[str, Any], findings: Sequence[Any], messages: Sequence[ShownMessage], back: str
) -> str:
    """Return the page of one transcript.

    Args:
        row: The episode.
        findings: Its findings.
        messages: What was said and done.
        back: The address of the report.
    """
    css = report_style()
    template = page_environment("peerwatch.report").get_template("transcript.html.j2")
    return template.render(
        row=row,
        findings=findings,
        messages=messages,
        back=back,
        css=Markup(css),
        policy=content_policy(css),
    )


def read_messages(log: Path, sample: str) -> list[ShownMessage]:
    """Return the messages of one sample of an Inspect log, by the sample's id."""
    from inspect_ai.log import read_eval_log_sample

    read = read_eval_log_sample(
        str(log), uuid=sample, resolve_attachments="core", exclude_fields={"events", "store"}
    )
    return list(_shown(read.messages))


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
