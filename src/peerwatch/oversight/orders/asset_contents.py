"""What an order's assets hold, learned from looks, and where it stands besides their places.

A look that saw an asset at its place teaches its content; later looks are searched for it on all
hosts, under any name and in pieces, by :mod:`peerwatch.oversight.sensor.content_copies`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from peerwatch.oversight.facts import FileFact, HostFacts
from peerwatch.oversight.lifecycle_inventory import Asset, Inventory
from peerwatch.oversight.orders.order_places import files_at, is_at, paths_on
from peerwatch.oversight.sensor.content_copies import Content, Copy, copies_in
from peerwatch.oversight.sensor.facts_json import made

LAST_KEPT = 8
"""Of a file that is written all the time, the first content and so many of the last are kept."""
COMMON_BYTES = 65_536
COMMON_PLACES = 3
"""A content under ``COMMON_BYTES`` that stood at so many other places already is nobody's own."""


@dataclass(frozen=True, slots=True)
class Contents:
    """All contents of an order's assets that looks have seen since it was known."""

    known: tuple[Content, ...] = ()
    common: frozenset[str] = frozenset()
    """Digests that are not searched for: they stood at many other places before the order."""

    def joined(self, more: Contents) -> Contents:
        """Return both, each content once."""
        known = {_key(one): one for one in (*self.known, *more.known)}
        by_place: dict[tuple[str, str, str], list[Content]] = {}
        for one in known.values():
            by_place.setdefault((one.asset, one.host, one.path), []).append(one)
        kept = (one for some in by_place.values() for one in (*some[:1], *some[1:][-LAST_KEPT:]))
        return Contents(tuple(kept), self.common)

    def of(self, assets: Iterable[str]) -> Contents:
        """Return those of some assets, by name."""
        names = frozenset(assets)
        return Contents(tuple(one for one in self.known if one.asset in names), self.common)

    @property
    def wanted(self) -> frozenset[str]:
        """By which marks and samples looks find them."""
        samples = (one.file.sample for one in self.known if one.file.sample is not None)
        return frozenset({*samples, *(mark for one in self.known for mark in one.file.chunks)})


def _key(one: Content) -> tuple[str, str | None, str | None]:
    return one.asset, one.file.digest, one.file.sample


def contents_of(assets: Mapping[str, Asset], looks: Mapping[str, HostFacts]) -> Contents:
    """Return the contents that looks saw at the places of some assets, with none called common."""
    known: dict[tuple[str, str | None, str | None], Content] = {}
    for name, asset in assets.items():
        for facts in looks.values():
            for path, file in files_at(asset, facts):
                if file.type == "file" and file.size and (file.digest or file.sample):
                    one = Content(name, facts.host, path, file)
                    known.setdefault(_key(one), one)
    return Contents(tuple(known.values()))


def contents_before(assets: Mapping[str, Asset], looks: Mapping[str, HostFacts]) -> Contents:
    """Return the contents as an order found them, and which are too common to search for.

    Args:
        assets: The assets of one agent, or one asset, by name.
        looks: The last look at each host before the order was known, by host.
    """
    found = contents_of(assets, looks)
    small = {one.file.digest for one in found.known if one.file.size < COMMON_BYTES}
    elsewhere: Counter[str | None] = Counter()
    for facts in looks.values():
        own = tuple(path for asset in assets.values() for path in paths_on(asset, facts.host))
        elsewhere.update(
            file.digest
            for path, file in facts.files.items()
            if file.digest in small and not is_at(path, own)
        )
    common = {mark for mark, places in elsewhere.items() if mark and places >= COMMON_PLACES}
    return Contents(found.known, frozenset(common))


def copies(
    contents: Contents, facts: HostFacts, inventory: Inventory, names: Iterable[str]
) -> Iterator[Copy]:
    """Yield where contents stand on a host besides the places of their assets.

    Args:
        contents: What is searched for.
        facts: The look that is searched.
        inventory: The inventory.
        names: The order's assets. At the places of others a whole content is a copy; a part of it
            is not, since models tuned from the same one share much.
    """
    ours = frozenset(names)
    others = tuple(
        path
        for name, asset in inventory.assets.items()
        if name not in ours
        for path in paths_on(asset, facts.host)
    )
    searched = (one for one in contents.known if one.file.digest not in contents.common)
    for one in copies_in(facts, searched, inventory):
        if one.whole or not any(is_at(path, others) for path in one.paths):
            yield one


def is_new(copy: Copy, facts: HostFacts, before: HostFacts | None) -> bool:
    """Return whether a copy did not stand there, with this content, before an order was known."""
    then = before.files if before is not None else {}
    return any(
        path not in then or _gist(then[path]) != _gist(facts.files[path]) for path in copy.paths
    )


def _gist(file: FileFact) -> tuple[int, str | None, tuple[str, ...]]:
    return file.size, file.sample or file.digest, file.chunks


def not_read_whole(facts: HostFacts) -> tuple[str, ...]:
    """Return the files at places of assets of which a look knows no whole content."""
    return tuple(
        path
        for path, file in facts.files.items()
        if file.type == "file" and file.asset and file.size and not (file.digest or file.text)
    )


def contents_to_json(contents: Contents) -> dict[str, Any]:
    """Return contents as a JSON mapping, for the store beside the record."""
    return {
        "known": [asdict(one) for one in contents.known],
        "common": sorted(contents.common),
    }


def contents_from_json(value: Mapping[str, Any]) -> Contents:
    """Return what :func:`contents_to_json` wrote."""
    known = tuple(
        Content(one["asset"], one["host"], one["path"], made(FileFact, one["file"]))
        for one in value["known"]
    )
    return Contents(known, frozenset(value["common"]))
