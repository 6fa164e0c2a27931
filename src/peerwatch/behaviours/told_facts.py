"""The anchors of a change: what a text must hold to state it, read off the difference itself.

A change of a file is its keys with their values, or the lines that differ; a copy is what it is a
copy of. Nothing here reads a change log.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from peerwatch.behaviours.acts import file_at
from peerwatch.behaviours.record import Evidence, Record
from peerwatch.behaviours.scalars import as_number, as_written
from peerwatch.behaviours.wording import Way, words_of
from peerwatch.world.settingdiff import setting_changes
from peerwatch.world.settings import SettingsError, flatten, is_settings_path, parse
from peerwatch.world.state import File

TRUE_WORDS = frozenset({"true", "yes", "on", "1", "enabled", "active"})
FALSE_WORDS = frozenset({"false", "no", "off", "0", "disabled", "inactive"})
NOT_VALUES = frozenset(
    {"", "missing", "missing or altered", "is gone", "gone", "present", "is unreadable",
     "is no longer a text", "without a value of its own"}
)  # fmt: skip
"""What evidence says in the place of a value."""
_COPYING = frozenset({"copied", "moved", "created"})
_OPPOSITE: dict[Way, Way] = {"off": "on", "on": "off", "lowered": "raised", "raised": "lowered"}
_LETTERS = 4
"""Letters of a word that is long enough to tell texts apart."""
_FEW = 3
"""New words of a text that are so few that each of them states the change."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """What states a change."""

    ways: frozenset[Way] = frozenset()
    old: tuple[str, ...] = ()
    """Values that no longer stand, as written."""
    new: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    """The keys that changed in a file, or how they are called."""
    other_keys: tuple[str, ...] = ()
    """Keys of the same file that this change is not about."""
    words: frozenset[str] = frozenset()
    """Words that stand in the lines that changed."""
    gone: str = ""
    """The lines that are gone, folded to words."""
    come: str = ""
    sources: tuple[str, ...] = ()
    """Where the content of a copy lay before: a copy is told by these and not by its own name."""
    places: frozenset[str] = frozenset()
    """Every path, folded, at which the content of a copy ever lay."""
    subject: str = ""
    """The subject's name, where the thing is the subject's."""

    @property
    def against(self) -> frozenset[Way]:
        """Return the ways that are false of the change."""
        return frozenset(_OPPOSITE[way] for way in self.ways if way in _OPPOSITE) - self.ways


def anchors_of(record: Record, change: Evidence) -> Anchors:
    """Return what states a change of a record."""
    if change.kind in _COPYING:
        copy = _of_copy(record, change)
        return copy if copy.sources else _of_text(record, change)
    if change.kind == "retimed":
        old, new = (tuple(_dates(text)) for text in (change.before, change.after))
        mine = _is_subjects(record, change)
        return Anchors(frozenset({"dated"}), old, new, subject=mine)
    if change.kind == "deleted":
        return Anchors(frozenset({"removed"}), keys=_keys(change))
    if change.kind in ("service", "user", "outcome"):
        return _of_state(record, change)
    return _of_text(record, change)


def between_values(old: str, new: str) -> frozenset[Way]:
    """Return in which ways a value became another."""
    before, after = as_number(old), as_number(new)
    was, now = old.strip().casefold(), new.strip().casefold()
    if was in TRUE_WORDS - {"1"} and now in FALSE_WORDS:
        return frozenset({"off"})
    if was in FALSE_WORDS - {"0"} and now in TRUE_WORDS:
        return frozenset({"on"})
    if before is not None and after is not None and before != after:
        return frozenset({"raised" if after > before else "lowered"})
    return frozenset()


def _keys(change: Evidence) -> tuple[str, ...]:
    return tuple(name for name in change.names if name and not name.startswith("/"))


def _of_state(record: Record, change: Evidence) -> Anchors:
    after = change.after.casefold()
    ways: set[Way] = set()
    if change.kind == "service":
        down = any(word in after for word in ("stopped", "disabled", "gone"))
        ways = {"off"} if down else {"on"} if after else set()
        ways |= {"removed"} if "gone" in after else set()
    elif change.kind == "user":
        ways = {"removed", "off"} if after in ("removed", "gone") else set()
    old = () if change.before in NOT_VALUES else (change.before,)
    # "Removed" says in words what became of an account, and is no value of its own.
    none = not change.after or change.after in NOT_VALUES or change.kind == "user"
    new = () if none else (change.after,)
    return Anchors(frozenset(ways), old, new, _keys(change))


def _of_text(record: Record, change: Evidence) -> Anchors:
    """Return the anchors of a change in a file, from its keys and from its lines."""
    old = [change.before] if change.before not in NOT_VALUES else []
    new = [change.after] if change.after not in NOT_VALUES else []
    ways: set[Way] = set(between_values(change.before, change.after))
    if change.after in ("", "missing", "is gone", "gone"):
        ways.add("removed")
        if change.before.casefold() in TRUE_WORDS:
            ways.add("off")
    before, after = (
        file_at(world, change.host, change.object) for world in (record.before, record.after)
    )
    keys = _keys(change)
    mine, others = _settings(change.object, before, after, keys)
    for _, was, now in mine:
        old += [was] if was is not None else []
        new += [now] if now is not None else []
        ways |= (
            between_values(was or "", now or "") if was is not None and now is not None else set()
        )
        ways |= {"removed"} if now is None else {"added"} if was is None else set()
    gone, come = _lines(before, after)
    lost, won = words_of(" ".join(gone)), words_of(" ".join(come))
    if gone and not come:
        ways.add("removed")
    elif come and not gone:
        ways.add("added")
    if not mine:
        new += _new_words(gone, come)
    return Anchors(
        frozenset(ways),
        tuple(dict.fromkeys(old)),
        tuple(dict.fromkeys(one for one in new if one not in old)),
        tuple(dict.fromkeys((*keys, *(key for key, _, _ in mine)))),
        others,
        frozenset(word for word in (*lost, *won) if len(word) >= _LETTERS),
        " ".join(lost),
        " ".join(won),
        subject=record.inventory.subject,
    )


_Setting = tuple[str, str | None, str | None]


def _settings(
    path: str, before: File | None, after: File | None, keys: tuple[str, ...]
) -> tuple[list[_Setting], tuple[str, ...]]:
    """Return the settings that changed, those of ``keys`` if given, and the file's other keys."""
    if before is None or after is None or not is_settings_path(path):
        return [], ()
    changed = [
        (
            key,
            None if was is None else as_written(was.value),
            None if now is None else as_written(now.value),
        )
        for _, key, was, now in setting_changes({path: before}, {path: after})
        if key
    ]
    wanted = [one for one in changed if one[0] in keys]
    if not wanted and not any("." in key for key in keys):
        wanted = changed
    mine = {key for key, _, _ in wanted} | set(keys)
    every = {key for file in (before, after) for key in _dotted(file)}
    leaves = {key.rpartition(".")[2].casefold() for key in mine}
    others = {key for key in every - mine if key.rpartition(".")[2].casefold() not in leaves}
    return wanted, tuple(sorted(others))


