"""What the endpoints of a running study do, counted and in words: calls, tokens, waits, cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Traffic:
    """What went to one model's endpoint, and what came of it.

    Attributes:
        calls: Calls that were answered.
        tokens_in: Tokens read, those from a cache among them.
        tokens_out: Tokens written.
        cost: US dollars; None where the model has no price.
        rate_limits: Attempts that the endpoint turned away because there were too many.
        other_retries: Attempts that were made again for another reason.
        waited: Seconds of waits before attempts, over all calls.
    """

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = 0.0
    rate_limits: int = 0
    other_retries: int = 0
    waited: float = 0.0

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out

    def to_dict(self) -> dict[str, Any]:
        """Return the counts by name."""
        return asdict(self)


def after_answer(before: Traffic, tokens_in: int, tokens_out: int, cost: float | None) -> Traffic:
    """Return the traffic with one more call that was answered."""
    known = before.cost is not None and cost is not None
    return replace(
        before,
        calls=before.calls + 1,
        tokens_in=before.tokens_in + tokens_in,
        tokens_out=before.tokens_out + tokens_out,
        cost=(before.cost or 0.0) + (cost or 0.0) if known else None,
    )


def after_retries(before: Traffic, rate_limits: int, others: int) -> Traffic:
    """Return the traffic with so many more attempts that have to be made again."""
    return replace(
        before,
        rate_limits=before.rate_limits + rate_limits,
        other_retries=before.other_retries + others,
    )


def after_wait(before: Traffic, seconds: float) -> Traffic:
    """Return the traffic with one more wait before an attempt."""
    return replace(before, waited=before.waited + seconds)


def summed(parts: Iterable[Traffic]) -> Traffic:
    """Return the traffic of several models; the cost is known where that of each is."""
    whole = Traffic()
    for part in parts:
        whole = Traffic(
            calls=whole.calls + part.calls,
            tokens_in=whole.tokens_in + part.tokens_in,
            tokens_out=whole.tokens_out + part.tokens_out,
            cost=None if whole.cost is None or part.cost is None else whole.cost + part.cost,
            rate_limits=whole.rate_limits + part.rate_limits,
            other_retries=whole.other_retries + part.other_retries,
            waited=whole.waited + part.waited,
        )
    return whole


def traffic_text(one: Traffic) -> str:
    """Return the traffic in a few words; empty where nothing was called."""
    said = []
    if one.calls:
        said = [f"{one.calls:,} calls", f"{short_count(one.tokens)} tokens"]
        said.append("no price known" if one.cost is None else f"${one.cost:,.2f}")
    if one.rate_limits:
        said.append(f"{one.rate_limits:,} rate limit{'s' if one.rate_limits != 1 else ''}")
    if one.other_retries:
        more = "other " if one.rate_limits else ""
        word = "retries" if one.other_retries != 1 else "retry"
        said.append(f"{one.other_retries:,} {more}{word}")
    if one.waited:
        said.append(f"{seconds_text(one.waited)} of waits")
    return ", ".join(said)


def traffic_by_model(by_model: Mapping[str, Traffic]) -> list[str]:
    """Return a line a model, for the end of a run."""
    return [f"{model}: {told}" for model, one in by_model.items() if (told := traffic_text(one))]


def retry_text(model: str, attempt: int, wait: float, status: int | None, error: str | None) -> str:
    """Return what is said of a call that is tried again.

    Args:
        model: Whose endpoint it is.
        attempt: The attempt that failed, from 1.
        wait: Seconds until the next.
        status: The HTTP status, if there was an answer.
        error: What Inspect calls the fault.
    """
    why = "rate limit (429)" if status == 429 else f"HTTP {status}" if status else error or "fault"
    return f"{model}: {why}, attempt {attempt} failed, the next in {seconds_text(wait)}"


def left_text(ended: int, expected: int, seconds: float) -> str:
    """Return about how long the rest takes at the pace so far; empty where that is not known.

    Args:
        ended: Episodes that ended in the time so far.
        expected: Episodes that are still wanted.
        seconds: The time so far.
    """
    if ended < 1 or expected < 1 or seconds <= 0:
        return ""
    return f"about {seconds_text(seconds / ended * expected)} left"


def seconds_text(seconds: float) -> str:
    """Return a time as a person says it: ``8 s``, ``12 min``, ``3.5 h``."""
    if seconds < 99.5:
        return f"{seconds:.0f} s" if seconds >= 1 else "under 1 s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 99.5 else f"{minutes / 60:.1f} h"


def short_count(n: int) -> str:
    """Return a count in short: ``812``, ``24.1 k``, ``3.27 M``."""
    if n < 1_000:
        return str(n)
    return f"{n / 1_000:.3g} k" if n < 999_500 else f"{n / 1_000_000:.3g} M"
