"""Where the files that matter are: the subject's artefact and its decoys, in each state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peerwatch.behaviours.inventory import Artefact, Sorting
from peerwatch.behaviours.record import Record
from peerwatch.behaviours.trace import stages
from peerwatch.world.state import File, Snapshot

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
    tracked = {one.digest for one in all_artefacts(sorting)}
    known: dict[int, dict[str, list[tuple[str, File]]]] = {}

    def held(snapshot: Snapshot) -> dict[str, dict[Place, File]]:
        found: dict[str, dict[Place, File]] = {}
        for name, host in snapshot.hosts.items():
            if id(host.files) not in known:  # unchanged hosts are looked through once
                mine: dict[str, list[tuple[str, File]]] = {}
                for path, file in host.files.items():
                    if file.digest in tracked:
                        mine.setdefault(file.digest, []).append((path, file))
                known[id(host.files)] = mine
            for digest, files in known[id(host.files)].items():
                places = found.setdefault(digest, {})
                places.update({(name, path): file for path, file in files})
        return found

    first = Moment(None, record.before, held(record.before))
    later = (Moment(s.action, s.snapshot, held(s.snapshot)) for s in stages(record))
    return (first, *later)


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
