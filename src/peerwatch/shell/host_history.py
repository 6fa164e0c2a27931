"""What has happened on a host before anybody came: logins, upgrades, commands, visits to a page.

The people are those who have an account there. What they did is drawn from the host, and lies
before the moment at which the instance starts: nothing is in the future. It touches nothing that a
task is about.
"""

from __future__ import annotations

import ipaddress
import platform
import posixpath
import re
import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from peerwatch.shell.host_identity import DAY, Identity, draw, pick
from peerwatch.shell.spec import Account, HostSpec, Node
from peerwatch.shell.userland import packages

_UTMP, _UTMP_LONG = "<h2xi32s4s32s256shhiii16s20x", "<h2xi32s4s32s256shh4xqqq16s20x4x"
_MOST_IDS = 5_000
"""User ids that the record of last logins has room for: it has one for each below."""
_LAST = struct.Struct("<i32s256s")
_BOOT, _LOGIN, _LOGOUT = 2, 7, 8
_LOGINS = 24
_UPGRADES = 6
_COMMANDS = (
    "df -h", "uptime", "ls -la", "free -h", "top", "last | head", "w", "exit", "ls", "ls -ltr",
    "systemctl status {service}", "sudo apt update", "sudo apt upgrade", "ls -lh {folder}",
    "du -sh {folder}/*", "cd {folder}", "ssh {other}", "ping -c 3 {other}", "less /etc/crontab",
    "cat /etc/os-release", "find {folder} -mtime -7 -type f", "history | tail", "ip a", "ss -ltn",
    "sudo less /var/log/dpkg.log", "vim .bashrc", "cd", "pwd", "id", "ps aux | less",
)  # fmt: skip
_PAGES = ("/", "/", "/", "/favicon.ico", "/index.html", "/robots.txt")
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
    "curl/7.88.1",
)


def history_nodes(
    host: HostSpec, own: Identity, others: Sequence[str], now: int
) -> dict[str, Node]:
    """Return the files that tell of it.

    Args:
        host: The host.
        own: What it is known by.
        others: The names of the other hosts.
        now: When the instance starts, in Unix seconds.
    """
    people = tuple(one for one in host.accounts if "service" not in one.full_name)
    visits = _visits(host, own, people, now)
    records = [record for visit in visits for record in _records(*visit)]
    wtmp = b"".join(_packed(one) for one in sorted(records, key=lambda one: one.moment))
    boot = _packed(_Record(_BOOT, 0, "~", "~~", "reboot", platform.release(), now))
    nodes = {
        "/var/log/wtmp": _log(wtmp + boot, now, 0o664, "utmp"),
        "/var/log/btmp": _log(b"", now, 0o660, "utmp"),
        "/var/log/lastlog": _log(_last_logins(host, visits), now, 0o664, "utmp"),
        "/run/utmp": _log(boot, now, 0o664, "utmp"),
    }
    nodes |= _histories(host, own, people, others, now)
    nodes |= _upgraded(own, now)
    if "rsyslog" in host.units:
        nodes |= _system_logs(host, own, visits, now)
    if "nginx" in host.units:
        nodes |= _web_log(host, own, now)
    return nodes


def aged(own: Identity, path: str, now: int) -> int:
    """Return when a file was last changed that nobody has changed on purpose."""
    if path.startswith(("/run", "/tmp", "/dev", "/var/tmp", "/proc", "/sys")):
        return now
    share, rest = divmod(draw(own.key, path, 0, 10 * own.age - 1), own.age)
    if share < 7:  # when the host was set up
        return now - own.age + rest % (3 * 3600)
    return now - max(DAY, rest)


Visit = tuple[str, str, int, int, int]
"""Of a login: who, from where, when, until when, and the number of the terminal."""


def _visits(
    host: HostSpec, own: Identity, people: Sequence[Account], now: int
) -> tuple[Visit, ...]:
    """Return the logins of the last weeks, the latest last."""
    desk = ipaddress.IPv4Address(host.address)
    taken: list[tuple[int, int]] = []
    found = []
    for i in range(_LOGINS if people else 0):
        start = now - draw(own.key, f"login {i}", 2 * 3600, 40 * DAY)
        while datetime.fromtimestamp(start, UTC).weekday() > 4:
            start -= DAY
        start = start // DAY * DAY + draw(own.key, f"hour {i}", 7 * 3600, 17 * 3600)
        end = start + draw(own.key, f"stay {i}", 120, 5_400)
        if end < now - 600 and not any(a < end and start < b for a, b in taken):
            taken.append((start, end))
            who = pick(own.key, f"who {i}", people).name
            place = str(desk - int(desk) % 256 + draw(who, "desk", 130, 220))
            found.append((who, place, start, end, 0))
    return tuple(sorted(found, key=lambda one: one[2]))


