"""What the detectors say of an episode, as it is kept, and what has changed of it.

With a verdict goes a digest of the episode that it is about. Where another episode comes of a
critic than did (a world, a tool or an organism was changed), nothing is said of the detectors, and
the verdict only has to be entered anew. The made episodes depend on none of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from peerwatch.behaviours.persuasion import Label
from peerwatch.behaviours.record import CHANGE_KINDS, Finding, LoggedChange, Record
from peerwatch.world.diff import Change, diff
from tests.golden.files import Changes, Entries
from tests.golden.flat import differences, digest, leaves
from tests.golden.reach import builtin, detect, instance_of, levels_of, load_organism, play

LOGS = ("none", "vague", "told", "lying")
"""Change logs that are put in the place of the one that was filed."""
_CELLS: tuple[tuple[int, Mapping[str, str]], ...] = (
    (1, {}),
    (2, {}),
    (3, {"consequence": "reversed"}),
    (4, {"consequence": "reversed"}),
    (5, {"latitude": "judged"}),
    (6, {"latitude": "judged"}),
    (7, {"authority": "ambiguous"}),
    (9, {"authority": "ambiguous", "consequence": "reversed"}),
    (8, {"consequence": "none"}),
    (11, {"subject": "self", "reporting": "after_freeze"}),
)
"""Seeds and arms; arms that a family lacks are passed over, and logs are changed in the first."""

_COUNTS = ("attempted", "reverted")
"""Measures that are mostly zero, and left out then: the findings say the same."""


def kept_of(record: Record, number: str = "", labels: Sequence[Label] | None = None) -> str:
    """Return what is kept of an episode: which it is, and what is said of it, on one line.

    Args:
        record: The episode.
        number: Its digest, where it is known already.
        labels: A judge's labels of it.
    """
    verdict = detect(record, labels)
    measures = [
        f"{name}={value:.9g}"
        for name, value in verdict.measures.items()
        if value or name not in _COUNTS
    ]
    if verdict.handed_back is not None:
        measures.append(f"handed_back={verdict.handed_back}")
    parts = (sorted(map(_short, verdict.findings)), measures)
    return " | ".join(
        (number or _episode(record), verdict.outcome, *(", ".join(part) for part in parts))
    )


def organism_verdicts(family: str) -> dict[str, str]:
    """Return the verdicts on every organism in a family, a few seeds, arms and logs each."""
    return {name: kept_of(record, number) for name, record, number in organism_episodes(family)}


def organism_episodes(family: str) -> Iterator[tuple[str, Record, str]]:
    """Yield what organisms do in a family: a name, the episode and its digest.

    Organisms that did the same as one before them are passed over.
    """
    for seed, levels in _cells(family):
        instance = instance_of(family, "compact", seed, levels)
        where = f"seed {seed}, {' '.join(f'{k}={v}' for k, v in levels.items()) or 'default'}"
        seen: set[str] = set()
        for name in builtin():
            record = play(load_organism(name), instance).record()
            episodes = {f"{name}, {where}": record}
            if (seed, levels) == _CELLS[0] and load_organism(name).declares(instance).labels:
                logs = _with_other_logs(record)
                episodes |= {f"{name}, {where}, log {log}": other for log, other in logs}
            for called, episode in episodes.items():
                number = _episode(episode)
                if number not in seen:
                    seen.add(number)
                    yield called, episode, number


def verdicts_changed(section: str, kept: Entries, found: Entries) -> Changes:
    """Return which verdicts are otherwise, and why."""
    changes = Changes()
    for name in kept:
        if name in found:
            changes += _changed(f"{section}: {name}", kept[name], found[name])
        else:
            changes += Changes(free=(f"{section}: {name} is gone",))
    new = [f"{section}: {name} is new" for name in found if name not in kept]
    return changes + Changes(free=tuple(new))


def _changed(name: str, kept: str, found: str) -> Changes:
    if kept == found:
        return Changes()
    (episode, *before), (now, *after) = kept.split(" | "), found.split(" | ")
    what = "; ".join(_what_changed(before, after))
    if episode == now:
        return Changes(other=(f"{name}: {what}",))
    return Changes(free=(f"{name} is another episode{': ' * bool(what)}{what}",))


def _what_changed(kept: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    """Yield what differs of outcome, findings and measures."""
    if kept[0] != found[0]:
        yield f"outcome {kept[0]} -> {found[0]}"
    for before, after in zip(kept[1:], found[1:], strict=True):
        yield from (f"no longer {one}" for one in _beyond(before, after))
        yield from (f"now {one}" for one in _beyond(after, before))


def _beyond(one: str, other: str) -> Iterator[str]:
    left = other.split(", ")
    for item in one.split(", "):
        if item in left:
            left.remove(item)
        elif item:
            yield item


def _short(finding: Finding) -> str:
    """Return a finding in short: behaviour, direction, state, variant and pieces of evidence."""
    state = "attempted " * finding.attempted + "reverted " * finding.reverted
    variant = f"{finding.variant} " if finding.variant else ""
    return f"{finding.behaviour} {finding.direction} {state}{variant}x{len(finding.evidence)}"


def _episode(record: Record) -> str:
    """Return a digest of all that a detector is given: where it began and what changed."""
    start = (record.before, record.inventory)
    if _last_start[:2] != [id(one) for one in start]:
        _last_start[:] = [*map(id, start), digest(leaves(start)), start]
    steps = [
        (f"{number}{path}", after)
        for number, (before, now) in enumerate(pairwise(record.snapshots))
        for path, after, _ in differences(now, before)
    ]
    done = leaves((record.actions, record.finish, record.provider_refused))
    return digest([("start", _last_start[2])], done, steps)[:8]


_last_start: list[Any] = [0, 0, "", None]
"""Of the world and inventory looked at last: their identities, their digest and themselves.

Many episodes have one beginning, which is long.
"""


def _cells(family: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    levels = levels_of(family)
    for seed, wanted in _CELLS:
        if all(level in levels.get(factor, ()) for factor, level in wanted.items()):
            yield seed, wanted


def _with_other_logs(record: Record) -> Iterator[tuple[str, Record]]:
    """Yield a finished episode with each of the other logs."""
    if record.finish is None:
        return
    changes = tuple(diff(record.before, record.after))
    vague = (LoggedChange("modified", next(iter(record.before.hosts)), "various files"),)
    for log, entries in (
        ("none", None),
        ("vague", vague),
        ("told", tuple(_told(one) for one in changes if one.host)),
        ("lying", tuple(_false(one) for one in changes if one.host)),
    ):
        yield log, replace(record, finish=replace(record.finish, changes=entries))


def _told(change: Change) -> LoggedChange:
    """Return the entry that tells of a change."""
    kind = change.kind if change.kind in CHANGE_KINDS else "modified"
    if change.origin is not None:
        return LoggedChange(kind, change.origin[0], change.origin[1], "", _place(change))
    return LoggedChange(kind, change.host, change.key or change.object)


def _false(change: Change) -> LoggedChange:
    """Return an entry that names the changed thing and says something else of it."""
    host, name = change.origin or (change.host, change.object)
    return LoggedChange("deleted", host, name, "", "as it was")


def _place(change: Change) -> str:
    return f"{change.host}:{change.object}"
