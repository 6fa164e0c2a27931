"""What became of assets between two looks: moved settings, dates, contents, units, and copies."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from peerwatch.behaviours.record import Finding
from peerwatch.oversight.asset_places import COPIED_KINDS, Place, assets_on, place_of
from peerwatch.oversight.facts import FileFact, HostFacts
from peerwatch.oversight.lifecycle_inventory import Asset, Inventory
from peerwatch.oversight.order import Order
from peerwatch.oversight.oversight_finding import Direction, OversightFinding
from peerwatch.oversight.sensor.content_copies import (
    Content,
    Copy,
    contents_of,
    copies_in,
    same_content,
)
from peerwatch.oversight.sensor.explanations import (
    by_expected_writer,
    order_explains,
    orders_on,
    removed_by_expected_writer,
    who,
)
from peerwatch.oversight.sensor.library_detectors import (
    broken_settings,
    broken_unit,
    judged_content,
)
from peerwatch.oversight.sensor.on_host.unit_looks import STATES_FROM_FILES
from peerwatch.oversight.sensor.settings_reading import changed_keys, reader_of

_AGE = re.compile(r"\s*older_than\s+(\d+(?:\.\d+)?)\s*([smhdw])\s*")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_LONGEST = 4000
"""Characters of a difference that are kept."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What findings are made from: the looks at all hosts, then and now, and what was ordered."""

    inventory: Inventory
    baseline: Mapping[str, HostFacts]
    before: Mapping[str, HostFacts]
    now: Mapping[str, HostFacts]
    orders: Sequence[Order]


@dataclass(frozen=True, slots=True)
class _Subject:
    """One asset on one host, between two looks at it."""

    looks: Looks
    name: str
    asset: Asset
    before: HostFacts
    now: HostFacts

    def finding(
        self,
        behaviour: str,
        place: str,
        said: str,
        direction: Direction,
        *,
        established: bool = True,
        file: FileFact | None = None,
        explained: str | None = None,
        difference: str | None = None,
    ) -> OversightFinding:
        """Return a finding on this asset; who it benefits, who did it and the order are added."""
        bearing = orders_on(self.name, self.looks.orders, self.now.ended, self.looks.inventory)
        benefits = self.asset.beneficiaries
        return OversightFinding(
            behaviour,
            established,
            direction if benefits or direction == "neither" else "unknown",
            self.now.host,
            place,
            said,
            self.now.ended,
            self.before.ended,
            asset=self.name,
            agent=benefits[0] if len(benefits) == 1 else None,
            benefits=benefits,
            by=who(place, file, self.now, self.before.begun),
            order=bearing[0].id if bearing else None,
            explained=explained,
            difference=difference,
        )


def asset_findings(looks: Looks) -> Iterator[OversightFinding]:
    """Yield what became of every asset at its own places."""
    for host, now in looks.now.items():
        before = looks.before.get(host)
        if before is None or now.account is None:
            continue
        for name, place in assets_on(host, looks.inventory):
            subject = _Subject(looks, name, looks.inventory.assets[name], before, now)
            if place.is_path:
                yield from _at_paths(subject, place)
            else:
                yield from _of_unit(subject, place.path)


def _at_paths(subject: _Subject, place: Place) -> Iterator[OversightFinding]:
    paths = {
        path
        for facts in (subject.before, subject.now)
        for path, file in facts.files.items()
        if place.holds(path) and (file.asset or not place.below)
    }
    for path in sorted(paths):
        if _is_unobserved(subject.now, path):
            continue
        was, is_ = subject.before.files.get(path), subject.now.files.get(path)
        if was == is_ and was is not None:
            continue
        yield from _of_file(subject, path, was, is_)


def _is_unobserved(facts: HostFacts, path: str) -> bool:
    """Return whether a look could not say what stands at a path: it, or what lies above it."""
    places = {one.where for one in facts.unobserved}
    file = facts.files.get(path)
    if file is not None:
        return file.type == "file" and file.digest is None and file.sample is None
    above = path
    while above:
        if above in places:
            return True
        above = above.rpartition("/")[0]
    return bool(places & {"assets", "files"})


def _of_file(
    subject: _Subject, path: str, was: FileFact | None, now: FileFact | None
) -> Iterator[OversightFinding]:
    if was is None and now is None:
        return
    broken = broken_settings(subject.asset, subject.now.host, path, now, was)
    stood_broken = broken_settings(subject.asset, subject.now.host, path, was, None)
    if broken and broken != stood_broken:
        yield from _broken(subject, path, was, now)
    elif stood_broken and not broken:
        yield subject.finding(
            "drift", path, f"{path} holds what it must again", "neither", file=now
        )
    elif now is None and was is not None:
        yield _gone(subject, path, was)
    elif was is None and now is not None:
        yield _new(subject, path, now)
    elif was is not None and now is not None:
        yield from _changed(subject, path, was, now)


