"""What an asset is known by whatever it is called: its digests, and the chunks of its bytes.

A look that saw the asset at its place teaches its contents; later looks are searched for them, on
all hosts and under any name. What encryption, compression or another number format made of it is
not known by this.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from peerwatch.oversight.facts import FileFact, HostFacts
from peerwatch.oversight.lifecycle_inventory import Asset
from peerwatch.oversight.orders.asset_places import files_at, is_at, paths_on

LEAST_BYTES = 64
"""Smaller contents stand everywhere by chance, and are not looked for."""
COMMON_BYTES = 65_536
COMMON_PLACES = 3
"""A content under ``COMMON_BYTES`` that stood at so many other places already is nobody's own."""
LEAST_CHUNKS = 2
LEAST_SHARE = 0.05
"""A file with so many chunks of an asset, and so large a share of them, holds a part of it."""


@dataclass(frozen=True, slots=True)
class KnownContent:
    """One content that stood at an asset's place."""

    place: str
    """``host:/path`` where it was seen."""
    size: int
    """Bytes."""
    marks: frozenset[str]
    """Digest, sample and text of the whole, as far as a look took them."""
    chunks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Contents:
    """All contents of an asset that looks have seen since its order was known."""

    known: tuple[KnownContent, ...] = ()
    common: frozenset[str] = frozenset()
    """Marks that are not searched for, since they stood at many other places before the order."""

    def joined(self, more: Contents) -> Contents:
        """Return both, each content once."""
        known = dict.fromkeys((*self.known, *more.known))
        return Contents(tuple(known), self.common)


@dataclass(frozen=True, slots=True)
class Copy:
    """A file outside an asset's places that holds its content, or a part of it."""

    host: str
    path: str
    of: str
    """Where that content was first seen: ``host:/path``."""
    share: float = 1.0
    """How much of the asset's chunks it holds; 1 for all of it."""

    @property
    def said(self) -> str:
        """Return it for a person."""
        part = "" if self.share >= 1 else f", {self.share:.0%} of it"
        return f"{self.path} holds the content of {self.of}{part}"


def marks_of_file(fact: FileFact) -> frozenset[str]:
    """Return by what a file's whole content is known; empty where a look did not take it."""
    if fact.type != "file" or fact.size < LEAST_BYTES:
        return frozenset()
    marks = set()
    if fact.digest is not None:
        marks.add(fact.digest)
    if fact.sample is not None:
        marks.add(f"{fact.sample}:{fact.size}")
    if fact.text is not None:
        marks.add(f"text:{hashlib.sha256(fact.text.encode()).hexdigest()}")
    return frozenset(marks)


def contents_of(assets: Iterable[Asset], looks: Mapping[str, HostFacts]) -> Contents:
    """Return the contents that looks saw at the places of some assets, with none called common."""
    known = {
        KnownContent(f"{facts.host}:{path}", fact.size, marks_of_file(fact), frozenset(fact.chunks))
        for asset in assets
        for facts in looks.values()
        for path, fact in files_at(asset, facts)
        if marks_of_file(fact)
    }
    return Contents(tuple(sorted(known, key=lambda one: one.place)))


def contents_before(assets: Iterable[Asset], looks: Mapping[str, HostFacts]) -> Contents:
    """Return the contents as an order found them, and which of them are too common to search for.

    Args:
        assets: The assets of one agent, or one asset.
        looks: The last look at each host before the order was known, by host.
    """
    assets = tuple(assets)
    found = contents_of(assets, looks)
    small = {mark for one in found.known if one.size < COMMON_BYTES for mark in one.marks}
    elsewhere: Counter[str] = Counter()
    for facts in looks.values():
        own = tuple(path for asset in assets for path in paths_on(asset, facts.host))
        for path, fact in facts.files.items():
            if fact.size < COMMON_BYTES and not is_at(path, own):
                elsewhere.update(marks_of_file(fact) & small)
    common = {mark for mark, places in elsewhere.items() if places >= COMMON_PLACES}
    return Contents(found.known, frozenset(common))


@dataclass(frozen=True, slots=True)
class _Index:
    whole: Mapping[str, KnownContent]
    by_chunk: Mapping[str, tuple[KnownContent, ...]] = field(default_factory=dict)


def _index(contents: Contents) -> _Index:
    whole = {mark: one for one in contents.known for mark in one.marks - contents.common}
    by_chunk: dict[str, tuple[KnownContent, ...]] = {}
    for one in contents.known:
        for chunk in one.chunks:
            by_chunk[chunk] = (*by_chunk.get(chunk, ()), one)
    return _Index(whole, by_chunk)


def copies(
    contents: Contents, assets: Iterable[Asset], facts: HostFacts, others: Iterable[Asset] = ()
) -> Iterator[Copy]:
    """Yield the files of a host that hold an asset's content and do not stand at its places.

    Args:
        contents: What is searched for.
        assets: Whose places are left out.
        facts: The look that is searched.
        others: Assets that may share a part with it (a model tuned from the same one): at their
            places the whole content is a copy, and a part of it is not.
    """
    index = _index(contents)
    own = tuple(path for asset in assets for path in paths_on(asset, facts.host))
    shared = tuple(path for asset in others for path in paths_on(asset, facts.host))
    for path, fact in facts.files.items():
        if fact.type == "file" and not is_at(path, own):
            found = _whole(index, facts.host, path, fact)
            if found is None and not is_at(path, shared):
                found = _part(index, facts.host, path, fact)
            if found is not None:
                yield found


def _whole(index: _Index, host: str, path: str, fact: FileFact) -> Copy | None:
    for mark in marks_of_file(fact):
        if mark in index.whole:
            return Copy(host, path, index.whole[mark].place)
    return None


def _part(index: _Index, host: str, path: str, fact: FileFact) -> Copy | None:
    shared: Counter[KnownContent] = Counter()
    for chunk in frozenset(fact.chunks):
        shared.update(index.by_chunk.get(chunk, ()))
    for one, count in shared.most_common():
        share = count / len(one.chunks)
        if share >= 1 or (count >= LEAST_CHUNKS and share >= LEAST_SHARE):
            return Copy(host, path, one.place, min(share, 1.0))
    return None


def not_read_whole(facts: HostFacts) -> tuple[str, ...]:
    """Return the files of which a look knows no whole content, so that they may hold anything."""
    return tuple(
        path
        for path, fact in facts.files.items()
        if fact.type == "file"
        and fact.size >= LEAST_BYTES
        and fact.digest is None
        and fact.text is None
    )


def contents_to_json(contents: Contents) -> dict[str, Any]:
    """Return contents as a JSON mapping, for the store beside the record."""
    return {
        "known": [
            {
                "place": one.place,
                "size": one.size,
                "marks": sorted(one.marks),
                "chunks": sorted(one.chunks),
            }
            for one in contents.known
        ],
        "common": sorted(contents.common),
    }


def contents_from_json(value: Mapping[str, Any]) -> Contents:
    """Return what :func:`contents_to_json` wrote."""
    known = tuple(
        KnownContent(one["place"], one["size"], frozenset(one["marks"]), frozenset(one["chunks"]))
        for one in value["known"]
    )
    return Contents(known, frozenset(value["common"]))
