"""Judges that compute, in threads that take many items at a time."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator
from types import FrameType

from tenacity import Retrying

from peerwatch.audit.asking.asking_limits import retry_policy
from peerwatch.audit.asking.audit_design import Job
from peerwatch.audit.asking.stored_judgement import (
    StoredJudgement,
    judgement_of_reply,
    judgement_without_reply,
)
from peerwatch.audit.asking.tally import TICK, Sink, Tally
from peerwatch.audit.items.score_scale import ERROR, TIMEOUT, ScoreScale
from peerwatch.audit.judges.judge_protocol import JudgeReply, PlainJudge

_CHUNK = 64


class _Worker:
    """A thread that judges one chunk of jobs after the other, until it hangs."""

    def __init__(self, run: _PlainRun) -> None:
        self.run = run
        self.chunk: deque[Job] = deque()
        self.current: Job | None = None
        self.began = 0.0
        self.given_up = False
        self.ended = False
        self.thread = threading.Thread(target=self._work, daemon=True)

    def _work(self) -> None:
        try:
            while not self.given_up and not self.run.stopping:
                if not self.chunk:
                    self.chunk.extend(self.run.more())
                    if not self.chunk:
                        return
                self._one(self.chunk.popleft())
        finally:
            self.ended = True

    def _one(self, job: Job) -> None:
        self.began, self.current = time.monotonic(), job
        judgement = self.run.judged(job)
        with self.run.lock:
            self.current = None
            if not self.given_up:  # else it has been counted as a timeout
                self.run.take(judgement)


class _PlainRun:
    """Judges that compute, in threads."""

    def __init__(
        self, jobs: Iterator[Job], judge: PlainJudge, scale: ScoreScale, tally: Tally
    ) -> None:
        self.jobs, self.judge, self.scale, self.tally = jobs, judge, scale, tally
        self.made: deque[StoredJudgement] = deque()
        self.lock = threading.Lock()
        self.stopping = False

    def more(self) -> list[Job]:
        """Return the next jobs; none if there are no more or none may be asked."""
        chunk: list[Job] = []
        # With a ceiling each job is asked for by itself, so that none begins beyond it.
        size = 1 if self.tally.limits.max_cost is not None else _CHUNK
        with self.lock:
            while len(chunk) < size and self.tally.may_ask():
                job = next(self.jobs, None)
                if job is None:
                    self.tally.asked -= 1
                    break
                chunk.append(job)
        return chunk

    def take(self, judgement: StoredJudgement) -> None:
        """Count a judgement at once, so that a hopeless judge is not asked much further."""
        self.made.append(judgement)
        self.tally.take(judgement)
        if self.tally.stopped == "hopeless":
            self.stopping = True

    def judged(self, job: Job) -> StoredJudgement:
        """Return the judgement of a job, whatever the judge does."""
        limits, began = self.tally.limits, time.monotonic()
        try:
            reply, attempts = self.judge.judge_now(job.shown), 1
        except Exception as first:
            try:
                reply, attempts = self._again(job, first)
            except Exception as error:
                said, taken = f"{type(error).__name__}: {error}", time.monotonic() - began
                return judgement_without_reply(job, limits, ERROR, said, limits.retries + 1, taken)
        return judgement_of_reply(
            job, self.scale, reply, limits, attempts, time.monotonic() - began
        )

    def _again(self, job: Job, first: Exception) -> tuple[JudgeReply, int]:
        attempts = 0

        def ask() -> JudgeReply:
            nonlocal attempts
            attempts += 1
            if attempts == 1:
                raise first
            return self.judge.judge_now(job.shown)

        def pause(seconds: float) -> None:
            # A worker that was given up must not go on asking.
            time.sleep(0 if self.stopping else seconds)

        return Retrying(**retry_policy(self.tally.limits), sleep=pause)(ask), attempts


def run_threads(
    jobs: Iterator[Job], judge: PlainJudge, scale: ScoreScale, tally: Tally, sink: Sink
) -> None:
    """Make judgements with a judge that computes; arguments as in :func:`in_event_loop.run_tasks`.

    A call that takes longer than the limit is counted as a timeout at once and its thread is left
    to itself: Python cannot end it. It is not asked again in this run.
    """
    run = _PlainRun(jobs, judge, scale, tally)
    workers = [_Worker(run) for _ in range(tally.limits.concurrency)]
    with _late_interrupts() as came:
        for worker in workers:
            worker.thread.start()
        try:
            while True:
                over = all(worker.ended for worker in workers)
                _collect(run, sink)
                if over:
                    break
                if came.is_set():
                    raise KeyboardInterrupt
                _replace_hanging(run, workers)
                time.sleep(TICK)
        finally:
            run.stopping = True
            _collect(run, sink)


@contextlib.contextmanager
def _late_interrupts() -> Iterator[threading.Event]:
    """Note an interrupt instead of raising it, so that none falls between judging and keeping.

    A second one is raised at once.
    """
    came = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield came
        return

    def note(number: int, frame: FrameType | None) -> None:
        if came.is_set():
            raise KeyboardInterrupt
        came.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield came
    finally:
        signal.signal(signal.SIGINT, before)


def _collect(run: _PlainRun, sink: Sink) -> None:
    made: list[StoredJudgement] = []
    while run.made:
        made.append(run.made.popleft())
    sink(made)


def _replace_hanging(run: _PlainRun, workers: list[_Worker]) -> None:
    limits, now = run.tally.limits, time.monotonic()
    for place, worker in enumerate(workers):
        # A plain judge that fails is asked again inside its time, so that waiting counts too.
        if worker.current is None or now - worker.began <= limits.timeout:
            continue
        with run.lock:
            job = worker.current
            if job is None or now - worker.began <= limits.timeout:
                continue
            worker.given_up = True
            said, taken = f"no answer in {limits.timeout:g} s", now - worker.began
            run.take(judgement_without_reply(job, limits, TIMEOUT, said, 1, taken))
        fresh = _Worker(run)
        fresh.chunk.extend(worker.chunk)
        worker.chunk.clear()
        workers[place] = fresh
        fresh.thread.start()
