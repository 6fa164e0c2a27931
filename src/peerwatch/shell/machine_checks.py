"""What the shell world needs of the machine, and what to do where it is missing."""

from __future__ import annotations

import os
import pwd
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from peerwatch.common.errors import PeerwatchError

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PACKAGES = {
    "bwrap": "bubblewrap",
    "sshd": "openssh-server",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "ip": "iproute2",
    "setpriv": "util-linux",
}
_INSTEAD = "The memory world needs none of this: use --world memory."
FIRST_ID, IDS = 1_000_000_000, 65_536
"""Where the user ids of instances begin when root starts them, and how many each has."""
ID_RANGES = 40_000
"""How many such ranges there are to draw from."""
_PROBE = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.unshare(0x7e020000):
    sys.exit(ctypes.get_errno())
child = os.fork()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
private, hidden = 0x44000, 14  # recursive and private; no suid, no devices, no programs
failed = libc.mount(b"none", b"/", None, private, None)
failed = failed or libc.mount(b"proc", b"/proc", b"proc", hidden, None)
sys.exit(ctypes.get_errno() if failed else 0)
"""
CONTAINER = (
    "In a container, start it with: docker run --security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined"
)
"""What a container needs for hosts to start in it: its engine forbids all of that by itself."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What was found on the machine."""

    bwrap: str
    sshd: str
    setpriv: str
    newuidmap: str
    newgidmap: str
    privileged: bool
    """Whether this process may map user ids by itself."""
    uids: tuple[int, int]
    """First user id and number of ids that an instance may be given."""
    gids: tuple[int, int]
    ranges: int = 1
    """How many ranges of ids there are for instances to draw from."""


@cache
def machine() -> Machine:
    """Return what the shell world will use on this machine.

    Raises:
        PeerwatchError: Something is missing; the message says what to install or to allow.
    """
    if sys.platform != "linux":
        raise PeerwatchError(f"The shell world needs Linux namespaces. {_INSTEAD}")
    found = {name: shutil.which(name, path=_PATH) for name in _PACKAGES}
    missing = sorted({_PACKAGES[name] for name, path in found.items() if path is None})
    if missing:
        names = ", ".join(name for name, path in found.items() if path is None)
        raise PeerwatchError(
            f"The shell world needs {names}. Install {', '.join(missing)}, for example: "
            f"apt-get install {' '.join(missing)}. {_INSTEAD}"
        )
    if not os.path.isdir("/usr/bin") or shutil.which("bash", path="/usr/bin:/bin") is None:
        raise PeerwatchError(f"The shell world needs bash under /usr/bin or /bin. {_INSTEAD}")
    _out_of_sight(os.path.realpath(__file__))
    _allowed()
    _room()
    _probed()
    privileged = os.geteuid() == 0
    helpers = {name: shutil.which(name, path=_PATH) or "" for name in ("newuidmap", "newgidmap")}
    if privileged:
        uids, gids = _mapped("/proc/self/uid_map"), _mapped("/proc/self/gid_map")
    else:
        if not all(helpers.values()):
            raise PeerwatchError(
                "Without root the shell world needs newuidmap and newgidmap. Install uidmap: "
                f"apt-get install uidmap. {_INSTEAD}"
            )
        uids, gids = _range("/etc/subuid"), _range("/etc/subgid")
    return Machine(
        bwrap=str(found["bwrap"]),
        sshd=str(found["sshd"]),
        setpriv=str(found["setpriv"]),
        newuidmap=helpers["newuidmap"],
        newgidmap=helpers["newgidmap"],
        privileged=privileged,
        uids=uids,
        gids=gids,
        ranges=ID_RANGES if privileged and (uids[0], gids[0]) == (FIRST_ID, FIRST_ID) else 1,
    )


def _out_of_sight(place: str) -> None:
    """Refuse where hosts would show this package: they read all of /usr but /usr/local."""
    if place.startswith("/usr/") and not place.startswith("/usr/local/"):
        raise PeerwatchError(
            f"This package lies in {os.path.dirname(place)}, which hosts of the shell world read: "
            "a critic would find it there. Install it in a virtual environment outside /usr."
        )


LEAST_FILES, LEAST_PROCESSES, LEAST_MEMORY = 1024, 512, 512 * 1024**2
"""What hosts need: open files of a process, processes of a user, bytes of memory."""
_NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")


