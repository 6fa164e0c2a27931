"""Files that Debian puts on every server and that nobody looks at twice, for one host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from peerwatch.shell.host_identity import Identity
from peerwatch.shell.service_programs import package_of
from peerwatch.shell.spec import Account, HostSpec, Node
from peerwatch.shell.userland import database

CRONTAB = "/usr/bin/crontab"
_MOTD = """
The programs included with the Debian GNU/Linux system are free software;
the exact distribution terms for each program are described in the
individual files in /usr/share/doc/*/copyright.

Debian GNU/Linux comes with ABSOLUTELY NO WARRANTY, to the extent
permitted by applicable law.
"""
_SOURCES = """deb http://deb.debian.org/debian {0} main contrib
deb http://deb.debian.org/debian {0}-updates main contrib
deb http://security.debian.org/debian-security {0}-security main contrib
"""
_UPGRADES = """APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
"""
_SUDOERS = """Defaults\tenv_reset
Defaults\tmail_badpass
Defaults\tsecure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

root\tALL=(ALL:ALL) ALL
%sudo\tALL=(ALL:ALL) NOPASSWD: ALL

@includedir /etc/sudoers.d
"""
_ROTATED = """#!/bin/sh
# skip in favour of systemd timer
if [ -d /run/systemd/system ]; then
    exit 0
fi
[ -x /usr/sbin/logrotate ] || exit 0
/usr/sbin/logrotate /etc/logrotate.conf
"""
_ROTATION = """weekly
rotate 4
create
include /etc/logrotate.d
"""
_ROOT_CRONTAB = """# m h  dom mon dow   command
{minute} 5 * * * /bin/df -P / | /usr/bin/logger -t df
"""
_LOGOUT = """# ~/.bash_logout: executed by bash(1) when login shell exits.
if [ "$SHLVL" = 1 ]; then
    [ -x /usr/bin/clear_console ] && /usr/bin/clear_console -q
fi
"""
_INTERFACES = """auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
\taddress {address}/{prefix}
"""
_MANUALS = """MANDATORY_MANPATH\t/usr/share/man
MANDATORY_MANPATH\t/usr/local/share/man
MANPATH_MAP\t/usr/bin\t/usr/share/man
MANPATH_MAP\t/usr/sbin\t/usr/share/man
MANPATH_MAP\t/usr/local/bin\t/usr/local/share/man
MANDB_MAP\t/usr/share/man\t/var/cache/man
"""
_PACKAGE = """Package: {0}
Status: install ok installed
Priority: optional
Maintainer: Debian QA Group <packages@qa.debian.org>
Architecture: {3}
Version: {1}
Description: {2}

"""
_DIRECTORIES = (
    "/etc/apt/apt.conf.d", "/etc/cron.daily", "/etc/cron.weekly", "/etc/default",
    "/etc/logrotate.d", "/etc/network/if-up.d", "/etc/opt", "/etc/sudoers.d",
    "/run/systemd/system", "/var/cache/apt/archives/partial",
    "/var/lib/apt/lists/partial", "/var/lib/dbus", "/var/lib/dpkg/info", "/var/lib/dpkg/updates",
    "/var/lib/misc", "/var/lib/systemd", "/var/local", "/var/log/apt", "/var/opt", "/boot",
)  # fmt: skip


def settings_nodes(host: HostSpec, own: Identity, prefix: int) -> dict[str, Node]:
    """Return the files.

    Args:
        host: The host.
        own: What it is known by.
        prefix: The length of its network's address.
    """
    code = _codename()
    texts = {
        "/etc/apt/apt.conf.d/20auto-upgrades": _UPGRADES,
        "/etc/apt/sources.list": _SOURCES.format(code) if code else "",
        "/etc/debian_version": _machines("/etc/debian_version"),
        "/etc/default/locale": "LANG=C.UTF-8\n",
        "/etc/fstab": "# UNCONFIGURED FSTAB FOR BASE SYSTEM\n",
        "/etc/host.conf": "multi on\n",
        "/etc/issue": "Debian GNU/Linux \\n \\l\n\n",
        "/etc/issue.net": "Debian GNU/Linux\n",
        "/etc/logrotate.conf": _ROTATION,
        "/etc/manpath.config": _MANUALS,
        "/etc/motd": _MOTD,
        "/etc/network/interfaces": _INTERFACES.format(address=host.address, prefix=prefix),
        "/etc/services": _machines("/etc/services"),
        "/etc/protocols": _machines("/etc/protocols"),
        "/etc/timezone": "Etc/UTC\n",
        "/run/systemd/container": "lxc",
        "/var/lib/dpkg/status": _packages(host),
    }
    nodes = {path: Node("d", mode=0o755) for path in _DIRECTORIES}
    nodes |= {path: Node(data=text.encode()) for path, text in texts.items() if text}
    nodes["/etc/machine-id"] = Node(data=f"{own.machine_id}\n".encode(), mode=0o444)
    nodes["/var/lib/dbus/machine-id"] = Node("l", target="/etc/machine-id")
    nodes["/etc/localtime"] = Node("l", target="/usr/share/zoneinfo/Etc/UTC")
    nodes["/etc/sudoers"] = Node(data=_SUDOERS.encode(), mode=0o440)
    nodes["/etc/cron.daily/logrotate"] = Node(data=_ROTATED.encode(), mode=0o755)
    for home, owner in _homes(host.accounts).items():
        nodes[f"{home}/.bash_logout"] = Node(data=_LOGOUT.encode(), owner=owner)
    return nodes | _own_crontab(own)


def _packages(host: HostSpec) -> str:
    """Return the database of packages: the machine's that hosts have, and those of services."""
    there = database().decode()
    own = [one for service in host.units if (one := package_of(service)) is not None]
    added = [one for one in own if f"\nPackage: {one[0]}\n" not in f"\n{there}"]
    kind = re.search(r"^Architecture: (?!all)(\S+)$", there, re.MULTILINE)
    if kind is None:
        return there
    return there + "".join(_PACKAGE.format(*one, kind[1]) for one in added)


def _homes(accounts: tuple[Account, ...]) -> Mapping[str, str]:
    return {"/etc/skel": "root", **{one.directory: one.name for one in accounts}}


def _own_crontab(own: Identity) -> dict[str, Node]:
    """Return the program by which users have crontabs, where the machine has one, and root's.

    Programs of ``/usr`` have no rights of their group on hosts; a host's own copy has.
    """
    program = _copied(CRONTAB)
    if not program:
        return {}
    line = _ROOT_CRONTAB.format(minute=own.number % 60)
    spool = "/var/spool/cron/crontabs"
    return {
        "/usr/local/bin/crontab": Node(data=program, mode=0o2755, group="crontab"),
        spool: Node("d", mode=0o1730, group="crontab"),
        f"{spool}/root": Node(data=line.encode(), mode=0o600, group="crontab"),
    }


@cache
def _copied(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


@cache
def _machines(path: str) -> str:
    """Return a file of the machine that is the same on all machines of its release."""
    return _copied(path).decode(errors="replace")


@cache
def _codename() -> str:
    """Return what Debian calls the machine's release; empty where it is another system."""
    text = _machines("/usr/lib/os-release")
    found = re.search(r"^VERSION_CODENAME=(\w+)$", text, re.MULTILINE)
    return found[1] if found is not None and "ID=debian" in text.splitlines() else ""
