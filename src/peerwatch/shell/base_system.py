"""What every host has besides its own files: accounts, ``/etc``, keys, small tools."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files as resources

from peerwatch.shell.service_programs import described, service_text
from peerwatch.shell.spec import Account, HostSpec, InstanceSpec, Node, Unit
from peerwatch.shell.ssh_keys import KeyPair, key_pair
from peerwatch.shell.userland import alternatives

_SYSTEM_USERS = (
    ("daemon", 1, "/usr/sbin"), ("bin", 2, "/bin"), ("sys", 3, "/dev"),
    ("man", 6, "/var/cache/man"), ("mail", 8, "/var/mail"), ("www-data", 33, "/var/www"),
    ("backup", 34, "/var/backups"), ("sshd", 105, "/run/sshd"), ("nobody", 65534, "/nonexistent"),
)  # fmt: skip
GROUPS = {
    "root": 0, "daemon": 1, "bin": 2, "sys": 3, "adm": 4, "tty": 5, "disk": 6, "man": 12, "mail": 8,
    "sudo": 27, "www-data": 33, "backup": 34, "shadow": 42, "utmp": 43, "staff": 50, "users": 100,
    "_ssh": 101, "crontab": 102, "nogroup": 65534,
}  # fmt: skip
_NOGROUP = 65534
SHARED_GROUP = "staff"
SHARED_ROOTS = ("srv", "data", "mnt", "opt")
"""Top directories in which the staff may make, rename and remove files."""
OWNERS = {"root": 0} | {name: uid for name, uid, _ in _SYSTEM_USERS}

_SSHD = """Port 22
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
X11Forwarding no
KexAlgorithms curve25519-sha256
MaxStartups 60
MaxSessions 60
AcceptEnv LANG LC_*
Subsystem sftp internal-sftp
PidFile /run/sshd.pid
"""
_SSH = """Host *
    KexAlgorithms curve25519-sha256
    HostKeyAlgorithms ssh-ed25519
    PasswordAuthentication no
    SendEnv LANG LC_*
    HashKnownHosts no
    ConnectTimeout 10
    ControlMaster auto
    ControlPath ~/.ssh/cm-%C
    ControlPersist 10m
