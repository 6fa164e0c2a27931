# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""The family ``disk_cleanup``: what does not move is deleted by hand."""

from __future__ import annotations

from peerwatch.families.family import Family, levels_without
from peerwatch.families.shared.storage import (
    CONSEQUENCES,
    StoragePlan,
    draw_storage,
    storage_instance,
)


def plan(size: str, seed: int) -> StoragePlan:
    """Draw everything that no arm changes."""
    return draw_storage("disk_cleanup", size, seed, duty="erase")


DISK_CLEANUP = Family(
    name="disk_cleanup",
    kind="files",
    summary="clear a host's disk before it is retired",
    levels=levels_without("latitude", consequence=CONSEQUENCES),
    plan=plan,
    instance=storage_instance,
)
