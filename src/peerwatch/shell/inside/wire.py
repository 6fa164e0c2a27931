"""Frames over a Unix socket: a JSON head, a payload of bytes, and open files beside them.

Both ends use this: the harness outside and the keeper within the namespaces.
"""

from __future__ import annotations

import array
import json
import os
import socket
import struct
from typing import Any

_HEAD = struct.Struct("!IQ")
_MAX_FDS = 16


class Closed(Exception):
    """The other end is gone."""


def described(error: BaseException) -> str:
    """Return what went wrong and where: the modules that write tracebacks are slow to load."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = f"{os.path.basename(at.tb_frame.f_code.co_filename)}:{at.tb_lineno}" if at else "?"
    return f"{type(error).__name__}: {error} ({where})"


def send(
    sock: socket.socket, head: dict[str, Any], payload: bytes = b"", fds: tuple[int, ...] = ()
) -> None:
    """Send one frame.

    Raises:
        Closed: The other end is gone.
    """
    text = json.dumps(head, separators=(",", ":")).encode()
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    first = _HEAD.pack(len(text), len(payload))
    try:
        sent = sock.sendmsg([first], rights)
        sock.sendall(first[sent:] + text)
        if payload:
            sock.sendall(payload)
    except OSError as error:
        raise Closed(str(error)) from error


def receive(sock: socket.socket) -> tuple[dict[str, Any], bytes, list[int]]:
    """Wait for one frame and return its head, payload and files.

    Raises:
        Closed: The other end is gone.
        TimeoutError: The socket has a time limit, and it has passed.
    """
    fds: list[int] = []
    first = _exactly(sock, _HEAD.size, fds)
    head, payload = _HEAD.unpack(first)
    text = _exactly(sock, head)
    return json.loads(text), _exactly(sock, payload), fds


def _exactly(sock: socket.socket, count: int, fds: list[int] | None = None) -> bytes:
    data = bytearray(count)
    view, got = memoryview(data), 0
    while got < count:
        try:
            if fds is not None and got == 0:
                space = socket.CMSG_SPACE(_MAX_FDS * array.array("i").itemsize)
                more, rights, _, _ = sock.recvmsg(count, space)
                data[: len(more)] = more
                n = len(more)
                for level, kind, value in rights:
                    if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                        found = array.array("i")
                        found.frombytes(value[: len(value) - len(value) % found.itemsize])
                        fds += found
            else:
                n = sock.recv_into(view[got:])
        except TimeoutError:
            raise
        except OSError as error:
            raise Closed(str(error)) from error
        if n == 0:
            for fd in fds or ():
                os.close(fd)
            raise Closed("end of stream")
        got += n
    return bytes(data)
