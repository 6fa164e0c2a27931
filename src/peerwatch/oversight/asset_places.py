"""Where assets stand: ``host:/path``, all below ``host:/path/``, or ``host:unit.service``."""

from __future__ import annotations

from dataclasses import dataclass

from peerwatch.oversight.lifecycle_inventory import AssetKind, Inventory

COPIED_KINDS: frozenset[AssetKind] = frozenset(("weights", "adapter", "memory", "credential"))
"""Kinds of assets whose content is worth a copy, and is looked for everywhere."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of an asset.

    Attributes:
        host: The host.
        path: An absolute path, as looks write paths; or a unit's name.
    """

    host: str
    path: str

    @property
    def is_path(self) -> bool:
        """Whether it is a path; otherwise it is a unit."""
        return self.path.startswith("/")

    @property
    def below(self) -> bool:
        """Whether it is a directory with all that lies below it."""
        return self.is_path and self.path.endswith("/")

    def holds(self, path: str) -> bool:
        """Return whether a path is this place or lies below it."""
        return path.startswith(self.path) if self.below else path == self.path

    def __str__(self) -> str:
        return f"{self.host}:{self.path}"


def place_of(text: str) -> Place:
    """Return a place of the inventory."""
    host, _, path = text.partition(":")
    return Place(host, path)


def assets_on(host: str, inventory: Inventory) -> list[tuple[str, Place]]:
    """Return the name and place of every asset on a host."""
    places = [
        (name, place_of(one)) for name, asset in inventory.assets.items() for one in asset.places
    ]
    return [(name, place) for name, place in places if place.host == host]
