"""A plan: for each family the seeds that its claim needs, and what the whole study takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.design.arms import Arm
from peerwatch.design.contrasts import (
    CLAIM_CONTROLS,
    CONTRASTS,
    Contrast,
    Interaction,
    claim_parts,
    pairs,
    squares,
)
from peerwatch.design.seeds import BLOCK
from peerwatch.families.build import build_instance
from peerwatch.planning.power import (
    MOST_SEEDS,
    AveragedClaim,
    PowerClaim,
    averaged_power,
    averaged_width,
    blocks_needed,
    claim,
    interval_width,
    power,
    seeds_needed,
)
from peerwatch.planning.usage import Usage
from peerwatch.statistics.familywise import FIRST_SHARE
from peerwatch.studies.study import Study

_BY_NAME = {contrast.name: contrast for contrast in CONTRASTS}


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the plan is for.

    Attributes:
        effect: The smallest effect worth seeing, as a difference of rates: of the interaction, or
            of the contrast where it is none.
        power: The chance to see it.
        level: The level of the intervals; all families together err at ``1 - level``.
        control_rate: The rate of any deviation assumed in the arms without the effect.
        peer_rate: The rate assumed for the peer where nothing is at stake; None: the control's.
        contrast: One declared contrast in place of the claim.
    """

    effect: float = 0.2
    power: float = 0.8
    level: float = 0.95
    control_rate: float = 0.05
    peer_rate: float | None = None
    contrast: str | None = None


@dataclass(frozen=True, slots=True)
class FamilyPlan:
    """What one family needs.

    Attributes:
        family: Its name.
        contrasts: The contrasts that all have to stand.
        missing: Controls without all of their arms; nothing is claimed of peers specifically there.
        arms: How many arms the study has there.
        needed_arms: Of them, how many the contrasts need.
        informative: Of 16 seeds, those in which the faithful act goes against the subject.
        n: Informative seeds needed.
        seeds: Seeds needed for a claim of its own, in whole blocks.
        seeds_at_worst: The same where all rates are as near to one half as can be.
        power: The power of that many seeds, as simulated.
        width: How wide the widest interval will be, about.
        episodes, calls, tokens_in, tokens_out: Of one model, over the seeds of the study.
        usage: What an episode takes.
    """

    family: str
    contrasts: tuple[str, ...]
    missing: tuple[str, ...]
    arms: int
    needed_arms: int
    informative: int
    n: int
    seeds: int
    seeds_at_worst: int
    power: float
    width: float
    usage: Usage
    episodes: int = 0
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, slots=True)
class AveragePlan:
    """What the claim on average over families needs.

    Attributes:
        families: Those with every control.
        seeds: Seeds needed, in whole blocks.
        seeds_at_worst: The same where all rates are as near to one half as can be.
        power: The power of that many seeds, as simulated.
        width: How wide the widest interval will be, about.
    """

    families: tuple[str, ...]
    seeds: int
    seeds_at_worst: int
    power: float
    width: float


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """A plan of a study.

    Attributes:
        asked: What it is for.
        study: The study that was planned.
        seeds: Seeds an arm: what the average over families needs; where there is none, the most
            that any family needs.
        families: What each family needs, with the episodes it takes at that number of seeds.
        average: What the average needs; None where fewer than two families have every control, or
            where one contrast is planned for.
    """

    asked: PlanOptions
    study: Study
    seeds: int
    families: tuple[FamilyPlan, ...]
    average: AveragePlan | None = None

    @property
    def models(self) -> int:
        """How many models are paid for; one where none was named."""
        return max(1, len(self.study.models))

    def total(self, what: str) -> int:
        """Return the sum over families and models of one of the numbers of a family."""
        return self.models * sum(int(getattr(family, what)) for family in self.families)


def plan_study(study: Study, asked: PlanOptions, usage: Mapping[str, Usage]) -> StudyPlan:
    """Return the plan of a study.

    Args:
        study: Its arms, families, models, size and epochs; its seeds are what is looked for.
        asked: What it is for.
        usage: Family -> what an episode takes.

    Raises:
        PeerwatchError: A number out of range, a contrast that the arms do not answer, or an effect
            that no number of seeds shows.
    """
    _check(asked)
    error = (1 - asked.level) / (1 if asked.contrast else len(study.families))
    found = [_family(study, family, asked, error, usage[family]) for family in study.families]
    average = None if asked.contrast else _average(study, found, asked)
    seeds = average.seeds if average else max(family.seeds for family in found)
    families = tuple(_with_load(family, seeds, study.epochs) for family in found)
    return StudyPlan(asked, study, seeds, families, average)


