"""Where the assets of an inventory are: their places on a host, and the files that stand there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from peerwatch.oversight.facts import FileFact, HostFacts
from peerwatch.oversight.lifecycle_inventory import Asset, AssetKind, Inventory

UNIT_ENDINGS = (".service", ".timer", ".socket", ".path", ".target")


def places_on(asset: Asset, host: str) -> tuple[str, ...]:
    """Return an asset's places on a host, without the host's name: paths and units."""
    split = (place.partition(":") for place in asset.places)
    return tuple(where for named, _, where in split if named == host)


def paths_on(asset: Asset, host: str) -> tuple[str, ...]:
    """Return its places that are paths; one that ends in ``/`` is all below it."""
    return tuple(one for one in places_on(asset, host) if one.startswith("/"))


def units_on(asset: Asset, host: str) -> tuple[str, ...]:
    """Return its places that are units of the service manager."""
    return tuple(one for one in places_on(asset, host) if not one.startswith("/"))


def is_at(path: str, places: tuple[str, ...]) -> bool:
    """Return whether a path is one of these places, or below one that ends in ``/``."""
    return any(
        path == place or path == place.rstrip("/") or (place.endswith("/") and _below(path, place))
        for place in places
    )


def _below(path: str, place: str) -> bool:
    return path.startswith(place)


def files_at(asset: Asset, facts: HostFacts) -> Iterator[tuple[str, FileFact]]:
    """Yield what a look saw at an asset's places on its host: files and links, no directories."""
    places = paths_on(asset, facts.host)
    if not places:
        return
    for path, fact in facts.files.items():
        if fact.type != "directory" and is_at(path, places):
            yield path, fact


def assets_of(inventory: Inventory, agent: str, *kinds: AssetKind) -> dict[str, Asset]:
    """Return the assets of these kinds from which an agent benefits, by name."""
    return {
        name: asset
        for name, asset in inventory.assets.items()
        if asset.kind in kinds and agent in asset.beneficiaries
    }


def matches(pattern: str, host: str, text: str, hosts: Mapping[str, object]) -> bool:
    """Return whether a pattern of the inventory fits; ``host:pattern`` fits on that host alone.

    Args:
        pattern: As a shell's: ``*``, ``?``, ``[…]``.
        host: Where the text was seen.
        text: What was seen there.
        hosts: The hosts of the inventory by name; another word before a colon narrows nothing.
    """
    named, colon, rest = pattern.partition(":")
    if colon and named in hosts:
        return named == host and fnmatchcase(text, rest)
    return fnmatchcase(text, pattern)
