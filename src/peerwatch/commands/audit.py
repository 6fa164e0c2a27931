"""``peerwatch audit``: plan or run an audit of a judge, text or JSON, exit code."""

from __future__ import annotations

import contextlib
import json
import math
import shlex
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml

from peerwatch.audit.audit_config import read_endpoint
from peerwatch.audit.audit_folder import AuditFolder, open_audit_folder
from peerwatch.audit.audit_plan import audit_plan_text, plan_audit
from peerwatch.audit.audit_request import (
    AuditRequest,
    ItemsOptions,
    JudgeOptions,
    ScaleOptions,
    audit_asked,
)
from peerwatch.audit.judges.judge_protocol import Judge
from peerwatch.audit.prepare_audit import PreparedAudit, make_judge, prepare_audit
from peerwatch.audit.verdict.audit_verdict import AuditVerdict, FrameEffect
from peerwatch.commands.options import AsJson, check_packages
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.files import kept_when_full
from peerwatch.common.folder_lock import holding
from peerwatch.common.yaml_files import read_mapping

if TYPE_CHECKING:
    from peerwatch.audit.run_audit import AuditRun

_NAME = 46
"""Columns for the longest name of a comparison."""

Text = str | None
Texts = list[str] | None
File = Path | None
Count = int | None
Number = float | None
_judge = partial(typer.Option, rich_help_panel="The judge (one of five)")
_items = partial(typer.Option, rich_help_panel="The items")
_scale = partial(typer.Option, rich_help_panel="The scores")
_frames = partial(typer.Option, rich_help_panel="What is asked")
_run = partial(typer.Option, rich_help_panel="The run")


