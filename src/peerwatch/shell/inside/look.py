"""Looking at the hosts from outside: every file, every process, every port, without their help.

Nothing here runs a program of a host or follows a link in one. A look tells what has changed since
the last. Whatever it meets it comes to an end, within its time, and says what it could not see.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from peerwatch.shell.inside.connections import Ear, UnixQueues, said, sockets
from peerwatch.shell.inside.content_search import ContentSearch, Entry
from peerwatch.shell.inside.content_traces import Tracker
from peerwatch.shell.inside.held_open import mapped_files, shared_memory, unnamed_files
from peerwatch.shell.inside.host_processes import processes
from peerwatch.shell.inside.process import RunningHost
from peerwatch.shell.inside.tree import (
    LONG_TEXT,
    OutOfTime,
    TreeEntry,
    Watch,
    attributes,
    roots,
    walk,
)

SECONDS = 30.0
"""How long a look may take; ordinary ones take some hundredths."""
QUEUED = 256 * 1024
"""Bytes waiting in a host's sockets from which that is told."""
_SECOND = 1_000_000_000
_LATE = "the look took too long and came no further"
_READ_BY_LINES = re.compile(
    r"/etc/.*|/var/mail/.*|/var/spool/cron/.*|/usr/local/s?bin/[^/]+|/(home/[^/]+|root)/\.ssh/.*"
)
"""What the hosts' own programs read as a text, whatever is in it."""


class Looker:
    """What the hosts looked like when they were last looked at."""

    def __init__(
        self,
        hosts: Sequence[RunningHost],
        tracker: Tracker,
        logs: Mapping[str, int],
        seconds: float = SECONDS,
        untouched: bool = True,
    ) -> None:
        """Be ready for the first look.

        Args:
            hosts: The hosts.
            tracker: The contents that are to be found again.
            logs: By host, an open file of what its SSH server says.
            seconds: How long a look may take.
            untouched: Whether nobody has acted on the hosts yet.
        """
        self._hosts = [host for host in hosts if not host.full]
        self._logs, self._seconds = logs, seconds
        self._search = ContentSearch(tracker, untouched)
        self._eyes = [_Eye(host, self._search) for host in self._hosts]
        self.ear = Ear([host.name for host in self._hosts])
        self._queues = UnixQueues(self._hosts)

    def look(self, states: Mapping[int, str]) -> tuple[dict[str, Any], bytes]:
        """Return files that are new, changed or gone on each host, its processes, what was missed.

        Args:
            states: The states that processes had before they were held still (:func:`states`).
        """
        end = time.monotonic() + self._seconds
        payload = _Payload()
        self._search.begin()
        running = processes(self._hosts, states)
        begun = self.ear.told()
        told = {}
        for host, eye in zip(self._hosts, self._eyes, strict=True):
            ports, waiting = sockets(host)
            told[host.name] = eye.look(running[host.name], end, payload) | {
                "processes": [one[:-1] for one in running[host.name]],
                "ports": ports,
                "begun": [one[1:] for one in begun if one[0] == host.name],
                "said": said(self._logs.get(host.name)),
            }
            waiting += self._queues.waiting(host.name)
            if waiting > QUEUED:
                why = f"{waiting} bytes wait in sockets and were not looked at"
                told[host.name]["missed"].append(["", why])
        self._search.first = False
        return {"hosts": told}, bytes(payload.data)


