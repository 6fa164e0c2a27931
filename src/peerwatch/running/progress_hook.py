"""The hook by which Inspect's episodes and calls advance the progress of a running study."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from inspect_ai.hooks import Hooks, ModelRetry, ModelUsageData, SampleEnd, hooks

from peerwatch.common.progress import ProgressReporter, reporting
from peerwatch.critics.inspect_internals import retries_so_far
from peerwatch.running.endpoint_traffic import (
    Traffic,
    after_answer,
    after_retries,
    after_wait,
    left_text,
    retry_text,
    summed,
    traffic_text,
)

QUIET = 60.0
"""Seconds in which at most one retry is told, and after which progress is told at the latest."""


class FollowedRun:
    """What is told of a run while it lasts; its methods are called by Inspect's hooks.

    Attributes:
        traffic: Model -> what its endpoint did, of each model that has one.
    """

    def __init__(self, reporter: ProgressReporter, note: str, traffic: dict[str, Traffic]) -> None:
        self._reporter, self._note = reporter, note
        self.traffic = traffic
        self._began = time.monotonic()
        self._told_retry = float("-inf")
        self._ended, self._failed = 0, 0
        self._seen: dict[str, tuple[int, int]] = {}

    def ended(self, failed: bool) -> None:
        """Say that an episode has ended."""
        self._ended += 1
        self._failed += failed
        self._reporter.advance(note=self._said())

    def answered(self, data: ModelUsageData) -> None:
        """Say that a call was answered."""
        model, usage = data.model_name, data.usage
        if model not in self.traffic:
            return
        cached = (usage.input_tokens_cache_read or 0) + (usage.input_tokens_cache_write or 0)
        tokens = usage.input_tokens + cached, usage.output_tokens
        self.traffic[model] = after_answer(self._counted(model), *tokens, usage.total_cost)
        self._reporter.advance(0, note=self._said())

    def tries_again(self, data: ModelRetry) -> None:
        """Say that a call is made again after a wait; of many, one a minute is printed."""
        model = self._full_name(data.model_name)
        self.traffic[model] = after_wait(self._counted(model), data.wait_time)
        self._reporter.advance(0, note=self._said())
        now = time.monotonic()
        if now - self._told_retry >= QUIET:
            self._told_retry = now
            about = (data.wait_time, data.status_code, data.exception_type)
            self._reporter.say(retry_text(model, data.attempt, *about))

    def _full_name(self, bare: str) -> str:
        """Return which model a retry is of: there Inspect leaves the provider out of the name."""
        return next((name for name in self.traffic if name.endswith(f"/{bare}")), bare)

    def _counted(self, model: str) -> Traffic:
        """Return a model's traffic with the retries since it was last looked at."""
        now, before = retries_so_far(model), self._seen.get(model, (0, 0))
        if now[0] < before[0] or now[1] < before[1]:  # Inspect counts anew for each set of tasks
            before = (0, 0)
        self._seen[model] = now
        traffic = self.traffic.get(model, Traffic())
        return after_retries(traffic, now[0] - before[0], now[1] - before[1])

    def _said(self) -> str:
        """Return what the progress line says besides the episodes."""
        failed = f"{self._failed} in an error" if self._failed else ""
        parts = (self._note, failed, traffic_text(summed(self.traffic.values())))
        return "; ".join(part for part in parts if part)

    def line(self, ended: int, expected: int, said: str) -> str:
        """Return the line that is printed where there is no terminal."""
        left = ""
        if any(one.calls for one in self.traffic.values()):
            left = left_text(self._ended, expected - ended, time.monotonic() - self._began)
        told = "; ".join(part for part in (said, left) if part)
        return f"{ended} of {expected} episodes have ended" + (f"; {told}" if told else "")


_run: FollowedRun | None = None
"""Inspect makes its hooks by itself, so that they can be told by a module alone."""


@hooks(name="peerwatch_progress", description="advances the progress line of a Peerwatch run")
class ProgressHook(Hooks):
    """Counts episodes, calls and retries, only while :func:`following_episodes` is in force."""

    def enabled(self) -> bool:
        return _run is not None

    async def on_sample_end(self, data: SampleEnd) -> None:
        if _run is not None:
            _run.ended(data.sample.error is not None)

    async def on_model_usage(self, data: ModelUsageData) -> None:
        if _run is not None:
            _run.answered(data)

    async def on_model_retry(self, data: ModelRetry) -> None:
        if _run is not None:
            _run.tries_again(data)


@contextlib.contextmanager
def following_episodes(
    total: int, done: int, note: str = "", traffic: dict[str, Traffic] | None = None
) -> Iterator[None]:
    """Show how many episodes have ended, of how many, and what the endpoints do.

    Args:
        total: All episodes.
        done: Those that had ended before.
        note: What else to say on the same line.
        traffic: Where the traffic of each model that has an endpoint is counted.
    """
    global _run

    def line(ended: int, expected: int, said: str) -> str:
        return _run.line(ended, expected, said) if _run is not None else ""

    with reporting("episodes", line, total, done, note, QUIET) as reporter:
        _run = FollowedRun(reporter, note, {} if traffic is None else traffic)
        try:
            yield
        finally:
            _run = None
