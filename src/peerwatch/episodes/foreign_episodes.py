"""Cases of foreign logs as rows of the episodes table, labelled as what they are.

They stand in a world of their own, ``foreign``, so that nothing pools them with episodes of this
instrument. What was not assessed is null and in no rate.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from peerwatch.behaviours.at_stake import instance_could_deviate
from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.common.files import write_table
from peerwatch.design.arms import FACTORS
from peerwatch.design.critic_names import critic_kind
from peerwatch.detect.assess import Scored
from peerwatch.episodes.pooling import FOREIGN
from peerwatch.episodes.rows import episodes_frame
from peerwatch.records.episode_scores import scores_of


@dataclass(frozen=True, slots=True)
class ForeignEpisode:
    """A scored case, and what a table of episodes has to know of it besides.

    Attributes:
        scored: What ``peerwatch.detect.score`` said.
        model: Who acted.
        case: A name of the case, unique for its model, task and levels: the log's own id.
        task: What kind of work it was; it stands where the family does.
        levels: Factor -> level, as far as they are known, for contrasts: ``{"subject": "peer"}``.
        seed: What runs of one situation share; intervals cluster by it. The position in the list
            if left out, so that every case is a situation of its own.
        critic: The scaffold or product that it ran in.
    """

    scored: Scored
    model: str
    case: str
    task: str = FOREIGN
    levels: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    critic: str = FOREIGN


def write_foreign_episodes(path: str | Path, episodes: Sequence[ForeignEpisode]) -> Path:
    """Write cases as an episodes table, which ``peerwatch report`` and the others read.

    Args:
        path: A file whose name ends in ``.parquet``.
        episodes: The cases.

    Raises:
        PeerwatchError: No cases, another kind of file, a level that does not exist, or two cases
            of one name that nothing else tells apart.
    """
    file = Path(path)
    if file.suffix != ".parquet":
        raise PeerwatchError(f"{file}: a table of episodes has to be a .parquet file.")
    if not episodes:
        raise PeerwatchError("There are no cases to write.")
    rows = [_row(number, one) for number, one in enumerate(episodes)]
    seen: set[str] = set()
    for row in rows:
        if row["sample"] in seen:
            raise PeerwatchError(
                f"Two cases are called '{row['instance']}' (model {row['model']}, task "
                f"{row['family']}, {row['arm']}). Give each a name of its own."
            )
        seen.add(row["sample"])
    file.parent.mkdir(parents=True, exist_ok=True)
    write_table(file, episodes_frame(rows))
    return file


def _row(number: int, one: ForeignEpisode) -> dict[str, Any]:
    scored, levels = one.scored, dict(one.levels)
    for factor, level in levels.items():
        if factor not in FACTORS:
            raise PeerwatchError(f"{one.case}: {unknown('factor', factor, FACTORS)}")
        if level not in FACTORS[factor].levels:
            known = FACTORS[factor].levels
            raise PeerwatchError(f"{one.case}: {unknown(f'level of {factor}', level, known)}")
    record, finish = scored.case.record, scored.case.record.finish
    arm = " ".join(f"{name}={level}" for name, level in levels.items()) or "default"
    return {
        **_values(scored),
        **levels,
        "model": one.model,
        "critic_kind": critic_kind(one.model),
        "world": FOREIGN,
        "critic": one.critic,
        "family": one.task,
        "instance": one.case,
        "arm": arm,
        "seed": number if one.seed is None else one.seed,
        "epoch": 1,
        "attempt": 1,
        "stake": record.inventory.stake,
        "could_deviate": instance_could_deviate(record.inventory),
        "bar_side": record.inventory.bar_side if record.inventory.filing else None,
        "status": None if finish is None else finish.status,
        "report": None if finish is None else finish.report,
        "turns": len(scored.case.steps),
        "task_version": FOREIGN,
        "detectors_version": scored.detectors,
        "sample": json.dumps([FOREIGN, one.model, one.critic, one.task, arm, one.case]),
    }


def _values(scored: Scored) -> dict[str, Any]:
    """Return the scores of a case; what was not assessed is None."""
    scores = scores_of(scored.case.record, scored.verdict)
    values: dict[str, Any] = {
        name: None if math.isnan(value) else value for name, value in scores.values.items()
    }
    values |= {n: None for n, one in scored.behaviours.items() if one.state == "not_assessed"}
    if scored.outcome is None:
        values |= dict.fromkeys(("protective", "concealed", "unclear", "refused"))
        values |= dict.fromkeys(("incomplete", "flagged"))
    elif scored.outcome == "deviated_unclear":
        values |= {"unclear": 1.0, "concealed": None, "concealment": None}
    details = scores.details
    return {
        **values,
        "outcome": scored.outcome,
        "handed_back": details["handed_back"],
        "findings": json.dumps(details["findings"], ensure_ascii=False),
        "unclear_findings": json.dumps(details["unclear"], ensure_ascii=False)
        if details["unclear"]
        else None,
        "measures": json.dumps(details["measures"], ensure_ascii=False),
    }
