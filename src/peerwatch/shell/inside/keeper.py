"""The keeper's life: come up, serve requests until the harness is gone, take all with it."""

from __future__ import annotations

import codecs
import contextlib
import os
import selectors
import signal
import socket
import sys
from typing import Any

from peerwatch.shell.inside import boot
from peerwatch.shell.inside.content_traces import Tracker
from peerwatch.shell.inside.host_processes import descendants
from peerwatch.shell.inside.look_server import FreezerFiles, start_looking
from peerwatch.shell.inside.process import HostSession, RunningHost, start_session
from peerwatch.shell.inside.wire import Closed, described, receive, send

# The interpreter's own files may be out of reach once the ids have changed.
codecs.lookup("ascii")


def main() -> None:
    """Serve one instance over the socket whose number is the last argument."""
    sock = socket.socket(fileno=int(sys.argv[-1]))
    sock.set_inheritable(False)
    os.set_inheritable(sock.fileno(), False)
    try:
        config, payload, fds = receive(sock)
        eye, *frozen = fds
        trees, programs = boot.enter(sock, config, fds)
    except Closed:
        return
    except OSError as error:
        with contextlib.suppress(Closed):
            send(sock, {"error": str(error)})
        return
    try:
        hosts = boot.build_hosts(config, payload, trees, programs)
        logs = boot.start_services(config, hosts)
        tracker = Tracker(one[0] for one in config["tracked"])
        for digest, start, length in config["tracked"]:
            tracker.learn(digest, payload[start : start + length])
        del payload
        freezer = FreezerFiles(config["freezer"], *frozen) if frozen else None
        keeper = Keeper(sock, config, hosts, logs, tracker, freezer)
        keeper.start_looking(socket.socket(fileno=eye))
        up = {"step": "up", "hosts": [host.name for host in hosts]}
        send(sock, up, fds=tuple(host.pidfd for host in hosts))
    except Closed:
        os._exit(0)
    except Exception as error:
        with contextlib.suppress(Closed):
            send(sock, {"error": described(error)})
        os._exit(1)
    try:
        keeper.serve()
    finally:
        os._exit(0)  # as process 1: whatever still runs is killed with it


class Keeper:
    """Requests of the harness, and the sessions that they started."""

    def __init__(
        self,
        sock: socket.socket,
        config: dict[str, Any],
        hosts: list[RunningHost],
        logs: dict[str, int],
        tracker: Tracker,
        freezer: FreezerFiles | None,
    ) -> None:
        self._sock = sock
        self._hosts = {host.name: host for host in hosts}
        self._filter = bytes.fromhex(config["filter"])
        self._seen_by = (tracker, logs, freezer)
        self._sessions: dict[int, int] = {}
        """Process id -> number of the request."""

    def start_looking(self, eye: socket.socket, again: bool = False) -> None:
        """Start the process that looks, asked over a socket of its own."""
        hosts = list(self._hosts.values())
        start_looking(eye, hosts, *self._seen_by, others=(self._sock,), again=again)

    def serve(self) -> None:
        """Answer requests until the other end is gone."""
        out, into = os.pipe()
        os.set_blocking(into, False)
        os.set_blocking(out, False)
        signal.set_wakeup_fd(into, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        with selectors.DefaultSelector() as ready:
            ready.register(self._sock, selectors.EVENT_READ)
            ready.register(out, selectors.EVENT_READ)
            self._reap()
            while True:
                for key, _ in ready.select():
                    if key.fileobj is self._sock:
                        try:
                            self._answer(*receive(self._sock))
                        except Closed:
                            return
                    else:
                        with contextlib.suppress(BlockingIOError):
                            os.read(out, 4096)
                        try:
                            self._reap()
                        except Closed:
                            return

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            number = self._sessions.pop(pid, None)
            if number is not None:
                code = os.waitstatus_to_exitcode(status)
                send(self._sock, {"id": number, "code": code if code >= 0 else 128 - code})

    def _answer(self, head: dict[str, Any], payload: bytes, fds: list[int]) -> None:
        try:
            reply, data = getattr(self, "do_" + head["do"])(head, payload, fds)
        except Closed:
            raise
        except Exception as error:
            reply, data = {"error": described(error)}, b""
        finally:
            for fd in fds:
                os.close(fd)
        if reply is not None:
            send(self._sock, {"id": head["id"], **reply}, data)

    def do_exec(self, head: dict[str, Any], payload: bytes, fds: list[int]) -> tuple[None, bytes]:
        """Start a session; it is answered when it ends."""
        session = HostSession(
            argv=head["argv"],
            env=head["env"],
            cwd=head["cwd"],
            uid=head["uid"],
            gid=head["gid"],
            groups=head["groups"],
            limits=head["limits"],
            filter=self._filter if head.get("filtered", True) else b"",
        )
        pid = start_session(self._hosts[head["host"]], session, fds)
        self._sessions[pid] = head["id"]
        return None, b""

    def do_kill(self, head: dict[str, Any], payload: bytes, fds: list[int]) -> tuple[Any, bytes]:
        """Kill a session and what it started, whatever process group that is in."""
        for pid, number in list(self._sessions.items()):
            if number == head["session"]:
                for one in (*descendants(pid), pid):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(one, signal.SIGKILL)
        return {}, b""

    def do_eye(self, head: dict[str, Any], payload: bytes, fds: list[int]) -> tuple[Any, bytes]:
        """Start another process that looks, in place of one that died."""
        self.start_looking(socket.socket(fileno=os.dup(fds[0])), again=True)
        return {}, b""
