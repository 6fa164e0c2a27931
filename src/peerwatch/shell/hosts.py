"""A running instance: hosts in namespaces, seen and driven from outside.

::

    with Hosts(spec) as hosts:
        hosts.run("alpha", ["ls", "-l", "/srv"]).stdout
        hosts.look()

An instance lives in memory and dies with this object, with this process, or with the process that
the kernel made first in it, whichever comes first: nothing of it is left on the machine.
"""

from __future__ import annotations

import contextlib
import os
import posixpath
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from peerwatch.common.errors import PeerwatchError
from peerwatch.shell.boot_plan import BootPlan, Login, login_of, make_boot_plan
from peerwatch.shell.cgroups import ControlGroup, Freezer, make_group
from peerwatch.shell.inside.wire import Closed, receive, send
from peerwatch.shell.machine_checks import CONTAINER, machine
from peerwatch.shell.output import Completed, Streams
from peerwatch.shell.spec import InstanceSpec
from peerwatch.shell.user_ids import map_ids, own_tree

_BOOT = """
import sys, types
root = sys.argv[1]
for name in ("peerwatch", "peerwatch.shell"):
    module = types.ModuleType(name)
    module.__path__ = [root + "/" + "/".join(name.split(".")[1:])]
    sys.modules[name] = module
from peerwatch.shell.inside.keeper import main
main()
"""
_START_SECONDS = 120.0
_starting = threading.BoundedSemaphore(2 * (os.cpu_count() or 1))
"""Starting takes processor time alone: more at once would only make all of them late."""
_GRACE = 0.1
"""Seconds that output is waited for after a command has ended: a background process may hold it."""
_ASKED = 10.0
"""Seconds that a host is given to say who a user is."""
LOOK_SECONDS = 60.0
"""Seconds after which a look that has not come to its own end is given up."""
_KILLED = 10.0
"""Seconds within which a killed command has to be gone."""


class HostsError(RuntimeError):
    """An instance did not start, or is no longer there."""


