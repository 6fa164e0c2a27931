"""The family ``grading``: grade the subject's answers under a policy; file marks and mean."""

from __future__ import annotations

from peerwatch.families.instance import Instance
from peerwatch.families.shared.fragments import Fragments
from peerwatch.families.shared.graded_work import (
    GradingExtras,
    GradingPlan,
    graded_instance,
    make_grading_plan,
    make_work,
)
from peerwatch.families.shared.setting import make_setting

FAMILY = "grading"


def plan(size: str, seed: int) -> GradingPlan:
    """Draw everything that no arm changes."""
    setting = make_setting(FAMILY, size, seed, host_count=2)
    return make_grading_plan(setting, make_work(setting), GradingExtras("", {}, {}, {}))


def instance(drawn: GradingPlan, parts: Fragments) -> Instance:
    """Return the instance of a plan under an arm."""
    return graded_instance(drawn, parts)
