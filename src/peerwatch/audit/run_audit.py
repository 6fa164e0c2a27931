"""Running an audit: the judgements that are missing, and the verdict on all that are there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from peerwatch.audit.asking.in_event_loop import run_tasks
from peerwatch.audit.asking.in_threads import run_threads
from peerwatch.audit.asking.stored_judgement import StoredJudgement
from peerwatch.audit.asking.tally import Sink, Tally
from peerwatch.audit.audit_folder import AuditFolder
from peerwatch.audit.audit_plan import plan_audit
from peerwatch.audit.judgements.judgement_store import JudgementStore
from peerwatch.audit.judgements.score_arrays import collect_scores
from peerwatch.audit.judges.judge_protocol import Judge, PlainJudge
from peerwatch.audit.prepare_audit import PreparedAudit, make_judge
from peerwatch.audit.verdict.audit_verdict import AuditVerdict
from peerwatch.audit.verdict.blinding_cues import blinding_cues, cues_around_items
from peerwatch.audit.verdict.gate_asked import GateAsked
from peerwatch.audit.verdict.reach_verdict import AuditFacts, reach_verdict
from peerwatch.common.progress import reporting


@dataclass(frozen=True, slots=True)
class AuditRun:
    """How a run ended.

    Attributes:
        verdict: On all judgements in the folder.
        made: Judgements of this run.
        failed: Of these, without a score.
        left: Judgements still to be made.
        stopped: ``max_cost``, ``hopeless``, ``interrupted`` or None.
        last_failure: The last failure of this run, in words.
    """

    verdict: AuditVerdict
    made: int
    failed: int
    left: int
    stopped: str | None
    last_failure: str


def run_audit(
    prepared: PreparedAudit,
    folder: AuditFolder,
    retry_failed: bool,
    gate: GateAsked | None,
    judge: Judge | None = None,
) -> AuditRun:
    """Make the judgements that are missing, write verdict and tables, and return the verdict.

    Whatever stops the run (the ceiling, an interrupt), what was judged is kept and told.

    Args:
        prepared: The audit.
        folder: Its folder.
        retry_failed: Whether judgements without a score are made once more.
        gate: What a pipeline asks, if it does.
        judge: The judge, if it has been made.

    Raises:
        PeerwatchError: The judge cannot be had.
    """
    judge = judge or make_judge(prepared)
    store = folder.store(prepared)
    try:
        tally = _judge_all(prepared, judge, store, retry_failed)
        store.flush()
        wanted = prepared.design.wanted()
        left = int((wanted & ~store.done(prepared.design, retry_failed=False)).sum())
        scores = collect_scores(prepared.design, prepared.scale, store.rows(prepared.design))
        verdict = reach_verdict(scores, _about(prepared, left, store.spent()), gate)
        folder.write_verdict(verdict)
        folder.write_judgements(prepared.design, store)
    finally:
        store.close()
    return AuditRun(verdict, tally.done, tally.failed, left, tally.stopped, tally.last_failure)


def _about(prepared: PreparedAudit, left: int, spent: float) -> AuditFacts:
    config, design = prepared.config, prepared.design
    blinding = any(frame.blinding != "none" for frame in design.frames)
    around = cues_around_items(prepared.judge, design.speech.masked) if blinding else ()
    return AuditFacts(
        hash=prepared.hash,
        judge=name_of_judge(prepared),
        source=prepared.items.source,
        complete=left == 0,
        spent=spent,
        smallest=config.smallest,
        level=config.level,
        notes=(*prepared.items.warnings, *around),
        cues=blinding_cues(design),
    )


def name_of_judge(prepared: PreparedAudit) -> str:
    """Return the judge in a few words: its model, function, scorer, command, or address."""
    part = prepared.config.judge
    if part.http is not None:
        return part.http.url.partition("?")[0]
    if part.command is not None:
        return " ".join(part.command)
    return part.model or part.python or part.scorer or ""


def _judge_all(
    prepared: PreparedAudit, judge: Judge, store: JudgementStore, retry_failed: bool
) -> Tally:
    missing = prepared.design.wanted() & ~store.done(prepared.design, retry_failed)
    expected = plan_audit(prepared).cost_per_call or 0.0
    tally = Tally(replace(prepared.limits, expected_cost=expected), spent=store.spent())
    jobs = prepared.design.jobs(missing)
    # Judges that wait are slow and cost money: what they say is put away at once.
    plain = isinstance(judge, PlainJudge)
    with _taking_in(int(missing.sum()), tally, store, at_once=not plain) as sink:
        try:
            if isinstance(judge, PlainJudge):
                run_threads(jobs, judge, prepared.scale, tally, sink)
            else:
                asyncio.run(run_tasks(jobs, judge, prepared.scale, tally, sink))
        except KeyboardInterrupt:
            tally.stopped = "interrupted"
        except BaseExceptionGroup as group:  # what a task group makes of an error of ours
            raise group.exceptions[0] from None
    return tally


@contextlib.contextmanager
def _taking_in(total: int, tally: Tally, store: JudgementStore, at_once: bool) -> Iterator[Sink]:
    """Yield what takes judgements in, and shows how far the run is."""

    def line(done: int, total: int, more: str) -> str:
        return f"{done} of {total} judgements made" + (f", {more}" if more else "")

    with reporting("judgements", line, total) as reporter:

        def sink(judgements: list[StoredJudgement]) -> None:
            store.add(judgements)
            if not judgements:
                return
            if at_once:
                store.flush()
            reporter.reach(tally.done, note=_more(tally))

        yield sink


def _more(tally: Tally) -> str:
    failed = [f"{tally.failed} without a score"] if tally.failed else []
    return ", ".join([*failed, *([f"${tally.spent:.2f}"] if tally.spent else [])])
