"""From a description to what the keeper is told: files as bytes, ids as numbers, commands."""

from __future__ import annotations

import ipaddress
import os
import resource
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from peerwatch.common.errors import PeerwatchError
from peerwatch.shell import base_system as system
from peerwatch.shell.host_history import aged, history_nodes
from peerwatch.shell.host_identity import identity_of
from peerwatch.shell.machine_checks import Machine
from peerwatch.shell.spec import HostSpec, InstanceSpec, Node, writable
from peerwatch.shell.ssh_keys import key_pair
from peerwatch.shell.syscall_filter import filter_program
from peerwatch.shell.system_settings import settings_nodes
from peerwatch.shell.userland import hidden
from peerwatch.world.state import content_digest

_RUN_AS = "/usr/local/lib/sudo/run"
_DEVICES = 64 * 1024 * 1024
"""Bytes that ``/dev``, shared memory included, may hold on a host."""


@dataclass(frozen=True, slots=True)
class Login:
    """An account as a process of it is started."""

    uid: int
    gid: int
    groups: tuple[int, ...]
    home: str
    env: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BootPlan:
    """What the keeper is told, and who can log in."""

    config: dict[str, Any]
    payload: bytes
    limits: dict[str, int]
    logins: Mapping[tuple[str, str], Login]

    def find(self, host: str, user: str) -> Login | None:
        """Return an account of a host by its name or number, None where there is none."""
        by_number = (x for (h, _), x in self.logins.items() if h == host and str(x.uid) == user)
        return self.logins.get((host, user)) or next(by_number, None)


def login_of(told: str) -> Login:
    """Return an account from its line of ``/etc/passwd`` and, below it, its groups."""
    line, groups = told.splitlines()[:2]
    name, _, uid, gid, _, home, shell = line.split(":")
    return Login(int(uid), int(gid), tuple(map(int, groups.split())), home, _env(name, home, shell))


def make_boot_plan(spec: InstanceSpec, machine: Machine) -> BootPlan:
    """Turn a description into what the keeper is told.

    Raises:
        PeerwatchError: The description is wrong.
    """
    _check(spec)
    payload = bytearray()
    places: dict[bytes, int] = {}
    host_keys = [key_pair(1 + i) for i in range(len(spec.hosts))]
    known = "".join(
        f"{host.name},{host.address} {key.public}\n"
        for host, key in zip(spec.hosts, host_keys, strict=True)
    )
    limits = _limits(spec)
    prefix = _prefix([host.address for host in spec.hosts])
    moment = system.now()
    hosts = []
    for host, key in zip(spec.hosts, host_keys, strict=True):
        nodes = system.nodes_of(spec, host, key, key_pair(0), known)
        nodes["/usr/local/lib/sudo"] = Node("d", mode=0o755)
        run_as = _setpriv(machine.setpriv)
        nodes[_RUN_AS] = Node(data=run_as, mode=0o4750, group="sudo")
        start = [_started(name) for name, unit in host.units.items() if unit.running]
        own = identity_of(host)
        others = [one.name for one in spec.hosts if one is not host]
        lived_in = settings_nodes(host, own, prefix) | history_nodes(host, own, others, moment)
        nodes = {**nodes, **_beside(lived_in, host.nodes), **host.nodes}
        hosts.append(
            {
                "name": host.name,
                "address": f"{host.address}/{prefix}",
                "entries": _entries(host, nodes, payload, places, partial(aged, own, now=moment)),
                "mount": f"size={spec.limits.disk},nr_inodes={spec.limits.files},mode=0755",
                "disk": f"/dev/mapper/pve-vm--{own.number}--disk--0",
                "up": own.up,
                "passed": own.passed,
                "masks": {**MASKS, "sys/kernel/random/boot_id": f"{own.boot_id}\n"},
                "device_mount": f"size={_DEVICES},nr_inodes=10000,mode=0755",
                "start": start,
                "sshd": [machine.sshd, "-D", "-e"] if host.ssh else [],
                "limits": limits,
            }
        )
    config = {
        "hosts": hosts,
        "bwrap": machine.bwrap,
        "hidden": {} if spec.all_programs else _by_folder(hidden()),
        "binds": [
            {"source": b.source, "target": b.target, "hosts": b.hosts and list(b.hosts)}
            for b in spec.binds
        ],
        "filter": filter_program().hex(),
        "tracked": _tracked(spec.tracked, places),
        "backstage": system.guest("stage").decode() if spec.backstage else "",
    }
    return BootPlan(config, bytes(payload), limits, _logins(spec))


@cache
def _by_folder(paths: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the names of some paths by the directory that each lies in."""
    found: dict[str, list[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        found.setdefault(folder, []).append(name)
    return found


def _beside(given: Mapping[str, Node], own: Mapping[str, Node]) -> dict[str, Node]:
    """Return the nodes that a host's own ones leave room for: none above or below theirs."""
    taken = {path for path, node in own.items() if node.kind != "d"}
    above = {one for path in own for one in _parents(path)}
    return {
        path: node
        for path, node in given.items()
        if (node.kind == "d" or path not in above) and taken.isdisjoint(_parents(path))
    }


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:i]) for i in range(2, len(parts))]


