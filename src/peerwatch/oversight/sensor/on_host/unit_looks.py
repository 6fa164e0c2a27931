"""Units of the service manager: services, timers and sockets, with their files and drop-ins.

What they are is read from their files; whether they run and start with the host is asked of
``systemctl`` where it answers, and read from links and control groups where it does not.
"""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterable, Mapping
from typing import Any

from peerwatch.oversight.sensor.on_host.account_looks import homes
from peerwatch.oversight.sensor.on_host.host_programs import answer_of
from peerwatch.oversight.sensor.on_host.plain_names import plain_text, real, shown
from peerwatch.oversight.sensor.on_host.probe_limits import Limits
from peerwatch.oversight.sensor.on_host.probe_report import Report
from peerwatch.oversight.sensor.on_host.safe_walk import open_file, open_folder

STATES_FROM_FILES = "systemctl does not answer: states are read from files"
_OWN = ("/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system")
_OWN_USERS = ("/etc/systemd/user",)
_VENDOR = ("/usr/lib/systemd/system", "/lib/systemd/system")
_KINDS = (".service", ".timer", ".socket", ".path")
_PROPERTIES = "Id,ActiveState,UnitFileState,Triggers,NextElapseUSecRealtime,FragmentPath"
_MOST, _MOST_OF_ACCOUNT = 3_000, 100
"""Units of a directory that are read; an account's own must not use up what a look may say."""
_LONGEST, _LONGEST_OF_ACCOUNT = 64 * 1024, 8 * 1024


class _Unit:
    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.links: set[str] = set()
        self.masked = False


def say_units(patterns: list[str], root: int, report: Report, limits: Limits) -> None:
    """Say the units that administrators and accounts made, and of others those that are wanted."""
    units: dict[str, _Unit] = {}
    for folder in _OWN:
        _read_folder(folder, "", units, root, report, limits)
    for folder in _VENDOR:
        _read_folder(folder, "", units, root, report, limits, patterns)
    for folder in _OWN_USERS:
        _read_folder(folder, "user:", units, root, report, limits)
    for account, home in homes():
        folder = f"{home.rstrip('/')}/.config/systemd/user"
        _read_folder(folder, f"user@{account}:", units, root, report, limits)
    states = _states([name for name in units if ":" not in name], report, limits)
    running = _running()
    for name, unit in sorted(units.items()):
        limits.check()
        report.say("unit", name=name, **_told(name, unit, states.get(name), running))


def _told(
    name: str, unit: _Unit, state: Mapping[str, str] | None, running: frozenset[str]
) -> dict[str, Any]:
    text = "\n".join(unit.files.values())
    plain = name.rpartition(":")[2]
    starts = None
    if plain.endswith((".timer", ".socket", ".path")):
        starts = _value(text, "Unit") or plain.rpartition(".")[0] + ".service"
    enabled = bool(unit.links) and not unit.masked
    program = _value(text, "ExecStart").lstrip("-@:+!").split(" ")[0]
    active = plain in running or (bool(program) and program in running)
    next_at = None
    if state is not None:
        active = state.get("ActiveState") in ("active", "activating", "reloading")
        said = state.get("UnitFileState", "")
        enabled = said.startswith("enabled") or (said == "" and enabled)
        next_at = _microseconds(state.get("NextElapseUSecRealtime", ""))
    return {
        "active": active,
        "enabled": enabled,
        "starts": starts,
        "next_at": next_at,
        "files": unit.files,
    }


def _read_folder(
    folder: str,
    before: str,
    units: dict[str, _Unit],
    root: int,
    report: Report,
    limits: Limits,
    patterns: list[str] | None = None,
) -> None:
    """Read the units of a directory; of vendors' ones those that a pattern names."""
    try:
        opened = open_folder(real(folder), root)
    except OSError as error:
        if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
            report.unobserved(folder, error.strerror or str(error))
        return
    try:
        for count, raw in enumerate(sorted(os.listdir(opened))):
            limits.check()
            most = _MOST_OF_ACCOUNT if before else _MOST
            if count > most:
                report.unobserved(folder, f"only the first {most} units of it were read")
                return
            name = shown(os.fsencode(raw))
            if _is_kept(name, patterns):
                _read_unit(f"{folder}/{name}", before + name, raw, opened, units, report)
            elif name.endswith(".d") and _is_kept(name[:-2], patterns):
                _read_drop_ins(f"{folder}/{name}", before + name[:-2], units, root, report)
            elif name.endswith((".wants", ".requires")) and patterns is None:
                _read_links(raw, before, opened, units)
    finally:
        os.close(opened)


