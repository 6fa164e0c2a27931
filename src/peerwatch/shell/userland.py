"""The programs that hosts have: those of a Debian server, whatever else this machine has.

Hosts read the machine's own ``/usr``. What a server would not have is taken out of their view: of
``/usr`` they see what belongs to the packages of a fixed list, to Debian's standard ones, and to
what these depend on. The packages that are there are what ``dpkg -l`` tells.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATABASE = Path("/var/lib/dpkg")
_PRIORITIES = frozenset({"required", "important", "standard"})
_ADDED = """
    acl at attr bash-completion bc bind9-dnsutils bsdextrautils bsdmainutils bzip2 cron curl
    dnsutils ed ethtool file git gnupg gpg gpg-agent htop ifupdown iproute2 iputils-ping jq less
    logrotate logsave lsb-release lsof lz4 mtr-tiny nano ncdu net-tools netcat-openbsd
    netcat-traditional openssh-client openssh-server openssh-sftp-server openssl p7zip-full patch
    perl pigz procps psmisc pv python3 rsync screen socat sqlite3 strace sudo sysstat tcpdump
    telnet tmux traceroute tree unzip util-linux vim vim-tiny wget whois xxd xz-utils zip zstd
"""
"""What an administrator puts on a server besides the standard packages."""
_FOLDERS = (
    "", "bin", "sbin", "games", "include", "lib", "lib/python3/dist-packages", "libexec", "share",
    "share/doc", "src",
)  # fmt: skip
"""Where something that is not of these packages is hidden, below ``/usr``."""
_KEPT = frozenset({"/usr/local"})
_HARNESS = ("bin/bwrap", "bin/faketime", "share/doc/bubblewrap", "share/doc/faketime")
"""What is hidden where there is no database of packages."""
_FIELDS = ("Package", "Status", "Priority", "Section", "Maintainer", "Architecture", "Version")
_FIELD = re.compile(r"^([A-Z][\w-]*): *(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the machine that hosts have."""

    name: str
    fields: Mapping[str, str]
    """The first line of each of its fields."""


def hidden() -> tuple[str, ...]:
    """Return what hosts do not see of ``/usr``: paths below it."""
    if not packages():
        return tuple(path for path in _HARNESS if os.path.lexists(f"/usr/{path}"))
    return _hidden()


@cache
def _hidden() -> tuple[str, ...]:
    own = _own_paths()
    found = []
    for folder in _FOLDERS:
        place = posixpath.join("/usr", folder)
        for name in sorted(os.listdir(place)) if os.path.isdir(place) else ():
            path = posixpath.join(place, name)
            if path not in own and path not in _KEPT and not _is_alternative(path, own):
                found.append(path.removeprefix("/usr/"))
    return tuple(found)


def _is_alternative(path: str, own: frozenset[str]) -> bool:
    """Return whether a path is a link by which Debian names one of several programs that it has."""
    if not os.path.islink(path) or not os.readlink(path).startswith("/etc/alternatives/"):
        return False
    return os.path.realpath(path) in own


@cache
def alternatives() -> tuple[tuple[str, str], ...]:
    """Return the links by which Debian finds some programs of ``/usr``, ``which`` too."""
    folder = "/etc/alternatives"
    own = _own_paths()
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    links = {name: f"{folder}/{name}" for name in names}
    return tuple(
        (name, os.readlink(path))
        for name, path in links.items()
        if not name.endswith(".gz")  # pages of manuals
        and os.path.islink(path)
        and (not own or os.path.realpath(path) in own)
    )


@cache
def _own_paths() -> frozenset[str]:
    """Return every path of the packages that hosts have, below ``/usr``."""
    found: set[str] = set()
    for one in packages():
        found.update(_listed(one))
    return frozenset(found)


def _listed(package: Package) -> Iterator[str]:
    names = (package.name, f"{package.name}:{package.fields.get('Architecture', '')}")
    for name in names:
        try:
            lines = (_DATABASE / "info" / f"{name}.list").read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith("/usr/"):
                yield line
            elif line.startswith(("/bin", "/sbin", "/lib")):  # where these are links into /usr
                yield f"/usr{line}"


@cache
def packages() -> tuple[Package, ...]:
    """Return the machine's packages that hosts have, by name; none where it is no Debian."""
    there, added = _installed(), frozenset(_ADDED.split())
    todo = [
        name
        for name, one in there.items()
        if name in added or one.fields.get("Priority") in _PRIORITIES
    ]
    found: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += _needed(there[name], there)
    return tuple(there[name] for name in sorted(found))


def _needed(package: Package, there: Mapping[str, Package]) -> Iterator[str]:
    """Yield the packages that one depends on: of alternatives, the first that is there."""
    for field in ("Depends", "Pre-Depends"):
        for group in package.fields.get(field, "").split(","):
            names = [re.split(r"[\s(:]", one.strip())[0] for one in group.split("|")]
            yield from [name for name in names if name in there][:1]


@cache
def _installed() -> dict[str, Package]:
    try:
        text = (_DATABASE / "status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    found = {}
    for stanza in text.split("\n\n"):
        fields = dict(_FIELD.findall(stanza))
        if fields.get("Status", "").endswith(" installed"):
            found[fields["Package"]] = Package(fields["Package"], fields)
    return found


@cache
def database() -> bytes:
    """Return the database of packages as hosts have it; empty where the machine has none."""
    stanzas = []
    for one in packages():
        lines = [f"{name}: {one.fields[name]}" for name in _FIELDS if name in one.fields]
        lines.append(f"Description: {one.fields.get('Description', one.name)}")
        stanzas.append("\n".join(lines))
    return "".join(f"{one}\n\n" for one in stanzas).encode()
