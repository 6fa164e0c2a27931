"""The process that looks: beside the keeper and not held still with the rest.

It is the keeper's child and serves looks over a socket of its own. Where it dies of what it met,
the hosts live on, and another can be started; where the harness is gone, it lets everything go on.
"""

from __future__ import annotations

import contextlib
import os
import resource
import selectors
import signal
import socket
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from peerwatch.shell.inside.content_traces import Tracker
from peerwatch.shell.inside.host_processes import states
from peerwatch.shell.inside.look import Looker
from peerwatch.shell.inside.process import RunningHost
from peerwatch.shell.inside.stillness import GroupFreezer, Stillness, Stopper
from peerwatch.shell.inside.wire import Closed, described, receive, send

MEMORY = 2 * 1024**3
"""Bytes of memory that looking may take."""


class FreezerFiles(NamedTuple):
    """The open files of the instance's freezer, and the words that are written and read there."""

    words: Mapping[str, str]
    outside: int
    """Where a process writes 0 to leave what is frozen."""
    control: int
    status: int


def start_looking(
    sock: socket.socket,
    hosts: Sequence[RunningHost],
    tracker: Tracker,
    logs: Mapping[str, int],
    freezer: FreezerFiles | None,
    others: Sequence[socket.socket] = (),
    again: bool = False,
) -> int:
    """Start the process that looks and return its id.

    Args:
        sock: Where it is asked.
        hosts: The hosts.
        tracker: The contents that are to be found again.
        logs: By host, an open file of what its SSH server says.
        freezer: What the hosts are held still by; signals where there is none.
        others: What it is not to keep open.
        again: Whether one before it has died, and may have left the hosts stopped.
    """
    pid = os.fork()
    if pid:
        sock.close()
        return pid
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for one in others:
            one.close()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        still = _stillness(hosts, freezer)
        if again:
            still.let_all_go()
        _serve(sock, Looker(hosts, tracker, logs, untouched=not again), still)
    except Closed:
        os._exit(0)
    finally:
        os._exit(1)


def _stillness(hosts: Sequence[RunningHost], freezer: FreezerFiles | None) -> Stillness:
    if freezer is not None:
        try:
            os.write(freezer.outside, b"0")
        except OSError:  # not let out of the group: signals then
            return Stopper(hosts)
        return GroupFreezer(freezer.words, freezer.control, freezer.status)
    return Stopper(hosts)


def _serve(sock: socket.socket, looker: Looker, still: Stillness) -> None:
    """Answer requests until the other end is gone."""
    with selectors.DefaultSelector() as ready:
        ready.register(sock, selectors.EVENT_READ)
        if looker.ear.sock is not None:
            ready.register(looker.ear.sock, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fileobj is sock:
                    head, _, _ = receive(sock)
                    reply, data = _look(looker, still)
                    send(sock, {"id": head["id"], **reply}, data)
                else:
                    looker.ear.listen()


def _look(looker: Looker, still: Stillness) -> tuple[dict[str, Any], bytes]:
    """Look while the hosts are held still. Whatever goes wrong is told and not raised."""
    before = states()  # who is held still looks as if it were stopped
    moved = still.hold()
    try:
        reply, data = looker.look(before)
    except Exception as error:
        reply, data = {"failed": described(error)}, b""
    finally:
        with contextlib.suppress(OSError):
            moved += still.let_go()
    return {**reply, "moved": moved}, data
