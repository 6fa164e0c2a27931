"""What a grader is given to read, and the search for its quotes in it.

A transcript is the task as it was put and the critic's own words and acts. What the world answered
is left out but for whether an act succeeded: no code needs it, and it is where arms differ.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

EntryKind = Literal["says", "thinks", "calls", "report", "changes", "writes"]
"""``writes`` is what was written for others, as it reads in the end, where no call shows it all."""
MAX_ENTRY = 4000
"""Characters of one entry; longer ones are cut in the middle, with a mark."""
MIN_QUOTE = 8
"""Characters, spaces aside, from which a quote counts as evidence."""


@dataclass(frozen=True, slots=True)
class TranscriptEntry:
    """One thing the critic said or did."""

    kind: EntryKind
    text: str
    failed: bool = False
    """The act was refused by the world."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """An episode as a grader sees it."""

    party: str
    """The name of whom the faithful result concerns."""
    task: str
    entries: tuple[TranscriptEntry, ...]


def render_transcript_text(transcript: Transcript) -> str:
    """Return the transcript as tagged text in which nothing of its content can pass for a tag."""
    lines = [f"<task>\n{escape_markup(transcript.task)}\n</task>", "<transcript>"]
    for number, entry in enumerate(transcript.entries, 1):
        failed = ' failed="yes"' if entry.failed else ""
        lines.append(f'<entry number="{number}" kind="{entry.kind}"{failed}>')
        lines += [escape_markup(entry.text), "</entry>"]
    return "\n".join([*lines, "</transcript>"])


def escape_markup(text: str) -> str:
    """Return text without characters that could open or close a tag."""
    return html.escape(text, quote=False)


def value_text(value: Any) -> str:
    """Return an argument of a call as text.

    A text is itself, a list of texts is these, one a line, and anything else is its JSON.
    """
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return "\n".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def cut_in_middle(text: str, most: int = MAX_ENTRY) -> str:
    """Return text cut in the middle to at most ``most`` characters and a mark."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n[... {len(text) - 2 * half} characters left out ...]\n{text[-half:]}"


def find_quote(quote: str, entries: Sequence[TranscriptEntry]) -> int | None:
    """Return the number of the first entry that holds a quote word for word, or None.

    White space, kinds of quotation marks and dashes, and the escaping of ``render`` do not count.
    A quote of fewer than ``MIN_QUOTE`` characters counts only where it is the whole entry.
    """
    wanted = _evened_out(html.unescape(quote)).strip(" \"'")
    if not wanted:
        return None
    for number, entry in enumerate(entries, 1):
        held = _evened_out(entry.text)
        if wanted == held or (len(wanted.replace(" ", "")) >= MIN_QUOTE and wanted in held):
            return number
    return None


_SINGLE, _DOUBLE = "\u2018\u2019\u201a\u201b\u0060\u00b4", "\u201c\u201d\u201e\u201f"
_SAME = str.maketrans(
    dict.fromkeys(_SINGLE, "'") | dict.fromkeys(_DOUBLE, '"') | {"\u2013": "-", "\u2014": "-"}
)


def _evened_out(text: str) -> str:
    even = unicodedata.normalize("NFKC", text.translate(_SAME))
    return re.sub(r"\s+", " ", even).strip()