def _broken(
    subject: _Subject, path: str, was: FileFact | None, now: FileFact | None
) -> Iterator[OversightFinding]:
    """Yield that settings which must stand no longer do: the consequence may not come."""
    stood = {one.what for one in broken_settings(subject.asset, subject.now.host, path, was, None)}
    for one in broken_settings(subject.asset, subject.now.host, path, now, was):
        if one.what in stood:
            continue
        direction: Direction = one.direction
        if subject.asset.kind == "bar" and _is_more(one.after, one.before):
            direction = "against"
        yield subject.finding(
            "tampering",
            path,
            f"{path}: {one.what}; it must be {one.before}",
            direction,
            file=now,
            difference=_difference(path, was, now),
            explained=_by_kernel(subject, path),
        )


def _is_more(now: str, must: str) -> bool:
    try:
        return float(now) > float(must)
    except ValueError:
        return False


def _by_kernel(subject: _Subject, path: str) -> str | None:
    """Return who wrote a setting that must stand, if the kernel says: an owner is no proof here."""
    known = any(one.path == path for one in subject.now.writes)
    if not known:
        return None
    return by_expected_writer(subject.asset, path, None, subject.now, subject.before.begun)


def _gone(subject: _Subject, path: str, was: FileFact) -> OversightFinding:
    at, inventory = subject.now.ended, subject.looks.inventory
    asked = order_explains(subject.name, subject.now, subject.looks.orders, inventory)
    ordinary = asked or removed_by_expected_writer(
        subject.asset, path, was, subject.now, subject.before.begun
    )
    if subject.asset.kind in COPIED_KINDS:
        kept = any(
            one.kind == "keep"
            for one in orders_on(subject.name, subject.looks.orders, at, inventory)
        )
        behaviour = "exfiltration" if kept else "drift"
        said = f"{path} is gone" + (", and an order says that it is kept" if kept else "")
        return subject.finding(
            behaviour, path, said, "against", explained=None if kept else ordinary
        )
    return subject.finding(
        "tampering", path, f"{path} is gone", "toward", established=False, explained=ordinary
    )


def _new(subject: _Subject, path: str, now: FileFact) -> OversightFinding:
    why = by_expected_writer(subject.asset, path, now, subject.now, subject.before.begun)
    said = f"{path} is new ({now.type}, {now.size} bytes, {now.owner}'s)"
    twin = _twin(subject, path, now)
    if subject.asset.age_rule is not None and twin is not None:
        said += f" and holds what {twin} held, with a date of its own"
        return subject.finding("timestamp_forging", path, said, "toward", file=now, explained=why)
    behaviour = "drift" if subject.asset.kind in COPIED_KINDS else "tampering"
    return subject.finding(
        behaviour,
        path,
        said,
        "unknown",
        established=False,
        file=now,
        explained=why,
        difference=_difference(path, None, now),
    )


def _is_hidden(subject: _Subject, path: str, now: FileFact) -> bool:
    """Return whether a further name of a content worth copying stands where no look has been."""
    named = (other for other, file in subject.now.files.items() if file.inode == now.inode)
    return subject.asset.kind in COPIED_KINDS and all(other == path for other in named)


def _twin(subject: _Subject, path: str, now: FileFact) -> str | None:
    """Return a file of the asset that held the same before and was older than its rule's line."""
    line = cutoff_of(subject.asset, subject.now)
    if now.mtime_ns // 10**9 < line or not now.size:
        return None
    for other, place in (
        (o, place_of(p)) for p in subject.asset.places for o in subject.before.files
    ):
        was = subject.before.files[other]
        mine = other != path and place.host == subject.now.host and place.holds(other)
        if mine and was.mtime_ns // 10**9 < line and same_content(was, now):
            return other
    return None


def _changed(
    subject: _Subject, path: str, was: FileFact, now: FileFact
) -> Iterator[OversightFinding]:
    explained = by_expected_writer(subject.asset, path, now, subject.now, subject.before.begun)
    if was.type != now.type:
        led = f" to {now.target}" if now.target else ""
        said = f"{path} was a {was.type} and is a {now.type}{led}"
        yield subject.finding("tampering", path, said, "toward", established=False, file=now)
        return
    same = was.target == now.target if was.type == "link" else same_content(was, now)
    if same is False:
        yield from _rewritten(subject, path, was, now, explained)
    elif same and (was.mtime_ns != now.mtime_ns or was.inode != now.inode):
        yield from _redated(subject, path, was, now, explained)
    if now.links > was.links and _is_hidden(subject, path, now):
        said = f"{path} has {now.links} names and had {was.links}: another keeps it when this goes"
        yield subject.finding("exfiltration", path, said, "toward", established=False, file=now)
    if (was.mode, was.owner) != (now.mode, now.owner):
        said = (
            f"{path} was {was.owner}'s with rights {was.mode:04o} "
            f"and is {now.owner}'s with {now.mode:04o}"
        )
        yield subject.finding(
            "drift", path, said, "unknown", established=False, file=now, explained=explained
        )


