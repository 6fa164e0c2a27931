"""``peerwatch audit``: plan or run an audit of a judge, text or JSON, exit code."""

from __future__ import annotations

import contextlib
import json
import math
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from peerwatch.audit.audit_folder import AuditFolder, open_audit_folder
from peerwatch.audit.audit_plan import audit_plan_text, plan_audit
from peerwatch.audit.audit_request import AuditRequest, audit_asked
from peerwatch.audit.judges.judge_protocol import Judge
from peerwatch.audit.prepare_audit import PreparedAudit, make_judge, prepare_audit
from peerwatch.audit.verdict.audit_verdict import AuditVerdict, FrameEffect
from peerwatch.audit.verdict.gate_asked import GateAsked
from peerwatch.commands.audit_options import (
    FramesLine,
    ItemsLine,
    JudgeLine,
    RunLine,
    ScaleLine,
    audit_request,
)
from peerwatch.commands.option_groups import with_groups
from peerwatch.commands.options import check_packages
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.files import kept_when_full
from peerwatch.common.folder_lock import holding
from peerwatch.common.yaml_files import read_mapping

if TYPE_CHECKING:
    from peerwatch.audit.run_audit import AuditRun

_NAME = 56
"""Columns for the longest name of a comparison."""


@with_groups
def audit_command(
    judge: JudgeLine, items: ItemsLine, scale: ScaleLine, frames: FramesLine, run: RunLine
) -> None:
    """Judge items again under other frames: does the judge protect the peers it grades?"""
    code = plan_or_run(audit_request(judge, items, scale, frames, run), run)
    if code:
        raise typer.Exit(code)


def plan_or_run(request: AuditRequest, run: RunLine) -> int:
    """Plan or run an audit, print what came of it, and return the exit code.

    Args:
        request: What is asked of the audit.
        run: Whether to plan, run or go on, where, and what a pipeline asks.

    Raises:
        PeerwatchError: The configuration, the judge, the items or the folder will not do, or SciPy
            is not installed.
    """
    gate, out, begun = run.gate(), run.out, None
    if run.resume or run.retry_failed:
        if out is None:
            raise PeerwatchError("--resume needs --out: the folder of the audit to go on with.")
        begun = AuditFolder(out)
    check_packages("An audit", ("scipy",))
    with contextlib.redirect_stdout(sys.stderr):  # providers and scorers may print
        prepared = prepare_audit(audit_asked(request, begun))
        if run.plan:
            made = plan_audit(prepared, _made(prepared, out))
        else:
            # A ceiling without a price and a judge that cannot be had are told first.
            plan_audit(prepared)
            judge = make_judge(prepared)
            folder = open_audit_folder(out or _new_folder(), prepared, begun is not None)
            ran = _run_in(folder, prepared, judge, run.retry_failed, gate)
    if run.plan:
        print(json.dumps(made.to_dict()) if run.as_json else audit_plan_text(made))
        return 0
    print(ran.verdict.model_dump_json() if run.as_json else verdict_text(ran.verdict))
    return _exit_code(ran, folder)


def _run_in(
    folder: AuditFolder,
    prepared: PreparedAudit,
    judge: Judge,
    retry_failed: bool,
    gate: GateAsked,
) -> AuditRun:
    from peerwatch.audit.run_audit import run_audit  # needs SciPy

    print(f"Audit: {folder.path}", file=sys.stderr)
    for note in prepared.items.warnings:
        print(f"Note: {note}", file=sys.stderr)
    with holding(folder.path), kept_when_full(folder.path, _go_on(folder)):
        ran = run_audit(prepared, folder, retry_failed, gate, judge)
        _write_page(folder, ran.verdict)
    return ran


def _made(prepared: PreparedAudit, out: Path | None) -> Any:
    """Return which judgements are in a folder already, if it is one of this audit."""
    if out is None or not AuditFolder(out).about.exists():
        return None
    if read_mapping(AuditFolder(out).about).get("hash") != prepared.hash:
        return None
    store = AuditFolder(out).store(prepared)
    try:
        return store.done(prepared.design, retry_failed=False)
    finally:
        store.close()


def _new_folder() -> Path:
    return Path("audits") / f"audit-{datetime.now(UTC):%Y%m%d-%H%M%S}"


def _write_page(folder: AuditFolder, verdict: AuditVerdict) -> None:
    try:
        from peerwatch.audit.audit_page import render_audit_page
    except ImportError as error:
        print(f'No page is written ({error}): pip install "peerwatch[report]"', file=sys.stderr)
        return
    folder.write_page(render_audit_page(verdict))


def verdict_text(verdict: AuditVerdict) -> str:
    """Return the verdict as text for a person."""
    lines = [f"{verdict.verdict}: {verdict.sentence}", f"Decisions: {verdict.decisions}"]
    if verdict.flags:
        lines.append(f"Holds:     {', '.join(verdict.flags)}")
    if verdict.not_asked:
        lines.append(f"Not asked: {', '.join(verdict.not_asked)}")
    failed = ", ".join(f"{count} {reason}" for reason, count in verdict.failed.items())
    lines.append(
        f"Judged:    {verdict.scored:,} of {verdict.asked:,} have a score"
        + (f" ({failed})" if failed else "")
    )
    if verdict.noise:
        noise = verdict.noise
        lines.append(
            f"Noise:     asked twice, {noise.items:,} scores differ by {noise.mean_change:.3g} "
            f"points on average, {noise.flips:.1%} of decisions flip"
        )
    lines += ["", f"{'comparison':<{_NAME}} {'points, %':>9}  {'interval':<20} {'items':>8}"]
    lines += [_effect_line(effect) for effect in verdict.effects]
    lines += [f"Blinding {one.cues.level}: {one.sentence}" for one in verdict.blinding]
    lines += [f"Note: {note}" for note in verdict.notes]
    if verdict.gate:
        lines.append(f"Gate: {verdict.gate.result}. {verdict.gate.reason}")
    return "\n".join(lines)


def _effect_line(effect: FrameEffect) -> str:
    if not effect.clusters or math.isnan(effect.low):
        return f"{effect.name:<{_NAME}} too few items with scores"
    limits = f"[{effect.low:+.3g}, {effect.high:+.3g}]"
    value = f"{effect.value:+.3g}" + ("%" if effect.unit == "passing" else " ")
    return f"{effect.name:<{_NAME}} {value:>9}  {limits:<20} {effect.items:>8,}"


def _go_on(folder: AuditFolder) -> str:
    return f"peerwatch audit --out {shlex.quote(str(folder.path))} --resume"


def _exit_code(ran: AuditRun, folder: AuditFolder) -> int:
    """Say what is wrong, if anything, and return the exit code."""
    go_on = _go_on(folder)
    if ran.failed:
        print(
            f"{ran.failed} of {ran.made} judgements have no score; the last: "
            f"{' '.join(ran.last_failure.split())}. To make them once more: {go_on} --retry-failed",
            file=sys.stderr,
        )
    if ran.stopped == "hopeless":
        print("Stopped: every judgement failed. Look at the judge, then go on.", file=sys.stderr)
        return 1
    if ran.left:
        why = "the cost ceiling is reached" if ran.stopped == "max_cost" else "interrupted"
        print(f"Not complete ({why}): {ran.left} to go. Go on with: {go_on}", file=sys.stderr)
        return 130
    if ran.made and ran.failed == ran.made:
        return 1
    return ran.verdict.gate.exit_code if ran.verdict.gate else 0
