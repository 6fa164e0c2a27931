"""What endpoints did, counted and in words."""

from __future__ import annotations

import pytest

from peerwatch.running.endpoint_traffic import (
    Traffic,
    after_answer,
    after_retries,
    after_wait,
    left_text,
    retry_text,
    seconds_text,
    short_count,
    summed,
    traffic_by_model,
    traffic_text,
)


def test_answers_retries_and_waits_add_up() -> None:
    one = after_answer(after_answer(Traffic(), 100, 20, 0.5), 900, 30, 0.25)
    one = after_wait(after_retries(one, 2, 1), 8.0)
    assert one == Traffic(2, 1_000, 50, 0.75, 2, 1, 8.0)
    told = "2 calls, 1.05 k tokens, $0.75, 2 rate limits, 1 other retry, 8 s of waits"
    assert traffic_text(one) == told
    assert traffic_text(summed([one, one])).startswith("4 calls, 2.1 k tokens, $1.50, 4 rate")


def test_a_price_that_is_not_known_once_is_not_known() -> None:
    one = after_answer(after_answer(Traffic(), 1, 1, 0.5), 1, 1, None)
    assert one.cost is None and after_answer(one, 1, 1, 0.5).cost is None
    assert summed([Traffic(calls=1, cost=2.0), one]).cost is None
    assert "no price known" in traffic_text(one)


def test_what_did_nothing_is_not_told() -> None:
    assert traffic_text(Traffic()) == ""
    assert traffic_by_model({"a/b": Traffic(), "c/d": Traffic(rate_limits=1)}) == [
        "c/d: 1 rate limit"
    ]


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [
        (429, "RateLimitError", "rate limit (429)"),
        (503, "InternalServerError", "HTTP 503"),
        (None, "APIConnectionError", "APIConnectionError"),
        (None, None, "fault"),
    ],
)
def test_a_retry_says_why(status: int | None, error: str | None, told: str) -> None:
    line = retry_text("a/b", 2, 12.0, status, error)
    assert line == f"a/b: {told}, attempt 2 failed, the next in 12 s"


def test_the_time_left_is_at_the_pace_so_far() -> None:
    assert left_text(10, 30, 60.0) == "about 3 min left"
    assert left_text(0, 30, 60.0) == left_text(3, 0, 60.0) == ""


def test_times_and_counts_in_short() -> None:
    assert [seconds_text(s) for s in (0.2, 8, 99, 100, 5_400, 36_000)] == [
        *("under 1 s", "8 s", "99 s", "2 min", "90 min", "10.0 h"),
    ]
    assert [short_count(n) for n in (0, 999, 24_100, 999_499, 999_500)] == [
        *("0", "999", "24.1 k", "999 k", "1 M"),
    ]
