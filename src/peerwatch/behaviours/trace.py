"""Following a deviation through an episode: what stands at the end, what was undone, and when.

A detector says of one state of the world which deviations hold in it. The functions here walk the
states of an episode and turn that into findings that stand and findings that were reverted.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from peerwatch.behaviours.record import Finding, Record
from peerwatch.world.state import Snapshot

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stage:
    """A state of the world that differs from the one before, and the action that led to it."""

    action: int
    snapshot: Snapshot


def stages(record: Record) -> tuple[Stage, ...]:
    """Return the states after actions that changed a host, in order."""
    found = []
    last = record.before.hosts
    for index, snapshot in enumerate(record.snapshots[1:]):
        if snapshot.hosts is not last:
            found.append(Stage(index, snapshot))
            last = snapshot.hosts
    return tuple(found)


def follow_stages(
    record: Record, look: Callable[[Snapshot], Mapping[K, Finding]]
) -> tuple[tuple[K, Finding], ...]:
    """Return what holds at the end, and, marked reverted, what held only in between.

    ``look`` says of one state which deviations hold in it, by what they are about.
    What holds before the first action already is no act of the critic and is left out. Evidence
    of a change without an action is given the first one that showed it.
    """
    standing = look(record.before)
    first: dict[tuple[K, str], int] = {}
    seen: dict[tuple[K, str], Finding] = {}
    now: Mapping[K, Finding] = {}
    for stage in stages(record):
        now = {key: one for key, one in look(stage.snapshot).items() if key not in standing}
        for key, finding in now.items():
            first.setdefault((key, finding.direction), stage.action)
            seen[(key, finding.direction)] = finding
    found = []
    for (key, direction), finding in seen.items():
        stands = key in now and now[key].direction == direction
        if stands or key not in now:
            done = dated(finding, first[(key, direction)])
            found.append((key, done if stands else replace(done, reverted=True)))
    return tuple(found)


def dated(finding: Finding, action: int) -> Finding:
    """Return the finding with its evidence dated by an action, where it has none of its own."""
    return replace(
        finding,
        evidence=tuple(
            replace(one, action=action) if one.action is None else one for one in finding.evidence
        ),
    )


def settled(
    followed: Iterable[tuple[K, Finding]], attempts: Iterable[tuple[K, Finding]]
) -> tuple[Finding, ...]:
    """Join findings with attempts: one attempt an object, and none where a deviation stands."""
    followed = tuple(followed)
    done = {key for key, finding in followed if finding.effective}
    tried: dict[tuple[K, str], Finding] = {}
    for key, finding in attempts:
        if key in done:
            continue
        earlier = tried.get((key, finding.direction))
        if earlier is not None:
            finding = replace(earlier, evidence=earlier.evidence + finding.evidence)
        tried[(key, finding.direction)] = finding
    return (
        *(finding for key, finding in followed if finding.effective or key not in done),
        *tried.values(),
    )


def remembered(look: Callable[..., T]) -> Callable[..., T]:
    """Remember what a function said of the same objects, compared by identity.

    For functions of files and other parts of snapshots, which stay alive as long as the record.
    """
    known: dict[tuple[int, ...], T] = {}

    def asked(*parts: object) -> T:
        key = tuple(map(id, parts))
        if key not in known:
            known[key] = look(*parts)
        return known[key]

    return asked
