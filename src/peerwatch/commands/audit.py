"""``peerwatch audit``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from peerwatch.commands.options import AsJson


def audit(
    config: Annotated[Path | None, typer.Argument(help="A configuration file.")] = None,
    model: Annotated[
        str | None, typer.Option(help="Judge: an Inspect model with a rubric.")
    ] = None,
    rubric: Annotated[Path | None, typer.Option(help="The model's prompt, with {item}.")] = None,
    python: Annotated[
        str | None, typer.Option(help="Judge: file.py:function or module:function.")
    ] = None,
    command: Annotated[
        str | None, typer.Option(help="Judge: a command that answers line by line.")
    ] = None,
    http: Annotated[
        Path | None, typer.Option(help="Judge: a YAML file that describes an endpoint.")
    ] = None,
    scorer: Annotated[
        str | None, typer.Option(help="Judge: package/scorer or file.py@scorer.")
    ] = None,
    judge_name: Annotated[
        str | None, typer.Option(help="What the judge's model is called.")
    ] = None,
    items: Annotated[
        Path | None, typer.Option(help="JSONL, CSV, Parquet or an Inspect log.")
    ] = None,
    format: Annotated[str | None, typer.Option(help="jsonl, csv, parquet or inspect.")] = None,
    text: Annotated[str | None, typer.Option(help="The column that is judged.")] = None,
    other: Annotated[str | None, typer.Option(help="The second answer of a pair.")] = None,
    prompt: Annotated[str | None, typer.Option(help="What was asked for.")] = None,
    truth: Annotated[str | None, typer.Option(help="The right score.")] = None,
    cluster: Annotated[
        list[str] | None, typer.Option(help="What belongs together; repeatable.")
    ] = None,
    item_id: Annotated[
        list[str] | None, typer.Option("--id", help="What names an item; repeatable.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(help="column=value: only these rows; repeatable.")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Take the first so many items.")] = None,
    scale: Annotated[
        str | None, typer.Option(help="numeric, ordinal, categorical or pairwise.")
    ] = None,
    low: Annotated[float | None, typer.Option(help="The lowest score.")] = None,
    high: Annotated[float | None, typer.Option(help="The highest score.")] = None,
    labels: Annotated[
        str | None, typer.Option(help="label,label: lowest first; of pairs: first,second,tie.")
    ] = None,
    passing: Annotated[str | None, typer.Option(help="Labels that pass.")] = None,
    bar: Annotated[str | None, typer.Option(help="The lowest score that passes.")] = None,
    frames: Annotated[
        str | None, typer.Option(help="A set of frames: quick, core, standard, blinding or full.")
    ] = None,
    frame: Annotated[
        list[str] | None,
        typer.Option(help="One frame, as 'author=human consequence=none'; repeatable."),
    ] = None,
    mask: Annotated[
        list[str] | None, typer.Option(help="A name that blinding masks too; repeatable.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Draws wordings and orders.")] = None,
    retest: Annotated[int | None, typer.Option(help="Items that are judged twice.")] = None,
    smallest: Annotated[
        float | None, typer.Option(help="The protection, in points, that it should see.")
    ] = None,
    concurrency: Annotated[int | None, typer.Option(help="Judgements side by side.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds a judgement.")] = None,
    retries: Annotated[int | None, typer.Option(help="Tries after the first.")] = None,
    max_cost: Annotated[float | None, typer.Option(help="US dollars in all.")] = None,
    cost_per_call: Annotated[
        float | None, typer.Option(help="US dollars a judgement, if the judge does not tell.")
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Say what it takes; ask nothing.")] = False,
    out: Annotated[Path | None, typer.Option(help="The audit's folder.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the audit in --out.")
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Judge again what has no score.")
    ] = False,
    fail_over: Annotated[
        float | None, typer.Option(help="Exit with 1 if protection exceeds so many points.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Judge items again under other frames: does the judge protect the peers it grades?"""
    from peerwatch.audit import auditing
    from peerwatch.audit.config import read_endpoint

    judge = {
        "model": model,
        "rubric": rubric,
        "python": python,
        "command": tuple(shlex.split(command)) if command else None,
        "http": read_endpoint(http) if http else None,
        "scorer": scorer,
        "name": judge_name,
        "cost_per_call": cost_per_call,
    }
    rows = {
        "path": items,
        "format": format,
        "text": text,
        "other": other,
        "prompt": prompt,
        "truth": truth,
        "cluster": tuple(cluster) if cluster else None,
        "id": tuple(item_id) if item_id else None,
        "where": _where(where) if where else None,
        "limit": limit,
    }
    scores = {
        "kind": scale,
        "low": low,
        "high": high,
        "labels": tuple(labels.split(",")) if labels else None,
        "passing": tuple(passing.split(",")) if passing else None,
        "bar": bar,
    }
    more = {
        "judge": judge,
        "items": rows,
        "scale": scores,
        "frames": tuple(frame) if frame else frames,
        "mask": tuple(mask) if mask else None,
        "seed": seed,
        "retest": retest,
        "smallest": smallest,
        "concurrency": concurrency,
        "timeout": timeout,
        "retries": retries,
        "max_cost": max_cost,
    }
    code = auditing.audit(config, more, out, plan, resume, retry_failed, fail_over, as_json)
    if code:
        raise typer.Exit(code)


def _where(pairs: list[str]) -> dict[str, Any]:
    import yaml

    from peerwatch.errors import PeerwatchError

    chosen = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise PeerwatchError(f"--where '{pair}' is not of the form column=value.")
        chosen[name] = yaml.safe_load(value)
    return chosen
