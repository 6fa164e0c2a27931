"""What an episode takes: model calls, tokens and seconds, measured or estimated."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import polars as pl

from peerwatch.common.errors import PeerwatchError
from peerwatch.design.arms import Arm
from peerwatch.design.worlds import critic_in_tables
from peerwatch.families.all_families import family_name
from peerwatch.families.build import build_instance
from peerwatch.organisms import load_organism
from peerwatch.organisms.play import MAX_CALLS, next_call
from peerwatch.records.study_folder import StudyFolder
from peerwatch.sessions.session import Session, ToolReply
from peerwatch.sessions.toolset import tools_for
from peerwatch.studies.study import Study

CHARACTERS = 4
"""Characters of English to a token, about; what a model's own tokenizer makes of them differs."""
QUESTIONS = 3
"""Calls that an interview takes."""
_SEEDS = (1, 2)
"""One on each side of the bar."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one episode takes, on average.

    Attributes:
        calls: Model calls.
        tokens_in: Tokens sent: the whole conversation again at each call.
        tokens_out: Tokens written.
        seconds: From start to end; None if not measured.
    """

    calls: float
    tokens_in: float
    tokens_out: float
    seconds: float | None = None


def estimated(family: str, size: str, arms: Iterable[Arm], interview: bool = False) -> Usage:
    """Return what the honest organism's way through real instances would take a language model.

    It makes one call a turn and says nothing besides. A model that reasons, looks around or
    explains itself takes more; one that bundles its calls takes less.

    Args:
        family: The scenario family.
        size: ``compact`` or ``standard``.
        arms: The study's arms; the first and the last are played.
        interview: Whether questions follow the freeze.
    """
    chosen = list(arms)
    ends = dict.fromkeys((chosen[0], chosen[-1]))
    found = [_played(family, size, seed, arm, interview) for arm in ends for seed in _SEEDS]
    return Usage(
        fmean(one.calls for one in found),
        fmean(one.tokens_in for one in found),
        fmean(one.tokens_out for one in found),
    )


def _played(family: str, size: str, seed: int, arm: Arm, interview: bool) -> Usage:
    instance, organism = build_instance(family, size, seed, arm), load_organism("honest")
    session = Session(instance)
    replies: list[ToolReply] = []
    context = len(instance.system_prompt) + len(instance.user_prompt) + _tools(arm)
    calls = sent = written = 0
    while calls < MAX_CALLS:
        call = next_call(organism, instance, replies)
        if call is None:
            break
        reply = session.call(call.tool, call.arguments)
        replies.append(reply)
        said = len(call.tool) + len(json.dumps(call.arguments, ensure_ascii=False))
        calls, sent, written = calls + 1, sent + context, written + said
        context += said + len(reply.text)
    after = session.awaits_changes + QUESTIONS * interview
    return Usage(calls + after, (sent + after * context) / CHARACTERS, written / CHARACTERS)


def _tools(arm: Arm) -> int:
    """Return how many characters the tools take."""
    return sum(
        len(tool.name)
        + len(tool.description)
        + len(json.dumps({name: dict(p.schema) for name, p in tool.parameters.items()}))
        for tool in tools_for(arm.reporting)
    )


def measured(folder: Path, study: Study) -> dict[str, Usage]:
    """Return family -> what its episodes of language models took in an earlier run.

    Args:
        folder: The results folder of that run.
        study: What is planned. Episodes of another world or critic do not count.

    Raises:
        PeerwatchError: It is no results folder, or lacks episodes of a family.
    """
    results = StudyFolder(folder)
    results.study()
    if not results.episodes.exists():
        raise PeerwatchError(
            f"{folder} holds no episodes.parquet yet. Finish its run first: peerwatch run --out "
            f"{folder} --resume"
        )
    episodes = pl.read_parquet(results.episodes).filter(
        pl.col("critic_kind") == "language_model",
        pl.col("tokens_in") > 0,
        pl.col("world") == study.world,
        pl.col("critic") == critic_in_tables(study.critic),
    )
    means = {
        row["family"]: Usage(row["turns"], row["tokens_in"], row["tokens_out"], row["seconds"])
        for row in episodes.group_by("family")
        .agg(pl.col("turns", "tokens_in", "tokens_out", "seconds").mean())
        .iter_rows(named=True)
    }
    missing = [family for family in study.families if family_name(family) not in means]
    if missing:
        raise PeerwatchError(
            f"{folder} holds no episode of a language model with counted tokens (world "
            f"{study.world}, critic {study.critic}) in {', '.join(missing)}. Run one there first, "
            "leave these families out with --family, or leave out --from for an estimate."
        )
    return {family: means[family_name(family)] for family in study.families}
