"""Starting processes: helpers of the keeper, and sessions inside a host."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple, NoReturn

from peerwatch.shell.inside import linux_calls as calls

HOST_NAMESPACES = calls.NEWNS | calls.NEWNET | calls.NEWIPC | calls.NEWUTS | calls.NEWCGROUP
_OWN_TIME = os.path.exists("/proc/self/ns/time")
"""Whether the kernel lets hosts have been up for a time of their own."""
_KEPT = frozenset({0, 1, 2, 3, 4, 5, 6, 7, 10, 18, 31})
"""Capabilities that root of a host keeps: files, ids, signals, low ports, chroot, file caps."""


class RunningHost(NamedTuple):
    """A running host as the keeper knows it."""

    name: str
    root: str
    """Its tree in the keeper's view."""
    init: int
    """Its process 1, by the keeper's numbers."""
    pidfd: int
    pid_namespace: int
    """An open file of its pid namespace, for processes to be born in."""
    full: bool = False
    """Whether its root keeps every capability: the harness's own tools run there, nobody else."""


class HostSession(NamedTuple):
    """Who runs what, where, inside a host."""

    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: str
    uid: int
    gid: int
    groups: Sequence[int]
    limits: Mapping[str, int]
    filter: bytes = b""
    """A seccomp program."""
    passed: int = 0
    """Process ids that are passed over before the host's next process."""


def spawn(
    argv: Sequence[str],
    fds: Mapping[int, int] | None = None,
    beside: RunningHost | None = None,
    limits: Mapping[str, int] | None = None,
    up: int | None = None,
) -> int:
    """Start a helper in the keeper's own namespaces and return its process id.

    Args:
        argv: The command; its file is looked for in the system directories.
        fds: Numbers in the new process, and the open files they stand for.
        beside: A host whose network, name and shared memory it gets.
        limits: What it may use.
        up: Seconds that the system seems to have been up for what it starts; the machine's own if
            left out.
    """
    pid = os.fork()
    if pid:
        return pid
    try:
        if up is not None:
            _set_uptime(up)
        if beside is not None:
            calls.setns(beside.pidfd, calls.NEWNET | calls.NEWUTS | calls.NEWIPC)
        _rewire(fds or {})
        _defaults()
        _limit(limits or {})
        os.execvpe(argv[0], list(argv), {"PATH": SYSTEM_PATH, "LC_ALL": "C"})
    finally:
        os._exit(127)


SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def has_ended(pid: int) -> int:
    """Wait for a helper and return its exit code."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def start_session(host: RunningHost, session: HostSession, fds: Sequence[int]) -> int:
    """Start a process inside a host and return its id by the keeper's numbers.

    Args:
        host: The host.
        session: What to run and as whom.
        fds: Its files, from standard input on.
    """
    calls.setns(host.pid_namespace, calls.NEWPID)  # for the children; the keeper stays outside
    try:
        pid = os.fork()
    finally:
        if os.getpid() == 1 and _born_in is not None:
            calls.setns(_born_in, calls.NEWPID)
    if pid:
        return pid
    try:
        _enter(host, session, fds)
    except BaseException as error:  # nothing of the keeper may run on in the child
        os.write(2, f"{session.argv[0] if session.argv else ''}: {error}\n".encode())
    finally:
        os._exit(127)


_born_in: int | None = None


def remember_namespace() -> None:
    """Keep the keeper's own pid namespace open, to come back to."""
    global _born_in
    _born_in = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)


def in_host(host: RunningHost) -> None:
    """Join a host's namespaces, its pid namespace aside."""
    calls.setns(host.pidfd, HOST_NAMESPACES)
    if _OWN_TIME and not host.full:
        calls.setns(host.pidfd, calls.NEWTIME)


