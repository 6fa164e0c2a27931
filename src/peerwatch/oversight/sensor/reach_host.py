"""Running the probe on a host: here, or over ssh with the system's own client.

The account of the sensor needs Python 3.9 on the host and nothing else. Whatever the host does, a
run ends within its time and says what came of it.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

from peerwatch.oversight.lifecycle_inventory import InventoryHost

MOST_BYTES = 80 * 1024 * 1024
"""Of output that is taken from a host."""
_ERRORS = 4096
CONNECT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class ProbeRun:
    """What came of running a probe."""

    output: bytes
    failed: str
    """Why it did not end well, for a person; empty where it did."""


def run_probe(host: InventoryHost, program: bytes, seconds: float) -> ProbeRun:
    """Run a probe and take its output; never raises for what a host or the way there does.

    Args:
        host: How it is reached.
        program: What its Python is to run.
        seconds: When the run is given up.
    """
    wrong = _cannot_reach(host)
    if wrong:
        return ProbeRun(b"", wrong)
    try:
        process = subprocess.Popen(
            command_to(host),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=_environment(),
            cwd="/",
        )
    except OSError as error:
        return ProbeRun(b"", f"{error.filename or 'ssh'} cannot be started: {error.strerror}")
    with process:
        try:
            return _exchanged(process, program, time.monotonic() + seconds)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


def command_to(host: InventoryHost) -> list[str]:
    """Return the command line that has a host's Python run what comes on standard input."""
    python = ["python3", "-I", "-"] if host.reach == "ssh" else [sys.executable, "-I", "-"]
    if host.privileged and (host.reach == "ssh" or os.geteuid() != 0):
        python = ["sudo", "-n", "--", *python]
    if host.reach == "local":
        return python
    options = [
        "BatchMode=yes",
        "StrictHostKeyChecking=yes",
        f"UserKnownHostsFile={host.known_hosts}",
        "GlobalKnownHostsFile=/dev/null",
        "UpdateHostKeys=no",
        f"ConnectTimeout={CONNECT_SECONDS}",
        "ServerAliveInterval=5",
        "ServerAliveCountMax=3",
        "ForwardAgent=no",
        "ForwardX11=no",
        "ClearAllForwardings=yes",
        "PermitLocalCommand=no",
        "ControlPath=none",
        "IdentitiesOnly=yes",
        "LogLevel=ERROR",
        *host.ssh_options,
    ]
    key = ["-i", host.key] if host.key else []
    flags = [word for option in options for word in ("-o", option)]
    port = ["-p", str(host.port)]
    return ["ssh", "-F", "none", "-T", *flags, *key, *port, "--", host.address or "", *python]


def _cannot_reach(host: InventoryHost) -> str:
    if host.reach == "local":
        return ""
    if not host.address:
        return "the inventory gives no address for it"
    if not host.known_hosts:
        return "the inventory names no known_hosts for it: who answers could not be told"
    for name, path in (("known_hosts", host.known_hosts), ("key", host.key)):
        if path and not os.access(path, os.R_OK):
            return f"its {name}, {path}, cannot be read by this account"
    return ""


def _environment() -> dict[str, str]:
    """Return what the client needs and no more: no agent, no language, no one's Python path."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "USER") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8"}


def _exchanged(process: subprocess.Popen[bytes], program: bytes, until: float) -> ProbeRun:
    """Give the program, and take outputs until they end, are too many, or the time is over."""
    assert process.stdin and process.stdout and process.stderr
    output, errors, given = bytearray(), bytearray(), 0
    with selectors.DefaultSelector() as waiting:
        for file in (process.stdin, process.stdout, process.stderr):
            os.set_blocking(file.fileno(), False)
        waiting.register(process.stdin, selectors.EVENT_WRITE)
        waiting.register(process.stdout, selectors.EVENT_READ)
        waiting.register(process.stderr, selectors.EVENT_READ)
        while waiting.get_map():
            left = until - time.monotonic()
            if left <= 0:
                return ProbeRun(bytes(output), "it did not answer in time")
            for key, _ in waiting.select(min(left, 1.0)):
                if key.fileobj is process.stdin:
                    given = _give(process, program, given, waiting)
                    continue
                block = _take(key.fd)
                if block:
                    (output if key.fileobj is process.stdout else errors).extend(block)
                    del errors[:-_ERRORS]
                elif block is not None:
                    waiting.unregister(key.fileobj)
            if len(output) > MOST_BYTES:
                return ProbeRun(bytes(output), f"it said more than {MOST_BYTES} bytes")
    try:
        code = process.wait(max(until - time.monotonic(), 0.1))
    except subprocess.TimeoutExpired:
        return ProbeRun(bytes(output), "it did not end in time")
    return ProbeRun(bytes(output), _why(code, bytes(errors)) if code else "")


def _give(
    process: subprocess.Popen[bytes],
    program: bytes,
    given: int,
    waiting: selectors.BaseSelector,
) -> int:
    """Write some of the program; close its pipe when all is given or nobody reads any more."""
    assert process.stdin
    try:
        given += os.write(process.stdin.fileno(), program[given : given + 65536])
    except BlockingIOError:
        return given
    except OSError:
        given = len(program)
    if given >= len(program):
        waiting.unregister(process.stdin)
        with contextlib.suppress(OSError):
            process.stdin.close()
    return given


def _take(fd: int) -> bytes | None:
    """Return what can be read; empty at the end, None where there is nothing yet."""
    try:
        return os.read(fd, 1 << 16)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _why(code: int, errors: bytes) -> str:
    """Say why a run failed, by the last line that it or ssh wrote."""
    lines = [line for line in errors.decode("utf-8", "replace").splitlines() if line.strip()]
    said = "".join(one if one.isprintable() else "?" for one in lines[-1])[:300] if lines else ""
    if code == 127 or ("not found" in said and "python3" in said):
        return "it has no python3: install Python 3.9 or later there"
    if code < 0:
        return f"the probe was killed (signal {-code})"
    return f"it ended with code {code}" + (f": {said}" if said else "")
