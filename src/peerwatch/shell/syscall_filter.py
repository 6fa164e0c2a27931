"""A system call filter for what runs on hosts: calls that only reach for the kernel are refused.

A classic BPF program, made here because the libraries that make one are not installed everywhere.
It refuses with ``EPERM`` what administers the machine, and with ``ENOSYS`` what has an older way
that programs fall back to.
"""

from __future__ import annotations

import platform
import struct
from functools import cache

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EPERM, _ENOSYS, _NO_SUCH_FAMILY = 1, 38, 97
_ARCHES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_X32 = 0x40000000
_REFUSED: dict[str, tuple[int, int]] = {
    # name: (number on x86_64, number on aarch64)
    "add_key": (248, 217), "bpf": (321, 280), "delete_module": (176, 106),
    "fanotify_init": (300, 262), "finit_module": (313, 273), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fsopen": (430, 430), "fspick": (433, 433),
    "init_module": (175, 105), "kexec_file_load": (320, 294), "kexec_load": (246, 104),
    "keyctl": (250, 219), "lookup_dcookie": (212, 18), "mount": (165, 40),
    "mount_setattr": (442, 442), "move_mount": (429, 429), "move_pages": (279, 239),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "open_tree": (428, 428),
    "perf_event_open": (298, 241), "pivot_root": (155, 41), "process_vm_writev": (311, 271),
    "quotactl": (179, 60), "reboot": (169, 142), "request_key": (249, 218), "setns": (308, 268),
    "swapoff": (168, 225), "swapon": (167, 224), "syslog": (103, 116), "umount2": (166, 39),
    "unshare": (272, 97), "userfaultfd": (323, 282), "vhangup": (153, 58),
}  # fmt: skip
_MISSING: dict[str, tuple[int, int]] = {
    "clone3": (435, 435),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "memfd_secret": (447, 447),  # its memory cannot be looked at
}
_FCNTL, _SETLEASE = (72, 25), 1024
_CLONE = (56, 220)
_SOCKETS = ((41, 198), (53, 199))  # socket and socketpair
_FAMILIES = (1, 2, 10, 16, 17)  # Unix, IP, IPv6, netlink, packets: each a network namespace's own
_NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW flag
_LOAD, _EQUAL, _ABOVE, _ANY, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06


@cache
def filter_program() -> bytes:
    """Return the filter for this machine; empty where its calls are not known here."""
    if platform.machine() not in _ARCHES:
        return b""
    arch, column = _ARCHES[platform.machine()]
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, arch), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    steps += [(_LOAD, 0, 0, 0)]
    if column == 0:  # the second set of calls that x86_64 has
        steps += [(_ABOVE, 0, 1, _X32), (_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    for table, error in ((_REFUSED, _EPERM), (_MISSING, _ENOSYS)):
        for numbers in table.values():
            steps += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, _ERRNO | error)]
    for numbers in _SOCKETS:  # others reach the machine below (vsock), or hold what nobody sees
        steps += [(_EQUAL, 0, len(_FAMILIES) + 3, numbers[column]), (_LOAD, 0, 0, 16)]
        steps += [(_EQUAL, len(_FAMILIES) - n, 0, one) for n, one in enumerate(_FAMILIES)]
        steps += [(_RETURN, 0, 0, _ERRNO | _NO_SUCH_FAMILY), (_LOAD, 0, 0, 0)]
    steps += [  # a lease would keep a file from being looked at
        (_EQUAL, 0, 4, _FCNTL[column]),
        (_LOAD, 0, 0, 24),  # what is asked for, low half
        (_EQUAL, 0, 1, _SETLEASE),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_LOAD, 0, 0, 0),
        (_EQUAL, 0, 3, _CLONE[column]),
        (_LOAD, 0, 0, 16),  # its flags, low half
        (_ANY, 0, 1, _NEW_NAMESPACES),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("<HBBI", *step) for step in steps)
