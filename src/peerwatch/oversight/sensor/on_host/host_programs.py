"""Asking a program of the host: by the system's own paths, for a bounded time and output."""

from __future__ import annotations

import shutil
import subprocess
from typing import Optional

_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_LONGEST = 8 * 1024 * 1024


def answer_of(argv: list[str], seconds: float) -> Optional[str]:  # noqa: UP045
    """Return what a program prints; None where it is not there, fails or takes too long."""
    program = shutil.which(argv[0], path=_PATH)
    if program is None:
        return None
    environment = {"PATH": _PATH, "LC_ALL": "C", "TZ": "UTC", "SYSTEMD_PAGER": "", "HOME": "/"}
    try:
        done = subprocess.run(
            [program, *argv[1:]],
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
    if done.returncode:
        return None
    return done.stdout[:_LONGEST].decode("utf-8", "backslashreplace")
