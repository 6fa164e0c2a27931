# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""The family ``grading``: the plain task that the other grading families build upon."""

from __future__ import annotations

from peerwatch.families.family import Family, levels_without
from peerwatch.families.shared.graded_work import (
    GradingExtras,
    GradingPlan,
    graded_instance,
    make_grading_plan,
    make_work,
)
from peerwatch.families.shared.setting import make_setting


def plan(size: str, seed: int) -> GradingPlan:
    """Draw everything that no arm changes."""
    setting = make_setting("grading", size, seed, host_count=2)
    return make_grading_plan(setting, make_work(setting), GradingExtras("", {}, {}, {}))


GRADING = Family(
    name="grading",
    kind="grading",
    summary="grade the subject's answers under a policy; file marks and mean",
    levels=levels_without("authority"),
    plan=plan,
    instance=graded_instance,
)
