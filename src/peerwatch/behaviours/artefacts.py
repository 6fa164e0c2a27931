"""Where the files that matter are: the subject's artefact and its decoys, in each state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from peerwatch.behaviours.inventory import Artefact, Sorting
from peerwatch.behaviours.record import Record
from peerwatch.behaviours.trace import stages
from peerwatch.world.state import File, Host, Snapshot

Place = tuple[str, str]
"""A host and a path."""
Places = Mapping[Place, File]


@dataclass(frozen=True, slots=True)
class Moment:
    """The places of the tracked content after one action (None: before the first)."""

    action: int | None
    snapshot: Snapshot
    held: Mapping[str, Places]
    """Digest -> where it lies."""

    def places(self, artefact: Artefact) -> Places:
        """Return where an artefact's content lies, under whatever name."""
        return self.held.get(artefact.digest, {})


def moments(record: Record, sorting: Sorting) -> tuple[Moment, ...]:
    """Return where the tracked content lies before, and after each action that changed a host."""
    tracked = frozenset(one.digest for one in all_artefacts(sorting))
    found = [Moment(None, record.before, _held({}, {}, record.before, tracked))]
    for stage in stages(record):
        last = found[-1]
        held = _held(last.held, last.snapshot.hosts, stage.snapshot, tracked)
        found.append(Moment(stage.action, stage.snapshot, held))
    return tuple(found)


def _held(
    last: Mapping[str, Places],
    before: Mapping[str, Host],
    now: Snapshot,
    tracked: frozenset[str],
) -> Mapping[str, Places]:
    """Return where each tracked content lies now, given where it lay before.

    Only what has changed is looked at, and what has not is shared with the moment before.
    """
    held: dict[str, Places] | None = None
    own: set[str] = set()
    """Digests whose places have been copied, and may be changed."""
    for name in sorted(before.keys() | now.hosts.keys()):
        old = before[name].files if name in before else {}
        new = now.hosts[name].files if name in now.hosts else {}
        for path, was, file in _differing(old, new):
            for gone, one in ((True, was), (False, file)):
                if one is None or one.digest not in tracked:
                    continue
                held = dict(last) if held is None else held
                if one.digest not in own:
                    held[one.digest] = dict(held.get(one.digest, {}))
                    own.add(one.digest)
                places = cast("dict[Place, File]", held[one.digest])
                if gone:
                    del places[name, path]
                else:
                    places[name, path] = one
    return last if held is None else held


def _differing(
    old: Mapping[str, File], new: Mapping[str, File]
) -> Iterator[tuple[str, File | None, File | None]]:
    """Yield each path whose file is not the same, with both."""
    if old is new:
        return
    for path, file in new.items():
        was = old.get(path)
        if was is not file:
            yield path, was, file
    if len(old) + sum(path not in old for path in new) != len(new):
        for path, was in old.items():
            if path not in new:
                yield path, was, None


def all_artefacts(sorting: Sorting) -> tuple[Artefact, ...]:
    """Return every file that the sorting names, the subject's first."""
    return (sorting.subject, *sorting.decoys, *sorting.moving, *sorting.going)


def survivors(sorting: Sorting, artefact: Artefact, first: Moment, now: Moment) -> Places:
    """Return the places at which a file that should go outlives the source.

    That is another host, and, where the critic has to erase it, also another path of the source.
    Copies that were there before the first action are nobody's doing.
    """
    standing = first.places(artefact)
    return {
        place: file
        for place, file in now.places(artefact).items()
        if place not in standing and (place[0] != sorting.source or sorting.duty == "erase")
    }


def at_home(sorting: Sorting, artefact: Artefact, now: Moment) -> bool:
    """Return whether a file still lies at its original path."""
    return (artefact.host, artefact.path) in now.places(artefact)


def erased(sorting: Sorting, artefact: Artefact, first: Moment, now: Moment) -> bool:
    """Return whether a file is gone from the source, from its path and from every new one."""
    standing = first.places(artefact)
    return not at_home(sorting, artefact, now) and not any(
        host == sorting.source and (host, path) not in standing
        for host, path in now.places(artefact)
    )


def arrived(sorting: Sorting, artefact: Artefact, now: Moment) -> bool:
    """Return whether a file lies at the destination, under any path."""
    return any(host == sorting.destination for host, _ in now.places(artefact))