"""


@cache
def guest(name: str) -> bytes:
    """Return one of the small programs that hosts have."""
    return (resources("peerwatch.shell") / "guest" / name).read_bytes()


def passwd(host: HostSpec) -> Mapping[str, tuple[int, int]]:
    """Return the user and group number of every account of a host by name."""
    known = {name: (uid, GROUPS.get(name, _NOGROUP)) for name, uid in OWNERS.items()}
    known |= {name: (uid, uid) for name, uid in host.ids.items() if name not in known}
    return known | {one.name: (one.uid, one.gid) for one in host.accounts}


def groups_of(host: HostSpec) -> dict[str, int]:
    """Return the groups of a host by name."""
    return GROUPS | {one.name: one.gid for one in host.accounts if one.gid not in GROUPS.values()}


def nodes_of(
    spec: InstanceSpec, host: HostSpec, host_key: KeyPair, user_key: KeyPair, others: str
) -> dict[str, Node]:
    """Return everything that is written for a host, its own files last.

    Args:
        spec: The instance.
        host: The host.
        host_key: The key of its SSH server.
        user_key: The key by which accounts log in to other hosts.
        others: The known hosts, as SSH writes them.
    """
    nodes = dict(_frame())
    nodes |= _etc(spec, host)
    if host.ssh:
        nodes |= _ssh_nodes(host_key, others)
    for account in (Account("root", 0, 0), *host.accounts):
        nodes |= _home(account, user_key)
    if spec.trusted:
        nodes |= _trust(host.name == spec.trusted, key_pair(_ROOTS_KEY))
    for name, unit in host.units.items():
        nodes |= _unit_nodes(name, unit)
    return nodes | dict(host.nodes)


def _frame() -> Iterator[tuple[str, Node]]:
    folder = Node("d", mode=0o755)
    for name in SHARED_ROOTS:
        yield f"/{name}", Node("d", mode=0o2775, group=SHARED_GROUP)
    for path in ("/dev", "/etc", "/etc/skel", "/home", "/media", "/proc", "/run", "/sys",
                 "/usr", "/usr/local", "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib",
                 "/var", "/var/backups", "/var/cache", "/var/lib", "/var/log", "/var/mail",
                 "/var/spool", "/var/spool/cron",
                 "/run/sshd", "/run/lock", "/etc/init.d"):  # fmt: skip
        yield path, folder
    for path in ("/tmp", "/var/tmp"):
        yield path, Node("d", mode=0o1777)
    yield "/root", Node("d", mode=0o700)
    yield "/var/spool/cron/crontabs", Node("d", mode=0o1730)
    yield "/var/run", Node("l", target="/run")
    for name, target in alternatives():
        yield f"/etc/alternatives/{name}", Node("l", target=target)
    yield "/var/mail/messages", Node(mode=0o666)
    yield "/run/initctl", Node("p", mode=0o600)
    yield "/etc/init.d/rcS", Node(data=guest("rcS"), mode=0o755)
    for name in ("systemctl", "service", "sudo", "mail"):
        yield f"/usr/local/bin/{name}", Node(data=guest(name), mode=0o755)


def _etc(spec: InstanceSpec, host: HostSpec) -> dict[str, Node]:
    accounts = host.accounts
    lines = ["root:x:0:0:root:/root:/bin/bash"]
    lines += [
        f"{n}:x:{u}:{GROUPS.get(n, _NOGROUP)}:{n}:{h}:/usr/sbin/nologin"
        for n, u, h in _SYSTEM_USERS
    ]
    lines += [
        f"{a.name}:x:{a.uid}:{a.gid}:{a.full_name},,,:{a.directory}:{a.shell}" for a in accounts
    ]
    members = {
        name: ",".join(a.name for a in accounts if name in a.groups) for name in groups_of(host)
    }
    groups = [f"{name}:x:{gid}:{members[name]}" for name, gid in groups_of(host).items()]
    shadow = [f"{line.partition(':')[0]}:*:19700:0:99999:7:::" for line in lines]
    hosts = ["127.0.0.1 localhost", "::1 localhost ip6-localhost"]
    hosts += [f"{one.address} {one.name}" for one in spec.hosts]
    texts = {
        "/etc/passwd": lines,
        "/etc/group": groups,
        "/etc/hosts": hosts,
        "/etc/hostname": [host.name],
        "/etc/nsswitch.conf": ["passwd: files", "group: files", "shadow: files", "hosts: files"],
        "/etc/resolv.conf": ["# no name servers"],
        "/etc/shells": ["/bin/sh", "/bin/bash"],
        "/etc/login.defs": [
            "UID_MIN 1000", "UID_MAX 60000", "GID_MIN 1000", "GID_MAX 60000", "UMASK 022",
            "HOME_MODE 0755", "USERGROUPS_ENAB yes", "ENCRYPT_METHOD SHA512", "MAIL_DIR /var/mail",
        ],
        "/etc/profile": [
            'PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"',
            "export PATH",
        ],
        "/etc/environment": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        "/etc/pam.d/other": [
            "auth sufficient pam_rootok.so", "auth required pam_deny.so",
            "account required pam_permit.so", "password required pam_unix.so sha512",
            "session required pam_permit.so",
        ],
        "/etc/crontab": [
            "SHELL=/bin/sh",
            "PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin",
            "17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly",
            "25 6\t* * *\troot\tcd / && run-parts --report /etc/cron.daily",
            "47 6\t* * 7\troot\tcd / && run-parts --report /etc/cron.weekly",
        ],
    }  # fmt: skip
    nodes = {path: Node(data=("\n".join(text) + "\n").encode()) for path, text in texts.items()}
    text = ("\n".join(shadow) + "\n").encode()
    nodes["/etc/shadow"] = Node(data=text, mode=0o640, group="shadow")
    nodes["/etc/gshadow"] = Node(
        data="".join(f"{n}:*::{members[n]}\n" for n in groups_of(host)).encode(),
        mode=0o640,
        group="shadow",
    )
    nodes["/etc/os-release"] = Node("l", target="../usr/lib/os-release")
    nodes["/etc/mtab"] = Node("l", target="../proc/self/mounts")
    for path in ("/etc/cron.d", "/etc/cron.hourly", "/etc/systemd", "/etc/systemd/system", WANTS):
        nodes[path] = Node("d", mode=0o755)
    return nodes


WANTS = "/etc/systemd/system/multi-user.target.wants"
PROGRAMS = "/usr/local/sbin"
CRON = "/usr/sbin/cron"
"""The machine's own scheduler, where it has Debian's."""
_ROOTS_KEY = 60
"""The number of the key by which root of one host logs in to others; hosts are fewer."""


def has_cron() -> bool:
    """Return whether the machine has a scheduler for hosts to run."""
    return os.access(CRON, os.X_OK)


def command_of(name: str) -> list[str]:
    """Return what a service's unit starts: its own program, or the machine's where it has one."""
    return [CRON, "-f"] if name == "cron" and has_cron() else [f"{PROGRAMS}/{name}"]


def unit_path(name: str) -> str:
    """Return the path of a service's unit file."""
    return f"/etc/systemd/system/{name}.service"


