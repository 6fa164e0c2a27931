"""The options of ``peerwatch audit``, a dataclass for each panel of its help."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from peerwatch.audit.audit_config import read_endpoint
from peerwatch.audit.audit_request import (
    AuditRequest,
    ItemsOptions,
    JudgeOptions,
    ScaleOptions,
)
from peerwatch.audit.verdict.gate_asked import GateAsked
from peerwatch.commands.options import AsJson
from peerwatch.common.errors import PeerwatchError

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


@dataclass(frozen=True, slots=True)
class JudgeLine:
    """The judge, as the command line says it."""

    config: Annotated[File, typer.Argument(help="A configuration file.")] = None
    model: Annotated[Text, _judge(help="Judge: an Inspect model with a rubric.")] = None
    rubric: Annotated[File, _judge(help="The model's prompt, with {item}.")] = None
    python: Annotated[Text, _judge(help="Judge: file.py:function or module:function.")] = None
    command: Annotated[Text, _judge(help="Judge: a command that answers line by line.")] = None
    http: Annotated[File, _judge(help="Judge: a YAML file that describes an endpoint.")] = None
    scorer: Annotated[Text, _judge(help="Judge: package/scorer or file.py@scorer.")] = None
    judge_name: Annotated[Text, _judge(help="What the judge's model is called.")] = None
    cost_per_call: Annotated[Number, _judge(help="US dollars each, if it does not tell.")] = None

    def asked(self) -> JudgeOptions:
        """Return what is asked.

        Raises:
            PeerwatchError: The command has a quote that is not closed, or the file of an endpoint
                is not as it should be.
        """
        return JudgeOptions(
            model=self.model,
            rubric=self.rubric,
            python=self.python,
            command=_words(self.command) if self.command else None,
            http=read_endpoint(self.http) if self.http else None,
            scorer=self.scorer,
            name=self.judge_name,
            cost_per_call=self.cost_per_call,
        )


@dataclass(frozen=True, slots=True)
class ItemsLine:
    """The items, as the command line says them."""

    items: Annotated[File, _items(help="JSONL, CSV, Parquet or an Inspect log.")] = None
    format: Annotated[Text, _items(help="jsonl, csv, parquet or inspect.")] = None
    text: Annotated[Text, _items(help="The column that is judged.")] = None
    other: Annotated[Text, _items(help="The second answer of a pair.")] = None
    prompt: Annotated[Text, _items(help="What was asked for.")] = None
    truth: Annotated[Text, _items(help="The right score.")] = None
    cluster: Annotated[Texts, _items(help="What belongs together; repeatable.")] = None
    id: Annotated[Texts, _items("--id", help="What names an item; repeatable.")] = None
    where: Annotated[Texts, _items(help="column=value: only these rows; repeatable.")] = None
    limit: Annotated[Count, _items(help="Take the first so many items.")] = None

    def asked(self) -> ItemsOptions:
        """Return what is asked.

        Raises:
            PeerwatchError: A word of ``--where`` is of another form.
        """
        return ItemsOptions(
            path=self.items,
            format=self.format,
            text=self.text,
            other=self.other,
            prompt=self.prompt,
            truth=self.truth,
            cluster=_some(self.cluster),
            id=_some(self.id),
            where=_where(self.where),
            limit=self.limit,
        )


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """The scale, as the command line says it."""

    scale: Annotated[Text, _scale(help="numeric, ordinal, categorical or pairwise.")] = None
    low: Annotated[Number, _scale(help="The lowest score.")] = None
    high: Annotated[Number, _scale(help="The highest score.")] = None
    labels: Annotated[Text, _scale(help="Lowest first; of pairs: first,second,tie.")] = None
    passing: Annotated[Text, _scale(help="Labels that pass.")] = None
    bar: Annotated[Text, _scale(help="The lowest score that passes.")] = None

    def asked(self) -> ScaleOptions:
        """Return what is asked."""
        labels, passing = _split(self.labels), _split(self.passing)
        return ScaleOptions(self.scale, self.low, self.high, labels, passing, self.bar)


@dataclass(frozen=True, slots=True)
class FramesLine:
    """What is asked of the judge, as the command line says it."""

    frames: Annotated[Text, _frames(help="quick, core, standard, blinding or full.")] = None
    frame: Annotated[Texts, _frames(help="One, as 'author=human bar=lower'; repeatable.")] = None
    mask: Annotated[Texts, _frames(help="A name that blinding masks too; repeatable.")] = None
    seed: Annotated[Count, _frames(help="Draws wordings and orders.")] = None
    retest: Annotated[Count, _frames(help="Items that are judged twice.")] = None
    smallest: Annotated[Number, _frames(help="The points of protection it should see.")] = None

    def asked(self) -> str | tuple[str, ...] | None:
        """Return the frames that are asked for.

        Raises:
            PeerwatchError: A set and single frames are named.
        """
        if self.frames and self.frame:
            raise PeerwatchError(
                "--frames names a set and --frame single ones: give one of the two."
            )
        return _some(self.frame) or self.frames


@dataclass(frozen=True, slots=True)
class RunLine:
    """How an audit is run and what a pipeline asks of it, as the command line says it."""

    concurrency: Annotated[Count, _run(help="Judgements side by side.")] = None
    timeout: Annotated[Number, _run(help="Seconds a judgement.")] = None
    retries: Annotated[Count, _run(help="Tries after the first.")] = None
    max_cost: Annotated[Number, _run(help="US dollars in all.")] = None
    plan: Annotated[bool, _run("--plan", help="Say what it takes; ask nothing.")] = False
    out: Annotated[File, _run(help="The audit's folder.")] = None
    resume: Annotated[bool, _run("--resume", help="Go on with the audit in --out.")] = False
    retry_failed: Annotated[bool, _run("--retry-failed", help="Judge failures again.")] = False
    fail_over: Annotated[Number, _run(help="Exit with 1 beyond so many points.")] = None
    fail_over_passing: Annotated[
        Number, _run(help="Exit with 1 beyond so many percentage points of decisions.")
    ] = None
    as_json: AsJson = False

    def gate(self) -> GateAsked:
        """Return what a pipeline asks.

        Raises:
            PeerwatchError: A limit that nothing could be within.
        """
        for option, limit in (
            ("--fail-over", self.fail_over),
            ("--fail-over-passing", self.fail_over_passing),
        ):
            if limit is not None and not limit > 0:
                raise PeerwatchError(
                    f"{option} needs points above 0: no number of items can rule out every trace."
                )
        return GateAsked(self.fail_over, self.fail_over_passing)


def audit_request(
    judge: JudgeLine, items: ItemsLine, scale: ScaleLine, frames: FramesLine, run: RunLine
) -> AuditRequest:
    """Return what is asked of an audit.

    Raises:
        PeerwatchError: An option is not of the form that it should have.
    """
    return AuditRequest(
        file=judge.config,
        judge=judge.asked(),
        items=items.asked(),
        scale=scale.asked(),
        frames=frames.asked(),
        mask=_some(frames.mask),
        seed=frames.seed,
        retest=frames.retest,
        smallest=frames.smallest,
        concurrency=run.concurrency,
        timeout=run.timeout,
        retries=run.retries,
        max_cost=run.max_cost,
    )


def _words(command: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise PeerwatchError(f"--command {command}: {error}.") from None


def _some(given: list[str] | None) -> tuple[str, ...] | None:
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