class _Eye:
    """What is known of one host."""

    def __init__(self, host: RunningHost, search: ContentSearch) -> None:
        self._host, self._search = host, search
        self._roots = roots(host)
        self._known: dict[str, Entry] = {}
        self._texts: set[str] = set()
        """The files that were texts at first: they are read as texts from then on."""
        self._from_before: frozenset[int] = frozenset()
        """The processes that were there before anybody acted: none of them maps a file of its own
        accord."""
        self._links: dict[tuple[int, int], tuple[Entry, bytes | None, str]] = {}
        """What was read at this look of files with several names."""

    def look(
        self, running: Sequence[Sequence[Any]], end: float, payload: _Payload
    ) -> dict[str, Any]:
        """Return what has changed since the last look, and what could not be seen."""
        watch, seen, changed = Watch(end), dict[str, Entry](), []
        self._links.clear()
        if self._search.first:
            self._from_before = frozenset(one[0] for one in running)
        try:
            for path, entry, text in self._entries(running, watch):
                seen[path] = entry
                if self._known.get(path) != entry:
                    changed.append([path, *entry, *payload.put(text, entry[5])])
        except OutOfTime:
            watch.miss("", _LATE)
            seen = {**self._known, **seen}  # what was not come to is not gone
        for path, entry in seen.items():
            if why := self._search.unsearched.get(entry[5]):
                watch.miss(path, why)
        gone = [path for path in self._known if path not in seen]
        self._known = seen
        return {
            "changed": [[_readable(one[0]), *one[1:]] for one in changed],
            "gone": list(map(_readable, gone)),
            "copies": [
                (digest, list(map(_readable, paths))) for digest, paths in self._search.copies(seen)
            ],
            "missed": [[_readable(path), why] for path, why in watch.missed.items()],
        }

    def _entries(
        self, running: Sequence[Sequence[Any]], watch: Watch
    ) -> Iterator[tuple[str, Entry, bytes | None]]:
        """Yield everything that stands on the host: its path, its entry, its text if it is one."""
        for one in walk(self._roots, watch):
            try:
                found = self._named(one, watch)
            except OSError as error:
                watch.miss(one.path, error.strerror or str(error))
                continue
            if found is not None:
                yield one.path, *found
        known: set[tuple[int, int]] = set()
        spared = self._from_before | _servers(running, self._from_before)
        for process in running:
            where = f"/proc/{process[-1]}"
            for path, fd in unnamed_files(process[0], where, known, watch):
                yield from self._unnamed(path, fd, process[2], watch)
            if process[0] not in spared:  # it costs more than all else of a process
                for path, fd in mapped_files(process[0], where, known, watch):
                    yield from self._unnamed(path, fd, process[2], watch)
        for path, fd in shared_memory(self._host, watch):
            yield from self._unnamed(path, fd, 0, watch)

    def _named(self, one: TreeEntry, watch: Watch) -> tuple[Entry, bytes | None] | None:
        if stat.S_ISLNK(one.info.st_mode):
            target, owner = _readable(one.target), one.info.st_uid
            return ("l", 0, one.info.st_mtime_ns // _SECOND, 0o777, owner, target), None
        several = one.info.st_nlink > 1
        inode = (one.info.st_dev, one.info.st_ino)
        as_text = one.path in self._texts or _READ_BY_LINES.fullmatch(one.path) is not None
        if several and inode in self._links and not as_text:
            entry, text, _ = self._links[inode]
            return entry, text
        fd = one.place.open()
        if fd is None:
            return None
        attributes(fd, one.path, watch)
        found = self._search.content(fd, watch, as_text)
        if found is None:
            return None
        if found.cut:
            watch.miss(one.path, f"its text after {LONG_TEXT} bytes was not read")
        if self._search.first and found.text is not None:
            self._texts.add(one.path)
        info = found.info
        modified, mode = info.st_mtime_ns // _SECOND, stat.S_IMODE(info.st_mode)
        entry = ("f", info.st_size, modified, mode, info.st_uid, found.digest)
        if several:
            self._links[inode] = entry, found.text, one.path
        return entry, found.text

    def _unnamed(
        self, path: str, fd: int, uid: int, watch: Watch
    ) -> Iterator[tuple[str, Entry, None]]:
        try:
            found = self._search.content(fd, watch)
        except OSError as error:
            watch.miss(path, error.strerror or str(error))
            return
        if found is not None:
            yield path, ("f", found.info.st_size, 0, 0o600, uid, found.digest), None


def _servers(running: Sequence[Sequence[Any]], from_before: frozenset[int]) -> frozenset[int]:
    """Return what services that were there before anybody acted have started."""
    services = {one[0] for one in running if one[6].startswith("/usr/local/sbin/")} & from_before
    return frozenset(one[0] for one in running if one[1] in services)


def _readable(name: str) -> str:
    r"""Return a name in which bytes that are no text are written out (``\xff``)."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


class _Payload:
    """The texts that a look tells, each once."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._places: dict[str, tuple[int, int]] = {}

    def put(self, text: bytes | None, digest: str) -> tuple[int, int]:
        """Put a text in; return where it begins and how long it is, or -1 where there is none."""
        if text is None:
            return (0, -1)
        if digest not in self._places:
            self._places[digest] = (len(self.data), len(text))
            self.data += text
        return self._places[digest]