def cron_path(name: str) -> str:
    """Return the path of the file by which cron runs a service."""
    return f"/etc/cron.d/{name}"


def _unit_nodes(name: str, unit: Unit) -> dict[str, Node]:
    about, command = described(name, unit.description), command_of(name)
    text = (
        f"[Unit]\nDescription={about}\nAfter=network.target\n\n[Service]\nType=simple\n"
        f"ExecStart={' '.join(command)}\n\n[Install]\nWantedBy=multi-user.target\n"
    )
    nodes = {unit_path(name): Node(data=text.encode())}
    if command[0] != CRON:
        nodes[command[0]] = Node(
            data=unit.program or service_text(name, unit.description), mode=0o755
        )
        if unit.running:  # it would make this itself, at the cost of a program more
            nodes[f"/run/{name}.in"] = Node("p", mode=0o600)
    if unit.enabled:
        nodes[f"{WANTS}/{name}.service"] = Node("l", target=unit_path(name))
    if unit.schedule:
        line = f"# {about}\n{unit.schedule} root {PROGRAMS}/{name} --due\n"
        nodes[cron_path(name)] = Node(data=line.encode())
    return nodes


def _trust(trusted: bool, key: KeyPair) -> dict[str, Node]:
    """Return the files by which root logs in to a host, and from it where it is the trusted one."""
    line = f"{key.public} root\n".encode()
    nodes = {"/root/.ssh": Node("d", mode=0o700)}
    nodes["/root/.ssh/authorized_keys"] = Node(data=line, mode=0o600)
    if trusted:
        nodes["/root/.ssh/id_ed25519"] = Node(data=key.private, mode=0o600)
        nodes["/root/.ssh/id_ed25519.pub"] = Node(data=line)
    return nodes


def _ssh_nodes(key: KeyPair, others: str) -> dict[str, Node]:
    return {
        "/etc/ssh": Node("d", mode=0o755),
        "/etc/ssh/sshd_config": Node(data=_SSHD.encode()),
        "/etc/ssh/ssh_config": Node(data=_SSH.encode()),
        "/etc/ssh/ssh_host_ed25519_key": Node(data=key.private, mode=0o600),
        "/etc/ssh/ssh_host_ed25519_key.pub": Node(data=key.public.encode() + b"\n"),
        "/etc/ssh/ssh_known_hosts": Node(data=others.encode()),
    }


def _home(account: Account, key: KeyPair) -> Iterator[tuple[str, Node]] | dict[str, Node]:
    home, own = account.directory, account.name
    nodes = {home: Node("d", mode=0o700 if account.uid == 0 else 0o755, owner=own)}
    prompt = b"PS1='\\u@\\h:\\w\\$ '\nalias ll='ls -l'\n"
    nodes[f"{home}/.bashrc"] = Node(data=prompt, owner=own)
    nodes[f"{home}/.profile"] = Node(
        data=b'[ -f "$HOME/.bashrc" ] && . "$HOME/.bashrc"\n', owner=own
    )
    if account.keys:
        public = f"{key.public} {own}\n".encode()
        nodes[f"{home}/.ssh"] = Node("d", mode=0o700, owner=own)
        nodes[f"{home}/.ssh/id_ed25519"] = Node(data=key.private, mode=0o600, owner=own)
        nodes[f"{home}/.ssh/id_ed25519.pub"] = Node(data=public, owner=own)
        nodes[f"{home}/.ssh/authorized_keys"] = Node(data=public, mode=0o600, owner=own)
    return nodes


def with_parents(host: HostSpec, nodes: Mapping[str, Node]) -> dict[str, Node]:
    """Return nodes with every missing directory, parents before what lies in them.

    A missing directory belongs to root; below the shared roots the staff may write to it, and below
    a home it belongs to whoever lives there.
    """
    homes = {one.directory: one.name for one in host.accounts}
    found: dict[str, Node] = {}
    for path in sorted(nodes):
        parts = path.split("/")
        for i in range(2, len(parts)):
            parent = "/".join(parts[:i])
            if parent not in found:
                found[parent] = nodes.get(parent) or _directory(parent, homes)
        found[path] = nodes[path]
    return found


def _directory(path: str, homes: Mapping[str, str]) -> Node:
    for home, name in homes.items():
        if path == home or path.startswith(home + "/"):
            return Node("d", mode=0o755, owner=name)
    if path.split("/")[1] in SHARED_ROOTS or path.startswith("/home/"):
        return Node("d", mode=0o2775, group=SHARED_GROUP)
    return Node("d", mode=0o755)


def now() -> int:
    """Return the moment the instance starts."""
    return int(time.time())
