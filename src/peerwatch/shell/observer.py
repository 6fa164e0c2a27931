"""From what is seen of the hosts to a :class:`~peerwatch.world.state.Snapshot`.

A snapshot has the instance's own files, whatever became of them, and every file that is new or was
changed. It has the files that decide which programs run. It leaves out what else a host has of
itself (accounts are told as such) and traces of use that nobody makes on purpose (sockets,
histories, logs of the system), unless such a file holds a tracked content.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from peerwatch.shell.accounts import account_name, users_of
from peerwatch.shell.hosts import Hosts, HostsError
from peerwatch.shell.scene import owner_ids, schedules_of
from peerwatch.shell.services import enabled, running
from peerwatch.world.state import File, Host, Message, Service, Snapshot, Unobserved

if TYPE_CHECKING:
    from peerwatch.families.instance import Instance

_TRACES = re.compile(
    r"/run/.*|/proc/.*|/dev/(?!shm/).*|/var/mail/messages"
    r"|/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?|/etc/(\.pwd\.lock|[a-z]+\.lock|[a-z]+\+)"
    r"|/var/log/(auth|syslog|wtmp|btmp|lastlog|faillog|tallylog)[^/]*"
    r"|.*/\.ssh/(known_hosts[^/]*|cm-.*|.*\.sock)"
    r"|.*/\.(bash_history|lesshst|viminfo|python_history|wget-hsts|sudo_as_admin_successful)"
    r"|.*/\.(cache|rsync-partial)/.*"
)
_STARTS = re.compile(
    r"/etc/(systemd/.*|cron[^/]*(/.*)?|init\.d/.*|default/.*|hosts|environment|profile|ld\.so\.preload)"
    r"|/etc/ssh/sshd_config|/usr/local/s?bin/[^/]+|/var/spool/cron/.*"
)
"""What decides which programs run, when, and with what: in every snapshot with its content."""
_KEYS = re.compile(r"/.*/\.ssh/authorized_keys2?")
_HISTORY = re.compile(r"/.*/\.\w*_?history")
_ACCEPTED = re.compile(r"^Accepted \S+ for (?P<user>\S+) from (?P<address>\S+) port")


@dataclass(frozen=True, slots=True)
class Scene:
    """What was seen of a host besides its state: processes, ports, connections, keys, histories."""

    processes: tuple[tuple[int, str], ...] = ()
    """User id and command line."""
    ports: tuple[tuple[str, int], ...] = ()
    """Protocol and number of what is listened on."""
    logins: tuple[str, ...] = ()
    """SSH connections accepted since the start: the account, and the address it came from."""
    connections: tuple[str, ...] = ()
    """TCP connections that it began towards another host, answered or not: the host and the port,
    each once."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Keys that may log in, by the file that lists them: the lines."""
    histories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What shells have kept of commands, by file: the lines. A shell that is told one command keeps
    none."""


@dataclass(slots=True)
class _Seen:
    """What is known of one host."""

    entries: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    furniture: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    processes: list[list[Any]] = field(default_factory=list)
    ports: list[list[Any]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    copies: list[tuple[str, list[str]]] = field(default_factory=list)
    """Tracked contents in another form: a digest, and the files that hold it."""
    logins: list[str] = field(default_factory=list)
    connections: list[str] = field(default_factory=list)


_COMES_UP = 5.0
"""Seconds that services are given to run before what does not is taken to stand still."""


class Observer:
    """Snapshots of a running instance, each from what changed since the one before."""

    def __init__(
        self, hosts: Hosts, instance: Instance, ignore: Callable[[str], bool] | None = None
    ) -> None:
        """Take the first look; the critic must not have acted yet.

        Args:
            hosts: The running hosts.
            instance: The instance as it lies on disks (:func:`~.scene.shell_instance`).
            ignore: Says of a path that it is a trace of use, besides those that always are.
        """
        self._hosts = hosts
        self._instance = instance
        self._ignore = ignore or (lambda path: False)
        self._seen = {name: _Seen() for name in instance.world.hosts}
        self._addresses = {host.address: name for name, host in instance.world.hosts.items()}
        self._ids = {
            name: {uid: owner for owner, uid in owner_ids(host).items()}
            for name, host in instance.world.hosts.items()
        }
        self._schedules = {name: schedules_of(instance, name) for name in instance.world.hosts}
        sorting = instance.inventory.sorting
        tracked = () if sorting is None else (sorting.subject, *sorting.decoys)
        self._names = {one.digest: one.path.rpartition("/")[2] for one in tracked}
        self._last = instance.world
        self._unobserved: tuple[Unobserved, ...] = ()
        self._look()
        self._await_services()
        if self._unobserved:
            raise HostsError(f"The hosts cannot be looked at: {self._unobserved[0].why}")
        for name, seen in self._seen.items():
            own = instance.world.hosts[name].files
            seen.furniture = {p: e for p, e in seen.entries.items() if p not in own}
        self.before = replace(self._snapshot(), clock=instance.world.clock)
        """The world before the first act."""
        self._last = self.before

    def _await_services(self) -> None:
        """Look until all runs that the hosts start with: a shell opens its program a bit late."""
        end = time.monotonic() + _COMES_UP
        while not self._all_run() and time.monotonic() < end:
            time.sleep(0.01)
            self._look()

    def _all_run(self) -> bool:
        return all(
            running(service, self._seen[name].processes)
            for name, host in self._instance.world.hosts.items()
            for service, about in host.services.items()
            if about.running
        )

    def snapshot(self) -> Snapshot:
        """Look again and return the world as it is now; what has not changed is shared."""
        self._look()
        try:
            self._last = self._snapshot()
        except Exception as error:  # whatever stands there, it may not end the episode
            why = f"what was seen cannot be told: {type(error).__name__}: {error}"
            unseen = (*self._unobserved, Unobserved("", "all hosts", why))
            self._last = replace(self._last, clock=int(time.time()), unobserved=unseen)
        return self._last

    def scenes(self) -> dict[str, Scene]:
        """Return what the last look saw besides."""
        return {
            name: Scene(
                tuple(sorted((p[2], " ".join(p[3])) for p in seen.processes)),
                tuple((str(kind), int(port)) for kind, port in seen.ports),
                tuple(seen.logins),
                tuple(seen.connections),
                _lines(seen.texts, _KEYS),
                _lines(seen.texts, _HISTORY),
            )
            for name, seen in self._seen.items()
        }

    def observed(self) -> dict[str, Any]:
        """Return the same as the log keeps it."""
        return {"hosts": {name: asdict(scene) for name, scene in self.scenes().items()}}

    def _look(self) -> None:
        head, payload = self._hosts.look()
        self._unobserved = tuple(_unobserved(head))
        if head.get("afresh"):
            for seen in self._seen.values():
                seen.entries.clear()
                seen.texts.clear()
        for name, told in head.get("hosts", {}).items():
            seen = self._seen[name]
            for path in told["gone"]:
                seen.entries.pop(path, None)
                seen.texts.pop(path, None)
            for path, kind, size, mtime, mode, uid, content, start, length in told["changed"]:
                seen.entries[path] = (kind, size, mtime, mode, uid, content)
                seen.texts.pop(path, None)
                if length >= 0:
                    data = payload[start : start + length]
                    seen.texts[path] = data.decode(errors="replace")
            seen.processes, seen.ports = told["processes"], told["ports"]
            seen.copies = told["copies"]
            for address, port in told["begun"]:
                seen.connections.append(f"{self._addresses.get(address, address)} port {port}")
            for line in told["said"]:
                found = _ACCEPTED.search(line)
                if found is not None:
                    seen.logins.append(f"{found['user']} from {found['address']}")

    def _snapshot(self) -> Snapshot:
        last = self._last
        hosts = {name: self._host(name, last.hosts[name]) for name in last.hosts}
        if all(hosts[name] is last.hosts[name] for name in hosts):
            hosts = dict(last.hosts) if not isinstance(last.hosts, dict) else last.hosts
        mail = self._mail()
        return Snapshot(
            int(time.time()),
            hosts,
            last.mail if mail == last.mail else mail,
            last.memory,
            self._unobserved,
        )

    def _host(self, name: str, last: Host) -> Host:
        seen = self._seen[name]
        files = self._files(name, last.files)
        services = self._services(name, seen)
        users = users_of(self._instance.world.hosts[name].users, seen.texts)
        if (files, services, users) == (last.files, last.services, last.users):
            return last
        return Host(
            last.address,
            last.files if files == last.files else files,
            last.services if services == last.services else services,
            last.users if users == last.users else users,
            last.commands,
        )

    def _files(self, name: str, last: Mapping[str, File]) -> dict[str, File]:
        seen, own = self._seen[name], self._instance.world.hosts[name].files
        found = {}
        for path in own:  # in the order of the instance
            file = self._file(name, path, last.get(path), own=True)
            if file is not None:
                found[path] = file
        for path in sorted(seen.entries.keys() - own.keys()):
            entry = seen.entries[path]
            if seen.furniture.get(path) == entry and _STARTS.fullmatch(path) is None:
                continue
            if self._trace(name, path) and entry[5] not in self._names:
                continue
            file = self._file(name, path, last.get(path), own=False)
            if file is not None:
                found[path] = file
        return self._with_copies(name, found, last)

    def _with_copies(
        self, name: str, files: dict[str, File], last: Mapping[str, File]
    ) -> dict[str, File]:
        """Return files with the tracked contents that they hold in another form.

        A file that holds one stands with the digest of that content. One that holds several stands
        as itself, and each content as a file below it. Of pieces the first one stands for all.
        """
        copies = self._seen[name].copies
        shared = Counter(paths[0] for _, paths in copies)
        for digest, paths in copies:
            path = paths[0]
            file = files.get(path) or self._file(name, path, None, own=False)
            if file is None:
                continue
            files[path] = file
            if shared[path] > 1:
                path = f"{path}/{self._names[digest]}"
            made = File(file.size, digest, file.mtime, None, file.mode, file.owner)
            files[path] = last[path] if last.get(path) == made else made
        return files

    def _trace(self, name: str, path: str) -> bool:
        """Return whether a file is told otherwise, or of use alone."""
        return _TRACES.fullmatch(path) is not None or self._ignore(path)

    def _file(self, name: str, path: str, last: File | None, own: bool) -> File | None:
        """Return a file as it stands; a link in place of a file of the instance is followed."""
        seen = self._seen[name]
        target = path
        for _ in range(8):
            entry = seen.entries.get(target)
            if entry is None or entry[0] == "f":
                break
            if not own:
                return _link(entry, self._ids[name]) if _STARTS.fullmatch(path) else None
            target = _joined(target, entry[5])
        if entry is None or entry[0] != "f":
            return None
        _, size, mtime, mode, uid, digest = entry
        owner = self._ids[name].get(uid) or account_name(uid, seen.texts)
        file = File(size, digest, mtime, seen.texts.get(target), mode, owner)
        return last if file == last else file

    def _services(self, name: str, seen: _Seen) -> dict[str, Service]:
        schedules = self._schedules[name]
        return {
            one: Service(
                running(one, seen.processes),
                enabled(one, schedules.get(one, ""), seen.entries, seen.texts, seen.furniture),
                about.description,
            )
            for one, about in self._instance.world.hosts[name].services.items()
        }

    def _mail(self) -> tuple[Message, ...]:
        found: list[Message] = []
        for seen in self._seen.values():
            found += _messages(seen.texts.get("/var/mail/messages", ""))
        return tuple(sorted(found, key=lambda message: message.at))


MOST_UNOBSERVED = 50
"""Places that could not be seen that are told one by one of a host."""


def _unobserved(head: Mapping[str, Any]) -> Iterator[Unobserved]:
    """Yield what a look could not see, by its own account."""
    if "failed" in head:
        yield Unobserved("", "all hosts", f"the look failed: {head['failed']}")
    for why in head.get("moved", ()):
        yield Unobserved("", "all hosts", why)
    for name, told in head.get("hosts", {}).items():
        missed = told["missed"]
        for path, why in missed[:MOST_UNOBSERVED]:
            yield Unobserved(name, path or "the host", why)
        if len(missed) > MOST_UNOBSERVED:
            more = len(missed) - MOST_UNOBSERVED
            yield Unobserved(name, "the host", f"{more} more places could not be seen")


def _lines(texts: Mapping[str, str], names: re.Pattern[str]) -> dict[str, tuple[str, ...]]:
    """Return the lines of the files that are called so, empty lines left out."""
    return {
        path: tuple(line for line in text.splitlines() if line.strip())
        for path, text in sorted(texts.items())
        if names.fullmatch(path)
    }


def _link(entry: Sequence[Any], owners: Mapping[int, str]) -> File:
    """Return a link as a text that says where it leads."""
    return File.text(
        f"-> {entry[5]}\n", entry[2], mode=entry[3], owner=owners.get(entry[4], "root")
    )


def _joined(path: str, target: str) -> str:
    parts = [] if target.startswith("/") else path.split("/")[1:-1]
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


_MESSAGE = re.compile(
    r"^Date: (?P<at>.*)\nFrom: (?P<sender>.*)\nTo: (?P<to>.*)\nSubject: (?P<subject>.*)\n\n"
    r"(?P<body>.*?)\n\n(?=Date: |\Z)",
    re.MULTILINE | re.DOTALL,
)


def _messages(text: str) -> list[Message]:
    return [
        Message(_moment(m["at"]), m["sender"], m["to"], m["subject"], m["body"])
        for m in _MESSAGE.finditer(text)
    ]


def _moment(text: str) -> int:
    from datetime import datetime

    try:
        if text.isdigit():
            return int(text[:12])
        return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
    except (ValueError, OverflowError):
        return 0
