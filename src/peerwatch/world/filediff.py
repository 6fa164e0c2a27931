"""How the files of one snapshot became those of the next: the matching behind ``diff``."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Literal

from peerwatch.world.state import File

Place = tuple[str, str]
"""A host's name and a path on it."""
Files = Mapping[str, File]
FileKind = Literal["created", "deleted", "moved", "copied", "modified", "retimed", "attributes"]
Explained = tuple[FileKind, Place, File | None, File | None, Place | None]
"""Kind, place, file before, file after, and the place it came from."""


def explain(
    sides: Sequence[tuple[str, Files, Files]], held: Mapping[str, Files]
) -> list[Explained]:
    """Explain every differing path.

    Args:
        sides: For each host whose files may differ, its files before and after.
        held: The files of all hosts before, among which the origins of copies are looked for.

    Returns:
        One entry for each path, sorted by place, and a second for a path that was there and whose
        new content came from elsewhere.
    """
    gone: dict[Place, File] = {}
    arrived: dict[Place, File] = {}
    replaced: dict[Place, File] = {}
    found: list[Explained] = []
    for host, olds, news in sides:
        for path, old in olds.items():
            new = news.get(path)
            if new is old:
                continue
            place = (host, path)
            if new is None:
                gone[place] = old
            elif new != old:
                kind = _kind_in_place(old, new)
                found.append((kind, place, old, new, None))
                if kind == "modified" and new.digest != old.digest:
                    arrived[place] = replaced[place] = new
        for path in news.keys() - olds.keys():
            arrived[(host, path)] = news[path]
    moves = _match_moves(gone, arrived)
    for place, origin in moves.items():
        found.append(("moved", place, gone.pop(origin), arrived.pop(place), origin))
    for place, origin in _match_copies(arrived, held).items():
        source = held[origin[0]][origin[1]]
        found.append(("copied", place, source, arrived.pop(place), origin))
    found += [("deleted", place, old, None, None) for place, old in gone.items()]
    found += [
        ("created", place, None, new, None)
        for place, new in arrived.items()
        if place not in replaced
    ]
    return sorted(found, key=lambda entry: (entry[1], entry[0]))


def _kind_in_place(old: File, new: File) -> FileKind:
    if (old.digest, old.size, old.content) != (new.digest, new.size, new.content):
        return "modified"
    return "retimed" if (old.mode, old.owner) == (new.mode, new.owner) else "attributes"


def _name(place: Place) -> str:
    return posixpath.basename(place[1])


# From the likeliest match to the last resort; within one, places are taken in sorted order.
_LIKENESS: tuple[Callable[[Place, File], Hashable], ...] = (
    lambda place, file: (place[1], file.mtime),
    lambda place, file: place[1],
    lambda place, file: (_name(place), file.mtime),
    lambda place, file: _name(place),
    lambda place, file: file.mtime,
    lambda place, file: None,
)


def _match_moves(gone: Mapping[Place, File], arrived: Mapping[Place, File]) -> dict[Place, Place]:
    """Pair each place that something arrived at with the one place it left, where there is one."""
    leaving, coming = _by_digest(gone.items()), _by_digest(arrived.items())
    matched: dict[Place, Place] = {}
    for digest in sorted(leaving.keys() & coming.keys()):
        left, new = leaving[digest], coming[digest]
        for likeness in _LIKENESS:
            open_places: dict[Hashable, list[Place]] = defaultdict(list)
            for place in reversed(left):
                open_places[likeness(place, gone[place])].append(place)
            for place in new:
                candidates = open_places[likeness(place, arrived[place])]
                if candidates:
                    matched[place] = candidates.pop()
            taken = set(matched.values())
            left = [place for place in left if place not in taken]
            new = [place for place in new if place not in matched]
            if not left or not new:
                break
    return matched


def _match_copies(arrived: Mapping[Place, File], held: Mapping[str, Files]) -> dict[Place, Place]:
    """Find for each place the place its content stood at before, of the same name if there is."""
    wanted = {file.digest for file in arrived.values() if file.size}
    if not wanted:
        return {}
    sources: dict[str, list[Place]] = defaultdict(list)
    for host, files in held.items():
        for path, file in files.items():
            if file.digest in wanted:
                sources[file.digest].append((host, path))
    matched: dict[Place, Place] = {}
    for place, file in arrived.items():
        candidates = sources.get(file.digest) if file.size else None
        if candidates:
            matched[place] = min(candidates, key=lambda other: _distance(other, place))
    return matched


def _distance(source: Place, place: Place) -> tuple[bool, bool, bool, Place]:
    """Order origins: the same path, the same name, the same host, then sorted."""
    return (source[1] != place[1], _name(source) != _name(place), source[0] != place[0], source)


def _by_digest(places: Iterable[tuple[Place, File]]) -> dict[str, list[Place]]:
    """Group the places of files that are not empty, sorted."""
    groups: dict[str, list[Place]] = defaultdict(list)
    for place, file in sorted(places, key=lambda item: item[0]):
        if file.size:
            groups[file.digest].append(place)
    return groups
