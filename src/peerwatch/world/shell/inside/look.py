"""Looking at the hosts from outside: every file, every process, every port, without their help.

Nothing here runs a program of a host or follows a link in one. A look tells what has changed since
the last; unchanged files are known by their inode, size and change time, which nobody within can
set.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from peerwatch.world.shell.inside.process import Host
from peerwatch.world.shell.inside.traces import Tracker

MAX_TEXT = 256 * 1024
"""Bytes up to which a file's text is told."""
MAX_TRACED = 128 * 1024 * 1024
"""Bytes up to which a file is searched for tracked contents."""
MAX_FILES = 200_000
"""Files of a host that are looked at; an instance with more is one that was filled up."""
_Key = tuple[int, int, int, int, int]


class Looker:
    """What the hosts looked like when they were last looked at."""

    def __init__(
        self, hosts: Sequence[Host], config: Mapping[str, Any], logs: Mapping[str, int]
    ) -> None:
        self._logs = logs
        self._hosts = [host for host in hosts if not host.full]
        self._known: dict[str, dict[str, tuple[Any, ...]]] = {host.name: {} for host in self._hosts}
        self._contents: dict[_Key, tuple[str, bool]] = {}
        """File -> digest and whether it is a text."""
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
        for host in self._hosts:
            known = self._known[host.name]
            changed: list[list[Any]] = []
            seen: dict[str, tuple[Any, ...]] = {}
            for path, full, info in walk(host):
                entry = self._entry(full, info)
                if entry is None:
                    continue
                seen[path] = entry
                if known.get(path) != entry:
                    changed.append([path, *entry, *self._text(entry, full, payload)])
            hosts[host.name] = {
                "changed": changed,
                "gone": [path for path in known if path not in seen],
                "processes": running[host.name],
                "ports": ports(host),
                "said": said(self._logs.get(host.name)),
                "copies": self._copies(seen),
            }
            self._known[host.name] = seen
        return {"hosts": hosts}, bytes(payload)

    def _entry(self, full: str, info: os.stat_result) -> tuple[Any, ...] | None:
        """Return kind, size, time, mode, owner and content (a link's target, a file's digest)."""
        if stat.S_ISLNK(info.st_mode):
            try:
                return ("l", 0, int(info.st_mtime), 0o777, info.st_uid, os.readlink(full), False)
            except OSError:
                return None
        key = (info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)
        content = self._contents.get(key)
        if content is None:
            content = self._content(full, info.st_size)
            if content is None:
                return None
            self._contents[key] = content
        mode = stat.S_IMODE(info.st_mode)
        return ("f", info.st_size, int(info.st_mtime), mode, info.st_uid, *content)

    def _content(self, full: str, size: int) -> tuple[str, bool] | None:
        """Read a file that is new or changed."""
        if not self._tracker.wanted or size > MAX_TRACED:
            return digest(full)
        data = read(full, MAX_TRACED)
        if data is None:
            return None
        found = "sha256:" + sha256(data).hexdigest()
        if self._looks == 1:
            self._tracker.learn(found, data)
        elif found not in self._tracker.wanted and found not in self._held:
            self._held[found] = self._tracker.held(data)
        return found, len(data) <= MAX_TEXT and _is_text(data)

    def _copies(self, seen: Mapping[str, tuple[Any, ...]]) -> list[tuple[str, list[str]]]:
        """Return the tracked contents that a host holds in another form than their own."""
        held = {}
        for path, entry in seen.items():
            parts = self._held.get(entry[5]) if entry[0] == "f" else None
            if parts:
                held[path] = parts
        return self._tracker.copies(held) if held else []

    def _text(self, entry: tuple[Any, ...], full: str, payload: bytearray) -> tuple[int, int]:
        if entry[0] != "f" or not entry[6]:
            return (0, -1)
        data = read(full)
        if data is None:
            return (0, -1)
        payload += data
        return (len(payload) - len(data), len(data))


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


def walk(host: Host) -> Iterator[tuple[str, str, os.stat_result]]:
    """Yield every file and link of a host: its path there, here, and its state."""
    places = [
        ("", f"{host.root}/root"),
        ("/usr/local", f"{host.root}/local"),
        ("/dev", f"/proc/{host.init}/root/dev"),
    ]
    count = 0
    while places:
        path, full = places.pop()
        try:
            entries = list(os.scandir(full))
        except OSError:
            continue
        for entry in entries:
            try:
                info = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISDIR(info.st_mode):
                if (path, entry.name) not in (("/dev", "pts"), ("", "proc"), ("", "dev")):
                    places.append((f"{path}/{entry.name}", entry.path))
            elif stat.S_ISREG(info.st_mode) or (stat.S_ISLNK(info.st_mode) and path != "/dev"):
                count += 1
                if count > MAX_FILES:
                    return
                yield f"{path}/{entry.name}", entry.path, info


def digest(full: str) -> tuple[str, bool] | None:
    """Return a file's digest and whether it is a text; None where it cannot be read."""
    found, text = sha256(), True
    size = 0
    try:
        fd = os.open(full, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(fd, "rb") as file:
            while block := file.read(1 << 20):
                size += len(block)
                text = text and size <= MAX_TEXT and _is_text(block)
                found.update(block)
    except OSError:
        return None
    return "sha256:" + found.hexdigest(), text


def read(full: str, most: int = MAX_TEXT) -> bytes | None:
    """Return the first bytes of a file, one more than the most asked for."""
    try:
        fd = os.open(full, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(fd, "rb") as file:
            return file.read(most + 1)
    except OSError:
        return None


def _is_text(data: bytes) -> bool:
    if b"\0" in data:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def processes(hosts: Sequence[Host]) -> dict[str, list[list[Any]]]:
    """Return each host's processes: number, parent and user as the keeper sees them, and words."""
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
        except OSError:
            continue
        if words and fields[0] != "Z":
            found[host_name].append([int(name), int(fields[1]), user, words])
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


def ports(host: Host) -> list[list[Any]]:
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
