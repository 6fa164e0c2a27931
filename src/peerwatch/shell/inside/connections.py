"""Ports, logins, and who connects to whom.

The last is overheard on the wires between the hosts, whose ends the keeper holds: the kernel hands
over the packets by which TCP connections are begun (SYN alone), and nothing else.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import struct
from collections.abc import Iterator, Sequence
from typing import Any

from peerwatch.shell.inside import linux_calls as calls
from peerwatch.shell.inside.process import RunningHost

MOST = 1000
"""Connections of an instance that are told, each pair of hosts and each port once."""
_EVERYTHING, _SNAP = 0x0003, 128
_SOL_PACKET, _IGNORE_OUTGOING, _ATTACH_FILTER = 263, 23, 26
_BYTE, _HALF, _BYTE_OF_X, _X_HEADER, _AND, _EQUAL, _SET, _RETURN = (
    0x30, 0x28, 0x50, 0xB1, 0x54, 0x15, 0x45, 0x06,
)  # fmt: skip
_TCP, _FLAGS, _SYN = 6, 0x17, 0x02
_FILTER = (  # what to do, steps to skip where it holds and where not, a value
    (_BYTE, 0, 0, 0), (_AND, 0, 0, 0xF0), (_EQUAL, 0, 8, 0x40),
    # version 4: TCP, not a later fragment, SYN alone
    (_BYTE, 0, 0, 9), (_EQUAL, 0, 13, _TCP), (_HALF, 0, 0, 6), (_SET, 11, 0, 0x1FFF),
    (_X_HEADER, 0, 0, 0), (_BYTE_OF_X, 0, 0, 13), (_AND, 0, 0, _FLAGS), (_EQUAL, 6, 7, _SYN),
    # version 6
    (_EQUAL, 0, 6, 0x60), (_BYTE, 0, 0, 6), (_EQUAL, 0, 4, _TCP), (_BYTE, 0, 0, 53),
    (_AND, 0, 0, _FLAGS), (_EQUAL, 0, 1, _SYN),
    (_RETURN, 0, 0, _SNAP), (_RETURN, 0, 0, 0),
)  # fmt: skip


class Ear:
    """What is heard on the wires."""

    def __init__(self, hosts: Sequence[str]) -> None:
        """Begin to listen; a kernel without packet sockets lets nothing be heard.

        Args:
            hosts: The hosts' names, in the order of their wires.
        """
        self._wires = {f"v{number}": name for number, name in enumerate(hosts)}
        self._heard: dict[tuple[str, str, int], None] = {}
        self._told = 0
        self.sock: socket.socket | None = None
        with contextlib.suppress(OSError):
            self.sock = _packets()

    def listen(self) -> None:
        """Take what has come in."""
        while self.sock is not None:
            try:
                data, (wire, *_) = self.sock.recvfrom(_SNAP)
            except BlockingIOError:
                return
            if wire in self._wires and len(self._heard) < MOST:
                self._heard[self._wires[wire], *_target(data)] = None

    def told(self) -> list[tuple[str, str, int]]:
        """Return who has begun to connect to which address and port since this was last asked."""
        self.listen()
        new = list(self._heard)[self._told :]
        self._told = len(self._heard)
        return new


def _packets() -> socket.socket:
    """Return what the first packets of connections can be read from."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_EVERYTHING))
    program = b"".join(struct.pack("=HBBI", *step) for step in _FILTER)
    buffer = ctypes.create_string_buffer(program)
    given = struct.pack("HL", len(_FILTER), ctypes.addressof(buffer))
    sock.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, given)
    sock.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)  # else each would be heard on both wires
    sock.setblocking(False)
    return sock


def _target(data: bytes) -> tuple[str, int]:
    """Return the address and the port that a packet goes to."""
    if data[0] >> 4 == 4:
        family, start, to = socket.AF_INET, 4 * (data[0] & 0x0F), data[16:20]
    else:
        family, start, to = socket.AF_INET6, 40, data[24:40]
    return socket.inet_ntop(family, to), int.from_bytes(data[start + 2 : start + 4], "big")


def sockets(host: RunningHost) -> tuple[list[list[Any]], int]:
    """Return the ports that a host listens on, as protocol and number, and what waits in others.

    The second is in bytes, sent or come and not yet read, over all its TCP and UDP sockets.
    """
    found, waiting = set(), 0
    for name in ("tcp", "tcp6", "udp", "udp6"):
        try:
            with open(f"/proc/{host.init}/net/{name}", encoding="ascii") as file:
                lines = file.read().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[3] == (_LISTENS if name.startswith("tcp") else "07"):
                found.add((name[:3], int(fields[1].rpartition(":")[2], 16)))
            if fields[3] != _LISTENS:  # whose numbers are of connections
                waiting += sum(int(part, 16) for part in fields[4].split(":"))
    return [list(one) for one in sorted(found)], waiting


_LISTENS = "0A"
_DIAG, _BY_FAMILY, _DUMP, _DONE, _ERROR = 4, 20, 0x301, 3, 2
_HEADER, _ASKED = "=IHHII", "=BBHIIIII"
_QUEUES, _OF_QUEUE, _DATAGRAMS = 0x10, 4, 2
_EVERY_STATE, _UNIX_LISTENS = 0xFFFFFFFF, 10
NOT_TAKEN = 200 * 1024
"""Bytes that count for a connection that nobody has accepted: what waits in it is not told."""


class UnixQueues:
    """What waits in the Unix sockets of hosts, by the kernel's account of sockets."""

    def __init__(self, hosts: Sequence[RunningHost]) -> None:
        """Be ready to ask; of a host where that cannot be asked nothing is known to wait."""
        self._ask: dict[str, socket.socket] = {}
        home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            for host in hosts:
                with contextlib.suppress(OSError):
                    calls.setns(host.pidfd, calls.NEWNET)
                    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _DIAG)
                    sock.settimeout(1.0)
                    self._ask[host.name] = sock
        finally:
            calls.setns(home, calls.NEWNET)
            os.close(home)

    def waiting(self, host: str) -> int:
        """Return how many bytes were sent and not yet read.

        Of datagrams whose senders are gone only each socket's first is counted: the kernel tells
        no more.
        """
        found = 0
        with contextlib.suppress(OSError, KeyError):
            for data in _dumped(self._ask[host]):
                found += _queued(data)
        return found


def _dumped(sock: socket.socket) -> Iterator[bytes]:
    """Yield the kernel's words on each Unix socket."""
    asked = struct.pack(_ASKED, socket.AF_UNIX, 0, 0, _EVERY_STATE, 0, _QUEUES, 0, 0)
    sock.send(struct.pack(_HEADER, 16 + len(asked), _BY_FAMILY, _DUMP, 1, 0) + asked)
    while True:
        data = sock.recv(1 << 16)
        while data:
            length, kind = struct.unpack_from("=IH", data)
            if kind in (_DONE, _ERROR):
                return
            yield data[16:length]
            data = data[(length + 3) & ~3 :]


def _queued(data: bytes) -> int:
    """Return how many bytes wait in one socket, or come from it and wait."""
    _, kind, state = struct.unpack_from("=BBB", data)
    place = 16
    while place + 12 <= len(data):
        length, what = struct.unpack_from("=HH", data, place)
        if what == _OF_QUEUE:
            come, sent = struct.unpack_from("=II", data, place + 4)
            if state == _UNIX_LISTENS:
                return int(come) * NOT_TAKEN
            return int(come + sent if kind == _DATAGRAMS else come)
        place += max(length + 3 & ~3, 4)
    return 0


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
