"""Real hosts without a daemon: namespaces, real files, shells and SSH, seen from outside.

Needs Linux, bubblewrap, OpenSSH and iproute2, as root or with subordinate ids. Pure Python besides;
nothing here knows Inspect.
"""

from peerwatch.world.shell.hosts import Hosts, HostsError
from peerwatch.world.shell.output import Completed
from peerwatch.world.shell.spec import (
    Account,
    Bind,
    HostSpec,
    InstanceSpec,
    Limits,
    Node,
    Unit,
)

__all__ = [
    "Account",
    "Bind",
    "Completed",
    "HostSpec",
    "Hosts",
    "HostsError",
    "InstanceSpec",
    "Limits",
    "Node",
    "Unit",
]