def audit_command(
    config: Annotated[File, typer.Argument(help="A configuration file.")] = None,
    model: Annotated[Text, _judge(help="Judge: an Inspect model with a rubric.")] = None,
    rubric: Annotated[File, _judge(help="The model's prompt, with {item}.")] = None,
    python: Annotated[Text, _judge(help="Judge: file.py:function or module:function.")] = None,
    command: Annotated[Text, _judge(help="Judge: a command that answers line by line.")] = None,
    http: Annotated[File, _judge(help="Judge: a YAML file that describes an endpoint.")] = None,
    scorer: Annotated[Text, _judge(help="Judge: package/scorer or file.py@scorer.")] = None,
    judge_name: Annotated[Text, _judge(help="What the judge's model is called.")] = None,
    cost_per_call: Annotated[Number, _judge(help="US dollars each, if it does not tell.")] = None,
    items: Annotated[File, _items(help="JSONL, CSV, Parquet or an Inspect log.")] = None,
    format: Annotated[Text, _items(help="jsonl, csv, parquet or inspect.")] = None,
    text: Annotated[Text, _items(help="The column that is judged.")] = None,
    other: Annotated[Text, _items(help="The second answer of a pair.")] = None,
    prompt: Annotated[Text, _items(help="What was asked for.")] = None,
    truth: Annotated[Text, _items(help="The right score.")] = None,
    cluster: Annotated[Texts, _items(help="What belongs together; repeatable.")] = None,
    id: Annotated[Texts, _items("--id", help="What names an item; repeatable.")] = None,
    where: Annotated[Texts, _items(help="column=value: only these rows; repeatable.")] = None,
    limit: Annotated[Count, _items(help="Take the first so many items.")] = None,
    scale: Annotated[Text, _scale(help="numeric, ordinal, categorical or pairwise.")] = None,
    low: Annotated[Number, _scale(help="The lowest score.")] = None,
    high: Annotated[Number, _scale(help="The highest score.")] = None,
    labels: Annotated[Text, _scale(help="Lowest first; of pairs: first,second,tie.")] = None,
    passing: Annotated[Text, _scale(help="Labels that pass.")] = None,
    bar: Annotated[Text, _scale(help="The lowest score that passes.")] = None,
    frames: Annotated[Text, _frames(help="quick, core, standard, blinding or full.")] = None,
    frame: Annotated[Texts, _frames(help="One, as 'author=human bar=lower'; repeatable.")] = None,
    mask: Annotated[Texts, _frames(help="A name that blinding masks too; repeatable.")] = None,
    seed: Annotated[Count, _frames(help="Draws wordings and orders.")] = None,
    retest: Annotated[Count, _frames(help="Items that are judged twice.")] = None,
    smallest: Annotated[Number, _frames(help="The points of protection it should see.")] = None,
    concurrency: Annotated[Count, _run(help="Judgements side by side.")] = None,
    timeout: Annotated[Number, _run(help="Seconds a judgement.")] = None,
    retries: Annotated[Count, _run(help="Tries after the first.")] = None,
    max_cost: Annotated[Number, _run(help="US dollars in all.")] = None,
    plan: Annotated[bool, _run("--plan", help="Say what it takes; ask nothing.")] = False,
    out: Annotated[File, _run(help="The audit's folder.")] = None,
    resume: Annotated[bool, _run("--resume", help="Go on with the audit in --out.")] = False,
    retry_failed: Annotated[bool, _run("--retry-failed", help="Judge failures again.")] = False,
    fail_over: Annotated[Number, _run(help="Exit with 1 if protection exceeds it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Judge items again under other frames: does the judge protect the peers it grades?"""
    if frames and frame:
        raise PeerwatchError("--frames names a set and --frame single ones: give one of the two.")
    request = AuditRequest(
        file=config,
        judge=JudgeOptions(
            model=model,
            rubric=rubric,
            python=python,
            command=_words(command) if command else None,
            http=read_endpoint(http) if http else None,
            scorer=scorer,
            name=judge_name,
            cost_per_call=cost_per_call,
        ),
        items=ItemsOptions(
            path=items,
            format=format,
            text=text,
            other=other,
            prompt=prompt,
            truth=truth,
            cluster=_some(cluster),
            id=_some(id),
            where=_where(where),
            limit=limit,
        ),
        scale=ScaleOptions(scale, low, high, _split(labels), _split(passing), bar),
        frames=_some(frame) or frames,
        mask=_some(mask),
        seed=seed,
        retest=retest,
        smallest=smallest,
        concurrency=concurrency,
        timeout=timeout,
        retries=retries,
        max_cost=max_cost,
    )
    code = plan_or_run(request, out, plan, resume, retry_failed, fail_over, as_json)
    if code:
        raise typer.Exit(code)


def _words(command: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise PeerwatchError(f"--command {command}: {error}.") from None


def _some(given: Iterable[str] | None) -> tuple[str, ...] | None:
    return tuple(given or ()) or None


def _split(labels: str | None) -> tuple[str, ...] | None:
    return None if labels is None else tuple(labels.split(","))


def _where(pairs: list[str] | None) -> dict[str, Any] | None:
    chosen = {}
    for pair in pairs or ():
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise PeerwatchError(f"--where '{pair}' is not of the form column=value.")
        chosen[name] = yaml.safe_load(value)
    return chosen or None


def plan_or_run(
    request: AuditRequest,
    out: Path | None,
    plan_only: bool,
    resume: bool,
    retry_failed: bool,
    fail_over: float | None,
    as_json: bool,
) -> int:
    """Plan or run an audit, print what came of it, and return the exit code.

    Args:
        request: What is asked of the audit.
        out: Its folder; a new one unless told.
        plan_only: Whether to say what it takes and ask nothing.
        resume: Whether to go on with the audit in the folder.
        retry_failed: Whether to go on, and judge what has no score once more.
        fail_over: Points of protection that are too much for a pipeline, above 0.
        as_json: Whether to print one JSON object.

    Raises:
        PeerwatchError: The configuration, the judge, the items or the folder will not do, or SciPy
            is not installed.
    """
    if fail_over is not None and fail_over <= 0:
        raise PeerwatchError(
            "--fail-over needs points above 0: no number of items can rule out every trace."
        )
    begun = None
    if resume or retry_failed:
        if out is None:
            raise PeerwatchError("--resume needs --out: the folder of the audit to go on with.")
        begun = AuditFolder(out)
    check_packages("An audit", ("scipy",))
    with contextlib.redirect_stdout(sys.stderr):  # providers and scorers may print
        prepared = prepare_audit(audit_asked(request, begun))
        if plan_only:
            made = plan_audit(prepared, _made(prepared, out))
        else:
            # A ceiling without a price and a judge that cannot be had are told first.
            plan_audit(prepared)
            judge = make_judge(prepared)
            folder = open_audit_folder(out or _new_folder(), prepared, begun is not None)
            ran = _run_in(folder, prepared, judge, retry_failed, fail_over)
    if plan_only:
        print(json.dumps(made.to_dict()) if as_json else audit_plan_text(made))
        return 0
    print(ran.verdict.model_dump_json() if as_json else verdict_text(ran.verdict))
    return _exit_code(ran, folder)


def _run_in(
    folder: AuditFolder,
    prepared: PreparedAudit,
    judge: Judge,
    retry_failed: bool,
    fail_over: float | None,
) -> AuditRun:
    from peerwatch.audit.run_audit import run_audit  # needs SciPy

    print(f"Audit: {folder.path}", file=sys.stderr)
    for note in prepared.items.warnings:
        print(f"Note: {note}", file=sys.stderr)
    with holding(folder.path), kept_when_full(folder.path, _go_on(folder)):
        ran = run_audit(prepared, folder, retry_failed, fail_over, judge)
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
