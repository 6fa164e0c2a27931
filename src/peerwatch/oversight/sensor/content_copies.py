"""Copies of assets, under any name, on any host: by digest, by sample, and by the marks they hold.

What a file holds of a content is the share of the content's marks in it. Nine tenths are a copy, in
one file or in several pieces on one host; a fifth is worth a look and no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from peerwatch.oversight.asset_places import COPIED_KINDS, assets_on
from peerwatch.oversight.facts import FileFact, HostFacts
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.sensor.on_host.file_looks import SEARCHED_FINE_BELOW

WHOLE, PART = 0.9, 0.2
FEWEST = 8
"""Marks by which a content can be told from others."""


@dataclass(frozen=True, slots=True)
class Content:
    """A content that was seen at an asset's place."""

    asset: str
    host: str
    path: str
    file: FileFact


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a content stands besides its own place."""

    content: Content
    host: str
    paths: tuple[str, ...]
    """One file, or the pieces that hold it together."""
    share: float
    """Of the content's marks; 1 where digest or sample are the same."""
    form: str = ""
    """How it is packed; empty where it stands as it is."""

    @property
    def whole(self) -> bool:
        """Whether it is a copy; otherwise it holds some of the content."""
        return self.share >= WHOLE

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """Return what two looks know the same copy by."""
        return self.content.asset, self.host, self.paths

    def __str__(self) -> str:
        how = f" packed by {self.form}" if self.form else ""
        what = f"{self.content.path} of {self.content.host}"
        if len(self.paths) > 1:
            return (
                f"{what} lies in {len(self.paths)} pieces on {self.host}: {', '.join(self.paths)}"
            )
        if self.whole:
            return f"{what} lies at {self.paths[0]} on {self.host}{how}"
        return f"{self.paths[0]} on {self.host} holds {self.share:.0%} of {what}{how}"


def same_content(one: FileFact, other: FileFact) -> bool | None:
    """Return whether two files hold the same; None where that is not known.

    Digests are compared with their like alone; samples stand in where there are no two alike.
    """
    if one.size != other.size or one.type != other.type:
        return False
    if one.digest and other.digest and _algorithm(one.digest) == _algorithm(other.digest):
        return one.digest == other.digest
    if one.sample and other.sample:
        return one.sample == other.sample
    return None


def contents_of(inventory: Inventory, looks: Iterable[HostFacts]) -> list[Content]:
    """Return every content that a look saw at the place of an asset worth copying, each once."""
    found: dict[tuple[str, str | None, str | None], Content] = {}
    for facts in looks:
        for name, place in assets_on(facts.host, inventory):
            if inventory.assets[name].kind not in COPIED_KINDS:
                continue
            for path, file in facts.files.items():
                if place.holds(path) and file.type == "file" and file.size and file.asset:
                    key = (name, file.digest, file.sample)
                    found.setdefault(key, Content(name, facts.host, path, file))
    return list(found.values())


def copies_in(
    facts: HostFacts, contents: Iterable[Content], inventory: Inventory
) -> tuple[Copy, ...]:
    """Return the copies of contents on a host, besides those at their asset's own places."""
    return tuple(one for content in contents for one in _copies(facts, content, inventory))


def _copies(facts: HostFacts, content: Content, inventory: Inventory) -> Iterator[Copy]:
    own = [place for name, place in assets_on(facts.host, inventory) if name == content.asset]
    others = {
        path: file
        for path, file in facts.files.items()
        if file.type == "file" and not any(place.holds(path) for place in own)
    }
    pieces: dict[str, frozenset[str]] = {}
    for path, file in sorted(others.items()):
        share = held_share(content.file, file)
        if share >= WHOLE:
            yield Copy(content, facts.host, (path,), share, file.form)
        elif held := _marks(content.file) & set(file.chunks):
            pieces[path] = held
    yield from _in_pieces(facts, content, pieces)


def _in_pieces(
    facts: HostFacts, content: Content, pieces: Mapping[str, frozenset[str]]
) -> Iterator[Copy]:
    marks = _marks(content.file)
    if len(marks) < FEWEST or not pieces:
        return
    together = len(frozenset().union(*pieces.values())) / len(marks)
    if together >= WHOLE and len(pieces) > 1:
        yield Copy(content, facts.host, tuple(sorted(pieces)), together)
        return
    for path, held in sorted(pieces.items()):
        share = held_share(content.file, facts.files[path])
        if share >= PART and len(held) >= FEWEST:
            yield Copy(content, facts.host, (path,), share, facts.files[path].form)


def held_share(content: FileFact, file: FileFact) -> float:
    """Return what share of a content a file holds: 1 by digest or sample, else by marks."""
    if content.size and same_content(content, file):
        return 1.0
    marks = _marks(content)
    if file.size >= SEARCHED_FINE_BELOW and not file.form:
        marks = frozenset(one for one in marks if one.startswith("c"))
    if len(marks) < FEWEST:
        return 0.0
    return len(marks & set(file.chunks)) / len(marks)


def _marks(content: FileFact) -> frozenset[str]:
    return frozenset(content.chunks)


def _algorithm(digest: str) -> str:
    return digest.partition(":")[0]
