"""A progress line on standard error while a study runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from inspect_ai.hooks import Hooks, SampleEnd, hooks
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_bar: tuple[Progress, TaskID] | None = None
_note = ""


@hooks(name="peerwatch_progress", description="advances the progress line of a Peerwatch run")
class ProgressHook(Hooks):
    """Counts episodes as they end, only while :func:`following` is in force."""

    def enabled(self) -> bool:
        return _bar is not None

    async def on_sample_end(self, data: SampleEnd) -> None:
        if _bar is None:
            return
        progress, task = _bar
        progress.advance(task)
        if not progress.console.is_terminal:
            done, total = progress.tasks[0].completed, progress.tasks[0].total or 0
            if done == total or done % max(1, total // 20) < 1:
                progress.console.print(
                    f"{done:.0f} of {total:.0f} episodes have ended{_note}", soft_wrap=True
                )


@contextlib.contextmanager
def following(total: int, done: int, note: str = "") -> Iterator[None]:
    """Show how many episodes have ended, of how many.

    Args:
        total: All episodes.
        done: Those that had ended before.
        note: What else to say on the same line.
    """
    global _bar, _note
    console = Console(stderr=True)
    drawn = console.is_terminal  # elsewhere the lines that the hook prints are enough
    columns = (
        TextColumn("episodes"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn(note),
    )
    with Progress(*columns, console=console, refresh_per_second=2, disable=not drawn) as progress:
        _bar = (progress, progress.add_task("episodes", total=total, completed=done))
        _note = f"; {note}" if note else ""
        try:
            yield
        finally:
            _bar = None
