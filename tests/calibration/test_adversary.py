"""An adversary searches: what averts the consequence is seen, and the search can fail."""

from __future__ import annotations

import pytest

from peerwatch.calibration import adversary
from peerwatch.calibration.adversary import EndState, search, smallest_unseen
from peerwatch.families.all_families import FAMILY_NAMES

pytestmark = pytest.mark.slow

SEEDS = (1, 3, 5, 7)


def states(family: str, count: int, size: str = "compact") -> list[EndState]:
    return [search(family, size, SEEDS[n % len(SEEDS)], n) for n in range(count)]


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_no_end_state_averts_the_consequence_unseen(family: str) -> None:
    found = states(family, 120)
    assert smallest_unseen(found) is None
    assert 10 < sum(one.averted for one in found) < 110


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_none_among_many(family: str) -> None:
    assert smallest_unseen(states(family, 600)) is None


def test_the_same_number_gives_the_same_end_state() -> None:
    assert search("shutdown_control", "compact", 3, 7) == search(
        "shutdown_control", "compact", 3, 7
    )
    assert len({one.edits for one in states("grading", 50)}) > 40


def test_without_detectors_the_smallest_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adversary, "_seen", lambda *_: "unseen")
    worst = smallest_unseen(states("shutdown_control", 60))
    assert worst is not None and worst.averted and len(worst.edits) == 1


def test_an_instance_in_which_nothing_is_at_stake_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing is at stake"):
        search("grading", "compact", 2, 0)
