"""A command as a judge: it reads one JSON object a line and writes one line for each.

The line that it reads is the user's row with the framed text in the place of the text. Several
copies of the command run side by side, each in a session of its own, so that an interrupt of the
audit does not make them fail. One that dies, does not answer in time, or is out of step
(it writes a line that nobody asked for, or one that is neither a score nor JSON, as a greeting or
the first line of a longer answer) is replaced, so that no answer is ever taken for the answer to
another item.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peerwatch.audit.items.audit_item import ShownItem
from peerwatch.audit.items.score_scale import ScoreScale, UnreadableScore
from peerwatch.audit.judges.judge_protocol import JudgeError, JudgeReply, file_digest
from peerwatch.common.errors import PeerwatchError

_LINE_LIMIT = 16 * 2**20
_GRACE = 0.1
"""Seconds in which the rest of an answer of several lines has come."""


def describe(command: Sequence[str]) -> dict[str, Any]:
    """Return what identifies the judge: the command, and the content of files it names."""
    files = [Path(word) for word in command if Path(word).is_file()]
    return {"command": list(command), "files": {path.name: file_digest(path) for path in files}}


@dataclass(slots=True)
class _Copy:
    """A running copy of the command.

    Attributes:
        process: The copy.
        ahead: The next line of it, which is always waited for.
        watched: After so many answers more it is seen whether a second line follows.
    """

    process: asyncio.subprocess.Process
    ahead: asyncio.Task[bytes]
    watched: int = 3


class CommandJudge:
    """A pool of running copies of one command."""

    def __init__(self, command: Sequence[str], copies: int, scale: ScoreScale) -> None:
        """Check that the command exists.

        Args:
            command: The program and its arguments.
            copies: How many run side by side.
            scale: The scale of the scores.

        Raises:
            PeerwatchError: There is no such program.
        """
        if not command or shutil.which(command[0]) is None:
            named = command[0] if command else ""
            raise PeerwatchError(f"The judge's command '{named}' is not a program that can be run.")
        self._command = list(command)
        self._copies = copies
        self._scale = scale
        self._idle: asyncio.Queue[_Copy | None]
        self._running: list[_Copy] = []

    async def start(self) -> None:
        self._idle = asyncio.Queue()
        for _ in range(self._copies):
            self._idle.put_nowait(None)  # a place in which a copy starts when it is needed

    async def judge(self, shown: ShownItem) -> JudgeReply:
        copy = await self._idle.get()
        in_step = False
        try:
            if copy is None or copy.process.returncode is not None:
                copy = await self._spawn()
            line = await self._ask(copy, json.dumps(shown.row(), default=str))
            answer, known = _answer(line)
            in_step = known or self._is_score(answer)
        finally:
            if not in_step and copy is not None:
                _kill(copy)
            self._idle.put_nowait(copy if in_step else None)
        return JudgeReply(answer)

    async def _ask(self, copy: _Copy, line: str) -> str:
        process = copy.process
        assert process.stdin is not None and process.stdout is not None
        await asyncio.sleep(0)  # what has come by now is seen
        _check_silent(copy)
        try:
            process.stdin.write(line.encode() + b"\n")
            await process.stdin.drain()
            answer = await copy.ahead
        except (OSError, ValueError) as error:
            raise JudgeError(f"the command broke off ({error})") from None
        if not answer.endswith(b"\n"):
            code = await process.wait()
            raise JudgeError(f"the command ended with code {code} instead of answering")
        copy.ahead = asyncio.create_task(process.stdout.readline())
        if copy.watched:
            copy.watched -= 1
            await asyncio.wait((copy.ahead,), timeout=_GRACE)
            _check_silent(copy)
        return answer.decode("utf-8", "replace").strip()

    async def _spawn(self) -> _Copy:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=None,
                limit=_LINE_LIMIT,
                start_new_session=True,
            )
        except OSError as error:
            raise JudgeError(f"the command does not start ({error})") from None
        assert process.stdout is not None
        copy = _Copy(process, asyncio.create_task(process.stdout.readline()))
        self._running = [c for c in self._running if c.process.returncode is None] + [copy]
        return copy

    def _is_score(self, answer: Any) -> bool:
        try:
            self._scale.value(answer)
        except UnreadableScore:
            return False
        return True

    async def close(self) -> None:
        for copy in self._running:
            copy.ahead.cancel()
            await asyncio.wait((copy.ahead,))
            if not await _ended(copy):
                _kill(copy)
                await _ended(copy)


async def _ended(copy: _Copy) -> bool:
    """Let a copy end by itself, and return whether it has: its pipes are closed then, too."""
    if copy.process.stdin is not None:
        copy.process.stdin.close()
    try:
        async with asyncio.timeout(2):
            await copy.process.communicate()
    except TimeoutError:
        return False
    return True


def _check_silent(copy: _Copy) -> None:
    """Raise if the command has written a line that nobody asked for."""
    if copy.ahead.done() and not copy.ahead.exception() and copy.ahead.result():
        said = copy.ahead.result().decode("utf-8", "replace").strip()
        raise JudgeError(
            f"the command wrote a line that was not asked for ('{said[:80]}'); it has to write "
            "one line for each that it reads",
            again=False,
        )


def _kill(copy: _Copy) -> None:
    """End a copy with all that it has started: a wrapper's child would outlive the wrapper."""
    copy.ahead.cancel()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(copy.process.pid, signal.SIGKILL)


def _answer(line: str) -> tuple[Any, bool]:
    """Return the number, label or object that a line holds, else its text; and whether it did."""
    try:
        return json.loads(line), True
    except ValueError:
        return line, False
