"""What changed between two snapshots.

:func:`diff` explains every difference by a :class:`Change`; :func:`apply` carries the changes out
on the earlier snapshot and gives the later one exactly.

How files are explained:

- ``created``, ``deleted``: a path that is new or gone and that nothing else explains.
- ``moved``: a path is gone and its digest stands at another path, on any host. The object is the
  new place, ``origin`` the old one, ``before`` the file as it was there.
- ``copied``: a path is new and its digest stood elsewhere before, under any name, on any host.
  ``origin`` is that place, preferably one of the same name, ``before`` the file there.
- ``modified``: the content at a path is another. If that content came from elsewhere, a ``moved``
  or ``copied`` change of the same object says so beside it.
- ``retimed``: the same content, mode and owner with another mtime.
- ``attributes``: the same content with another mode or owner (the mtime may differ too).

Empty files match nothing, since all of them are alike. A path that is still there has not moved:
where a file was copied and its original then edited, the explanation is ``copied`` and
``modified``. ``setting`` changes are derived from the files and carry nothing of their own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from peerwatch.world.filediff import explain
from peerwatch.world.settingdiff import SettingChange, setting_changes
from peerwatch.world.state import Command, File, Host, Message, Service, Snapshot, User

ChangeKind = Literal[
    "created",
    "deleted",
    "moved",
    "copied",
    "modified",
    "retimed",
    "attributes",
    "setting",
    "service",
    "user",
    "command",
    "host",
    "mail",
    "memory",
]
FILE_KINDS: frozenset[str] = frozenset(
    {"created", "deleted", "moved", "copied", "modified", "retimed", "attributes"}
)
Value = File | Service | User | Command | Message | SettingChange | str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``before`` is None for what is new, ``after`` for what is gone."""

    kind: ChangeKind
    host: str
    """The host's name; empty for mail and memory."""
    object: str
    """A file's path, or the name of a service, user, command or host, or a mail's index."""
    before: Value = None
    after: Value = None
    origin: tuple[str, str] | None = None
    """Host and path that a moved or copied file came from."""
    key: str | None = None
    """For a setting: its dotted key, empty for the file as a whole."""

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON-like values."""
        return {
            "kind": self.kind,
            "host": self.host,
            "object": self.object,
            "before": _plain(self.before),
            "after": _plain(self.after),
            "origin": None if self.origin is None else list(self.origin),
            "key": self.key,
        }


@dataclass(frozen=True, slots=True)
class Diff:
    """The changes between two snapshots, in a fixed order, and the later one's clock.

    It is empty, and false, if nothing but the clock differs.
    """

    clock: int
    changes: tuple[Change, ...] = ()

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def of(self, *kinds: ChangeKind) -> tuple[Change, ...]:
        """Return the changes of some kinds."""
        return tuple(change for change in self.changes if change.kind in kinds)


def diff(before: Snapshot, after: Snapshot) -> Diff:
    """Explain every difference between two snapshots of one world."""
    changes: list[Change] = []
    if before.hosts is not after.hosts:
        names = sorted({*before.hosts, *after.hosts})
        pairs = [(name, before.hosts.get(name), after.hosts.get(name)) for name in names]
        pairs = [pair for pair in pairs if pair[1] is not pair[2]]
        changes += _host_changes(pairs)
        changes += _file_changes(pairs, before)
        for name, old, new in pairs:
            old, new = old or _NO_HOST, new or _NO_HOST
            changes += _named("service", name, old.services, new.services)
            changes += _named("user", name, old.users, new.users)
            changes += _named("command", name, old.commands, new.commands)
    if before.mail is not after.mail:
        changes += _mail_changes(before.mail, after.mail)
    if before.memory != after.memory:
        changes.append(Change("memory", "", "memory", before.memory, after.memory))
    return Diff(after.clock, tuple(changes))


def apply(before: Snapshot, difference: Diff) -> Snapshot:
    """Carry the changes out on the snapshot they start from; untouched parts are shared."""
    hosts = _Hosts(before.hosts)
    mail = list(before.mail)
    memory = before.memory
    for change in difference.changes:  # first whatever goes, so that nothing new is lost
        if change.kind == "moved" and change.origin is not None:
            hosts.drop(change.origin[0], "files", change.origin[1])
        elif change.kind == "mail" and change.after is None:
            del mail[int(change.object) :]
        elif change.after is None and change.kind in _PARTS:
            hosts.drop(change.host, _PARTS[change.kind], change.object)
    for change in difference.changes:
        if change.after is None:
            continue
        if change.kind in _PARTS:
            hosts.put(change.host, _PARTS[change.kind], change.object, change.after)
        elif change.kind == "host":
            hosts.put(change.host, "address", "", change.after)
        elif change.kind == "mail" and isinstance(change.after, Message):
            mail[int(change.object) : int(change.object) + 1] = [change.after]
        elif change.kind == "memory":
            memory = str(change.after)
    for change in difference.changes:
        if change.kind == "host" and change.after is None:
            hosts.drop_host(change.host)
    posted = tuple(mail) if difference.of("mail") else before.mail
    return Snapshot(difference.clock, hosts.frozen(), posted, memory)


_NO_HOST = Host("")
_Pair = tuple[str, Host | None, Host | None]
_PARTS: dict[str, str] = {
    **dict.fromkeys(FILE_KINDS, "files"),
    "service": "services",
    "user": "users",
    "command": "commands",
}


class _Hosts:
    """Hosts under change: a host's parts are copied when first written to."""

    def __init__(self, hosts: Mapping[str, Host]) -> None:
        self._before = hosts
        self._parts: dict[str, dict[str, Any]] = {}
        self._gone: set[str] = set()

    def _part(self, host: str, part: str) -> dict[str, Any]:
        parts = self._parts.setdefault(host, {})
        if part not in parts:
            parts[part] = dict(getattr(self._before.get(host, _NO_HOST), part))
        found: dict[str, Any] = parts[part]
        return found

    def drop(self, host: str, part: str, name: str) -> None:
        self._part(host, part).pop(name, None)

    def put(self, host: str, part: str, name: str, value: Any) -> None:
        if part == "address":
            self._parts.setdefault(host, {})[part] = value
        else:
            self._part(host, part)[name] = value

    def drop_host(self, host: str) -> None:
        self._gone.add(host)

    def frozen(self) -> Mapping[str, Host]:
        if not self._parts and not self._gone:
            return self._before
        hosts = dict(self._before)
        for name, parts in self._parts.items():
            hosts[name] = dataclasses.replace(hosts.get(name, _NO_HOST), **parts)
        return {name: host for name, host in hosts.items() if name not in self._gone}


