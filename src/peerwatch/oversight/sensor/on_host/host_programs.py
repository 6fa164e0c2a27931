"""Asking a program of the host: by the system's own paths, for a bounded time and output."""

from __future__ import annotations

import os
import subprocess
from typing import Any

_FOLDERS = ("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin")
_LONGEST = 8 * 1024 * 1024


def answer_of(argv: list[str], seconds: float, failing: bool = False) -> Any:
    """Return what a program prints; None where it is not there, fails or takes too long.

    Where a host has several of the name, the first that answers counts.

    Args:
        argv: Its name and arguments.
        seconds: How long it may take.
        failing: Whether what it printed counts though it failed in part.
    """
    for program in dict.fromkeys(os.path.realpath(f"{one}/{argv[0]}") for one in _FOLDERS):
        if os.access(program, os.X_OK):
            said = _answer([program, *argv[1:]], seconds, failing)
            if said is not None:
                return said
    return None


def _answer(argv: list[str], seconds: float, failing: bool) -> Any:
    environment = {"PATH": ":".join(_FOLDERS), "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=max(seconds, 0.1),
            env=environment,
            check=False,
            close_fds=True,
        )
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    if done.returncode and not (failing and done.stdout):
        return None
    return done.stdout[:_LONGEST].decode("utf-8", "backslashreplace")
