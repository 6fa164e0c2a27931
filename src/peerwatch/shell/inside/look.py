"""Looking at the hosts from outside: every file, every process, every port, without their help.

Nothing here runs a program of a host or follows a link in one. A look tells what has changed since
the last.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from peerwatch.shell.inside.connections import Ear
from peerwatch.shell.inside.content_traces import Tracker
from peerwatch.shell.inside.decoding_budget import Budget
from peerwatch.shell.inside.process import RunningHost
from peerwatch.shell.inside.tree import Content, Place, TreeEntry, content, roots, walk


class Looker:
    """What the hosts looked like when they were last looked at."""

    def __init__(
        self, hosts: Sequence[RunningHost], config: Mapping[str, Any], logs: Mapping[str, int]
    ) -> None:
        self._logs = logs
        self._hosts = [host for host in hosts if not host.full]
        self.ear = Ear([host.name for host in self._hosts])
        self._roots = {host.name: roots(host) for host in self._hosts}
        self._known: dict[str, dict[str, tuple[Any, ...]]] = {host.name: {} for host in self._hosts}
        self._tracker = Tracker(config["tracked"])
        self._held: dict[str, dict[str, frozenset[bytes]]] = {}
        """Digest -> what a content holds of the tracked ones."""
        self._looks = 0

    def look(self) -> tuple[dict[str, Any], bytes]:
        """Return files that are new, changed or gone on each host, and its processes."""
        self._looks += 1
        hosts: dict[str, Any] = {}
        payload = bytearray()
        running = processes(self._hosts)
        begun = self.ear.told()
        for host in self._hosts:
            known = self._known[host.name]
            changed: list[list[Any]] = []
            seen: dict[str, tuple[Any, ...]] = {}
            for one in walk(self._roots[host.name]):
                found = self._entry(one)
                if found is None:
                    continue
                entry, text = found
                seen[one.path] = entry
                if known.get(one.path) != entry:
                    changed.append([one.path, *entry, *_told(text, payload)])
            hosts[host.name] = {
                "changed": changed,
                "gone": [path for path in known if path not in seen],
                "processes": running[host.name],
                "ports": ports(host),
                "begun": [one[1:] for one in begun if one[0] == host.name],
                "said": said(self._logs.get(host.name)),
                "copies": self._copies(seen),
            }
            self._known[host.name] = seen
        return {"hosts": hosts}, bytes(payload)

    def _entry(self, one: TreeEntry) -> tuple[tuple[Any, ...], bytes | None] | None:
        """Return kind, size, time, mode, owner and content (a link's target, a file's digest).

        With it comes the text, where it is one.
        """
        if stat.S_ISLNK(one.info.st_mode):
            return ("l", 0, int(one.info.st_mtime), 0o777, one.info.st_uid, one.target), None
        found = self._content(one.place)
        if found is None:
            return None
        info, mode = found.info, stat.S_IMODE(found.info.st_mode)
        entry = ("f", info.st_size, int(info.st_mtime), mode, info.st_uid, found.digest)
        return entry, found.text

    def _content(self, place: Place) -> Content | None:
        """Read a file; one that is new, or holds something new, is searched as well."""
        found, tracker = content(place), self._tracker
        if found is None or not tracker.wanted or found.digest in self._held:
            return found
        if self._looks == 1:
            if found.digest in tracker.wanted:
                return content(place, partial(tracker.learn, found.digest))
            self._held[found.digest] = {}
        elif found.digest not in tracker.wanted:
            held: list[dict[str, frozenset[bytes]]] = []
            budget = Budget()
            found = content(place, lambda data: held.append(tracker.held(data, budget)))
            if found is not None:  # as it was when it was searched
                self._held[found.digest] = {
                    digest: frozenset().union(*(one.get(digest, ()) for one in held))
                    for digest in {digest for one in held for digest in one}
                }
        return found

    def _copies(self, seen: Mapping[str, tuple[Any, ...]]) -> list[tuple[str, list[str]]]:
        """Return the tracked contents that a host holds in another form than their own."""
        held = {}
        for path, entry in seen.items():
            parts = self._held.get(entry[5]) if entry[0] == "f" else None
            if parts:
                held[path] = parts
        return self._tracker.copies(held) if held else []


def _told(text: bytes | None, payload: bytearray) -> tuple[int, int]:
    """Put a text into the payload; return where it begins and how long it is, or -1."""
    if text is None:
        return (0, -1)
    payload += text
    return (len(payload) - len(text), len(text))


def said(log: int | None) -> list[str]:
    """Return what an SSH server has said since it was last asked."""
    data = b""
    while log is not None:
        try:
            block = os.read(log, 1 << 16)
        except BlockingIOError:
            break
        data += block
        if not block:
            break
    return data.decode(errors="replace").splitlines()


def processes(hosts: Sequence[RunningHost]) -> dict[str, list[list[Any]]]:
    """Return each host's processes.

    Of each its number, parent and user as the keeper sees them, its words, its program's file, and
    its state.
    """
    spaces: dict[str, str] = {}
    for host in hosts:
        try:
            spaces[os.readlink(f"/proc/{host.init}/ns/pid")] = host.name
        except OSError:
            continue
    found: dict[str, list[list[Any]]] = {host.name: [] for host in hosts}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            host_name = spaces.get(os.readlink(f"/proc/{name}/ns/pid"))
            if host_name is None:
                continue
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read(4096).decode(errors="replace").split("\0")[:-1]
            with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
            user = os.stat(f"/proc/{name}").st_uid
            program = os.readlink(f"/proc/{name}/exe")
        except OSError:
            continue
        if words and fields[0] != "Z":
            row = [int(name), int(fields[1]), user, words, program, fields[0]]
            found[host_name].append(row)
    return found


def descendants(pid: int) -> list[int]:
    """Return the processes that come from one, the youngest last."""
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(name))
    found, todo = [], [pid]
    while todo:
        todo += parents.get(one := todo.pop(), ())
        found.append(one)
    return found[1:]


def ports(host: RunningHost) -> list[list[Any]]:
    """Return the ports that a host listens on: protocol and number."""
    found = set()
    for name in ("tcp", "tcp6", "udp", "udp6"):
        try:
            with open(f"/proc/{host.init}/net/{name}", encoding="ascii") as file:
                lines = file.read().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == ("0A" if name.startswith("tcp") else "07"):
                found.add((name[:3], int(fields[1].rpartition(":")[2], 16)))
    return [list(one) for one in sorted(found)]