def _host_changes(pairs: list[_Pair]) -> Iterator[Change]:
    """A host that is new or gone is its address; what it held is explained piece by piece."""
    for name, old, new in pairs:
        was = None if old is None else old.address
        now = None if new is None else new.address
        if was != now:
            yield Change("host", name, name, was, now)


def _file_changes(pairs: list[_Pair], before: Snapshot) -> Iterator[Change]:
    sides = [
        (name, (old or _NO_HOST).files, (new or _NO_HOST).files)
        for name, old, new in pairs
        if (old or _NO_HOST).files is not (new or _NO_HOST).files
    ]
    held = {name: host.files for name, host in before.hosts.items()}
    for kind, (host, path), old, new, origin in explain(sides, held):
        yield Change(kind, host, path, old, new, origin)
    for host, olds, news in sides:
        for path, key, was, now in setting_changes(olds, news):
            yield Change("setting", host, path, was, now, None, key)


def _named(
    kind: Literal["service", "user", "command"],
    host: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> Iterator[Change]:
    if old is new:
        return
    for name in sorted({*old, *new}):
        was, now = old.get(name), new.get(name)
        if was != now:
            yield Change(kind, host, name, was, now)


def _mail_changes(old: tuple[Message, ...], new: tuple[Message, ...]) -> Iterator[Change]:
    for index in range(max(len(old), len(new))):
        was = old[index] if index < len(old) else None
        now = new[index] if index < len(new) else None
        if was is not now and was != now:
            yield Change("mail", "", str(index), was, now)


def _plain(value: Value) -> Any:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Command):  # its settings may be any mapping, which asdict cannot copy
        return {"action": value.action, "settings": dict(value.settings)}
    return dataclasses.asdict(value)
