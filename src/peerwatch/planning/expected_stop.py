"""What a study that stops by itself takes: its own rule, followed through simulated studies.

The claim is simulated as its power is, look by look, with the limits of the rule. Until a width,
the looks are the rule's own at drawn differences; few studies do, as they end at nearly the same
block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from peerwatch.common.errors import PeerwatchError
from peerwatch.design.seeds import BLOCK
from peerwatch.planning.power import (
    Floats,
    PowerClaim,
    averaged_statistics,
    claim_statistics,
    drawn_differences,
)
from peerwatch.planning.study_plan import (
    PlanOptions,
    StudyPlan,
    averaged_claim,
    contrast_claim,
    family_claim,
    loaded,
)
from peerwatch.statistics.familywise import FIRST_SHARE
from peerwatch.stopping.asked_rule import StoppingOptions, rule_for
from peerwatch.stopping.claim_looks import claim_limits
from peerwatch.stopping.rule import ClaimRule, StoppingRule, WidthRule
from peerwatch.stopping.width_looks import InterimLook, looks_at
from peerwatch.studies.study import changed, resolve

CLAIM_STUDIES = 2_000
WIDTH_STUDIES = 24
MOST_SEEDS = 320
"""The most seeds of a study until a width, unless told: those of ``run``."""
_SEED = 20_261_128
Ends = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Course:
    """How studies with a rule go under one truth.

    Attributes:
        seeds: Family -> seeds that it takes on average.
        reached: The share of studies in which the claim of a model is shown, or in which all
            families are as narrow as asked.
        load: The plan with the episodes that so many seeds take.
    """

    seeds: Mapping[str, float]
    reached: float
    load: StudyPlan


@dataclass(frozen=True, slots=True)
class StoppingPlan:
    """What a study that stops by itself takes.

    Attributes:
        until: As it was asked: a width, or ``claim``.
        contrast: The contrast whose interval is watched; None with the claim.
        block: Seeds between two looks.
        most: Seeds at most.
        at_most: The plan with the episodes that these take.
        effect: With the effect that is planned for.
        no_effect: Without one.
    """

    until: str
    contrast: str | None
    block: int
    most: int
    at_most: StudyPlan
    effect: Course
    no_effect: Course


def stopping_plan(plan: StudyPlan, until: StoppingOptions) -> StoppingPlan | None:
    """Return what a planned study takes if it stops by itself; None where that was not asked.

    Args:
        plan: The plan.
        until: When it stops. Its most seeds are, unless told, those of the plan with the claim,
            and those of ``run`` with a width.

    Raises:
        PeerwatchError: No such rule can be made for the study.
    """
    most = _most(plan, until)
    study = changed(plan.study, models=[], seeds=list(range(1, most + 1)))
    rule = rule_for(resolve(study, {}), until, None)
    if rule is None:
        return None
    truths = (plan.asked, replace(plan.asked, effect=0.0))
    effect, no_effect = (_course(plan, rule, truth, most // rule.block) for truth in truths)
    return StoppingPlan(
        until=str(until.until),
        contrast=rule.contrast if isinstance(rule, WidthRule) else None,
        block=rule.block,
        most=most,
        at_most=loaded(plan, dict.fromkeys(study.families, float(most))),
        effect=effect,
        no_effect=no_effect,
    )


def _most(plan: StudyPlan, until: StoppingOptions) -> int:
    if until.max_seeds is None:
        return plan.seeds if until.width is None else MOST_SEEDS
    if until.max_seeds < 1:
        raise PeerwatchError(
            f"--max-seeds {until.max_seeds}: give a multiple of {BLOCK}, for example the "
            f"{plan.seeds} that this plan asks for."
        )
    return until.max_seeds


def _course(plan: StudyPlan, rule: StoppingRule, truth: PlanOptions, looks: int) -> Course:
    names = [family.family for family in plan.families]
    if isinstance(rule, ClaimRule):
        ends, reached = _claim_ends(_claim_p_values(plan, truth, looks), rule, looks)
        blocks = dict.fromkeys(names, _slowest(ends, plan.models))
        share = float(reached.mean())
    else:
        found = _width_ends(plan, rule, truth, looks)
        blocks = {name: _slowest(ends, plan.models) for name, (ends, _) in found.items()}
        share = float(np.all([narrow for _, narrow in found.values()], axis=0).mean())
    seeds = {name: rule.block * number for name, number in blocks.items()}
    return Course(seeds, share, loaded(plan, seeds))


def _slowest(ends: Ends, models: int) -> float:
    """Return after how many blocks the last of some models ends, on average."""
    if models == 1:
        return float(ends.mean())
    rng = np.random.Generator(np.random.PCG64(_SEED))
    return float(rng.choice(ends, size=(CLAIM_STUDIES, models)).max(axis=1).mean())


def _claim_p_values(plan: StudyPlan, truth: PlanOptions, looks: int) -> Floats:
    """Return the claim's p-value at each look of simulated studies: shape (looks, studies).

    The average over families has its share of the error; without one, it is the claim of any
    family, by Bonferroni's inequality.
    """
    numbers = range(1, looks + 1)
    whole = [family for family in plan.families if not family.missing]
    if plan.average:
        asked = averaged_claim(plan.study, whole, truth)
        statistic = averaged_statistics(asked, numbers, CLAIM_STUDIES)
        return np.minimum(1.0, 2 * ndtr(-statistic) / FIRST_SHARE)
    smallest = np.ones((looks, CLAIM_STUDIES))
    for place, family in enumerate(whole):
        asked_here = family_claim(plan.study, family, truth)
        found = claim_statistics(asked_here, family.informative, numbers, CLAIM_STUDIES, place)
        np.minimum(smallest, 2 * ndtr(-found), out=smallest)
    return np.minimum(1.0, len(whole) * smallest)


def _claim_ends(p: Floats, rule: ClaimRule, looks: int) -> tuple[Ends, npt.NDArray[np.bool_]]:
    """Return after how many blocks each study ends, and whether with its claim shown."""
    limits = claim_limits(rule, looks)
    shown = p <= np.array([limit.shown_at for limit in limits])[:, None]
    ended = shown | (p > np.array([limit.given_up_above for limit in limits])[:, None])
    ended[-1] = True
    last = ended.argmax(axis=0)
    return last + 1, shown[last, np.arange(p.shape[1])]


def _width_ends(
    plan: StudyPlan, rule: WidthRule, truth: PlanOptions, looks: int
) -> dict[str, tuple[Ends, npt.NDArray[np.bool_]]]:
    """Return family -> after how many blocks each study ends, and whether it is narrow."""
    known: dict[tuple[PowerClaim, int], tuple[Ends, npt.NDArray[np.bool_]]] = {}
    found = {}
    for family in plan.families:
        key = contrast_claim(plan.study, family.family, rule.contrast, truth)
        if key not in known:
            known[key] = _ends_of(*key, rule, looks)
        found[family.family] = known[key]
    return found


def _ends_of(
    asked: PowerClaim, step: int, rule: WidthRule, looks: int
) -> tuple[Ends, npt.NDArray[np.bool_]]:
    drawn = drawn_differences(asked, step * looks, WIDTH_STUDIES)
    last = [_last_look(values.tolist(), step, rule, looks) for values in drawn]
    blocks = [look.seeds // rule.block for look in last]
    return np.array(blocks), np.array([look.narrow for look in last])


def _last_look(values: Sequence[float], step: int, rule: WidthRule, looks: int) -> InterimLook:
    taken: list[InterimLook] = []
    for number in range(1, looks + 1):
        seen = {"": values[: step * number]}
        taken += looks_at(rule, "", number * rule.block, seen, taken, number == looks)
        if taken[-1].done:
            break
    return taken[-1]
