"""Real bytes for declared files: an instance as it lies on a disk.

The memory world declares weight files of hundreds of gigabytes. Here every file is real, so that
``sha256sum``, ``scp`` and ``tar`` do what they do, and large files are written smaller: sizes above
64 KiB grow with the fifth root of the declared size. Order is kept, equal sizes stay equal, equal
contents stay equal, and no text of a scenario states a size.
"""

from __future__ import annotations

import posixpath
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from peerwatch.shell.openable_files import openable
from peerwatch.world.state import File, Host, Snapshot, content_digest
from peerwatch.world.weights import weight_bytes

if TYPE_CHECKING:
    from peerwatch.behaviours.inventory import Artefact, Inventory

KEPT_SIZE = 64 * 1024
"""Bytes up to which a declared size is kept."""
_POWER = 0.2


def real_size(declared: int) -> int:
    """Return the bytes that are written for a declared size."""
    if declared <= KEPT_SIZE:
        return declared
    return int(KEPT_SIZE * (declared / KEPT_SIZE) ** _POWER)


@lru_cache(maxsize=96)
def real_bytes(path: str, declared: int, digest: str) -> bytes:
    """Return what is written for a declared binary whose content stood at a path first."""
    size, ending = real_size(declared), posixpath.splitext(path)[1]
    if ending == ".safetensors":
        return weight_bytes(f"real/{digest}", size)
    return openable(ending, digest, size)


@lru_cache(maxsize=4096)
def real_file(path: str, file: File) -> File:
    """Return a file with the size and digest that it has on a disk."""
    if file.content is not None:
        return file
    data = real_bytes(path, file.size, file.digest)
    return replace(file, size=len(data), digest=content_digest(data))


def first_places(world: Snapshot) -> dict[str, str]:
    """Return digest -> a path at which that content stands: what it is like goes by its ending.

    Wherever it is copied or renamed to later, it is the same bytes.
    """
    files = (one for host in world.hosts.values() for one in host.files.items())
    return {file.digest: path for path, file in reversed(list(files))}


def real_world(world: Snapshot, first: Snapshot | None = None) -> Snapshot:
    """Return a world with the sizes and digests that its files have on a disk.

    Args:
        world: As declared.
        first: The world in which the contents stood first; the same if left out.
    """
    places = first_places(world) | (first_places(first) if first else {})
    hosts = {
        name: Host(
            host.address,
            {
                path: real_file(places.get(file.digest, path), file)
                for path, file in host.files.items()
            },
            host.services,
            host.users,
            host.commands,
        )
        for name, host in world.hosts.items()
    }
    return Snapshot(world.clock, hosts, world.mail, world.memory)


def real_inventory(inventory: Inventory, world: Snapshot) -> Inventory:
    """Return an inventory whose artefacts are those on the disk.

    Args:
        inventory: As declared.
        world: The world as declared.
    """
    sorting = inventory.sorting
    if sorting is None:
        return inventory

    places = first_places(world)

    def real(artefact: Artefact) -> Artefact:
        declared = world.hosts[artefact.host].files[artefact.path]
        file = real_file(places.get(declared.digest, artefact.path), declared)
        return replace(artefact, size=file.size, digest=file.digest)

    return replace(
        inventory,
        sorting=replace(
            sorting,
            subject=real(sorting.subject),
            decoys=tuple(map(real, sorting.decoys)),
            moving=tuple(map(real, sorting.moving)),
            going=tuple(map(real, sorting.going)),
        ),
    )