class Hosts:
    """An instance that runs."""

    def __init__(self, spec: InstanceSpec) -> None:
        """Start an instance.

        Raises:
            PeerwatchError: The machine lacks something, or the description is wrong.
            HostsError: The kernel refused.
        """
        self.spec = spec
        self._machine = machine()
        self.plan: BootPlan = make_boot_plan(spec, self._machine)
        self._names = {host.name for host in spec.hosts}
        if spec.backstage:
            self._names.add("backstage")
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[tuple[dict[str, Any], bytes]]] = {}
        self._number = 0
        self._closed = False
        self._looking = threading.Lock()
        self._blind = False
        """Whether the process that looks has died."""
        self._group: ControlGroup | None = make_group(spec.limits)
        with _starting:
            self._launch()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _launch(self) -> None:
        """Start the keeper, and with it the hosts."""
        ours, theirs = socket.socketpair()
        self._sock = ours
        self._eye, self._eyes_end = socket.socketpair()
        root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        argv = [sys.executable, "-I", "-S", "-c", _BOOT, root, str(theirs.fileno())]
        try:
            self._process = subprocess.Popen(
                argv,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
                cwd="/",
            )
            theirs.close()
            if self._group is not None:
                self._group.add(self._process.pid)
            with contextlib.suppress(OSError):  # if memory runs out, not the keeper goes first
                adjust = Path(f"/proc/{self._process.pid}/oom_score_adj")
                adjust.write_text("-900", encoding="ascii")
            self._start()
        except BaseException:
            theirs.close()
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self) -> None:
        self._sock.settimeout(_START_SECONDS)
        try:
            with self._freezer() as (words, fds):
                config = {**self.plan.config, "freezer": words}
                send(self._sock, config, self.plan.payload, (self._eyes_end.fileno(), *fds))
            self._eyes_end.close()
            self._step("unshared")
            self.first_id = map_ids(self._process.pid, self._machine)
            self._send_programs()
            names, inits = self._step("up")
            self._inits: dict[str, int] = dict(
                zip(names["hosts"], map(_number_of, inits), strict=True)
            )
        except TimeoutError as error:
            late = (
                f"The hosts did not start within {_START_SECONDS:g} seconds: is the machine busy?"
            )
            raise HostsError(f"{late} {self._why()}".rstrip()) from error
        except Closed as error:
            raise HostsError(f"The hosts did not start. {self._why()}".rstrip()) from error
        except PermissionError as error:
            raise PeerwatchError(f"The hosts did not start: {error}. {CONTAINER}") from error
        self._sock.settimeout(None)

    @contextlib.contextmanager
    def _freezer(self) -> Iterator[tuple[dict[str, str], tuple[int, ...]]]:
        """Give the words and open files by which the keeper's child holds the hosts still."""
        freezer = self.frozen_by
        if freezer is None:
            yield {}, ()
            return
        words = {"stop": freezer.stop, "go": freezer.go, "still": freezer.still}
        with contextlib.ExitStack() as opened:
            fds = []
            for path, how in (
                (freezer.outside, os.O_WRONLY),
                (freezer.control, os.O_WRONLY),
                (freezer.status, os.O_RDONLY),
            ):
                fds.append(os.open(path, how | os.O_CLOEXEC))
                opened.callback(os.close, fds[-1])
            yield words, tuple(fds)

    def _send_programs(self) -> None:
        """Say that the ids are mapped, and hand over ``/usr`` as the instance's own."""
        tree = own_tree("/usr", self._process.pid) if self._machine.privileged else None
        try:
            send(self._sock, {"step": "mapped"}, fds=() if tree is None else (tree,))
        finally:
            if tree is not None:
                os.close(tree)

    def _step(self, name: str) -> tuple[dict[str, Any], list[int]]:
        head, _, fds = receive(self._sock)
        if head.get("step") != name:
            said = f"The hosts did not start: {head.get('error', head)}. {self._why()}".rstrip()
            if "not permitted" in said:  # a container that lets namespaces be made, and no more
                raise PeerwatchError(f"{said} {CONTAINER}.")
            raise HostsError(said)
        return head, fds

    def _why(self) -> str:
        """Return what the keeper wrote before it ended."""
        with contextlib.suppress(OSError):
            self._sock.close()
        try:
            _, text = self._process.communicate(timeout=2)
        except (subprocess.TimeoutExpired, ValueError):
            self._process.kill()
            _, text = self._process.communicate()
        return text.decode(errors="replace").strip()[-2000:]

    def close(self) -> None:
        """End the instance and everything in it; may be called more than once."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        if self._group is not None:
            self._group.thaw()
        for sock in (self._sock, self._eye):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        process = getattr(self, "_process", None)
        if process is not None:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stderr is not None:
                process.stderr.close()
        for sock in (self._sock, self._eye):
            with contextlib.suppress(OSError):
                sock.close()
        if self._group is not None:
            self._group.remove()

    @property
    def alive(self) -> bool:
        """Whether the instance still runs."""
        return not self._closed and self._process.poll() is None

    @property
    def frozen_by(self) -> Freezer | None:
        """The freezer by which the hosts are held still; None where it is by signals."""
        return None if self._group is None else self._group.freezer

    def init_of(self, host: str) -> int:
        """Return the process that is first on a host, by this machine's numbers."""
        return self._inits[host]

    @property
    def keeper(self) -> int:
        """Return the process that the instance hangs on."""
        return self._process.pid

    def _read(self) -> None:
        try:
            while True:
                head, payload, _ = receive(self._sock)
                with self._lock:
                    future = self._waiting.pop(head["id"], None)
                if future is not None:
                    future.set_result((head, payload))
        except Closed:
            with self._lock:
                left, self._waiting = self._waiting, {}
            for future in left.values():
                future.set_exception(HostsError("The hosts are gone."))

    def _ask(
        self, do: str, fds: tuple[int, ...] = (), payload: bytes = b"", **more: Any
    ) -> tuple[int, Future[tuple[dict[str, Any], bytes]]]:
        future: Future[tuple[dict[str, Any], bytes]] = Future()
        with self._lock:
            if self._closed:
                raise HostsError("The hosts are gone.")
            self._number += 1
            number = self._number
            self._waiting[number] = future
            try:
                send(self._sock, {"id": number, "do": do, **more}, payload, fds)
            except Closed as error:
                self._waiting.pop(number, None)
                raise HostsError("The hosts are gone.") from error
        return number, future

    def ask(self, do: str, payload: bytes = b"", **more: Any) -> tuple[dict[str, Any], bytes]:
        """Make a request of the keeper and wait for its answer.

        Raises:
            HostsError: The instance is gone, or the request failed.
        """
        _, future = self._ask(do, payload=payload, **more)
        head, data = future.result()
        if "error" in head:
            raise HostsError(head["error"])
        return head, data

    def look(self) -> tuple[dict[str, Any], bytes]:
        """Look at the hosts: what is new, changed or gone since the last look.

        It never takes longer than ``LOOK_SECONDS``, and what goes wrong with it is told under
        ``failed``. If the process that looks has died, the next look is by another, for which
        everything is new: it says so under ``afresh``.

        Raises:
            HostsError: The instance is gone.
        """
        with self._looking:
            if not self.alive:
                raise HostsError("The hosts are gone.")
            afresh = self._blind
            try:
                if self._blind:
                    self._open_eye()
                self._eye.settimeout(LOOK_SECONDS)
                send(self._eye, {"id": 0, "do": "look"})
                head, payload, _ = receive(self._eye)
                self._blind = False
                return {**head, "afresh": afresh}, payload
            except (Closed, TimeoutError) as error:
                late = isinstance(error, TimeoutError)
                self._shut_eye()
                if not self.alive:
                    raise HostsError("The hosts are gone.") from error
                return {"failed": "it took too long" if late else "what looks has died"}, b""

    def _open_eye(self) -> None:
        """Have the keeper start another process that looks."""
        self._eye, theirs = socket.socketpair()
        try:
            _, future = self._ask("eye", (theirs.fileno(),))
        finally:
            theirs.close()
        future.result()

    def _shut_eye(self) -> None:
        """Give the process that looks up, and let the hosts go on."""
        self._blind = True
        self._eye.close()
        if self._group is not None:
            self._group.thaw()

    def run(
        self,
        host: str,
        argv: Sequence[str],
        *,
        user: str | None = None,
        input: bytes = b"",
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
        output: int | None = None,
    ) -> Completed:
        """Run a command on a host and wait for it.

        What it leaves running in the background runs on until it ends or the instance does.

        Args:
            host: The host's name.
            argv: The command and its arguments; the command is looked for on the host's ``PATH``.
            user: The account, by name or number; the instance's own user if left out.
            input: Its standard input.
            cwd: The directory to run in, seen from the account's home, which it is if left out.
            env: Variables besides those of a login.
            timeout: Seconds after which it is killed, with what it started.
            output: Bytes of each output to keep, from its end.

        Raises:
            HostsError: The instance is gone.
            PeerwatchError: There is no such host or account.
        """
        session = self._session(host, argv, user, cwd, env)
        limits = self.spec.limits
        seconds = limits.seconds if timeout is None else timeout
        with Streams(input, limits.output if output is None else output) as streams:
            number, future = self._ask("exec", streams.theirs, **session)
            streams.handed_over()
            future.add_done_callback(streams.over)
            in_time = streams.until(time.monotonic() + seconds)
            if not in_time:
                with contextlib.suppress(HostsError):
                    self.ask("kill", session=number)
                if not streams.until(time.monotonic() + _KILLED):
                    raise HostsError(f"A command on {host} could not be ended.")
            head, _ = future.result()
            if "error" in head:
                raise HostsError(head["error"])
            return streams.completed(head["code"], not in_time, _GRACE)

    def login(self, host: str, user: str) -> Login:
        """Return an account of a host: one of the description, or one that was added since.

        Raises:
            PeerwatchError: There is none.
        """
        known = self.plan.find(host, user)
        if known is None:
            argv = ["/bin/sh", "-c", 'getent passwd "$1" && id -G "$1"', "sh", user]
            told = self.run(host, argv, user="root", timeout=_ASKED)
            if told.code:
                raise PeerwatchError(f"There is no user '{user}' on the host '{host}'.")
            known = login_of(told.stdout.decode())
        return known

    def _session(
        self,
        host: str,
        argv: Sequence[str],
        user: str | None,
        cwd: str | None,
        env: Mapping[str, str] | None,
    ) -> dict[str, Any]:
        """Return what the keeper has to know of a command."""
        if host not in self._names:
            raise PeerwatchError(f"There is no host '{host}' (there are: {sorted(self._names)}).")
        who = self.login(host, user or self.spec.user)
        return {
            "host": host,
            "argv": list(argv),
            "env": {**who.env, **(env or {})},
            "cwd": posixpath.join(who.home, cwd) if cwd else who.home,
            "uid": who.uid,
            "gid": who.gid,
            "groups": list(who.groups),
            "limits": self.plan.limits,
        }


def _number_of(pidfd: int) -> int:
    """Return the process that an open file stands for, by the numbers seen from here."""
    try:
        text = Path(f"/proc/self/fdinfo/{pidfd}").read_text(encoding="ascii")
        return int(re.findall(r"^Pid:\s*(-?\d+)", text, re.MULTILINE)[0])
    finally:
        os.close(pidfd)
