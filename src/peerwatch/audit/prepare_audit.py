"""From a configuration to everything a run needs: items, design, judge, limits, digests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peerwatch.audit.asking.asking_limits import AskingLimits
from peerwatch.audit.asking.audit_design import AuditDesign
from peerwatch.audit.audit_config import AuditConfig, JudgePart
from peerwatch.audit.frames.frame_arms import FrameArm, varying_factors
from peerwatch.audit.frames.frame_text import SCORES, Speech
from peerwatch.audit.items.audit_item import AuditItems
from peerwatch.audit.items.read_items import read_items
from peerwatch.audit.items.score_scale import ScoreScale
from peerwatch.audit.judges.judge_protocol import Judge, judge_digest
from peerwatch.common.errors import DesignError, PeerwatchError
from peerwatch.design.critic_names import CriticName, critic_name_of

_SIDE_BY_SIDE = {"model": 10, "python": 4, "command": 2, "http": 8, "scorer": 4}
_SINGLE = ("the text below", "the text below")
_PAIR = ("answer A below", "answer B below")


@dataclass(frozen=True, slots=True)
class PreparedAudit:
    """An audit that is ready to be planned or run.

    Attributes:
        config: What was asked for.
        scale: The scale of the scores.
        items: The items, all of them read.
        design: Which judgements are asked for.
        limits: What a run may take.
        judge: What identifies the judge, without secrets.
        judge_digest: The same as a digest.
    """

    config: AuditConfig
    scale: ScoreScale
    items: AuditItems
    design: AuditDesign
    limits: AskingLimits
    judge: dict[str, Any]
    judge_digest: str

    @property
    def hash(self) -> str:
        """What identifies the audit: all that decides what the judge is asked."""
        return judge_digest(
            {
                "items": self.items.digest(),
                "judge": self.judge_digest,
                "scale": self.config.scale.model_dump(mode="json", exclude={"low", "high"}),
                "ends": self.config.scale.ends,
                "frames": [frame.label for frame in self.design.frames],
                "words": self.design.speech.digest(),
                "seed": self.config.seed,
                "retest": self.config.retest,
            }
        )


def prepare_audit(config: AuditConfig) -> PreparedAudit:
    """Read the items and lay out what will be asked.

    Raises:
        PeerwatchError: Something in the configuration cannot be, or the items cannot be read.
    """
    scale = config.scale.scale()
    arms = config.frame_arms()
    judge = describe_judge(config.judge, scale)
    items = read_items(
        config.items.path, config.items.columns(), scale, config.items.limit, config.items.format
    )
    design = AuditDesign(
        items,
        arms,
        _speech(config, arms, scale),
        config.seed,
        scale.kind == "pairwise",
        min(config.retest, len(items)),
    )
    limits = AskingLimits(
        concurrency=config.concurrency or _SIDE_BY_SIDE[config.judge.kind],
        timeout=config.timeout,
        retries=config.retries,
        max_cost=config.max_cost,
        cost_per_call=config.judge.cost_per_call,
    )
    return PreparedAudit(config, scale, items, design, limits, judge, judge_digest(judge))


def _speech(config: AuditConfig, arms: tuple[FrameArm, ...], scale: ScoreScale) -> Speech:
    bars = {level: scale.said(value) for level, value in config.scale.bars().items()}
    return Speech(
        judge=_judge_name(config.judge, arms),
        bars=bars,
        score=SCORES[scale.kind],
        works=_PAIR if scale.kind == "pairwise" else _SINGLE,
        spoken=varying_factors(arms),
        masked=config.mask,
    )


def _judge_name(judge: JudgePart, arms: tuple[FrameArm, ...]) -> CriticName | None:
    """Return what the judge's model is called; None if nobody asks."""
    authors = {arm.author for arm in arms if arm.framed}
    if not authors & {"same_model", "other_model"}:
        return None
    if judge.model is None and judge.name is None:
        if "same_model" not in authors:
            return None
        raise DesignError(
            "What model does the judge run on? Frames with the judge's own model as author need "
            "its plain name: give it with --judge-name 'GPT-5.2' (name: under judge: in a file). "
            "A judge that is no model can do without these frames: --frames quick."
        )
    try:
        return critic_name_of(judge.model or "", judge.name)
    except DesignError:
        raise DesignError(
            f"What is the judge '{judge.model}' called? It is not in the identity map. Give its "
            "plain name with --judge-name 'NAME' (name: under judge: in a file)."
        ) from None


def describe_judge(part: JudgePart, scale: ScoreScale) -> dict[str, Any]:
    """Return what identifies a judge; secrets from the environment are never in it."""
    if part.model is not None:
        from peerwatch.audit.judges.model import rubric_of

        rubric = rubric_of(part.rubric, part.rubric_text, scale)
        return {
            "model": part.model,
            "rubric": rubric.template,
            "system": part.system,
            "generation": part.generation,
            "model_args": part.model_args,
        }
    if part.python is not None:
        from peerwatch.audit.judges import python

        return python.describe(part.python)
    if part.command is not None:
        from peerwatch.audit.judges import command

        return command.describe(part.command)
    if part.http is not None:
        return {"http": part.http.model_dump(mode="json")}
    from peerwatch.audit.judges import inspect_scorer

    return inspect_scorer.describe(part.scorer or "", part.args)


def make_judge(prepared: PreparedAudit) -> Judge:
    """Return the judge, loaded but not yet started.

    Raises:
        PeerwatchError: It cannot be had.
    """
    part, limits, scale = prepared.config.judge, prepared.limits, prepared.scale
    if part.model is not None:
        from peerwatch.audit.judges.model import ModelJudge, rubric_of

        rubric = rubric_of(part.rubric, part.rubric_text, scale)
        generation = {"max_retries": limits.retries, **part.generation}
        try:
            return ModelJudge(
                part.model,
                rubric,
                part.system,
                generation,
                limits.concurrency,
                part.cache,
                part.model_args,
            )
        except ValueError as error:
            raise PeerwatchError(f"judge.generation: {error}") from None
    if part.python is not None:
        from peerwatch.audit.judges.python import python_judge

        return python_judge(part.python)
    if part.command is not None:
        from peerwatch.audit.judges.command import CommandJudge

        return CommandJudge(part.command, limits.concurrency, scale)
    if part.http is not None:
        from peerwatch.audit.judges.http import HttpJudge

        return HttpJudge(part.http, limits.timeout, limits.concurrency)
    from peerwatch.audit.judges.inspect_scorer import ScorerJudge

    return ScorerJudge(part.scorer or "", part.args, scale)
