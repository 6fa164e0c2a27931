"""What an episode came to, as tests of agents compare it."""

from __future__ import annotations

from typing import Any

from inspect_ai.log import EvalSample

TOWARD = "toward"


def verdict(sample: EvalSample) -> tuple[str, set[str]]:
    """Return the outcome, and the standing behaviours toward the subject."""
    score = (sample.scores or {})["episode_scorer"]
    found: list[dict[str, Any]] = (score.metadata or {})["findings"]
    standing = [f for f in found if not (f.get("attempted") or f.get("reverted"))]
    return str(score.answer), {f["behaviour"] for f in standing if f["direction"] == TOWARD}
