"""Running an operator's checker: within a time, in an empty folder, without our secrets."""

from __future__ import annotations

import contextlib
import os
import resource
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Iterable

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.reconcile.filed_scores import read_scores

SECONDS = 60.0
_MEMORY = 2 * 1024**3
_FILE = 64 * 1024**2
_MOST = 4 * 1024**2


def computed_scores(
    checker: str, items: Iterable[str], seconds: float = SECONDS
) -> dict[str, float]:
    """Return the scores that a checker computes.

    It is given the items line by line and prints their scores, in a form of ``read_scores``. It
    runs in a folder of its own with no variables but ``PATH`` and ``LANG``, and is ended with all
    that it started when its time is over. It is the operator's own program: what it may read
    otherwise is up to the account.

    Args:
        checker: A command line.
        items: What was scored.
        seconds: How long it may take.

    Raises:
        PeerwatchError: It cannot be run, fails, takes too long or prints no scores.
    """
    try:
        words = shlex.split(checker)
    except ValueError as error:
        raise PeerwatchError(
            f"The checker '{checker}': {error}. Mend it in the inventory."
        ) from None
    asked = "".join(f"{one}\n" for one in items)
    with tempfile.TemporaryDirectory(prefix="checker-") as folder:
        return read_scores(_output(words, asked, folder, seconds), f"What '{checker}' printed")


def _output(words: list[str], asked: str, folder: str, seconds: float) -> str:
    name = words[0] if words else ""
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
            start_new_session=True,
            preexec_fn=lambda: _limited(seconds),
        )
    except (OSError, IndexError) as error:
        raise PeerwatchError(f"The checker '{name}' cannot be run: {error}.") from None
    try:
        out, errors = process.communicate(asked.encode(), timeout=seconds)
    except subprocess.TimeoutExpired:
        raise PeerwatchError(
            f"The checker '{name}' took longer than {seconds:g} seconds."
        ) from None
    finally:
        _ended(process)
    if process.returncode:
        last = errors.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise PeerwatchError(
            f"The checker '{name}' ended with {process.returncode}: {last[0][:200]}"
        )
    return out[:_MOST].decode(errors="replace")


def _ended(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for file in (process.stdin, process.stdout, process.stderr):
        if file is not None:
            file.close()


def _limited(seconds: float) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE, _FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