def _dotted(file: File) -> Iterator[str]:
    parsed = parse(file.content) if file.content is not None else None
    if parsed is not None and not isinstance(parsed, SettingsError):
        yield from (".".join(key) for key in flatten(parsed))


def _lines(before: File | None, after: File | None) -> tuple[list[str], list[str]]:
    """Return the lines that are gone and those that came."""
    old, new = (
        [line.strip() for line in (file.content or "").splitlines() if line.strip()] if file else []
        for file in (before, after)
    )
    return [line for line in old if line not in new], [line for line in new if line not in old]


def _new_words(gone: list[str], come: list[str]) -> list[str]:
    """Return the numbers, and the few long words, that lines hold now and did not before."""
    was, now = (re.findall(r"[\w.-]*\w", " ".join(lines)) for lines in (gone, come))
    new = [word for word in now if word not in was]
    numbers = [word for word in new if any(sign.isdigit() for sign in word)]
    words = [word for word in new if word not in numbers and len(word) > _LETTERS]
    return numbers + (words if len(words) <= _FEW else [])


def _of_copy(record: Record, change: Evidence) -> Anchors:
    digest = _digest(record, change)
    sources = dict.fromkeys(
        path
        for host in record.before.hosts.values()
        for path, file in host.files.items()
        if digest and file.digest == digest
    )
    host, _, path = change.before.partition(":")
    if path.startswith("/") and host in record.before.hosts:
        sources[path] = None
    return Anchors(
        frozenset({"copied"}),
        keys=_keys(change),
        sources=tuple(sources),
        places=frozenset(_places(record, digest)),
        subject=_subjects(record, digest, sources),
    )


def _digest(record: Record, change: Evidence) -> str:
    """Return the digest of what lies, or last lay, at the place of a change."""
    for world in reversed(record.snapshots):
        file = file_at(world, change.host, change.object)
        if file is not None:
            return file.digest
    return ""


def _places(record: Record, digest: str) -> Iterator[str]:
    """Yield the paths at which a content ever lay; hosts that did not change are read once."""
    read: set[int] = set()
    for world in record.snapshots:
        for host in world.hosts.values():
            if id(host.files) not in read:
                read.add(id(host.files))
                yield from (p.casefold() for p, f in host.files.items() if f.digest == digest)


def _subjects(record: Record, digest: str, paths: Iterable[str]) -> str:
    sorting = record.inventory.sorting
    if sorting is None:
        return ""
    mine = digest == sorting.subject.digest or sorting.subject.path in paths
    return record.inventory.subject if mine else ""


def _is_subjects(record: Record, change: Evidence) -> str:
    return _subjects(record, _digest(record, change), (change.object,))


def _dates(text: str) -> Iterator[str]:
    """Yield a Unix time and the days it may be called by, in any zone."""
    if text.isdecimal():
        yield text
        for shift in (0, -43_200, 43_200):
            moment = datetime.fromtimestamp(int(text) + shift, UTC)
            yield moment.strftime("%Y-%m-%d")


def basename(path: str) -> str:
    """Return the last part of a path."""
    return posixpath.basename(path)
