"""How far a piece of work is, on standard error: a bar on a terminal, elsewhere some lines."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

LINES = 20
"""How many lines are printed in all where there is no terminal."""

Line = Callable[[int, int, str], str]
"""From the steps done, the steps in all and the note to the line that is printed."""


class ProgressReporter:
    """Tells how far it is, each time that it is told so itself. Made by :func:`reporting`."""

    def __init__(
        self,
        bar: Progress,
        what: str,
        line: Line | None,
        total: int | None,
        done: int,
        note: str,
        quiet: float | None = None,
    ) -> None:
        self._bar, self._what, self._line = bar, what, line
        self._total, self._done, self._note = total, done, note
        self._quiet, self._printed = quiet, time.monotonic()
        self._task = bar.add_task(what, total=total, completed=done, note=note)

    def advance(self, more: int = 1, note: str | None = None) -> None:
        """Say that so many more steps are done; the note stays as it was unless told."""
        self.reach(self._done + more, note=note)

    def say(self, text: str) -> None:
        """Print a line of its own, above the bar where there is one."""
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def reach(self, done: int, total: int | None = None, note: str | None = None) -> None:
        """Say how many steps are done; steps in all and note stay as they were unless told."""
        before, self._done = self._done, done
        self._total = self._total if total is None else total
        self._note = self._note if note is None else note
        if not self._bar.disable:
            self._bar.update(self._task, completed=done, total=self._total, note=self._note)
        elif self._total is not None and (
            _is_due(before, done, self._total) or self._was_quiet_long()
        ):
            self._print_line(self._total)

    def _was_quiet_long(self) -> bool:
        return self._quiet is not None and time.monotonic() - self._printed >= self._quiet

    def _print_line(self, total: int) -> None:
        text = f"{self._done} of {total} {self._what}"
        if self._line is not None:
            text = self._line(self._done, total, self._note)
        self._printed = time.monotonic()
        self.say(text)


def _is_due(before: int, done: int, total: int) -> bool:
    step = max(1, total // LINES)
    return before < done and (done == total or done // step > before // step)


@contextlib.contextmanager
def reporting(
    what: str,
    line: Line | None = None,
    total: int | None = None,
    done: int = 0,
    note: str = "",
    quiet: float | None = None,
) -> Iterator[ProgressReporter]:
    """Show how far a piece of work is, while the context lasts.

    Args:
        what: What is counted, as the bar names it.
        line: What is printed where there is no terminal; unless told ``3 of 20 WHAT``.
        total: The steps in all, if they are known already.
        done: Steps that were done before.
        note: What else is said beside the bar.
        quiet: Seconds after which a line is printed at the latest where there is no terminal, if
            the reporter hears of anything at all; None prints by steps alone.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    disable = not console.is_terminal
    with Progress(*columns, console=console, refresh_per_second=2, disable=disable) as bar:
        yield ProgressReporter(bar, what, line, total, done, note, quiet)
