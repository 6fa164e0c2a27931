"""Bringing an instance up: namespaces, trees, hosts, the network between them, services."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import stat
import time
from collections.abc import Mapping, Sequence
from typing import Any

from peerwatch.shell.inside import linux_calls as calls
from peerwatch.shell.inside.process import (
    HostSession,
    RunningHost,
    has_ended,
    in_host,
    pass_over_in,
    remember_namespace,
    spawn,
    start_session,
)
from peerwatch.shell.inside.wire import receive, send

_LISTENS = 60.0
"""Seconds that an SSH server is given to come up."""
_SSH, _LISTENING = ":0016", "0A"
"""Port 22, and the state of a socket that takes connections, as the kernel's table has them."""
PLACE = "/run"
"""Where the trees of the hosts are mounted, in the keeper's own view of the machine."""
BACKSTAGE = "backstage"
_NAMESPACES = (
    calls.NEWUSER | calls.NEWNET | calls.NEWNS | calls.NEWPID | calls.NEWIPC
    | calls.NEWUTS | calls.NEWCGROUP
)  # fmt: skip
_BASE = ("bin", "sbin", "lib", "lib64", "lib32", "libx32")


def enter(
    sock: socket.socket, config: Mapping[str, Any], others: Sequence[int]
) -> tuple[list[int], int | None]:
    """Leave the machine's namespaces; return in the process that is first in the new ones.

    The files to be bound into hosts are opened before that, with the rights of the caller.

    Args:
        sock: Where the harness is.
        config: What the keeper is told.
        others: Open files that only the process that returns is to have.

    Returns:
        These, and the machine's ``/usr`` as a tree that belongs to the instance's own root, where
        the kernel makes such.
    """
    trees = [calls.open_tree(bind["source"]) for bind in config["binds"]]
    calls.unshare(_NAMESPACES)
    send(sock, {"step": "unshared"})
    _, _, programs = receive(sock)  # the ids are mapped
    parent = os.getpid()
    pid = os.fork()
    if pid:
        sock.close()
        for fd in others:
            os.close(fd)
        os._exit(has_ended(pid) & 0xFF)
    calls.prctl(calls.PR_SET_PDEATHSIG, 9)
    del parent
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    calls.prctl(calls.PR_SET_DUMPABLE, 0)
    calls.prctl(calls.PR_SET_PDEATHSIG, 9)  # changing ids has cleared it
    return trees, next(iter(programs), None)


def build_hosts(
    config: Mapping[str, Any], payload: bytes, trees: Sequence[int], programs: int | None
) -> list[RunningHost]:
    """Mount the trees, start the hosts and connect them."""
    calls.mount("none", "/", flags=calls.MS_REC | calls.MS_PRIVATE)
    calls.mount("proc", "/proc", "proc", calls.MS_NOSUID | calls.MS_NODEV | calls.MS_NOEXEC)
    calls.rename_process("init")
    remember_namespace()
    flags = calls.MS_NOSUID | calls.MS_NODEV | calls.MS_NOATIME
    calls.mount("lxcfs", PLACE, "tmpfs", flags, "size=4m,mode=0755")
    for number, tree in enumerate(trees):
        _bind_tree(number, tree, config["binds"][number]["source"])
    _mount_programs(config["hidden"], programs)
    os.mkdir(f"{PLACE}/lxcfs")
    _forbid_namespaces()
    _share_no_sockets()
    started = []
    for number, host in enumerate(config["hosts"]):
        _tree(number, host, memoryview(payload))
        started.append((host, *_start(number, host, config)))
    hosts = [
        _host(f"{PLACE}/h{number}", host["name"], *rest)
        for number, (host, *rest) in enumerate(started)
    ]
    _connect(config, hosts)
    if config["backstage"]:
        hosts.append(_backstage(config, hosts[0]))
    return hosts


def _bind_tree(number: int, tree: int, source: str) -> None:
    place = f"{PLACE}/bind{number}"
    if os.path.isdir(f"/proc/self/fd/{tree}"):
        os.mkdir(place)
    else:
        _write(place, b"")
    calls.move_mount(tree, place)
    os.close(tree)
    if os.path.isdir(place):
        _hide_source(number)


def _hide_source(number: int) -> None:
    """Lay an overlay over a bound directory, so that hosts do not read where it comes from.

    Kernels before 5.11 refuse that in a user namespace; the path then shows in ``mountinfo``.
    """
    os.makedirs(f"{PLACE}/none", exist_ok=True)
    os.chdir(PLACE)  # relative names, so that they tell nothing either
    flags = calls.MS_NOSUID | calls.MS_NODEV | calls.MS_RDONLY
    with contextlib.suppress(OSError):
        calls.mount("overlay", f"bind{number}", "overlay", flags, f"lowerdir=bind{number}:none")
    os.chdir("/")


