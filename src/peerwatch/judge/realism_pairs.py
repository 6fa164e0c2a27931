"""Records of our worlds and of real agents, in one form, for telling them apart.

Both sides are written in one neutral form, without what the agent said: instructions, requests,
calls and results. The two of a pair are cut to the same number of parts and characters, so that
length is no cue. What is told apart is then the world, not the agent.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageUser

from peerwatch.common.draw import Draw
from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.tool_loop import ASK_FOR_CHANGES
from peerwatch.judge.judgement_table import read_judged_log
from peerwatch.judge.transcript import escape_markup, value_text
from peerwatch.sessions.interview import QUESTIONS

MOST_PARTS = 16
MOST_CHARACTERS = 600
"""Of one part; the rest of it is left out on both sides."""


@dataclass(frozen=True, slots=True)
class TranscriptPart:
    """One part of a record."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class WorkRecord:
    """A record to be told: where it is from and its parts."""

    source: str
    id: str
    parts: tuple[TranscriptPart, ...]


@dataclass(frozen=True, slots=True)
class RecordPair:
    """One of ours and a real one, cut to the same length, as text."""

    ours: str
    real: str
    family: str
    source: str


def our_records(logs: Sequence[str]) -> Iterator[WorkRecord]:
    """Yield the episodes of logs, one an instance and arm, up to the freeze."""
    seen = set()
    for name in logs:
        log = read_judged_log(name)
        for sample in log.samples or []:
            about = sample.metadata
            key = (about.get("instance"), json.dumps(about.get("arm"), sort_keys=True))
            if "critic_name" in about and key not in seen:
                seen.add(key)
                parts = tuple(_parts_of(sample.messages))
                yield WorkRecord(about["family"], f"{key[0]} {log.eval.model}", parts)


def _parts_of(messages: Sequence[ChatMessage]) -> Iterator[TranscriptPart]:
    after = (QUESTIONS.partition("{")[0], ASK_FOR_CHANGES)
    for message in messages:
        if isinstance(message, ChatMessageUser) and message.text.startswith(after):
            return
        calls = [
            (call.function, call.arguments) for call in getattr(message, "tool_calls", None) or []
        ]
        yield from _neutral(message.role, message.text, calls)


def real_records(folder: Path) -> Iterator[WorkRecord]:
    """Yield the transcripts in a folder of ``*.jsonl.gz`` files, a source a file.

    Each line is an object with ``id`` and ``messages`` (``role``, ``content``, ``tool_calls`` of
    ``name`` and ``arguments``). What is written in them is data and nothing else.

    Raises:
        PeerwatchError: There is no such folder, or it holds no such file.
    """
    files = sorted(folder.glob("*.jsonl.gz")) if folder.is_dir() else []
    if not files:
        raise PeerwatchError(
            f"{folder} holds no transcripts (*.jsonl.gz). Give their folder with --real, or name "
            "it in PEERWATCH_TRANSCRIPTS."
        )
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                try:
                    yield _real(file.name.removesuffix(".jsonl.gz"), number, json.loads(line))
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    where = f"{file}, line {number + 1}"
                    raise PeerwatchError(f"{where}, is no transcript: {error!r}") from error


def _real(source: str, number: int, data: Mapping[str, Any]) -> WorkRecord:
    parts = [
        part
        for message in data["messages"]
        for part in _neutral(
            message["role"],
            message.get("content") or "",
            [(c["name"], c.get("arguments")) for c in message.get("tool_calls") or []],
        )
    ]
    return WorkRecord(source, str(data.get("id", number)), tuple(parts))


_KINDS = {"system": "instructions", "user": "request", "tool": "result"}


def _neutral(role: str, text: str, calls: Sequence[tuple[str, Any]]) -> Iterator[TranscriptPart]:
    if role in _KINDS and text.strip():
        yield TranscriptPart(_KINDS[role], text.strip())
    for name, given in calls:
        pairs = given.items() if isinstance(given, Mapping) else [("input", given)]
        told = [f"{key}: {value_text(value)}" for key, value in pairs if value not in (None, "")]
        yield TranscriptPart("call", "\n".join([name, *told]))


def record_pairs(
    ours: Sequence[WorkRecord], real: Sequence[WorkRecord], most: int
) -> tuple[RecordPair, ...]:
    """Return pairs of one of ours and a real one, families and sources in turn.

    Args:
        ours: Our records.
        real: The real ones.
        most: The most pairs; there are fewer where either side runs out.
    """
    left, right = _in_turn(ours, "ours")[:most], _in_turn(real, "real")[:most]
    return tuple(_pair(a, b) for a, b in zip(left, right, strict=False))


def _in_turn(records: Sequence[WorkRecord], side: str) -> list[WorkRecord]:
    """Return records with a call, one of each source in turn, in an order that is drawn."""
    groups: dict[str, list[WorkRecord]] = {}
    for record in records:
        if any(part.kind == "call" for part in record.parts):
            groups.setdefault(record.source, []).append(record)
    drawn = [
        Draw("realism", side, source).shuffled(sorted(group, key=lambda r: r.id))
        for source, group in sorted(groups.items())
    ]
    rounds = max(map(len, drawn), default=0)
    return [group[n] for n in range(rounds) for group in drawn if n < len(group)]


def _pair(ours: WorkRecord, real: WorkRecord) -> RecordPair:
    parts = min(len(ours.parts), len(real.parts), MOST_PARTS)
    texts = [_text(ours.parts[:parts]), _text(real.parts[:parts])]
    most = min(map(len, texts))
    return RecordPair(texts[0][:most], texts[1][:most], ours.source, real.source)


def _text(parts: Sequence[TranscriptPart]) -> str:
    return "\n\n".join(f"[{p.kind}]\n{escape_markup(p.text[:MOST_CHARACTERS])}" for p in parts)