def _set_uptime(up: int) -> None:
    """Let what this process starts see the system as up for some seconds.

    A kernel without time namespaces shows the machine's own.
    """
    now = int(time.clock_gettime(time.CLOCK_BOOTTIME))
    try:
        calls.unshare(calls.NEWTIME)
        calls.prctl(calls.PR_SET_DUMPABLE, 1)  # so that the file is its own; until it is replaced
        with open("/proc/self/timens_offsets", "w", encoding="ascii") as file:
            file.write("".join(f"{one} {up - now} 0\n" for one in ("monotonic", "boottime")))
    except OSError:
        return


def pass_over(count: int) -> None:
    """Let the next process of this one's pid namespace have an id so much higher.

    Needs a kernel made with checkpoints; elsewhere ids go on from the last.
    """
    try:
        with open("/proc/sys/kernel/ns_last_pid", "r+", encoding="ascii") as file:
            last = int(file.read())
            file.seek(0)
            file.write(str(last + count))
    except OSError:
        return


def pass_over_in(host: RunningHost, count: int) -> None:
    """Do the same in a host."""
    calls.setns(host.pid_namespace, calls.NEWPID)
    pid = os.fork()
    if pid == 0:
        try:
            pass_over(count)
        finally:
            os._exit(0)
    if _born_in is not None:
        calls.setns(_born_in, calls.NEWPID)
    os.waitpid(pid, 0)


def _enter(host: RunningHost, session: HostSession, fds: Sequence[int]) -> NoReturn:
    _first_to_go()
    in_host(host)
    os.setsid()
    _rewire(dict(enumerate(fds)))
    _defaults()
    _limit(session.limits)
    os.umask(0o022)
    if session.passed:
        pass_over(session.passed)
    if session.filter and not host.full:
        _install(session.filter)
    for capability in () if host.full else range(64):
        if capability not in _KEPT and calls.prctl(calls.PR_CAPBSET_DROP, capability) < 0:
            break  # past the last one the kernel knows
    os.setgroups(list(session.groups))
    os.setresgid(session.gid, session.gid, session.gid)
    os.setresuid(session.uid, session.uid, session.uid)
    try:
        os.chdir(session.cwd)
    except OSError as error:
        os.write(2, f"cd: {session.cwd}: {error.strerror}\n".encode())
        os._exit(126)
    try:
        os.execvpe(session.argv[0], list(session.argv), dict(session.env))
    except PermissionError:
        os.write(2, f"{session.argv[0]}: Permission denied\n".encode())
        os._exit(126)
    except OSError as error:
        os.write(2, f"{session.argv[0]}: {error.strerror}\n".encode())
        os._exit(127)


def _first_to_go() -> None:
    """Be ended before the keeper is, where memory runs out."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("300")
    except OSError:
        return


def _limit(limits: Mapping[str, int]) -> None:
    for name, value in limits.items():
        resource.setrlimit(getattr(resource, name), (value, value))


def _install(program: bytes) -> None:
    import ctypes

    class _Program(ctypes.Structure):
        _fields_ = [("count", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    buffer = ctypes.create_string_buffer(program, len(program))
    prog = _Program(len(program) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    if calls.prctl(calls.PR_SET_SECCOMP, calls.SECCOMP_MODE_FILTER, ctypes.byref(prog)) < 0:
        raise OSError("the system call filter was refused")


def _rewire(fds: Mapping[int, int]) -> None:
    """Make the given files the process's only ones."""
    high = {number: os.dup(fd) for number, fd in fds.items()}
    while any(fd < 16 for fd in high.values()):
        high = {n: fd if fd >= 16 else os.dup(fd) for n, fd in high.items()}
    for number, fd in high.items():
        os.dup2(fd, number)
    if 0 not in fds or 1 not in fds or 2 not in fds:
        null = os.open("/dev/null", os.O_RDWR)
        for number in (0, 1, 2):
            if number not in fds:
                os.dup2(null, number)
    last = max((2, *fds)) + 1
    os.closerange(last, 4096)


def _defaults() -> None:
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
