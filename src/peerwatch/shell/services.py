"""Whether a service runs and starts by itself, told from what stands on its host.

Names of processes say little, since whoever starts one chooses them. A service runs if a process
that is a shell of the host, by its file and not by its name, has the very file open that stands at
the program's place (the machine's own cron: if it runs); it starts by itself if its unit does, and
where it has a schedule, if cron does at its time; and that only as long as the program is the one
that was there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from peerwatch.shell import base_system as system

_HELD = "TtZX"
"""States of a process that does nothing: stopped, traced, ended."""
_CRON = re.compile(r"/etc/cron\.d/[A-Za-z0-9_-]+|/etc/crontab|/var/spool/cron/crontabs/[^/.]+")
"""The files that cron reads; it passes over names with a dot in them."""
_SETS_SHELL = re.compile(r"\s*['\"]?SHELL['\"]?\s*=")
_SHELLS = frozenset({"/bin/sh", "/bin/bash", "/usr/bin/sh", "/usr/bin/bash", "/bin/dash"})
_DUE = "--due"
"""How cron tells a service that it is time."""
_Entries = Mapping[str, Sequence[Any]]


def running(service: str, processes: Iterable[Sequence[Any]]) -> bool:
    """Return whether one of a host's processes is a service's.

    Args:
        service: Its name.
        processes: As :func:`~.inside.host_processes.processes` tells them.
    """
    program = system.command_of(service)[0]
    return any(
        runs == program and _is_service(program, words) and state not in _HELD
        for _, _, _, words, _, state, runs in processes
    )


def enabled(
    service: str, schedule: str, entries: _Entries, texts: Mapping[str, str], before: _Entries
) -> bool:
    """Return whether a service starts by itself.

    Args:
        service: Its name.
        schedule: The five fields of cron at which it is run; empty if at none.
        entries: What lies on its host: kind, size, time, mode, owner and content of each path.
        texts: The texts among it.
        before: What the host had of itself before anybody acted.
    """
    path, program = system.unit_path(service), system.command_of(service)[0]
    wanted = entries.get(f"{system.WANTS}/{service}.service")
    if wanted is None or posixpath.normpath(posixpath.join(system.WANTS, wanted[5])) != path:
        return False
    starts = re.findall(r"(?m)^ExecStart=[-@:+!]*(\S*)", texts.get(path, ""))
    if starts != [program] or not (program == system.CRON or _as_it_was(program, entries, before)):
        return False
    return not schedule or _scheduled(schedule, program, entries, texts)


def _is_service(program: str, words: Sequence[str]) -> bool:
    """Return whether a process that runs a program is its service, and no single job of it."""
    if program == system.CRON:
        return posixpath.basename(words[0]) == "cron"  # its jobs are called CRON
    return words[1:] == [program]


def _as_it_was(program: str, entries: _Entries, before: _Entries) -> bool:
    there, then = entries.get(program), before.get(program)
    if there is None or then is None:
        return False
    return bool(there[5] == then[5] and there[3] & 0o100)


def _scheduled(schedule: str, program: str, entries: _Entries, texts: Mapping[str, str]) -> bool:
    """Return whether a line of cron runs a program at its time."""
    for path, text in texts.items():
        entry = entries.get(path)
        if _CRON.fullmatch(path) is None or entry is None or not _cron_reads(entry):
            continue
        user = () if path.startswith("/var/") else ("root",)
        wanted = [*schedule.split(), *user, program, _DUE]
        for line in text.split("\n"):
            if line.split() == wanted:
                return True
            if _SETS_SHELL.match(line) and line.partition("=")[2].strip(" '\"") not in _SHELLS:
                break  # what follows is run by something else
    return False


def _cron_reads(entry: Sequence[Any]) -> bool:
    """Return whether cron takes a file: a plain one of root's that nobody else may write to."""
    kind, _, _, mode, uid, _ = entry
    return bool(kind == "f" and uid == 0 and not mode & 0o022)
