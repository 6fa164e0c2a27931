"""What a run may take, and when a judge that failed is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenacity import (
    retry_if_exception,
    stop_after_attempt,
    wait_exponential_jitter,
)

from peerwatch.audit.judges.judge_protocol import JudgeError


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


def _worth_again(error: BaseException) -> bool:
    if isinstance(error, JudgeError):
        return error.again
    return isinstance(error, Exception)


def retry_policy(limits: AskingLimits) -> dict[str, Any]:
    """Return when tenacity tries again, and how long it waits."""
    return {
        "stop": stop_after_attempt(limits.retries + 1),
        "wait": wait_exponential_jitter(initial=0.5, max=30),
        "retry": retry_if_exception(_worth_again),
        "reraise": True,
    }