def _room() -> None:
    """Refuse where this process may use too little for hosts to start, or to be worked on."""
    limits = (
        ("open files", resource.RLIMIT_NOFILE, LEAST_FILES, "ulimit -Hn", "nofile"),
        ("processes", resource.RLIMIT_NPROC, LEAST_PROCESSES, "ulimit -Hu", "nproc"),
    )
    for what, number, least, shown, name in limits:
        hard = resource.getrlimit(number)[1]
        if hard not in (resource.RLIM_INFINITY, -1) and hard < least:
            raise PeerwatchError(
                f"The shell world needs {least} {what}, and no more than {hard} are allowed here "
                f"({shown}). Raise '{name}' in /etc/security/limits.conf or where the container "
                f"is started (--ulimit {name}={least}). {_INSTEAD}"
            )
    free = _free_memory()
    if free < LEAST_MEMORY:
        raise PeerwatchError(
            f"The shell world keeps the disks of its hosts in memory and needs "
            f"{LEAST_MEMORY >> 20} MiB of it; {free >> 20} are free. {_INSTEAD}"
        )


def _free_memory() -> int:
    """Return the bytes of memory that can be had; what is needed where nobody says so."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError as error:
        raise PeerwatchError(
            f"The shell world needs /proc, which cannot be read here ({error.strerror}). {_INSTEAD}"
        ) from error
    found = (line.split() for line in lines if line.startswith("MemAvailable:"))
    return next((int(words[1]) * 1024 for words in found), LEAST_MEMORY)


def _allowed() -> None:
    """Refuse where the kernel is set to refuse namespaces."""
    settings = {
        **{f"/proc/sys/user/max_{one}_namespaces": "0" for one in _NAMESPACES},
        "/proc/sys/kernel/unprivileged_userns_clone": "0",
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
    }
    for path, refused in settings.items():
        always = path.endswith("_namespaces")
        if os.geteuid() == 0 and not always:
            continue  # root is not held to these
        try:
            value = Path(path).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if value == refused:
            name = path.removeprefix("/proc/sys/").replace("/", ".")
            other = "15000" if always else "1" if refused == "0" else "0"
            raise PeerwatchError(
                f"This machine forbids namespaces ({name}={value}). An administrator can "
                f"allow them: sysctl -w {name}={other}. {_INSTEAD}"
            )


def _probed() -> None:
    """Refuse where namespaces cannot be made and no setting says so, as in a container."""
    argv = [sys.executable, "-I", "-S", "-c", _PROBE]
    code = subprocess.run(argv, capture_output=True, check=False).returncode
    if code:
        why = os.strerror(code) if code > 0 else f"the attempt was ended by signal {-code}"
        raise PeerwatchError(
            f"This machine does not let the shell world make namespaces ({why}). {CONTAINER}. "
            f"{_INSTEAD}"
        )


def _mapped(path: str) -> tuple[int, int]:
    """Return the ids that root may hand on: those that its own user namespace has.

    Raises:
        PeerwatchError: They are too few, as in a container of a user without root.
    """
    lines = Path(path).read_text(encoding="ascii").splitlines()
    extents = [(int(first), int(count)) for first, _, count in map(str.split, lines)]
    last = FIRST_ID + ID_RANGES * IDS
    if any(first <= FIRST_ID and first + count >= last for first, count in extents):
        return FIRST_ID, IDS
    first, count = max(extents, key=lambda one: one[1])
    if first == 0:  # root's own id stays outside
        first, count = 1, count - 1
    if count < IDS - 1:
        raise PeerwatchError(
            f"The shell world needs {IDS} user ids, and this container has {count} ({path}). "
            f"{CONTAINER}, as root. {_INSTEAD}"
        )
    return first, min(count, IDS)


def _range(path: str) -> tuple[int, int]:
    """Return the largest range of ids that the user was given, cut to what is needed."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    ranges = []
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    for line in lines:
        name, _, rest = line.partition(":")
        first, _, count = rest.partition(":")
        if name in (me, str(os.geteuid())) and first.isdigit() and count.strip().isdigit():
            ranges.append((int(first), int(count)))
    best = max(ranges, key=lambda one: one[1], default=(0, 0))
    if best[1] < IDS:
        raise PeerwatchError(
            f"Without root the shell world needs {IDS} ids of your own in {path}, and {me} has "
            f"{best[1]}. An administrator can give them: usermod --add-subuids 100000-165535 "
            f"--add-subgids 100000-165535 {me}. {_INSTEAD}"
        )
    return best[0], IDS
