"""What ``peerwatch audit`` does with its options: plan or run, text or JSON, exit code."""

from __future__ import annotations

import contextlib
import json
import math
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from peerwatch.audit.audit_config import AuditConfig, load_config, merged
from peerwatch.audit.audit_folder import AuditFolder, open_audit_folder
from peerwatch.audit.audit_plan import audit_plan_text, plan_audit
from peerwatch.audit.prepare_audit import PreparedAudit, make_judge, prepare_audit
from peerwatch.audit.run_audit import AuditRun, run_audit
from peerwatch.audit.verdict.audit_verdict import AuditVerdict, FrameEffect
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.folder_lock import holding
from peerwatch.common.yaml_files import read_mapping

_NAME = 46
"""Columns for the longest name of a comparison."""


def run_audit_command(
    config_file: Path | None,
    more: dict[str, Any],
    out: Path | None,
    plan_only: bool,
    resume: bool,
    retry_failed: bool,
    fail_over: float | None,
    as_json: bool,
) -> int:
    """Plan or run an audit from options and return the exit code."""
    if fail_over is not None and fail_over <= 0:
        raise PeerwatchError(
            "--fail-over needs points above 0: no number of items can rule out every trace."
        )
    resume = resume or retry_failed
    if resume and out is None:
        raise PeerwatchError("--resume needs --out: the folder of the audit to go on with.")
    with contextlib.redirect_stdout(sys.stderr):  # providers and scorers may print
        prepared = prepare_audit(_config(config_file, more, out, resume))
        if plan_only:
            made = plan_audit(prepared, _made(prepared, out))
        else:
            plan_audit(
                prepared
            )  # a ceiling without a price and a judge that cannot be had are told first
            judge = make_judge(prepared)
            folder = open_audit_folder(out or _new_folder(), prepared, resume)
            print(f"Audit: {folder.path}", file=sys.stderr)
            for note in prepared.items.warnings:
                print(f"Note: {note}", file=sys.stderr)
            with holding(folder.path):
                ran = run_audit(prepared, folder, retry_failed, fail_over, judge)
                _write_page(folder, ran.verdict)
    if plan_only:
        print(json.dumps(made.to_dict()) if as_json else audit_plan_text(made))
        return 0
    print(ran.verdict.model_dump_json() if as_json else summary(ran.verdict))
    return _exit_code(ran, folder)


def _config(
    config_file: Path | None, more: dict[str, Any], out: Path | None, resume: bool
) -> AuditConfig:
    about = AuditFolder(out).about if out else None
    items = (more.get("items") or {}).get("path")
    if resume and config_file is None and items is None and about and not about.exists():
        raise PeerwatchError(f"{out} holds no audit to go on with: there is no {about}.")
    if config_file is None and resume and about is not None and about.exists():
        there = read_mapping(about).get("config")
        if not isinstance(there, dict):
            raise PeerwatchError(f"{about} is broken: it has no 'config'.")
        given = AuditConfig.model_validate(there).model_dump(exclude_none=True)
        return load_config(None, merged(given, more))
    return load_config(config_file, more)


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
        from peerwatch.audit.audit_page import render_page
    except ImportError as error:
        print(f'No page is written ({error}): pip install "peerwatch[report]"', file=sys.stderr)
        return
    folder.write_page(render_page(verdict))


def summary(verdict: AuditVerdict) -> str:
    """Return the verdict as text for a person."""
    lines = [f"{verdict.verdict}: {verdict.sentence}"]
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
    lines += ["", f"{'comparison':<{_NAME}} {'points':>8}  {'interval':<20} {'items':>8}"]
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
    return f"{effect.name:<{_NAME}} {effect.value:>+8.3g}  {limits:<20} {effect.items:>8,}"


def _exit_code(ran: AuditRun, folder: AuditFolder) -> int:
    """Say what is wrong, if anything, and return the exit code."""
    go_on = f"peerwatch audit --out {shlex.quote(str(folder.path))} --resume"
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
