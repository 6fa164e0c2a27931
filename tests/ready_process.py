"""Programs that start at once, each a process of its own: see ``tests/ready_server.py``."""

from __future__ import annotations

import atexit
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]


class ReadyProcess:
    """A running program. What it writes is read at its end, as of ``subprocess.Popen``."""

    def __init__(self, told: IO[bytes], out: IO[str], err: IO[str]) -> None:
        self._told, self._out, self._err = told, out, err
        number = told.readline()
        if not number:
            raise RuntimeError("tests/ready_server.py has ended; what it said of it stands above")
        self.pid = int(number)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return self._ended(0)

    def send_signal(self, how: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has just ended, and that is yet to be told
                os.kill(self.pid, how)

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Wait for its end; return its output and its errors, empty where they went to a file.

        Raises:
            subprocess.TimeoutExpired: It runs for longer, and has been killed.
        """
        if self._ended(timeout) is None:
            self.send_signal(signal.SIGKILL)
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        return _whole(self._out), _whole(self._err)

    def _ended(self, timeout: float) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            with self._told:
                self.returncode = int(self._told.readline())
        return self.returncode


def _whole(file: IO[str]) -> str:
    with file:
        file.seek(0)
        return file.read()


def ready_process(
    module: str,
    *arguments: str,
    cwd: Path,
    env: Mapping[str, str],
    stderr: IO[str] | None = None,
) -> ReadyProcess | subprocess.Popen[str]:
    """Start ``python -m MODULE ARGUMENTS`` in a folder, with an environment."""
    if sys.platform != "linux":  # a fork of what has imported much is not safe everywhere
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments], cwd=cwd, env=env, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr or subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
    out, err = _file(), _file()
    ends, told = os.pipe()
    with open(os.devnull, "rb") as nothing:
        asked = {"module": module, "arguments": arguments, "cwd": str(cwd), "env": dict(env)}
        streams = [nothing.fileno(), out.fileno(), (stderr or err).fileno(), told]
        socket.send_fds(_server(), [json.dumps(asked).encode()], streams)
        os.close(told)
    return ReadyProcess(os.fdopen(ends, "rb", buffering=0), out, err)


def _file() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8")


@functools.cache
def _server() -> socket.socket:
    """Start the server, once; it ends with this process, at the other end of its socket."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.ready_server", str(there.fileno())],
            cwd=ROOT,
            pass_fds=[there.fileno()],
            stdin=subprocess.DEVNULL,
        )
    atexit.register(server.wait)
    atexit.register(here.close)
    return here