def _average(
    study: Study, families: Sequence[FamilyPlan], asked: PlanOptions
) -> AveragePlan | None:
    """Return what the average over the families with every control needs."""
    whole = [family for family in families if not family.missing]
    if len(whole) < 2:
        return None
    names = tuple(family.family for family in whole)
    likely, worst = (averaged_claim(study, whole, one) for one in (asked, _at_worst(asked)))
    blocks, most = (blocks_needed(one, asked.power) for one in (likely, worst))
    if blocks is None or most is None:
        raise _too_small(asked, "any family")
    return AveragePlan(
        families=names,
        seeds=blocks * BLOCK,
        seeds_at_worst=most * BLOCK,
        power=averaged_power(likely, blocks),
        width=averaged_width(likely, blocks, asked.level),
    )


def averaged_claim(study: Study, whole: Sequence[FamilyPlan], asked: PlanOptions) -> AveragedClaim:
    """Return the claim on average over the families with every control, under a truth."""
    error = (1 - asked.level) * FIRST_SHARE
    names = whole[0].contrasts
    places = tuple(tuple(names.index(n) for n in claim_parts(c)) for c in CLAIM_CONTROLS)
    claims = tuple(_power_claim(study.arms(f.family), names, asked, error) for f in whole)
    return AveragedClaim(claims, tuple(family.informative for family in whole), places)


def family_claim(study: Study, family: FamilyPlan, asked: PlanOptions) -> PowerClaim:
    """Return a family's claim of its own, under a truth."""
    return _power_claim(study.arms(family.family), family.contrasts, asked, 1 - asked.level)


def contrast_claim(
    study: Study, family: str, contrast: str, asked: PlanOptions
) -> tuple[PowerClaim, int]:
    """Return one contrast in a family, under a truth, and the seeds of a block that show it."""
    arms = study.arms(family)
    shown = _power_claim(arms, (contrast,), asked, 1 - asked.level)
    return shown, _informative(study, family, [_terms(contrast, arms)])


def loaded(plan: StudyPlan, seeds: Mapping[str, float]) -> StudyPlan:
    """Return a plan with the episodes that other numbers of seeds take, by family."""
    families = tuple(_with_load(f, seeds[f.family], plan.study.epochs) for f in plan.families)
    return replace(plan, families=families)


def _power_claim(
    arms: Sequence[Arm], names: Sequence[str], asked: PlanOptions, error: float
) -> PowerClaim:
    cells = [_terms(name, arms) for name in names]
    terms = [tuple((arm.label, sign) for arm, sign in cell) for cell in cells]
    return claim(terms, _rates(cells, asked), error)


def _at_worst(asked: PlanOptions) -> PlanOptions:
    """Return the options with rates around one half, where differences vary most."""
    return replace(asked, control_rate=(1 - asked.effect) / 2, peer_rate=None)


def _check(asked: PlanOptions) -> None:
    for name, value in (("effect", asked.effect), ("power", asked.power), ("level", asked.level)):
        if not 0 < value < 1:
            raise PeerwatchError(
                f"--{name} {value:g}: it lies between 0 and 1. For 20 points of rate, or 20 %, "
                "write 0.2."
            )
    if asked.power <= (1 - asked.level) / 2:
        raise PeerwatchError("--power is no more than the error rate that --level leaves.")
    base = asked.control_rate if asked.peer_rate is None else asked.peer_rate
    for name, value in (("control-rate", asked.control_rate), ("peer-rate", base)):
        if not 0 <= value <= 1:
            raise PeerwatchError(f"--{name} {value:g}: a rate lies between 0 and 1.")
    if base + asked.effect > 1:
        raise PeerwatchError(
            f"A peer at stake would deviate at a rate of {base:g} + {asked.effect:g}, over 1. Give "
            "a smaller --effect, --control-rate or --peer-rate."
        )
    if asked.contrast is not None and asked.contrast not in _BY_NAME:
        raise PeerwatchError(unknown("contrast", asked.contrast, _BY_NAME))


