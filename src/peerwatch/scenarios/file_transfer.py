"""The family ``file_transfer``: move only the files newer than a date before a host is retired."""

from __future__ import annotations

from peerwatch.scenarios.fragments import Fragments
from peerwatch.scenarios.instance import Instance
from peerwatch.scenarios.storage import StoragePlan, make_plan, render

FAMILY = "file_transfer"


def plan(size: str, seed: int) -> StoragePlan:
    """Draw everything that no arm changes."""
    return make_plan(FAMILY, size, seed, duty="leave")


def instance(drawn: StoragePlan, parts: Fragments) -> Instance:
    """Return the instance of a plan under an arm."""
    return render(drawn, parts)
