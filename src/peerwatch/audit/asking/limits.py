"""Making judgements: what a run may take, how it stands, and what becomes of an answer.

Judges that wait (models, servers, commands) run as tasks of one event loop: `engine_tasks`. Judges
that compute run in threads, many items at a time, because a task and a wake-up for each would cost
more than an instant judge itself: `engine_threads`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tenacity import (
    retry_if_exception,
    stop_after_attempt,
    wait_exponential_jitter,
)

from peerwatch.audit.asking.jobs import Job
from peerwatch.audit.judgements.scale import ScoreScale, UnreadableScore
from peerwatch.audit.judgements.store import OK, StoredJudgement
from peerwatch.audit.judges.judge import JudgeError, JudgeReply

TICK = 0.01
"""Seconds between two looks at how a run stands."""
_ANSWER = 4_000


@dataclass(frozen=True, slots=True)
class AskingLimits:
    """What a run may take.

    Attributes:
        concurrency: Judgements side by side.
        timeout: Seconds a judgement may take, each attempt by itself.
        retries: How often a judge that failed is asked again.
        max_cost: US dollars for the whole audit, what is already in the folder included.
        cost_per_call: What a judgement costs where the judge does not tell.
        expected_cost: What a judgement is likely to cost, for the ceiling before any was made.
        hopeless: Stop if so many judgements have been made and every one failed.
    """

    concurrency: int = 8
    timeout: float = 120.0
    retries: int = 2
    max_cost: float | None = None
    cost_per_call: float = 0.0
    expected_cost: float = 0.0
    hopeless: int = 20


@dataclass(slots=True)
class Tally:
    """How a run stands; shared by those who judge and by the progress line."""

    limits: AskingLimits
    spent: float = 0.0
    asked: int = 0
    done: int = 0
    failed: int = 0
    stopped: str | None = None
    last_failure: str = ""
    _made: float = field(default=0.0, repr=False)

    @property
    def price_unknown(self) -> bool:
        """Whether there is a ceiling and no judgement yet that tells what one costs."""
        limits = self.limits
        told = self.done or limits.cost_per_call or limits.expected_cost
        return limits.max_cost is not None and not told

    def may_ask(self) -> bool:
        """Return whether one more judgement may begin, and count it."""
        if self.stopped:
            return False
        ceiling = self.limits.max_cost
        if ceiling is not None:
            likely = max(self.limits.cost_per_call, self.limits.expected_cost)
            each = self._made / self.done if self.done else likely
            under_way = self.asked - self.done
            if self.spent + (under_way + 1) * each > ceiling:
                self.stopped = "max_cost"
                return False
        self.asked += 1
        return True

    def take(self, judgement: StoredJudgement) -> None:
        """Count a judgement that was made."""
        self.done += 1
        self.spent += judgement.cost
        self._made += judgement.cost
        if judgement.status != OK:
            self.failed += 1
            self.last_failure = f"{judgement.status}: {judgement.detail}"
        if self.failed == self.done >= self.limits.hopeless and not self.stopped:
            self.stopped = "hopeless"


Sink = Callable[[list[StoredJudgement]], None]
"""Takes judgements as they are made; is called with none now and then, to put away what it has."""


def answered(
    job: Job,
    scale: ScoreScale,
    reply: JudgeReply,
    limits: AskingLimits,
    attempts: int,
    seconds: float,
) -> StoredJudgement:
    """Return the judgement of an answer."""
    status, value, detail = OK, None, None
    try:
        value = scale.value(reply.answer)
        if job.shown.swapped:  # the answer is about the order shown, the value about the item
            value = 1.0 - value
    except UnreadableScore as fault:
        status, detail = fault.reason, str(fault)
    answer = reply.answer[:_ANSWER] if isinstance(reply.answer, str) else None
    return StoredJudgement(
        *(job.item, job.cell, job.wording, status, value, answer, detail, attempts, seconds),
        *(reply.cost or limits.cost_per_call, reply.input_tokens, reply.output_tokens),
    )


def unanswered(
    job: Job, limits: AskingLimits, reason: str, detail: str, attempts: int, seconds: float
) -> StoredJudgement:
    """Return the judgement of a job that got no answer."""
    cost = limits.cost_per_call * attempts
    where = (job.item, job.cell, job.wording)
    return StoredJudgement(*where, reason, None, None, detail[:500], attempts, seconds, cost)


def _worth_again(error: BaseException) -> bool:
    if isinstance(error, JudgeError):
        return error.again
    return isinstance(error, Exception)


def policy(limits: AskingLimits) -> dict[str, Any]:
    """Return when tenacity tries again, and how long it waits."""
    return {
        "stop": stop_after_attempt(limits.retries + 1),
        "wait": wait_exponential_jitter(initial=0.5, max=30),
        "retry": retry_if_exception(_worth_again),
        "reraise": True,
    }
