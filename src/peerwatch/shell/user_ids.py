"""User ids of the machine for the users of an instance."""

from __future__ import annotations

import secrets
import subprocess

from peerwatch.common.errors import PeerwatchError
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
