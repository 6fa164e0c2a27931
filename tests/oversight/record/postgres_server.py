"""A Postgres of a test's own: a Unix socket, a folder that goes, an account without rights."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

_NOBODY = 65534
_PORT = 5432


def programs() -> Path | None:
    """Return where Postgres has its programs; None if it is not there."""
    there = shutil.which("initdb")
    if there:
        return Path(there).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Server:
    """A server that runs, and can be taken down as by a crash."""

    def __init__(self, folder: Path, bin_folder: Path) -> None:
        self._folder, self._bin = folder, bin_folder
        # initdb refuses root.
        self._account = _NOBODY if os.getuid() == 0 else None
        if self._account is not None:
            os.chown(folder, _NOBODY, _NOBODY)
        self._run("initdb", "--no-sync", "-A", "trust", "-U", "test", "-D", str(folder / "data"))
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        command = [
            str(self._bin / "postgres"),
            *("-D", str(self._folder / "data"), "-k", str(self._folder), "-p", str(_PORT)),
            *("-c", "listen_addresses=", "-c", "fsync=off", "-c", "log_min_messages=panic"),
        ]
        self._process = subprocess.Popen(
            command,
            cwd=self._folder,
            stderr=subprocess.DEVNULL,
            user=self._account,
            group=self._account,
        )
        for _ in range(200):
            if self._run("pg_isready", "-q", "-h", str(self._folder), check=False) == 0:
                return
            time.sleep(0.05)
        raise AssertionError("Postgres did not start")

    def crash(self) -> None:
        """End it at once, without a checkpoint; its next start recovers."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        self._end(signal.SIGINT)

    def url(self, database: str) -> str:
        """Return the address of a new, empty database."""
        self._run("createdb", "-h", str(self._folder), "-U", "test", database)
        socket = self._folder / f".s.PGSQL.{_PORT}"
        return f"postgresql+pg8000://test@/{database}?unix_sock={socket}"

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def _run(self, program: str, *words: str, check: bool = True) -> int:
        done = subprocess.run(
            [self._bin / program, *words],
            cwd=self._folder,
            capture_output=True,
            text=True,
            user=self._account,
            group=self._account,
        )
        assert not check or done.returncode == 0, done.stderr
        return done.returncode


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """Yield a server; skip the test where there is none."""
    bin_folder = programs()
    if bin_folder is None:
        pytest.skip("Postgres is not installed. For the tests: scripts/install-test-tools postgres")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = None
    try:
        server = Server(folder, bin_folder)
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder)
