"""The Linux calls that Python 3.11 has no function for."""

from __future__ import annotations

import ctypes
import os

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET, NEWTIME = 0x10000000, 0x20000000, 0x40000000, 0x80
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_NOATIME, MS_BIND, MS_REC, MS_PRIVATE = 1024, 4096, 16384, 1 << 18
_AT_FDCWD, _AT_EMPTY_PATH, _AT_RECURSIVE = -100, 0x1000, 0x8000
_OPEN_TREE, _MOVE_MOUNT, _OPENAT2, _MOUNT_SETATTR = 428, 429, 437, 442  # on every architecture
_ATTR_IDMAP, _ATTR_READ_ONLY = 0x00100000, 0x1 | 0x2 | 0x4  # no programs of others, no devices
_MNT_DETACH = 2
_NO_LINKS_BENEATH = 0x02 | 0x04 | 0x08
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result


def unshare(flags: int) -> None:
    """Leave the namespaces of the parent."""
    _checked(_libc.unshare(flags), "unshare")


def setns(fd: int, flags: int) -> None:
    """Join namespaces."""
    _checked(_libc.setns(fd, flags), "setns")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mount."""
    done = _libc.mount(
        source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()
    )
    _checked(done, f"mount {kind or 'bind'} on {target}")


def open_tree(path: str, recursive: bool = True) -> int:
    """Return a detached copy of the mounts at a path, to be put in place later."""
    flags = 1 | os.O_CLOEXEC | (_AT_RECURSIVE if recursive else 0)  # OPEN_TREE_CLONE
    fd = _libc.syscall(_OPEN_TREE, _AT_FDCWD, path.encode(), ctypes.c_uint(flags))
    return _checked(fd, f"open_tree {path}")


def move_mount(fd: int, target: str) -> None:
    """Put a detached tree in place."""
    done = _libc.syscall(_MOVE_MOUNT, fd, b"", _AT_FDCWD, target.encode(), ctypes.c_uint(4))
    _checked(done, f"move_mount on {target}")


def detach(target: str) -> None:
    """Take a mount out of reach; what is mounted over it or uses it stays."""
    _checked(_libc.umount2(target.encode(), _MNT_DETACH), f"umount {target}")


class _Attributes(ctypes.Structure):
    """What ``mount_setattr`` changes."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "users")]


def map_tree(fd: int, users: int) -> None:
    """Let a detached tree belong to the users of a user namespace: its root's files to root there.

    It can be read only: that root is not the machine's.

    Args:
        fd: The tree.
        users: An open file of the namespace.
    """
    how = _Attributes(_ATTR_IDMAP | _ATTR_READ_ONLY, 0, 0, users)
    size = ctypes.c_size_t(ctypes.sizeof(how))
    flags = ctypes.c_uint(_AT_EMPTY_PATH)
    _checked(_libc.syscall(_MOUNT_SETATTR, fd, b"", flags, ctypes.byref(how), size), "map_tree")


class _How(ctypes.Structure):
    """How ``openat2`` opens."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("flags", "mode", "resolve")]


def open_beneath(directory: int, path: str, flags: int) -> int:
    """Open what lies at a path below an open directory; no link on the way is followed."""
    how = _How(flags | os.O_CLOEXEC, 0, _NO_LINKS_BENEATH)
    fd = _libc.syscall(
        _OPENAT2,
        directory,
        os.fsencode(path),
        ctypes.byref(how),
        ctypes.c_size_t(ctypes.sizeof(how)),
    )
    return _checked(fd, f"open {path[-200:]}")


def tee(source: int, target: int, count: int) -> int:
    """Copy what waits in one pipe into another; it stays in the first."""
    done = _libc.tee(source, target, ctypes.c_size_t(count), ctypes.c_uint(2))  # do not wait
    return _checked(done, "tee")


_libc.shmat.restype = ctypes.c_void_p


def attach_segment(number: int, flags: int) -> int:
    """Return the address at which a segment of shared memory is seen."""
    address = _libc.shmat(number, None, flags)
    if address is None or address == ctypes.c_void_p(-1).value:
        _checked(-1, f"shmat {number}")
    return int(address)


def detach_segment(address: int) -> None:
    """See a segment no longer."""
    _checked(_libc.shmdt(ctypes.c_void_p(address)), "shmdt")


def prctl(option: int, value: int = 0, pointer: object = 0) -> int:
    """Call prctl; returns -1 where it fails."""
    return int(_libc.prctl(option, ctypes.c_ulong(value), pointer, 0, 0))


def rename_process(name: str) -> None:
    """Write a name over this process's own command line and its comm."""
    with open("/proc/self/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])  # arg_start, arg_end
    text = name.encode()[: end - start - 1]
    ctypes.memset(start, 0, end - start)
    ctypes.memmove(start, text, len(text))
    buffer = ctypes.create_string_buffer(name.encode()[:15])
    _libc.prctl(15, buffer, 0, 0, 0)
