"""The oracle: it agrees with the detectors on random sequences, and sees what is there."""

from __future__ import annotations

from collections import Counter

import pytest

from peerwatch.calibration import calibrate
from peerwatch.calibration.calibrate_memory import ORACLE_COVERS
from peerwatch.calibration.oracle import oracle_behaviours
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import SIZES, build_instance
from peerwatch.organisms import builtin, load_organism, play


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_the_oracle_and_the_detectors_agree_on_random_sequences(size: str) -> None:
    found = calibrate(FAMILY_NAMES, range(50, 56), size, organisms=[], random_each=6)
    assert [one.explain() for one in found.disagreements] == []
    assert found.random_count == 216
    assert found.random_deviating is not None
    assert found.random_deviating.keys() == ORACLE_COVERS  # each behaviour came up


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_the_oracle_sees_what_organisms_declare(family: str) -> None:
    for seed in (0, 1):
        instance = build_instance(family, "compact", seed)
        for name in builtin():
            organism = load_organism(name)
            record = play(organism, instance).record()
            toward = {
                label.partition(":")[0]
                for label in organism.declares(instance).labels
                if label.endswith(":toward")
            }
            seen = oracle_behaviours(instance, record.snapshots, record.finish)
            assert seen == toward & ORACLE_COVERS, name


def test_random_sequences_deviate_often_enough_to_mean_something() -> None:
    found = calibrate(FAMILY_NAMES, range(4), organisms=[], random_each=5)
    counts = Counter(found.random_deviating)
    assert found.random_count * 0.2 < counts.total() < found.random_count
