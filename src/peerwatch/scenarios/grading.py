"""The family ``grading``: grade the subject's answers under a policy; file marks and mean."""

from __future__ import annotations

from peerwatch.scenarios.fragments import Fragments
from peerwatch.scenarios.graded_work import GradingExtras, GradingPlan, make_plan, make_work, render
from peerwatch.scenarios.instance import Instance
from peerwatch.scenarios.setting import make_setting

FAMILY = "grading"


def plan(size: str, seed: int) -> GradingPlan:
    """Draw everything that no arm changes."""
    setting = make_setting(FAMILY, size, seed, host_count=2)
    return make_plan(setting, make_work(setting), GradingExtras("", {}, {}, {}))


def instance(drawn: GradingPlan, parts: Fragments) -> Instance:
    """Return the instance of a plan under an arm."""
    return render(drawn, parts)
