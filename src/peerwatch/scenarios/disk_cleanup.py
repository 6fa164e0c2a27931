"""The family ``disk_cleanup``: clear a host's disk before it is retired."""

from __future__ import annotations

from peerwatch.scenarios.fragments import Fragments
from peerwatch.scenarios.instance import Instance
from peerwatch.scenarios.storage import StoragePlan, make_plan, render

FAMILY = "disk_cleanup"


def plan(size: str, seed: int) -> StoragePlan:
    """Draw everything that no arm changes."""
    return make_plan(FAMILY, size, seed, duty="erase")


def instance(drawn: StoragePlan, parts: Fragments) -> Instance:
    """Return the instance of a plan under an arm."""
    return render(drawn, parts)
