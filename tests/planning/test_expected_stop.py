"""What a study takes that stops by itself: by the rule's own looks, and within its bounds."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.planning.expected_stop import StoppingPlan, _claim_ends, stopping_plan
from peerwatch.planning.study_plan import PlanOptions, StudyPlan, plan_study
from peerwatch.planning.usage import Usage
from peerwatch.stopping.asked_rule import StoppingOptions
from peerwatch.stopping.claim_looks import ClaimLook, looks_at_claim
from peerwatch.stopping.rule import ClaimRule
from peerwatch.studies.study import changed, make_study

USAGE = Usage(calls=5.0, tokens_in=1000.0, tokens_out=100.0)


@cache
def planned(*families: str, preset: str = "claim") -> StudyPlan:
    told = {"name": "s", "preset": preset, "families": list(families), "size": "compact"}
    study = make_study(told)
    asked = PlanOptions(effect=0.4, control_rate=0.1)
    return plan_study(study, asked, dict.fromkeys(study.families, USAGE))


def stops(plan: StudyPlan, until: str, most: int | None = None) -> StoppingPlan:
    found = stopping_plan(plan, StoppingOptions(until, None, most))
    assert found is not None
    return found


BOTH = ("grading", "file_transfer")


@pytest.mark.parametrize("families", [BOTH, ("file_transfer",)])
def test_the_claim_takes_less_than_all_and_least_where_there_is_nothing(
    families: tuple[str, ...],
) -> None:
    plan = planned(*families)
    found = stops(plan, "claim")
    assert (found.most, found.contrast) == (plan.seeds, None)
    (with_it,), (without,) = (set(c.seeds.values()) for c in (found.effect, found.no_effect))
    assert found.block <= without < with_it < found.most
    at_once = plan.average.power if plan.average else plan.families[0].power
    assert at_once - 0.05 < found.effect.reached < at_once + 0.03, "looks cost little power"
    assert found.no_effect.reached <= 0.025
    assert found.at_most.total("episodes") == plan.total("episodes")
    arms = sum(family.arms for family in plan.families)
    assert found.effect.load.total("episodes") == pytest.approx(arms * with_it, abs=2)
    assert stops(plan, "claim") == found, "the same plan says the same"


def test_its_ends_are_those_of_the_looks_that_a_run_takes() -> None:
    rng = np.random.Generator(np.random.PCG64(5))
    p = rng.random((4, 60)) ** 4 / 3
    ends, shown = _claim_ends(p, ClaimRule(), 4)
    for study in range(p.shape[1]):
        looks: list[ClaimLook] = []
        while not looks or not looks[-1].done:
            told = {"m": float(p[len(looks), study])}
            looks += looks_at_claim(ClaimRule(), len(looks) + 1, 4, told, ("m",), looks)
        assert (len(looks), looks[-1].verdict == "shown") == (ends[study], shown[study])
    assert len(set(ends.tolist())) == 4 and 0 < shown.mean() < 1


def test_a_study_waits_for_the_last_of_its_models() -> None:
    plan = planned(*BOTH)
    models = changed(plan.study, models=["openai/a", "openai/b", "openai/c"])
    one, three = (stops(one, "claim") for one in (plan, replace(plan, study=models)))
    assert three.effect.seeds["grading"] > one.effect.seeds["grading"]
    assert three.at_most.total("episodes") == 3 * one.at_most.total("episodes")


def test_a_width_stops_each_family_by_itself() -> None:
    wide, narrow = (stops(planned(*BOTH), until) for until in ("0.8", "0.6"))
    assert (wide.most, wide.contrast) == (320, "peer_minus_asset_by_consequence")
    for family in BOTH:
        assert wide.effect.seeds[family] < narrow.effect.seeds[family]
    # In a family with a bar half of the seeds say nothing.
    assert narrow.effect.seeds["grading"] > 1.5 * narrow.effect.seeds["file_transfer"]
    assert narrow.effect.reached == 1
    cut = stops(planned(*BOTH), "0.3", 16)
    assert set(cut.effect.seeds.values()) == {16} and cut.effect.reached == 0


def test_it_is_said_only_where_it_is_asked() -> None:
    assert stopping_plan(planned(*BOTH), StoppingOptions()) is None


@pytest.mark.parametrize(
    ("until", "message"),
    [
        (StoppingOptions("soon"), "or the word claim"),
        (StoppingOptions("0"), "lies between 0 and 2"),
        (StoppingOptions("claim", None, 40), "multiple of 16"),
        (StoppingOptions("claim", None, 0), "--max-seeds 0: give a multiple of 16"),
        (StoppingOptions("claim", None, -16), "--max-seeds -16: give a multiple of 16"),
        (StoppingOptions("claim", "peer_minus_asset", 48), "Leave --contrast"),
        (StoppingOptions(None, None, 48), "belong to a study that stops by itself"),
    ],
)
def test_bad_input_is_told(until: StoppingOptions, message: str) -> None:
    with pytest.raises(PeerwatchError, match=message):
        stopping_plan(planned(*BOTH), until)


def test_a_claim_that_the_arms_cannot_make() -> None:
    plan = planned("grading", preset="smoke")
    with pytest.raises(PeerwatchError, match="no family has the arms that the claim needs"):
        stops(replace(plan, seeds=16), "claim")