def _is_kept(name: str, patterns: list[str] | None) -> bool:
    """Return whether a name is a unit's, and, of a vendor's, one that is asked for."""
    wanted = patterns is None or any(fnmatch.fnmatch(name, one) for one in patterns)
    return name.endswith(_KINDS) and wanted


def _read_unit(
    path: str, name: str, raw: str, folder: int, units: dict[str, _Unit], report: Report
) -> None:
    unit = units.setdefault(name, _Unit())
    status = os.stat(raw, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISLNK(status.st_mode):
        target = shown(os.fsencode(os.readlink(raw, dir_fd=folder)))
        unit.masked = unit.masked or target == "/dev/null"
        unit.files[path] = f"-> {target}"
    elif stat.S_ISREG(status.st_mode):
        unit.files[path] = _text(raw, folder, status, path, report)
    else:
        report.unobserved(path, "this is no file")


def _text(raw: str, folder: int, status: os.stat_result, path: str, report: Report) -> str:
    try:
        fd = open_file(os.fsencode(raw), folder, status)
    except OSError as error:
        report.unobserved(path, error.strerror or str(error))
        return ""
    try:
        return (
            plain_text(os.read(fd, _LONGEST if status.st_uid == 0 else _LONGEST_OF_ACCOUNT)) or ""
        )
    finally:
        os.close(fd)


def _read_drop_ins(
    folder: str, name: str, units: dict[str, _Unit], root: int, report: Report
) -> None:
    try:
        opened = open_folder(real(folder), root)
    except OSError as error:
        report.unobserved(folder, error.strerror or str(error))
        return
    try:
        for raw in sorted(os.listdir(opened))[:100]:
            if raw.endswith(".conf"):
                path = f"{folder}/{shown(os.fsencode(raw))}"
                _read_unit(path, name, raw, opened, units, report)
    finally:
        os.close(opened)


def _read_links(raw: str, before: str, folder: int, units: dict[str, _Unit]) -> None:
    """Note which units start with the host, by the links of a ``.wants`` directory."""
    try:
        inner = os.open(raw, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
    except OSError:
        return
    try:
        for name in os.listdir(inner):
            units.setdefault(before + shown(os.fsencode(name)), _Unit()).links.add(raw)
    finally:
        os.close(inner)


def _states(names: Iterable[str], report: Report, limits: Limits) -> dict[str, dict[str, str]]:
    """Ask ``systemctl`` for the states of units; empty where it does not answer."""
    asked = [name for name in names if not name.startswith("-") and "@." not in name]
    found: dict[str, dict[str, str]] = {}
    for start in range(0, len(asked), 100):
        argv = ["systemctl", "show", f"--property={_PROPERTIES}", "--", *asked[start : start + 100]]
        said = answer_of(argv, min(20.0, limits.left()), failing=True)
        if said is None:
            report.unobserved("units", STATES_FROM_FILES)
            return {}
        now: dict[str, str] = {}
        for line in said.splitlines():
            key, _, value = line.partition("=")
            if key == "Id":
                now = found.setdefault(value, {})
            now[key] = value
    return found


def _running() -> frozenset[str]:
    """Return the units that have a process, by control group, and the programs that run."""
    found: set[str] = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cgroup", encoding="utf-8", errors="replace") as file:
                found.update(file.read(4096).replace("\n", "/").split("/"))
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
                found.update(file.read(4096).split("\0")[:2])
        except OSError:
            continue
    return frozenset(found - {""})


def _value(text: str, key: str) -> str:
    found = [line.partition("=")[::2] for line in text.splitlines() if "=" in line]
    values = [value.strip() for name, value in found if name.strip() == key]
    return values[-1] if values else ""


def _microseconds(said: str) -> Any:
    """Return Unix seconds of a moment that ``systemctl show`` says; None where there is none."""
    if said.isdigit():
        return int(said) / 1e6
    if not said:
        return None
    shown_date = answer_of(["date", "-d", said, "+%s"], 5.0)
    return float(shown_date) if shown_date and shown_date.strip().isdigit() else None
