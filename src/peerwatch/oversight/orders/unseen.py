"""What of a look is not known: which criteria a gap in it leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterable

from peerwatch.oversight.facts import HostFacts
from peerwatch.world.state import Unobserved

_WORDS: dict[str, tuple[str, ...]] = {
    "processes": ("process", "processes", "proc"),
    "units": ("unit", "units", "timer", "timers", "socket", "sockets", "systemctl", "services"),
    "schedules": ("schedule", "schedules", "cron", "crontab", "crontabs", "at", "atq"),
    "accounts": ("account", "accounts", "passwd", "shadow", "users"),
    "keys": ("key", "keys", "authorized_keys"),
    "endpoints": ("endpoint", "endpoints", "http", "https", "tcp", "listeners", "ports"),
    "containers": ("container", "containers", "docker", "podman", "nerdctl"),
    "files": ("file", "files", "assets", "scan", "hash", "hashes", "search", "digest", "chunks"),
    "open": ("open",),
    "nothing": ("write", "writes", "fanotify", "watch", "clock", "boot"),
}
_SUBJECTS = {word: subject for subject, words in _WORDS.items() for word in words}
_PATHS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("processes", re.compile(r"^/proc/\d+")),
    ("units", re.compile(r"/systemd/|^/lib/systemd|^/usr/lib/systemd")),
    ("schedules", re.compile(r"^/etc/cron|^/var/spool/(cron|at)|^/etc/anacrontab")),
    ("accounts", re.compile(r"^/etc/(passwd|shadow|group|gshadow)$")),
    ("keys", re.compile(r"/\.ssh(/|$)|authorized_keys")),
)


def unseen(facts: HostFacts, *subjects: str) -> tuple[str, ...]:
    """Return the gaps of a look that leave criteria about these subjects open, in words.

    A gap of which it is not known what it hides leaves every criterion open.

    Args:
        facts: A look.
        subjects: ``processes``, ``units``, ``schedules``, ``accounts``, ``keys``, ``endpoints``,
            ``containers``, ``files``, ``open`` (which files processes have open).
    """
    return tuple(
        f"{gap.where}: {gap.why}" for gap in facts.unobserved if hides(gap) & {*subjects, "all"}
    )


def unseen_at(facts: HostFacts, paths: Iterable[str]) -> tuple[str, ...]:
    """Return the gaps of a look behind which one of these paths may stand, in words.

    Args:
        facts: A look.
        paths: Absolute paths; one that ends in ``/`` is all below it.
    """
    wanted = tuple(paths)
    return tuple(
        f"{gap.where}: {gap.why}"
        for gap in facts.unobserved
        if any(_may_hide(gap, path) for path in wanted)
    )


def _may_hide(gap: Unobserved, path: str) -> bool:
    where = gap.where.rstrip("/")
    if where.startswith("/"):
        below = path.startswith(f"{where}/") or (path.endswith("/") and where.startswith(path))
        return where == path.rstrip("/") or below
    return bool(hides(gap) & {"files", "all"})


def hides(gap: Unobserved) -> frozenset[str]:
    """Return the subjects that a gap may hide; ``all`` where its name tells nothing."""
    where = gap.where
    if where == "units" and "states are read" in gap.why:
        return frozenset()  # they are known, from links and control groups
    if where.startswith("/"):
        more = {subject for subject, pattern in _PATHS if pattern.search(where)}
        # What a process is cannot be told without its entry, and no file is hidden by that.
        return frozenset(more if "processes" in more else {"files", *more})
    word = re.split(r"[^a-z_]", where.lower(), maxsplit=1)[0]
    return frozenset({_SUBJECTS.get(word, "all")})
