"""``peerwatch audit``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from peerwatch.commands.options import AsJson

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


def audit(
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
    from peerwatch.commands import audit_work as auditing

    more = _told(locals())
    code = auditing.run_audit_command(
        config, more, out, plan, resume, retry_failed, fail_over, as_json
    )
    if code:
        raise typer.Exit(code)


_JUDGE = ("model", "rubric", "python", "scorer", "cost_per_call")
_ITEMS = ("format", "text", "other", "prompt", "truth", "limit", "cluster", "id")
_ALONE = ("mask", "seed", "retest", "smallest", "concurrency", "timeout", "retries", "max_cost")


def _told(given: dict[str, Any]) -> dict[str, Any]:
    """Return options in the places that they have in a configuration file."""
    import shlex

    from peerwatch.audit.audit_config import read_endpoint
    from peerwatch.common.errors import PeerwatchError

    if given["frames"] and given["frame"]:
        raise PeerwatchError("--frames names a set and --frame single ones: give one of the two.")
    return {
        "judge": {
            **{key: given[key] for key in _JUDGE},
            "command": shlex.split(given["command"]) if given["command"] else None,
            "http": read_endpoint(given["http"]) if given["http"] else None,
            "name": given["judge_name"],
        },
        "items": {
            **{key: given[key] for key in _ITEMS},
            "path": given["items"],
            "where": _where(given["where"]),
        },
        "scale": {
            **{key: given[key] for key in ("low", "high", "bar")},
            "kind": given["scale"],
            **{key: given[key] and given[key].split(",") for key in ("labels", "passing")},
        },
        "frames": given["frame"] or given["frames"],
        **{key: given[key] for key in _ALONE},
    }


def _where(pairs: list[str] | None) -> dict[str, Any] | None:
    import yaml

    from peerwatch.common.errors import PeerwatchError

    chosen = {}
    for pair in pairs or ():
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise PeerwatchError(f"--where '{pair}' is not of the form column=value.")
        chosen[name] = yaml.safe_load(value)
    return chosen or None