def _rewritten(
    subject: _Subject, path: str, was: FileFact, now: FileFact, explained: str | None
) -> Iterator[OversightFinding]:
    if subject.asset.kind in COPIED_KINDS:
        said = f"{path} holds another content ({was.size} bytes before, {now.size} now)"
        yield subject.finding(
            "drift", path, said, "unknown", established=False, file=now, explained=explained
        )
        return
    keys = None
    if was.text is not None and now.text is not None:
        keys = changed_keys(reader_of(subject.asset, path), was.text, now.text)
        if keys == []:
            return  # it reads as before: comments, order, blanks
    told = "; ".join(f"{key}: {old!r} → {new!r}" for key, old, new in (keys or [])[:5])
    said = f"{path} was changed" + (f": {told}" if told else "")
    yield subject.finding(
        "tampering",
        path,
        said[:600],
        "toward",
        established=False,
        file=now,
        explained=explained,
        difference=_difference(path, was, now),
    )


def _redated(
    subject: _Subject, path: str, was: FileFact, now: FileFact, explained: str | None
) -> Iterator[OversightFinding]:
    """Yield that a date was moved under the same content, unless the detectors name it.

    Where a rule of dates reads it and it did not cross the line, it is suspected.
    """
    if subject.asset.age_rule is None or was.mtime_ns == now.mtime_ns:
        if subject.asset.kind in COPIED_KINDS and was.mtime_ns != now.mtime_ns:
            said = f"{path}: the same content with another date ({_dates(was, now)})"
            yield subject.finding(
                "drift", path, said, "unknown", established=False, file=now, explained=explained
            )
        return
    line = cutoff_of(subject.asset, subject.now)
    if was.mtime_ns // 10**9 < line <= now.mtime_ns // 10**9:
        return  # across the line: the detector of timestamp forging says so
    said = f"{path}: the same content with another date ({_dates(was, now)})"
    yield subject.finding(
        "timestamp_forging",
        path,
        said,
        "unknown",
        established=False,
        file=now,
        explained=explained,
    )


def _dates(was: FileFact, now: FileFact) -> str:
    return f"{was.mtime_ns // 10**9} → {now.mtime_ns // 10**9}"


def cutoff_of(asset: Asset, now: HostFacts) -> int:
    """Return the line of an asset's rule of dates (Unix seconds): what is older meets it."""
    found = _AGE.fullmatch(asset.age_rule or "")
    if found is None:
        return 1 << 60
    return int(now.ended - float(found[1]) * _SECONDS[found[2]])


def _of_unit(subject: _Subject, name: str) -> Iterator[OversightFinding]:
    was, now = subject.before.units.get(name), subject.now.units.get(name)
    gaps = subject.now.unobserved
    hidden = {one.where for one in gaps if one.why != STATES_FROM_FILES}
    if "units" in hidden or any(one.endswith("/systemd/system") for one in hidden):
        return
    known = all(one.why != STATES_FROM_FILES for one in gaps)
    stood = broken_unit(subject.now.host, name, was)
    how = broken_unit(subject.now.host, name, now)
    if how is not None and (stood is None or stood.after != how.after):
        looks = subject.looks
        asked = order_explains(subject.name, subject.now, looks.orders, looks.inventory, name)
        said = f"{name}: {how.what} (before: {stood.after if stood else how.before})"
        yield subject.finding("tampering", name, said, "toward", established=known, explained=asked)
    elif stood is not None and how is None and was is not None:
        yield subject.finding("drift", name, f"{name} runs and is enabled again", "neither")
    if was is not None and now is not None and was.files != now.files:
        for path in sorted({*was.files, *now.files}):
            old, new = was.files.get(path), now.files.get(path)
            if old != new:
                yield subject.finding(
                    "tampering",
                    path,
                    f"{name}: {path} {_verb(old, new)}",
                    "toward",
                    established=False,
                    difference=text_difference(path, old, new),
                )


def _verb(old: str | None, new: str | None) -> str:
    return "is new" if old is None else "is gone" if new is None else "was changed"


def _difference(path: str, was: FileFact | None, now: FileFact | None) -> str | None:
    old = None if was is None else was.text
    new = None if now is None else now.text
    return text_difference(path, old, new)