def _mount_programs(hidden: Mapping[str, Sequence[str]], programs: int | None) -> None:
    """Put the hosts' ``/usr`` in place: the machine's, without what a server would not have.

    A layer over it covers each path that is hidden with a mark that stands for nothing (character
    device 0:0, which needs no rights). Where the kernel refuses, hosts see the machine's as it is.
    """
    os.mkdir(f"{PLACE}/usr")
    _mark_hidden(f"{PLACE}/site", hidden)
    below = ["/usr"]
    if programs is not None:
        os.mkdir(f"{PLACE}/base")
        calls.move_mount(programs, f"{PLACE}/base")
        os.close(programs)
        below.insert(0, "base")  # a relative name tells nothing where the mounts are listed
    os.chdir(PLACE)
    flags = calls.MS_NOSUID | calls.MS_NODEV | calls.MS_RDONLY | calls.MS_NOATIME
    for lower in below:
        with contextlib.suppress(OSError):
            calls.mount("overlay", "usr", "overlay", flags, f"lowerdir=site:{lower}")
            break
    else:
        calls.mount("/usr", "usr", flags=calls.MS_BIND | calls.MS_REC)
    if programs is not None:  # the instance's root owns what lies there, and is not to reach it
        calls.detach(f"{PLACE}/base")
    os.chdir("/")


def _mark_hidden(site: str, hidden: Mapping[str, Sequence[str]]) -> None:
    """Fill the layer over ``/usr``; its directories are as old as those they lie over."""
    os.mkdir(site)
    calls.mount("site", site, "tmpfs", calls.MS_NOSUID | calls.MS_NODEV, "size=16g,mode=0755")
    folders = sorted({*hidden, ""})
    for folder in folders:
        os.makedirs(f"{site}/{folder}", exist_ok=True)
        for name in hidden.get(folder, ()):
            with contextlib.suppress(OSError):  # the kernel refuses before 5.8
                os.mknod(f"{site}/{folder}/{name}", stat.S_IFCHR, 0)
    for folder in reversed(folders):
        changed = int(os.stat(f"/usr/{folder}").st_mtime)
        os.utime(f"{site}/{folder}", (changed, changed))


def _forbid_namespaces() -> None:
    """Let nothing in the instance make user namespaces, the usual way to more rights."""
    try:
        _write("/proc/sys/user/max_user_namespaces", b"0")
    except OSError:  # the system call filter forbids it too
        return


def _share_no_sockets() -> None:
    """Give each host a table of TCP connections of its own, of a small server's size.

    The machine's is walked whole by whoever lists a host's connections, as a look does, and says by
    a size below 0 that it is shared. Kernels before 6.1 have no other.
    """
    with contextlib.suppress(OSError):
        _write("/proc/sys/net/ipv4/tcp_child_ehash_entries", b"4096")


def _write(path: str, data: bytes | memoryview) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        done = os.write(fd, data)
        while done < len(data):
            done += os.write(fd, data[done:])
    finally:
        os.close(fd)


def _tree(number: int, host: Mapping[str, Any], payload: memoryview) -> None:
    """Mount a host's own file system and write its files."""
    base = f"{PLACE}/h{number}"
    os.mkdir(base)
    # Without times of reading, a look leaves nothing behind in them.
    calls.mount(host["disk"], base, "tmpfs", calls.MS_NODEV | calls.MS_NOATIME, host["mount"])
    os.mkdir(f"{base}/root", 0o755)
    os.mkdir(f"{base}/local", 0o755)
    times = []
    for path, kind, mode, uid, gid, mtime, where, length in host["entries"]:
        local = path == "/usr/local" or path.startswith("/usr/local/")
        full = f"{base}/local{path[10:]}" if local else f"{base}/root{path}"
        if kind == "l":
            os.symlink(where, full)
        elif kind == "p":
            os.mkfifo(full)
        elif kind == "f":
            _write(full, payload[where : where + length])
        elif not os.path.isdir(full):
            os.mkdir(full)
        if uid or gid:
            os.lchown(full, uid, gid)
        if kind != "l":
            os.chmod(full, mode)
        times.append((full, mtime))
    for full, mtime in reversed(times):  # a directory after what lies in it
        os.utime(full, (mtime, mtime), follow_symlinks=False)