class _Record(NamedTuple):
    """A record of the files that ``last`` and ``who`` read."""

    kind: int
    process: int
    line: str
    ident: str
    user: str
    host: str
    moment: int
    address: str = "0.0.0.0"


def _records(who: str, place: str, start: int, end: int, tty: int) -> Iterator[_Record]:
    process, line = draw(f"{who}{start}", "process", 900, 31_000), f"pts/{tty}"
    yield _Record(_LOGIN, process, line, f"ts/{tty}", who, place, start, place)
    yield _Record(_LOGOUT, process, line, f"ts/{tty}", "", "", end)


def _packed(one: _Record) -> bytes:
    layout = _UTMP if platform.machine() == "x86_64" else _UTMP_LONG
    words = [text.encode() for text in (one.line, one.ident, one.user, one.host)]
    address = ipaddress.IPv4Address(one.address).packed
    return struct.pack(layout, one.kind, one.process, *words, 0, 0, 0, one.moment, 0, address)


def _last_logins(host: HostSpec, visits: Sequence[Visit]) -> bytes:
    """Return the file that ``lastlog`` reads: a record for each user id."""
    ids = {one.name: one.uid for one in host.accounts if one.uid < _MOST_IDS}
    seen = [one for one in visits if one[0] in ids]
    last = {ids[who]: (start, place, tty) for who, place, start, _, tty in seen}
    records = bytearray(_LAST.size * (max(last, default=-1) + 1))
    for uid, (start, place, tty) in last.items():
        _LAST.pack_into(records, _LAST.size * uid, start, f"pts/{tty}".encode(), place.encode())
    return bytes(records)


def _log(data: bytes, mtime: int, mode: int = 0o640, group: str = "adm") -> Node:
    return Node(data=data, mode=mode, group=group, mtime=mtime)


def _histories(
    host: HostSpec, own: Identity, people: Sequence[Account], others: Sequence[str], now: int
) -> dict[str, Node]:
    """Return what the shells of people and of root have kept."""
    folders = sorted({"/".join(path.split("/")[:3]) for path in host.nodes if path.count("/") > 3})
    folders = [one for one in folders if not re.search(r"\d", one)] or ["/srv"]
    services = [one for one in host.units if not re.search(r"\d", one)] or ["cron"]
    found = {}
    for one in (Account("root", 0, 0), *people):
        key = f"{own.key}/{one.name}"
        lines = []
        for i in range(draw(key, "commands", 9, 31)):
            text = pick(key, f"command {i}", _COMMANDS)
            if "{other}" in text and not others:
                continue
            text = text.removeprefix("sudo ") if one.uid == 0 else text
            service, folder = pick(key, f"s{i}", services), pick(key, f"f{i}", folders)
            other = pick(key, f"o{i}", others) if others else ""
            lines.append(text.format(service=service, folder=folder, other=other))
        path = posixpath.join(one.directory, ".bash_history")
        mtime = now - draw(key, "last command", 3 * 3600, 30 * DAY)
        text = "".join(f"{line}\n" for line in lines)
        found[path] = Node(data=text.encode(), mode=0o600, owner=one.name, mtime=mtime)
    return found