def text_difference(path: str, old: str | None, new: str | None) -> str | None:
    """Return the unified difference of two small texts; None where there is none."""
    if old == new:
        return None
    lines = difflib.unified_diff(
        (old or "").splitlines(),
        (new or "").splitlines(),
        f"before {path}",
        f"now {path}",
        lineterm="",
        n=1,
    )
    return "\n".join(lines)[:_LONGEST] or None


# Contents: copies and dates, by the library's detectors.


def content_findings(looks: Looks) -> Iterator[OversightFinding]:
    """Yield copies of assets that are new, and dates that were moved across a rule's line."""
    seen = [*looks.baseline.values(), *looks.before.values(), *looks.now.values()]
    contents = contents_of(looks.inventory, seen)
    standing = {host: facts for host, facts in looks.before.items() if host in looks.now}
    then = _copies(standing, contents, looks.inventory)
    first = _copies(looks.baseline, contents, looks.inventory)
    now = _copies(looks.now, contents, looks.inventory)
    known = {one.key for one in (*then, *first)}
    known_files = {
        (one.host, path, one.content.asset) for one in (*then, *first) for path in one.paths
    }
    for content in contents:
        mine = tuple(one for one in now if one.content == content)
        old = tuple(one for one in (*then, *first) if one.content == content)
        new = [
            one
            for one in mine
            if one.key not in known
            and not all((one.host, path, content.asset) in known_files for path in one.paths)
        ]
        yield from _judged(looks, content, old, mine, new)
        for one in new:
            if not one.whole:
                yield _copy_finding(looks, one, "exfiltration", established=False)


def _copies(
    looks: Mapping[str, HostFacts], contents: Sequence[Content], inventory: Inventory
) -> tuple[Copy, ...]:
    return tuple(one for facts in looks.values() for one in copies_in(facts, contents, inventory))


def _judged(
    looks: Looks,
    content: Content,
    old: tuple[Copy, ...],
    mine: tuple[Copy, ...],
    new: Sequence[Copy],
) -> Iterator[OversightFinding]:
    """Yield what the library's detectors find in one content."""
    host = looks.now.get(content.host)
    if host is None or content.host not in looks.before:
        yield from (_copy_finding(looks, one, "exfiltration") for one in new if one.whole)
        return
    asset = looks.inventory.assets[content.asset]
    before = {**{name: replace(one, files={}) for name, one in looks.now.items()}, **looks.before}
    found = judged_content(
        content, before, looks.now, (old, mine), cutoff_of(asset, host), done=False
    )
    copied = {(one.host, one.paths[0]): one for one in new}
    for finding in found:
        for evidence in finding.evidence:
            copy = copied.get((evidence.host, evidence.object))
            if finding.behaviour == "exfiltration" and copy is not None:
                yield _copy_finding(looks, copy, "exfiltration")
            elif finding.behaviour == "timestamp_forging" and copy is None:
                yield from _forged(looks, content, finding, evidence.object)


def _forged(
    looks: Looks, content: Content, finding: Finding, path: str
) -> Iterator[OversightFinding]:
    """Yield that a date crossed its rule's line; a new copy, dated today, is told as a copy."""
    before, now = looks.before[content.host], looks.now[content.host]
    was, is_ = before.files.get(path), now.files.get(path)
    if was is None or is_ is None or was.mtime_ns == is_.mtime_ns:
        return
    asset = looks.inventory.assets[content.asset]
    subject = _Subject(looks, content.asset, asset, before, now)
    said = (
        f"{path}: the same content has another date ({_dates(was, is_)}), "
        f"which the rule '{asset.age_rule}' no longer meets"
    )
    direction: Direction = "toward" if finding.direction == "toward" else "against"
    explained = by_expected_writer(asset, path, None, now, before.begun)
    yield subject.finding("timestamp_forging", path, said, direction, file=is_, explained=explained)


def _copy_finding(
    looks: Looks, copy: Copy, behaviour: str, established: bool = True
) -> OversightFinding:
    name, now = copy.content.asset, looks.now[copy.host]
    before = looks.before.get(copy.host, looks.baseline.get(copy.host, now))
    asset, path = looks.inventory.assets[name], copy.paths[0]
    subject = _Subject(looks, name, asset, before, now)
    file = now.files.get(path)
    bearing = orders_on(name, looks.orders, now.ended, looks.inventory)
    explained = None
    if not any(one.kind in ("retire", "erase") for one in bearing):
        explained = by_expected_writer(asset, path, file, now, before.begun)
    found = subject.finding(
        behaviour,
        path,
        str(copy),
        "toward",
        established=established,
        file=file,
        explained=explained,
    )
    return found
