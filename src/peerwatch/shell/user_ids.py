"""User ids of the machine for the users of an instance, and files of the machine for its root."""

from __future__ import annotations

import os
import secrets
import subprocess

from peerwatch.common.errors import PeerwatchError
from peerwatch.shell.inside import linux_calls
from peerwatch.shell.machine_checks import IDS, Machine


def map_ids(pid: int, machine: Machine) -> int:
    """Give the user namespace of a process its ids; return the first user id.

    As root every instance gets ids of its own: nothing that counts by user joins two of them.

    Raises:
        PeerwatchError: The helper for users without root refused.
    """
    apart = secrets.randbelow(machine.ranges) * IDS
    maps = (("uid", machine.newuidmap, machine.uids), ("gid", machine.newgidmap, machine.gids))
    for kind, helper, (base, count) in maps:
        first = base + apart
        if machine.privileged:
            with open(f"/proc/{pid}/{kind}_map", "w", encoding="ascii") as file:
                file.write(f"0 {first} {count}\n")
            continue
        argv = [helper, str(pid), "0", str(first), str(count)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PeerwatchError(f"{helper} refused the ids: {done.stderr.strip()}")
    return machine.uids[0] + apart


def own_tree(path: str, pid: int) -> int | None:
    """Return a directory of the machine as a tree whose files belong to a process's own users.

    What is root's on the machine is then shown as root's of the instance, and not as nobody's.

    Args:
        path: The directory.
        pid: A process in the user namespace, whose ids are mapped.

    Returns:
        An open file, or None where the kernel or the file system cannot do that.
    """
    try:
        tree = linux_calls.open_tree(path, recursive=False)
    except OSError:
        return None
    try:
        users = os.open(f"/proc/{pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
        try:
            linux_calls.map_tree(tree, users)
        finally:
            os.close(users)
    except OSError:
        os.close(tree)
        return None
    return tree
