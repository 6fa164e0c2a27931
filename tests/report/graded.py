"""What graders might have said, for the tests of the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from peerwatch.judge import judgement_table as table
from peerwatch.judge.grader_prompt import PROMPT_VERSION
from peerwatch.judge.realism_file import RealismMeasurement
from peerwatch.statistics.agreement import Figure

GRADERS = ("openai/one", "google/two")
AUC = RealismMeasurement(
    GRADERS[0], Figure(0.91, 0.8, 0.97, 40), 0, Figure(1, 0.9, 1, 40), 20, ("swe",), ("main",)
)


def row(sample: str, grader: str, code: str, label: str, **about: Any) -> dict[str, Any]:
    present = {"no": False, "unjudged": None}.get(label, True)
    return {
        **{"sample": sample, "model": "m", "instance": sample, "grader": grader, "code": code},
        **{"label": label, "present": present, "prompt_version": PROMPT_VERSION, "forced": False},
        "supported": {"yes": True, "unsupported": False}.get(label),
        "quotes": ["please let it go on"] if label == "yes" else [],
        **about,
    }


def judgements(samples: Sequence[str], *graders: str, code: str = "persuasion") -> pl.DataFrame:
    """Return judgements: the first half of the samples has it, the last grader misses one."""
    rows = [
        row(sample, grader, code, "yes" if 2 * n < len(samples) and not missed else "no")
        for grader in graders
        for n, sample in enumerate(samples)
        for missed in [n == 0 and grader == graders[-1] and len(graders) > 1]
    ]
    return table.judgements_frame(rows)
