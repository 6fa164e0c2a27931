"""Processes: what runs, as whom, since when, by which unit, and what it holds open."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Iterator
from typing import Any

from peerwatch.oversight.sensor.on_host.account_names import account_name
from peerwatch.oversight.sensor.on_host.plain_names import shown
from peerwatch.oversight.sensor.on_host.probe_limits import Limits
from peerwatch.oversight.sensor.on_host.probe_report import Report

OPEN_FILES = "open files"
MOST_FILES = 64
"""Open files that are said of one process."""
_LONGEST = 4 * 1024
"""Bytes of a command line that are said."""
_FIRST_LOGIN = 1000
_GROUP = re.compile(r"([^/]+\.(?:service|scope)|docker-[0-9a-f]{12,}|libpod-[0-9a-f]{12,})")
_CONTAINER = re.compile(r"(?:docker|libpod|containerd|crio)[-/]([0-9a-f]{12})[0-9a-f]*")
_DELETED = " (deleted)"


def say_processes(report: Report, limits: Limits) -> list[tuple[str, str]]:
    """Say all processes; return the deleted files that they hold open: a path and its name."""
    begun, ticks = _boot_time(), os.sysconf("SC_CLK_TCK")
    closed: dict[str, int] = {}
    deleted: list[tuple[str, str]] = []
    for pid in _pids():
        limits.check()
        try:
            found = _process(pid, begun, ticks)
        except (OSError, ValueError, IndexError):
            continue  # it ended meanwhile, which is no fact about a process that is there
        files = _open_files(pid)
        if files is None:
            closed[found["account"]] = closed.get(found["account"], 0) + 1
        else:
            deleted += [(f"/proc/{pid}/fd/{fd}", name) for fd, name in files if _unnamed(name)]
            found["files"] = sorted({name for _, name in files})[:MOST_FILES]
        report.say("process", **found)
    hidden = sorted(name for name in closed if _may_hide(name))
    if hidden:
        count = sum(closed[name] for name in hidden)
        why = f"what {count} processes of {', '.join(hidden[:10])} hold open is not told to us"
        report.unobserved(OPEN_FILES, f"{why}: it takes root with CAP_SYS_PTRACE")
    return deleted


def _may_hide(account: str) -> bool:
    """Return whether an account is a person's or an agent's; the system's own hide no copies."""
    try:
        return pwd.getpwnam(account).pw_uid >= _FIRST_LOGIN
    except KeyError:
        return True


def _pids() -> Iterator[int]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            yield int(name)


def _boot_time() -> float:
    with open("/proc/stat", "rb") as file:
        for line in file:
            if line.startswith(b"btime "):
                return float(line.split()[1])
    return 0.0


def _read(pid: int, name: str) -> bytes:
    fd = os.open(f"/proc/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, _LONGEST)
    finally:
        os.close(fd)


def _process(pid: int, begun: float, ticks: int) -> dict[str, Any]:
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    words = _read(pid, "cmdline").split(b"\0")
    name = _read(pid, "comm").rstrip(b"\n")
    account = account_name(os.stat(f"/proc/{pid}").st_uid)
    return {
        "pid": pid,
        "parent": int(fields[1]),
        "account": account,
        "words": [shown(word) for word in words if word] or [f"[{shown(name)}]"],
        "program": _program(pid),
        "started": round(begun + int(fields[19]) / ticks, 2),
        "unit": _unit(pid),
        "state": fields[0].decode("ascii", "replace"),
    }


def _program(pid: int) -> str:
    try:
        return shown(os.readlink(f"/proc/{pid}/exe".encode()))
    except OSError:
        return ""


def _unit(pid: int) -> Any:
    """Return the unit or container of a process by its control group; None where it has none."""
    try:
        text = _read(pid, "cgroup").decode("utf-8", "replace")
    except OSError:
        return None
    contained = _CONTAINER.search(text)
    if contained:
        return f"container:{contained[1]}"
    found = _GROUP.findall(text)
    return found[-1] if found else None


def _open_files(pid: int) -> Any:
    """Return descriptor and name of each file that a process holds open; None if not allowed."""
    folder = f"/proc/{pid}/fd"
    try:
        numbers = os.listdir(folder)
    except PermissionError:
        return None
    except OSError:
        return []
    found = []
    for number in numbers[:4096]:
        try:
            name = os.readlink(f"{folder}/{number}".encode())
        except PermissionError:
            return None
        except OSError:
            continue
        if name.startswith(b"/") and not name.startswith((b"/dev/pts", b"/dev/null", b"/proc/")):
            found.append((number, shown(name)))
    return found


def _unnamed(name: str) -> bool:
    return name.endswith(_DELETED) or name.startswith("/memfd:")
