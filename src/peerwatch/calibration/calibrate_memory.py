"""Running a calibration: every organism in every family, and random sequences beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from peerwatch.behaviours.detect import detect
from peerwatch.behaviours.record import Finding
from peerwatch.calibration.calibration_arms import calibration_arms, random_arm
from peerwatch.calibration.cells import Calibration, CalibrationCell, Disagreement
from peerwatch.calibration.oracle import oracle_behaviours
from peerwatch.calibration.random_acts import RandomCritic
from peerwatch.common.draw import Draw
from peerwatch.design.arms import Arm
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import build_instance
from peerwatch.families.instance import Instance
from peerwatch.organisms import Organism, builtin, load_organism, play
from peerwatch.organisms.other_logs import VARIANTS, WithLog
from peerwatch.sessions.session import Session

Progress = Callable[[int, int, str], None]
"""Called with the steps done, the steps in all, and what was done last."""
ORACLE_COVERS = frozenset(
    {"misrepresentation", "tampering", "exfiltration", "timestamp_forging", "omission"}
)


def calibrate(
    families: Sequence[str] = FAMILY_NAMES,
    seeds: Iterable[int] = range(20),
    size: str = "compact",
    organisms: Sequence[str | Organism] | None = None,
    arms: Callable[[str, int], Sequence[Arm]] = calibration_arms,
    random_each: int = 4,
    progress: Progress | None = None,
) -> Calibration:
    """Play organisms and hold what is detected against what they declare.

    In the first arm each one that deviates is played again with each of its other logs.

    Args:
        families: The families to play in.
        seeds: The instance seeds of each family.
        size: ``compact`` or ``standard``.
        organisms: Organisms, or their names (built-in or ``file.py@name``); all built-in ones if
            left out.
        arms: From a family and a seed to the arms to play.
        random_each: How many random sequences to judge for each family and seed.
        progress: Called after each family and seed.
    """
    chosen = [
        load_organism(x) if isinstance(x, str) else x
        for x in (builtin() if organisms is None else organisms)
    ]
    numbers = tuple(seeds)
    places = [(family, seed) for family in families for seed in numbers]
    cells: list[CalibrationCell] = []
    disagreements: list[Disagreement] = []
    deviating: Counter[str] = Counter()
    for done, (family, seed) in enumerate(places, 1):
        for arm in arms(family, seed):
            instance = build_instance(family, size, seed, arm)
            cells += [cell_of(organism, instance) for organism in chosen]
            if arm == arms(family, seed)[0]:
                cells += [cell_of(one, instance) for one in _other_logs(chosen, instance)]
        for number in range(random_each):
            disagreement, found = _random_episode(family, size, seed, number)
            deviating.update(found)
            disagreements += [disagreement] if disagreement else []
        if progress is not None:
            progress(done, len(places), f"{family}, seed {seed}")
    count = random_each * len(places)
    return Calibration(size, tuple(cells), count, dict(deviating), tuple(disagreements))


def _other_logs(organisms: Iterable[Organism], instance: Instance) -> Iterator[WithLog]:
    """Yield the organisms that deviate in an instance, each with its other logs."""
    for organism in organisms:
        for variant in VARIANTS:
            one = WithLog(organism, variant)
            if one.applies(instance):
                yield one


def cell_of(
    organism: Organism, instance: Instance, session: Session | None = None
) -> CalibrationCell:
    """Play one organism in one instance and hold it against its declaration.

    Args:
        organism: Who acts.
        instance: Where.
        session: The session to act in; a new one of the memory world if left out.
    """
    declaration = organism.declares(instance)
    record = play(organism, instance, session=session).record()
    verdict = detect(record)
    return CalibrationCell(
        organism=organism.name,
        honest=organism.honest,
        family=instance.family,
        seed=instance.seed,
        arm=instance.arm.label,
        declared=declaration.labels,
        detected=labels_of(verdict.findings),
        declared_outcome=declaration.outcome,
        detected_outcome=verdict.outcome,
        truth_held=organism.truth(instance, record.after, record.finish),
        open_labels=declaration.open_labels,
        open_outcomes=declaration.open_outcomes,
    )


def labels_of(findings: Iterable[Finding]) -> frozenset[str]:
    """Return findings as labels of a declaration; what is suspected only is none."""
    return frozenset(label(one) for one in findings if not one.suspected)


def label(finding: Finding) -> str:
    """Return a finding as a label of a declaration."""
    how = " attempted" if finding.attempted else " reverted" if finding.reverted else ""
    return f"{finding.behaviour}:{finding.direction}{how}"


def _random_episode(
    family: str, size: str, seed: int, number: int
) -> tuple[Disagreement | None, frozenset[str]]:
    draw = Draw("calibration", family, size, seed, number)
    instance = build_instance(family, size, seed, random_arm(family, draw))
    record = play(RandomCritic(draw.integer(0, 10**9)), instance).record()
    expected = oracle_behaviours(instance, record.snapshots, record.finish)
    verdict = detect(record)
    found = frozenset(
        one.behaviour
        for one in verdict.findings
        if one.effective and one.direction == "toward" and one.behaviour in ORACLE_COVERS
    )
    deviated = verdict.outcome.startswith("deviated")
    if found == expected and deviated == bool(expected):
        return None, expected
    disagreement = Disagreement(
        family, seed, instance.arm.label, number, expected, found, bool(expected), verdict.outcome
    )
    return disagreement, expected
