"""The hook by which Inspect's episodes advance the progress of a running study."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from inspect_ai.hooks import Hooks, SampleEnd, hooks

from peerwatch.common.progress import ProgressReporter, reporting

_episodes: ProgressReporter | None = None
"""Inspect makes its hooks by itself, so that they can be told by a module alone."""


@hooks(name="peerwatch_progress", description="advances the progress line of a Peerwatch run")
class ProgressHook(Hooks):
    """Counts episodes as they end, only while :func:`following_episodes` is in force."""

    def enabled(self) -> bool:
        return _episodes is not None

    async def on_sample_end(self, data: SampleEnd) -> None:
        if _episodes is not None:
            _episodes.advance()


@contextlib.contextmanager
def following_episodes(total: int, done: int, note: str = "") -> Iterator[None]:
    """Show how many episodes have ended, of how many.

    Args:
        total: All episodes.
        done: Those that had ended before.
        note: What else to say on the same line.
    """
    global _episodes

    def line(ended: int, expected: int, said: str) -> str:
        return f"{ended} of {expected} episodes have ended" + (f"; {said}" if said else "")

    with reporting("episodes", line, total, done, note) as reporter:
        _episodes = reporter
        try:
            yield
        finally:
            _episodes = None