def _upgraded(own: Identity, now: int) -> dict[str, Node]:
    """Return the logs of packages: some days on which they were upgraded by themselves."""
    there = [one for one in packages() if re.search(r"deb\d+u[2-9]$", one.fields["Version"])]
    if not there:
        return {}
    dpkg, apt = [], []
    sizes = [draw(own.key, f"upgrade {i}", DAY, min(own.age, 150 * DAY)) for i in range(_UPGRADES)]
    for i, ago in enumerate(sorted(sizes, reverse=True)):
        start = (now - ago) // DAY * DAY + draw(own.key, f"at {i}", 6 * 3600, 7 * 3600)
        chosen = there[i % len(there) :: _UPGRADES] or there[:1]
        words = []
        for number, one in enumerate(chosen):
            name = f"{one.name}:{one.fields['Architecture']}"
            new = one.fields["Version"]
            old = f"{new[:-1]}{int(new[-1]) - 1}"
            moment = _stamp(start + 4 + number)
            dpkg.append(f"{moment} upgrade {name} {old} {new}")
            dpkg += [f"{moment} status {s} {name} {new}" for s in ("unpacked", "installed")]
            words.append(f"{name} ({old}, {new})")
        apt.append(
            f"Start-Date: {_stamp(start, '  ')}\nCommandline: /usr/bin/unattended-upgrade\n"
            f"Upgrade: {', '.join(words)}\nEnd-Date: {_stamp(start + 9 + len(chosen), '  ')}\n"
        )
    return {
        "/var/log/dpkg.log": _log("".join(f"{x}\n" for x in dpkg).encode(), start, 0o644, "root"),
        "/var/log/apt/history.log": _log(("\n" + "\n".join(apt)).encode(), start, 0o644, "root"),
    }


def _stamp(moment: int, between: str = " ") -> str:
    return datetime.fromtimestamp(moment, UTC).strftime(f"%Y-%m-%d{between}%H:%M:%S")


def _system_logs(
    host: HostSpec, own: Identity, visits: Sequence[Visit], now: int
) -> dict[str, Node]:
    """Return what the system's log has kept of the last week."""
    begun = now // DAY * DAY - 6 * DAY
    system: list[tuple[int, str]] = []
    for hour in range(begun // 3600, now // 3600):
        moment, process = hour * 3600 + 17 * 60 + 1, draw(own.key, f"cron {hour}", 900, 31_000)
        if "cron" in host.units and moment < now:
            text = "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)"
            system.append((moment, f"CRON[{process}]: {text}"))
    system.append((now, f"systemd[1]: Hostname set to <{host.name}>."))
    about = {name: unit.description or name for name, unit in host.units.items() if unit.running}
    system += [(now, f"systemd[1]: Started {name}.service - {x}.") for name, x in about.items()]
    auth: list[tuple[int, str]] = []
    for who, place, start, end, _ in visits:
        if start < begun:
            continue
        server = f"sshd[{draw(f'{who}{start}', 'process', 900, 31_000)}]:"
        port = draw(f"{who}{start}", "port", 40_000, 60_000)
        session = f"{server} pam_unix(sshd:session): session"
        auth += [
            (start, f"{server} Accepted publickey for {who} from {place} port {port} ssh2"),
            (start, f"{session} opened for user {who}(uid={_uid(host, who)}) by (uid=0)"),
            (end, f"{server} Disconnected from user {who} {place} port {port}"),
            (end, f"{session} closed for user {who}"),
        ]
    return {
        "/var/log/syslog": _log(_lines(host, system), now),
        "/var/log/auth.log": _log(_lines(host, auth), max((x for x, _ in auth), default=begun)),
    }


def _uid(host: HostSpec, name: str) -> int:
    return next(one.uid for one in host.accounts if one.name == name)


def _lines(host: HostSpec, entries: Sequence[tuple[int, str]]) -> bytes:
    lines = []
    for moment, text in sorted(entries, key=lambda one: one[0]):
        at = datetime.fromtimestamp(moment, UTC)
        lines.append(f"{at:%b} {at.day:2} {at:%H:%M:%S} {host.name} {text}\n")
    return "".join(lines).encode()


def _web_log(host: HostSpec, own: Identity, now: int) -> dict[str, Node]:
    """Return what the web server has kept of its visitors."""
    desk = ipaddress.IPv4Address(host.address)
    lines = []
    moments = sorted(now - draw(own.key, f"visit {i}", 3_600, 6 * DAY) for i in range(37))
    for i, moment in enumerate(moments):
        place = desk - int(desk) % 256 + draw(own.key, f"visitor {i}", 130, 220)
        path = pick(own.key, f"page {i}", _PAGES)
        answer = "200 245" if path in ("/", "/index.html") else "404 153"
        at = datetime.fromtimestamp(moment, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
        agent = pick(own.key, f"agent {i}", _AGENTS)
        lines.append(f'{place} - - [{at}] "GET {path} HTTP/1.1" {answer} "-" "{agent}"\n')
    folder = "/var/log/nginx"
    return {
        folder: Node("d", mode=0o755, group="adm"),
        f"{folder}/access.log": _log("".join(lines).encode(), moments[-1]),
        f"{folder}/error.log": _log(b"", moments[0]),
    }
