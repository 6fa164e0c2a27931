"""A command as a judge: it reads one JSON object a line and writes one line for each.

The line that it reads is the user's row with the framed text in the place of the text. Several
copies of the command run side by side; one that dies or does not answer in time is replaced, so
that a late answer is never taken for the answer to another item.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peerwatch.audit.items import Shown
from peerwatch.audit.judges.base import JudgeError, Reply, file_digest
from peerwatch.errors import PeerwatchError

_LINE_LIMIT = 16 * 2**20


def describe(command: Sequence[str]) -> dict[str, Any]:
    """Return what identifies the judge: the command, and the content of files it names."""
    files = [Path(word) for word in command if Path(word).is_file()]
    return {"command": list(command), "files": {path.name: file_digest(path) for path in files}}


class CommandJudge:
    """A pool of running copies of one command."""

    def __init__(self, command: Sequence[str], copies: int) -> None:
        """Check that the command exists.

        Args:
            command: The program and its arguments.
            copies: How many run side by side.

        Raises:
            PeerwatchError: There is no such program.
        """
        if not command or shutil.which(command[0]) is None:
            named = command[0] if command else ""
            raise PeerwatchError(f"The judge's command '{named}' is not a program that can be run.")
        self._command = list(command)
        self._copies = copies
        self._idle: asyncio.Queue[asyncio.subprocess.Process | None]
        self._running: set[asyncio.subprocess.Process] = set()

    async def start(self) -> None:
        self._idle = asyncio.Queue()
        for _ in range(self._copies):
            self._idle.put_nowait(None)  # a place in which a copy starts when it is needed

    async def judge(self, shown: Shown) -> Reply:
        process = await self._idle.get()
        whole = False
        try:
            if process is None or process.returncode is not None:
                process = await self._spawn()
            line = await self._ask(process, json.dumps(shown.row(), default=str))
            whole = True
        finally:
            if not whole and process is not None:
                self._kill(process)
            self._idle.put_nowait(process if whole else None)
        return Reply(_answer(line))

    async def _ask(self, process: asyncio.subprocess.Process, line: str) -> str:
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(line.encode() + b"\n")
            await process.stdin.drain()
            answer = await process.stdout.readline()
        except (OSError, ValueError) as error:
            raise JudgeError(f"the command broke off ({error})") from None
        if not answer.endswith(b"\n"):
            code = await process.wait()
            raise JudgeError(f"the command ended with code {code} instead of answering")
        return answer.decode("utf-8", "replace").strip()

    async def _spawn(self) -> asyncio.subprocess.Process:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=None,
                limit=_LINE_LIMIT,
            )
        except OSError as error:
            raise JudgeError(f"the command does not start ({error})") from None
        self._running.add(process)
        return process

    def _kill(self, process: asyncio.subprocess.Process) -> None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()

    async def close(self) -> None:
        for process in self._running:
            if process.returncode is None:
                if process.stdin is not None:
                    process.stdin.close()
                try:
                    await asyncio.wait_for(process.wait(), 2)
                except TimeoutError:
                    self._kill(process)
                    await process.wait()


def _answer(line: str) -> Any:
    """Return a line as the number, label or object that it holds, else as the text it is."""
    try:
        return json.loads(line)
    except ValueError:
        return line
