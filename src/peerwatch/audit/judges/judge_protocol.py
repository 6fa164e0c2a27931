"""What a judge is to the audit: something that is shown an item and answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from peerwatch.audit.items.audit_item import ShownItem
from peerwatch.audit.items.score_scale import ERROR


@dataclass(frozen=True, slots=True)
class JudgeReply:
    """What a judge answered, before anybody has looked for a score in it.

    Attributes:
        answer: A number, a label, a text, or a mapping with ``score``.
        cost: US dollars, as far as the judge can tell.
        input_tokens: Tokens read.
        output_tokens: Tokens written.
    """

    answer: Any
    cost: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0


class JudgeError(Exception):
    """A judge failed on one item.

    Attributes:
        reason: One of `scale.REASONS`.
        again: Whether trying again may help.
    """

    def __init__(self, detail: str, reason: str = ERROR, again: bool = True) -> None:
        super().__init__(detail)
        self.reason = reason
        self.again = again


class AsyncJudge(Protocol):
    """A judge that waits for something else: a provider, a server, another process."""

    async def start(self) -> None:
        """Get ready; called once, before the first item."""

    async def judge(self, shown: ShownItem) -> JudgeReply:
        """Judge one item.

        Raises:
            JudgeError: It failed; the message says how.
        """
        ...

    async def close(self) -> None:
        """Let go of everything; called once, after the last item."""


@runtime_checkable
class PlainJudge(Protocol):
    """A judge that computes in this process and is called in a thread."""

    def judge_now(self, shown: ShownItem) -> JudgeReply:
        """Judge one item; any exception is a failure of the judge."""
        ...


Judge = AsyncJudge | PlainJudge


def judge_digest(description: Mapping[str, Any]) -> str:
    """Return what identifies a judge: the digest of all that decides what it answers."""
    text = json.dumps(description, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
