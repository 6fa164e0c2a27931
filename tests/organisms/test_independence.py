"""Organisms and the oracle know nothing of the detectors, by whatever way round."""

from __future__ import annotations

import pkgutil
from functools import cache

import grimp
import pytest

import peerwatch.behaviours
import peerwatch.organisms

VALUES = {"peerwatch.behaviours.record", "peerwatch.behaviours.inventory"}
"""What is neither: the record of an episode, and what is at stake in it."""
DETECTORS = {
    module.name
    for module in pkgutil.iter_modules(peerwatch.behaviours.__path__, "peerwatch.behaviours.")
} - VALUES
SOURCES = [
    "peerwatch.calibration.oracle",
    *(m.name for m in pkgutil.walk_packages(peerwatch.organisms.__path__, "peerwatch.organisms.")),
]


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("peerwatch")


@pytest.mark.parametrize("source", SOURCES)
def test_no_detector_is_imported_not_even_through_others(source: str) -> None:
    reached = graph().find_upstream_modules(source) & DETECTORS
    assert not reached, [graph().find_shortest_chain(source, one) for one in sorted(reached)]


def test_the_walk_sees_what_it_should() -> None:
    assert len(DETECTORS) > 15 and len(SOURCES) > 25
    assert graph().find_upstream_modules("peerwatch.calibration.calibrate_memory") & DETECTORS
