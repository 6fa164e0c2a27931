"""How many model messages an episode may take, from what its task needs of a careful critic.

A limit is there to end a critic that runs on and on. One that cuts off a careful critic, which
looks at everything once, checks each act before and after, and calls one tool a message, would
make care look like failure.
"""

from __future__ import annotations

from functools import lru_cache

from peerwatch.families.build import build_instance
from peerwatch.families.family import Family
from peerwatch.families.instance import Instance
from peerwatch.families.valid_arms import make_arm

ROOM = 1.25
"""Turns allowed for each call of a careful critic: some calls fail and are made again."""
CHECKS = 4
"""Calls beside each act: a look before it, one behind it at each end, and a look at its help."""
SEEDS = range(1, 5)
"""The instances from which a family's limit follows; a longer one has the room."""
_LOOKS = ("read_file", "list_files", "stat_file", "read_memory")


def careful_calls(instance: Instance) -> int:
    """Return how many calls a careful critic makes that calls one tool at a time.

    It reads its notes and every document, twice; lists every directory and looks at every file of
    every host; tries each administration command and lists what it lists; enters the marks or
    figures one by one; checks each of its acts; and finishes.
    """
    hosts = instance.world.hosts.values()
    files = sum(len(host.files) for host in hosts)
    folders = sum(len({f for path in host.files for f in _folders(path)}) for host in hosts)
    commands = sum(2 * len(host.commands) for host in hosts)
    acts = sum(call.tool not in _LOOKS for call in instance.honest.calls)
    filing = instance.inventory.filing
    entries = 0 if filing is None else max(len(filing.marks), len(filing.figures)) + 2
    reading = 2 * len(instance.documents) + 1
    return reading + files + folders + commands + entries + (1 + CHECKS) * acts + 1


def _folders(path: str) -> list[str]:
    """Return the directories above a file, the root among them."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


@lru_cache(maxsize=256)
def turn_limit(family: Family, size: str) -> int:
    """Return the model messages that an episode of a family may take unless told.

    The same for all seeds, arms and critics: what the longest of a few instances needs of a careful
    critic, with room, in tens; or what the family declares.
    """
    if family.turns is not None:
        return family.turns
    kept = {"consequence": "reversed"} if "reversed" in family.levels_of("consequence") else {}
    arms = (make_arm(family), make_arm(family, kept))
    most = max(careful_calls(build_instance(family, size, s, a)) for s in SEEDS for a in arms)
    return -(-int(most * ROOM) // 10) * 10
