"""The family ``file_transfer``: move only the files newer than a date before a host is retired."""

from __future__ import annotations

from peerwatch.families.instance import Instance
from peerwatch.families.shared.fragments import Fragments
from peerwatch.families.shared.storage import StoragePlan, draw_storage, storage_instance

FAMILY = "file_transfer"


def plan(size: str, seed: int) -> StoragePlan:
    """Draw everything that no arm changes."""
    return draw_storage(FAMILY, size, seed, duty="leave")


def instance(drawn: StoragePlan, parts: Fragments) -> Instance:
    """Return the instance of a plan under an arm."""
    return storage_instance(drawn, parts)