def _started(service: str) -> list[str]:
    command = system.command_of(service)
    return command if command[0] == system.CRON else ["/bin/sh", *command]


_KERNEL = os.uname()
MASKS: Mapping[str, str] = {
    "version": f"Linux version {_KERNEL.release} (debian-kernel@lists.debian.org) "
    f"(gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) "
    f"{_KERNEL.version}\n",
    "cmdline": "BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro quiet\n",
}
"""Files of ``/proc`` that would tell which machine this is, and what hosts read there instead.

Each host has a boot id of its own besides.
"""


def _check(spec: InstanceSpec) -> None:
    names = [host.name for host in spec.hosts]
    addresses = [host.address for host in spec.hosts]
    if not names:
        raise PeerwatchError("An instance needs at least one host.")
    if len({*names}) < len(names) or len({*addresses}) < len(addresses):
        raise PeerwatchError("Every host needs a name and an address of its own.")
    for host in spec.hosts:
        if not host.name or len(host.name) > 63 or not host.name.replace("-", "").isalnum():
            raise PeerwatchError(f"'{host.name}' is not a host name (letters, digits, hyphens).")
        try:
            ipaddress.IPv4Address(host.address)
        except ValueError:
            raise PeerwatchError(f"'{host.address}' is not an IPv4 address.") from None
        for path in host.nodes:
            if not path.startswith("/") or ".." in path.split("/") or path.endswith("/"):
                raise PeerwatchError(f"'{path}' on {host.name} is not an absolute path.")
            if not writable(path):
                raise PeerwatchError(f"'{path}' on {host.name} is the machine's own.")
    for bind in spec.binds:
        if not Path(bind.source).exists():
            raise PeerwatchError(f"There is no {bind.source} to be bound into the hosts.")


def _prefix(addresses: list[str]) -> int:
    """Return the length of the network that all addresses share, 24 at most."""
    numbers = [int(ipaddress.IPv4Address(one)) for one in addresses]
    differing = 0
    for number in numbers:
        differing |= number ^ numbers[0]
    return min(24, 32 - differing.bit_length())


def _limits(spec: InstanceSpec) -> dict[str, int]:
    """Return what a process of a host may use: no more than this process may hand on."""
    limits = spec.limits
    wanted = {
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_DATA": limits.memory,
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 8 * 1024 * 1024,
        "RLIMIT_MSGQUEUE": 8_192,  # nothing can look into them
    }
    hard = {name: resource.getrlimit(getattr(resource, name))[1] for name in wanted}
    return {
        name: value if hard[name] == resource.RLIM_INFINITY else min(value, hard[name])
        for name, value in wanted.items()
    }


@cache
def _setpriv(path: str) -> bytes:
    return Path(path).read_bytes()


def _entries(
    host: HostSpec,
    nodes: Mapping[str, Node],
    payload: bytearray,
    places: dict[bytes, int],
    age: Callable[[str], int],
) -> list[list[Any]]:
    """Return a host's nodes with ids as numbers; equal contents are put into the payload once."""
    passwd, groups = system.passwd(host), system.groups_of(host)
    entries: list[list[Any]] = []
    for path, node in system.with_parents(host, nodes).items():
        if node.owner not in passwd:
            uid = gid = passwd["nobody"][0]
        else:
            uid, gid = passwd[node.owner]
        if node.group:
            gid = groups[node.group]
        mtime = age(path) if node.mtime is None else node.mtime
        where: Any = node.target
        if node.kind == "f":
            found = places.get(node.data)
            if found is None:
                found = places[node.data] = len(payload)
                payload += node.data
            where = found
        entries.append([path, node.kind, node.mode, uid, gid, mtime, where, len(node.data)])
    return entries


def _tracked(digests: Sequence[str], places: Mapping[bytes, int]) -> list[tuple[str, int, int]]:
    """Return where each tracked content lies in the payload: digest, beginning and length."""
    if not digests:
        return []
    found = {content_digest(data): (start, len(data)) for data, start in places.items()}
    return [(one, *found[one]) for one in digests if one in found]


def _logins(spec: InstanceSpec) -> dict[tuple[str, str], Login]:
    found = {}
    for host in spec.hosts:
        groups = system.groups_of(host)
        found[host.name, "root"] = Login(0, 0, (0,), "/root", _env("root", "/root", "/bin/bash"))
        for one in host.accounts:
            more = tuple(groups[name] for name in one.groups)
            env = _env(one.name, one.directory, one.shell)
            found[host.name, one.name] = Login(
                one.uid, one.gid, (one.gid, *more), one.directory, env
            )
    if spec.backstage:
        first = spec.hosts[0].name
        found |= {("backstage", user): x for (host_, user), x in found.items() if host_ == first}
    return found


def _env(name: str, home: str, shell: str) -> dict[str, str]:
    return {
        "HOME": home,
        "USER": name,
        "LOGNAME": name,
        "SHELL": shell,
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
    }
