"""Who wrote: the kernel's own word (fanotify), on this machine and where the sensor is root.

Directories of assets are marked; each write, change of metadata, rename and removal in them comes
with the process that did it. A process that has ended before it could be looked up is told by its
number alone. Elsewhere, and over ssh, :func:`why_not` says why nobody knows who wrote.
"""

from __future__ import annotations

import ctypes
import os
import select
import struct
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from peerwatch.oversight.asset_places import assets_on
from peerwatch.oversight.facts import HostFacts, WriteFact
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.sensor.explanations import UNKNOWN
from peerwatch.oversight.sensor.on_host.account_names import account_name
from peerwatch.oversight.sensor.on_host.plain_names import real, shown
from peerwatch.world.state import Unobserved

_CLOEXEC, _NONBLOCK, _DFID_NAME = 0x1, 0x2, 0x0C00
_MARK_ADD, _ONLYDIR = 0x1, 0x8
_MODIFY, _ATTRIB, _CLOSE_WRITE, _CREATE, _DELETE = 0x2, 0x4, 0x8, 0x100, 0x200
_MOVED_FROM, _MOVED_TO, _ON_CHILD = 0x40, 0x80, 0x08000000
_OVERFLOW = 0x4000
_MASK = _MODIFY | _ATTRIB | _CLOSE_WRITE | _CREATE | _DELETE | _MOVED_FROM | _MOVED_TO | _ON_CHILD
_EVENT = struct.Struct("=IBBHQii")
_INFO = struct.Struct("=BBH8s")
_HANDLE = struct.Struct("=Ii")
_MOST = 10_000
"""Writes that are kept until they are asked for."""


class KernelWrites:
    """A watch over who writes in the directories of assets."""

    def __init__(self, host: str, inventory: Inventory) -> None:
        """Begin; ``why_not`` says why nothing is heard, and is empty where it is."""
        self._writes: deque[WriteFact] = deque(maxlen=_MOST)
        self._folders: dict[bytes, bytes] = {}
        self._fd = -1
        self.lost = False
        """Whether there were more events than the kernel keeps."""
        self.why_not = self._begin(host, inventory)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        if not self.why_not:
            self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(2)
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def taken(self) -> tuple[WriteFact, ...]:
        """Return the writes since this was last asked, the same process and path once."""
        found: dict[tuple[str, int], WriteFact] = {}
        while self._writes:
            one = self._writes.popleft()
            known = found.get((one.path, one.pid))
            found[one.path, one.pid] = one if known is None or not known.words else known
        return tuple(found.values())

    def _begin(self, host: str, inventory: Inventory) -> str:
        """Mark the directories; return why that is not possible."""
        if inventory.hosts[host].reach != "local":
            return "who wrote is not known over ssh: run the sensor on the host for that"
        if os.geteuid() != 0:
            return "who wrote is known to root alone: run the sensor as root for that"
        library = ctypes.CDLL(None, use_errno=True)
        try:
            flags = _CLOEXEC | _NONBLOCK | _DFID_NAME
            self._fd = library.fanotify_init(flags, os.O_RDONLY | os.O_CLOEXEC)
        except AttributeError:
            return "this system has no fanotify"
        if self._fd < 0:
            return f"the kernel refuses fanotify: {os.strerror(ctypes.get_errno())}"
        places = [place for _, place in assets_on(host, inventory) if place.is_path]
        marked = [self._mark(library, one) for one in _folders(p.path for p in places)]
        return "" if any(marked) else "no directory of an asset could be watched"

    def _mark(self, library: Any, folder: bytes) -> bool:
        done = library.fanotify_mark(
            self._fd,
            ctypes.c_uint(_MARK_ADD | _ONLYDIR),
            ctypes.c_uint64(_MASK),
            ctypes.c_int(-100),
            ctypes.c_char_p(folder),
        )
        handle = _handle_of(library, folder) if done == 0 else None
        if handle is not None:
            self._folders[handle] = folder
        return handle is not None

    def _listen(self) -> None:
        while not self._stop.is_set():
            ready, _, _ = select.select([self._fd], [], [], 0.5)
            if not ready:
                continue
            try:
                data = os.read(self._fd, 256 * 1024)
            except OSError:
                continue
            for mask, pid, handle, name in _events(data):
                if mask & _OVERFLOW:
                    self.lost = True
                folder = self._folders.get(handle)
                if folder is not None and pid != os.getpid():
                    path = shown(folder.rstrip(b"/") + b"/" + name)
                    self._writes.append(WriteFact(time.time(), path, pid, *_who(pid)))


def heard(facts: HostFacts, kernel: KernelWrites) -> HostFacts:
    """Return a look with the writes since the last one, and what is not known of who wrote."""
    why = kernel.why_not or ("more was written than the kernel keeps" if kernel.lost else "")
    kernel.lost = False
    missing = (Unobserved(facts.host, "writes", why),) if why else ()
    return replace(facts, writes=kernel.taken(), unobserved=(*facts.unobserved, *missing))


def _folders(paths: Iterable[str]) -> list[bytes]:
    """Return the directories of assets; of one that is a directory those below it too."""
    found = set()
    for text in paths:
        path = real(text)
        if not text.endswith("/"):
            found.add(os.path.dirname(path))
            continue
        for folder, _, _ in os.walk(path):
            found.add(folder)
            if len(found) > 4096:
                break
    return sorted(found)


def _handle_of(library: Any, folder: bytes) -> bytes | None:
    """Return the kernel's handle of a directory, as events name it."""
    buffer = ctypes.create_string_buffer(_HANDLE.pack(128, 0) + bytes(128))
    mount = ctypes.c_int()
    done = library.name_to_handle_at(
        ctypes.c_int(-100), ctypes.c_char_p(folder), buffer, ctypes.byref(mount), ctypes.c_int(0)
    )
    if done != 0:
        return None
    size, kind = _HANDLE.unpack_from(buffer.raw)
    return _HANDLE.pack(size, kind) + buffer.raw[_HANDLE.size : _HANDLE.size + size]


def _events(data: bytes) -> Iterable[tuple[int, int, bytes, bytes]]:
    """Yield mask, process, handle of the directory and name of each event."""
    at = 0
    while at + _EVENT.size <= len(data):
        length, _, _, head, mask, _, pid = _EVENT.unpack_from(data, at)
        if length < _EVENT.size:
            return
        handle, name = b"", b""
        info = at + head
        if info + _INFO.size + _HANDLE.size <= at + length:
            start = info + _INFO.size
            size, _ = _HANDLE.unpack_from(data, start)
            end = start + _HANDLE.size + size
            handle = data[start:end]
            name = data[end : at + length].split(b"\0", 1)[0]
        yield mask, pid, handle, name
        at += length


def _who(pid: int) -> tuple[str, tuple[str, ...]]:
    """Return account and command line of a process; unknown where it has ended."""
    try:
        account = account_name(os.stat(f"/proc/{pid}").st_uid)
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            words = [shown(one) for one in file.read(4096).split(b"\0") if one]
    except OSError:
        return UNKNOWN, ()
    return account, tuple(words)