def _start(number: int, host: Mapping[str, Any], config: Mapping[str, Any]) -> tuple[int, int]:
    """Start one host; return the files on which it tells its process id and that it is ready."""
    base = f"{PLACE}/h{number}"
    info, info_in = os.pipe()
    ready, ready_in = os.pipe()
    argv = [
        config["bwrap"], "--as-pid-1", "--die-with-parent", "--new-session",
        "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
        "--unshare-cgroup-try", "--hostname", host["name"], "--clearenv",
        *_view(base), *_bound(config, host["name"]), "--dev", "/dev", "--proc", "/proc",
    ]  # fmt: skip
    argv += _masks(number, host["masks"])
    argv += ["--setenv", "PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "--info-fd", "8", "--chdir", "/"]
    argv += ["/bin/bash", "-c", "exec -a /sbin/init /bin/bash </etc/init.d/rcS"]
    spawn(argv, {8: info_in, 9: ready_in}, up=host["up"])
    os.close(info_in)
    os.close(ready_in)
    return info, ready


def _masks(number: int, masks: Mapping[str, str]) -> list[str]:
    """Write what a host reads in place of some files of ``/proc``; return the binds."""
    argv = []
    os.mkdir(f"{PLACE}/lxcfs/{number}")
    for name, text in masks.items():
        if os.path.exists(f"/proc/{name}"):
            path = f"{PLACE}/lxcfs/{number}/{name.rpartition('/')[2]}"
            _write(path, text.encode())
            argv += ["--ro-bind", path, f"/proc/{name}"]
    return argv


def _view(base: str) -> list[str]:
    """Return the binds that make a host's tree its root, with the machine's programs in it."""
    argv = ["--bind", f"{base}/root", "/", "--ro-bind", f"{PLACE}/usr", "/usr"]
    argv += ["--bind", f"{base}/local", "/usr/local"]
    for name in _BASE:
        if os.path.islink(f"/{name}"):
            if not os.path.lexists(link := f"{base}/root/{name}"):
                made = int(os.lstat(f"/{name}").st_mtime)
                os.symlink(os.readlink(f"/{name}"), link)
                os.utime(link, (made, made), follow_symlinks=False)
        elif os.path.isdir(f"/{name}"):
            argv += ["--ro-bind", f"/{name}", f"/{name}"]
    return argv


def _bound(config: Mapping[str, Any], name: str) -> list[str]:
    argv = []
    for index, bind in enumerate(config["binds"]):
        if bind["hosts"] is None or name in bind["hosts"]:
            argv += ["--ro-bind", f"{PLACE}/bind{index}", bind["target"]]
    return argv


def _backstage(config: Mapping[str, Any], host: RunningHost) -> RunningHost:
    """Start the place beside a host where the harness's own tools run, unseen from the host.

    It has the host's files and network, and its own temporary directories and processes.
    """
    prctl = {"x86_64": "157", "aarch64": "167"}.get(os.uname().machine, "0")
    text = config["backstage"].replace("@INIT@", str(host.init)).replace("@PRCTL@", prctl)
    _write(f"{PLACE}/stage", text.encode())
    os.chmod(f"{PLACE}/stage", 0o755)
    _write(f"{PLACE}/stage.calls", bytes.fromhex(config["filter"]))
    info, info_in = os.pipe()
    ready, ready_in = os.pipe()
    argv = [config["bwrap"], "--die-with-parent", "--clearenv", "--cap-add", "ALL"]
    argv += _view(host.root)
    for path in ("/tmp", "/var/tmp", "/opt"):
        argv += ["--perms", "1777", "--size", str(1 << 30), "--tmpfs", path]
    for name in ("stage", "stage.calls"):
        argv += ["--ro-bind", f"{PLACE}/{name}", f"/opt/{name}"]
    argv += _bound(config, host.name)
    argv += ["--dev", "/dev", "--proc", "/proc", "--info-fd", "8", "--chdir", "/"]
    argv += ["/bin/sh", "-c", "printf up >&9; exec 9>&-; exec sleep infinity"]
    spawn(argv, {8: info_in, 9: ready_in}, host)
    os.close(info_in)
    os.close(ready_in)
    return _host(host.root, BACKSTAGE, info, ready)._replace(full=True)


def _host(base: str, name: str, info: int, ready: int) -> RunningHost:
    """Return a host once it has come up."""
    text = _read_all(info)
    if not text:
        raise OSError(f"the host {name} did not start (bubblewrap gave no process)")
    pid = int(json.loads(text)["child-pid"])
    if not _read_all(ready):
        raise OSError(f"the host {name} did not start (its process 1 ended)")
    pidfd = os.pidfd_open(pid)
    space = os.open(f"/proc/{pid}/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    return RunningHost(name, base, pid, pidfd, space)


def _read_all(fd: int) -> bytes:
    with os.fdopen(fd, "rb") as file:
        return file.read()


def _connect(config: Mapping[str, Any], hosts: Sequence[RunningHost]) -> None:
    """Join the hosts by a bridge that the keeper alone holds, and give them their addresses."""
    lines = ["link set lo up", "link add br0 type bridge", "link set br0 up"]
    for number, host in enumerate(hosts):
        lines.append(f"link add v{number} type veth peer name eth0 netns {host.init}")
        lines.append(f"link set v{number} master br0 up")
    _ended([_batch(lines, None)])
    _ended(
        [
            _batch(
                ["link set lo up", f"addr add {spec['address']} dev eth0", "link set eth0 up"],
                host,
                spec["device_mount"],
            )
            for host, spec in zip(hosts, config["hosts"], strict=True)
        ]
    )


def _ended(pids: Sequence[int]) -> None:
    if any([has_ended(pid) for pid in pids]):
        raise OSError("'ip' could not connect the hosts")


def _batch(lines: Sequence[str], host: RunningHost | None, devices: str = "") -> int:
    """Start ``ip`` on some lines in a host's network, or in the keeper's."""
    out, into = os.pipe()
    os.write(into, "\n".join(lines).encode() + b"\n")
    os.close(into)
    if host is None:
        pid = spawn(["ip", "-batch", "-"], {0: out})
    else:
        pid = os.fork()
        if pid == 0:
            try:
                in_host(host)
                flags = calls.MS_REMOUNT | calls.MS_NOSUID | calls.MS_NOATIME
                calls.mount("tmpfs", "/dev", "tmpfs", flags, devices)
                os.chmod("/dev/shm", 0o1777)
                flags = calls.MS_REMOUNT | calls.MS_BIND | calls.MS_NODEV
                calls.mount("none", "/usr/local", flags=flags)  # without nosuid
                os.dup2(out, 0)
                os.execvpe("ip", ["ip", "-batch", "-"], {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
            except BaseException as error:
                os.write(2, f"{error}\n".encode())
            finally:
                os._exit(127)
    os.close(out)
    return pid


def start_services(config: Mapping[str, Any], hosts: Sequence[RunningHost]) -> dict[str, int]:
    """Start what each host runs from the beginning, and wait until it runs.

    Returns:
        By host, an open file of what its SSH server says: out of reach for whoever logs in.
    """
    null = os.open("/dev/null", os.O_RDWR | os.O_CLOEXEC)
    up, up_in = os.pipe()
    logs = {}
    for host, spec in zip(hosts, config["hosts"], strict=False):  # backstage has none
        said = null
        if spec["sshd"]:
            logs[host.name], said = os.pipe()
            os.set_blocking(logs[host.name], False)
            os.set_blocking(said, False)  # a full pipe loses lines and stops nobody
            fcntl.fcntl(said, fcntl.F_SETPIPE_SZ, 1 << 18)
        start_session(host, _services(spec, config), (null, null, null, up_in, said))
        if said != null:
            os.close(said)
    os.close(up_in)
    os.close(null)
    _read_all(up)
    for host, spec in zip(hosts, config["hosts"], strict=False):
        pass_over_in(host, spec["passed"][1])
        if host.name in logs:
            _await_listener(host)
    return logs


_SETSID = {"aarch64": 157}.get(os.uname().machine, 112)
_START_ALL = f"""
open(my $up, ">&=", 3) and open(my $said, ">&=", 4) or die;
fcntl($_, 2, 1) for $up, $said;
while (@ARGV) {{
    my ($tells, @one) = splice(@ARGV, 0, 2 + shift);
    next if fork;
    syscall({_SETSID});
    open(STDERR, ">&", $said) if $tells;
    exec {{ $one[0] }} @one or die;
}}
"""
"""Starts programs, each in a session of its own, and tells by the end of file 3 that all run.

Of each are given how many arguments it has, whether it writes its errors to file 4, and itself.
"""


def _services(spec: Mapping[str, Any], config: Mapping[str, Any]) -> HostSession:
    """Return what starts all that a host runs: one fork of the keeper, which are dear."""
    commands = [("", *one) for one in spec["start"]]
    if spec["sshd"]:
        commands.append(("1", *spec["sshd"]))
    counted = (word for one in commands for word in (str(len(one) - 2), *one))
    return HostSession(
        ["/usr/bin/perl", "-e", _START_ALL, *counted],
        {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"},
        *("/", 0, 0, (0,), spec["limits"], bytes.fromhex(config["filter"]), spec["passed"][0]),
    )


def _await_listener(host: RunningHost) -> None:
    """Wait until a host's SSH server takes connections: it runs some time before it listens.

    Raises:
        OSError: It does not within ``_LISTENS`` seconds.
    """
    end = time.monotonic() + _LISTENS
    while time.monotonic() < end:
        with open(f"/proc/{host.init}/net/tcp", encoding="ascii") as file:
            sockets = [line.split() for line in file][1:]
        if any(words[1].endswith(_SSH) and words[3] == _LISTENING for words in sockets):
            return
        time.sleep(0.002)
    raise OSError(f"the SSH server of the host {host.name} took no connections")
