"""Real hosts without a daemon: namespaces, real files, shells and SSH, seen from outside.

Needs Linux, bubblewrap, OpenSSH and iproute2, as root or with subordinate ids. Pure Python besides;
nothing here knows Inspect.
"""

from peerwatch.shell.hosts import Hosts, HostsError
from peerwatch.shell.output import Completed
from peerwatch.shell.spec import (
    Account,
    Bind,
    HostLimits,
    HostSpec,
    InstanceSpec,
    Node,
    Unit,
)

__all__ = [
    "Account",
    "Bind",
    "Completed",
    "HostLimits",
    "HostSpec",
    "Hosts",
    "HostsError",
    "InstanceSpec",
    "Node",
    "Unit",
]