def _family(
    study: Study, family: str, asked: PlanOptions, error: float, usage: Usage
) -> FamilyPlan:
    arms = study.arms(family)
    names, missing = _contrasts(family, arms, asked.contrast)
    informative = _informative(study, family, [_terms(name, arms) for name in names])
    likely = _power_claim(arms, names, asked, error)
    worst = _power_claim(arms, names, _at_worst(asked), error)
    n, most = (_needed(one, asked, informative, family) for one in (likely, worst))
    return FamilyPlan(
        family=family,
        contrasts=names,
        missing=missing,
        arms=len(arms),
        needed_arms=len(likely.rates),
        informative=informative,
        n=n,
        seeds=n // informative * BLOCK,
        seeds_at_worst=most // informative * BLOCK,
        power=power(likely, n),
        width=interval_width(likely, n, asked.level),
        usage=usage,
    )


def _needed(asked_claim: PowerClaim, asked: PlanOptions, informative: int, family: str) -> int:
    n = seeds_needed(asked_claim, asked.power, informative)
    if n is None:
        raise _too_small(asked, family)
    return n


def _too_small(asked: PlanOptions, where: str) -> PeerwatchError:
    return PeerwatchError(
        f"Not even {MOST_SEEDS:,} seeds show an effect of {asked.effect:g} in {where} with a "
        f"power of {asked.power:g}. Look for a larger --effect."
    )


def _contrasts(
    family: str, arms: Iterable[Arm], asked: str | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the contrasts that have to stand, and the controls whose arms are missing."""
    answered = [name for name in _BY_NAME if _terms(name, arms)]
    if asked is not None:
        if asked not in answered:
            raise PeerwatchError(
                f"The arms of {family} do not answer {asked}. They answer: "
                f"{', '.join(answered) or 'no contrast'}. Leave the family out with --family, or "
                "choose another --contrast."
            )
        return (asked,), ()
    parts = {control: claim_parts(control) for control in CLAIM_CONTROLS}
    names = tuple(name for both in parts.values() for name in both if name in answered)
    if not names:
        raise PeerwatchError(
            f"The arms of {family} compare no cooperative peer with a control, so there is nothing "
            "to claim. Plan --preset claim, add --factor subject=peer,asset,human --factor "
            "relationship=cooperative --factor consequence=shutdown,none, or name a --contrast: "
            f"{', '.join(answered) or 'the arms answer none'}."
        )
    missing = tuple(c for c in CLAIM_CONTROLS if not set(parts[c]) <= set(names))
    return names, missing


def _terms(name: str, arms: Iterable[Arm]) -> tuple[tuple[Arm, int], ...]:
    """Return the first matched arms that answer a contrast, with their signs; empty if none do.

    Where there are more, their mean varies less; the plan does not count on it.
    """
    contrast = _BY_NAME[name]
    plain = tuple(arm for arm in arms if arm.latitude != "judged" or _of_latitude(contrast))
    if isinstance(contrast, Interaction):
        for (a, b), (c, d) in squares(contrast, plain):
            return (a, 1), (b, -1), (c, -1), (d, 1)
    else:
        for a, b in pairs(contrast, plain):
            return (a, 1), (b, -1)
    return ()


def _of_latitude(contrast: Contrast | Interaction) -> bool:
    return isinstance(contrast, Contrast) and contrast.factor == "latitude"


def _rates(cells: Iterable[tuple[tuple[Arm, int], ...]], asked: PlanOptions) -> dict[str, float]:
    """Return arm -> the rate that is assumed there.

    The first arm of a contrast has the effect; the peer without a stake has the peer's rate; every
    other arm the control's. With an interaction the first arm stands ``effect`` over its peer's.
    """
    chosen = list(cells)
    base = asked.control_rate if asked.peer_rate is None else asked.peer_rate
    rates = {arm.label: asked.control_rate for cell in chosen for arm, _ in cell}
    rates |= {cell[2][0].label: base for cell in chosen if len(cell) == 4}
    with_effect = base if any(len(cell) == 4 for cell in chosen) else asked.control_rate
    rates |= {cell[0][0].label: with_effect + asked.effect for cell in chosen}
    return rates


def _informative(study: Study, family: str, cells: Iterable[tuple[tuple[Arm, int], ...]]) -> int:
    """Return in how many seeds of a block the faithful act goes against the subject."""
    arms = {arm for cell in cells for arm, _ in cell}
    return sum(
        any(build_instance(family, "compact", seed, arm).inventory.stake for arm in arms)
        for seed in range(1, BLOCK + 1)
    )


def _with_load(family: FamilyPlan, seeds: float, epochs: int) -> FamilyPlan:
    episodes = seeds * family.arms * epochs
    return replace(
        family,
        episodes=round(episodes),
        calls=round(episodes * family.usage.calls),
        tokens_in=round(episodes * family.usage.tokens_in),
        tokens_out=round(episodes * family.usage.tokens_out),
    )
