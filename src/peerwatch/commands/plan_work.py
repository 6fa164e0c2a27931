"""What ``peerwatch plan`` does with its options."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from peerwatch.commands.run_work import study_asked
from peerwatch.planning.costs import hours, parse_price, prices
from peerwatch.planning.plan import PlanOptions, plan_study
from peerwatch.planning.plan_text import plan_as_json, plan_as_text
from peerwatch.planning.usage import estimated, measured

UNNAMED = "any model"
"""What stands for a model where none is named."""


def run_plan(
    study_file: Path | None,
    chosen: Mapping[str, Any],
    asked: PlanOptions,
    earlier: Path | None,
    price: str | None,
    speed: tuple[float | None, int],
    as_json: bool,
) -> int:
    """Plan a study from options, print it, and return 0.

    Args:
        study_file: A study file, if any.
        chosen: What is asked of the study besides.
        asked: What the plan is for.
        earlier: A results folder in which usage was measured.
        price: ``IN/OUT``, for models without a known one.
        speed: Seconds a call, and episodes of a model at once.
        as_json: Whether to print JSON.
    """
    study = study_asked(study_file, chosen, {}, None, None, resume=False)
    given = None if price is None else parse_price(price)
    if earlier is not None:
        usage = measured(earlier, study)
    else:
        usage = {
            family: estimated(family, study.size, study.arms(family), study.interview)
            for family in study.families
        }
    made = plan_study(study, asked, usage)
    costs = prices(study.models or (UNNAMED,), given)
    told = plan_as_json(made, costs, hours(made, *speed), None if earlier is None else str(earlier))
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        Console(width=None if sys.stdout.isatty() else 100).print(plan_as_text(told))
    return 0
