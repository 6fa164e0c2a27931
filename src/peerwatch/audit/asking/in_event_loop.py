"""Judges that wait for something else, as tasks of one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator

from tenacity import AsyncRetrying

from peerwatch.audit.asking.asking_limits import AskingLimits, retry_policy
from peerwatch.audit.asking.audit_design import Job
from peerwatch.audit.asking.stored_judgement import (
    StoredJudgement,
    judgement_of_reply,
    judgement_without_reply,
)
from peerwatch.audit.asking.tally import TICK, Sink, Tally
from peerwatch.audit.items.score_scale import ERROR, TIMEOUT, ScoreScale
from peerwatch.audit.judges.judge_protocol import AsyncJudge, JudgeError, JudgeReply


async def run_tasks(
    jobs: Iterator[Job], judge: AsyncJudge, scale: ScoreScale, tally: Tally, sink: Sink
) -> None:
    """Make judgements with a judge that waits.

    Args:
        jobs: What to judge.
        judge: The judge.
        scale: How to read its answers.
        tally: The limits, and the counts so far.
        sink: Takes the judgements.
    """
    limits = tally.limits

    async def one() -> bool:
        if not tally.may_ask():
            return False
        job = next(jobs, None)
        if job is None:
            tally.asked -= 1
            return False
        judgement = await _judged(job, judge, scale, limits)
        tally.take(judgement)
        sink([judgement])
        return True

    async def worker() -> None:
        while await one():
            pass

    async def tick() -> None:
        while True:
            await asyncio.sleep(TICK)
            sink([])

    await judge.start()
    ticking = asyncio.create_task(tick())
    try:
        if tally.price_unknown:
            await one()  # alone: only then is it known how many more may be under way
        async with asyncio.TaskGroup() as group:
            for _ in range(limits.concurrency):
                group.create_task(worker())
    finally:
        ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticking
        await judge.close()


async def _judged(
    job: Job, judge: AsyncJudge, scale: ScoreScale, limits: AskingLimits
) -> StoredJudgement:
    began, attempts = time.monotonic(), 0

    async def ask() -> JudgeReply:
        nonlocal attempts
        attempts += 1
        try:
            async with asyncio.timeout(limits.timeout):
                return await judge.judge(job.shown)
        except TimeoutError:
            raise JudgeError(f"no answer in {limits.timeout:g} s", TIMEOUT) from None

    try:
        reply: JudgeReply = await AsyncRetrying(**retry_policy(limits))(ask)
    except JudgeError as error:
        taken = time.monotonic() - began
        return judgement_without_reply(job, limits, error.reason, str(error), attempts, taken)
    except Exception as error:
        said, taken = f"{type(error).__name__}: {error}", time.monotonic() - began
        return judgement_without_reply(job, limits, ERROR, said, attempts, taken)
    return judgement_of_reply(job, scale, reply, limits, attempts, time.monotonic() - began)
