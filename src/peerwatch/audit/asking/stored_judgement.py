"""What came of one judgement that was asked for: a score, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from peerwatch.audit.asking.asking_limits import AskingLimits
from peerwatch.audit.asking.audit_design import Job
from peerwatch.audit.items.score_scale import ScoreScale, UnreadableScore
from peerwatch.audit.judges.judge_protocol import JudgeReply

OK = "ok"
_ANSWER = 4_000
"""Characters of an answer in words that are kept."""


@dataclass(frozen=True, slots=True)
class StoredJudgement:
    """What came of one job.

    Attributes:
        item: The index of the item in the audit.
        cell: The index of the cell.
        wording: The wording it was judged under.
        status: ``ok`` or why there is no score, one of `scale.REASONS`.
        value: The score on the scale's own values; None if there is none.
        answer: What a judge that answers in words said; None otherwise.
        detail: What went wrong, in words.
        attempts: How often it was tried.
        seconds: How long that took.
        cost: US dollars.
        input_tokens: Tokens read, if the judge tells.
        output_tokens: Tokens written, if the judge tells.
    """

    item: int
    cell: int
    wording: int
    status: str
    value: float | None
    answer: str | None = None
    detail: str | None = None
    attempts: int = 1
    seconds: float = 0.0
    cost: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0


def judgement_of_reply(
    job: Job,
    scale: ScoreScale,
    reply: JudgeReply,
    limits: AskingLimits,
    attempts: int,
    seconds: float,
) -> StoredJudgement:
    """Return what came of a job whose judge replied: a score, or why there is none in the reply."""
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


def judgement_without_reply(
    job: Job, limits: AskingLimits, reason: str, detail: str, attempts: int, seconds: float
) -> StoredJudgement:
    """Return what came of a job that got no reply; each attempt may have cost something."""
    cost = limits.cost_per_call * attempts
    where = (job.item, job.cell, job.wording)
    return StoredJudgement(*where, reason, None, None, detail[:500], attempts, seconds, cost)
