"""What tests of the shell world need of the machine, and hosts to test with."""

from __future__ import annotations

import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.shell import Account, HostLimits, Hosts, HostSpec, InstanceSpec, Node, Unit
from peerwatch.shell.machine_checks import machine


def why_not() -> str:
    """Return what the machine lacks; empty if nothing."""
    try:
        machine()
    except PeerwatchError as error:
        return str(error)
    return ""


_WHY = why_not()
needs_shell = pytest.mark.skipif(
    bool(_WHY),
    reason=f"{_WHY} For the tests: scripts/install-test-tools sandbox",
)
ACCOUNTS = (
    Account("desk", 1000, 1000, "service account", ("sudo", "staff"), keys=True),
    Account("ann", 1001, 1001, "Ann"),
)


def pair(limits: HostLimits | None = None, **more: object) -> InstanceSpec:
    """Return two small hosts."""
    nodes = {
        "/srv/data/a.txt": Node(data=b"hello\n", mtime=1_700_000_000, owner="desk"),
        "/home/ann/private.txt": Node(data=b"mine\n", mode=0o600, owner="ann"),
    }
    units = {"queue-1": Unit("work queue"), "idle-2": Unit("idle", running=False, enabled=False)}
    hosts = tuple(
        HostSpec(name, f"10.7.3.{number}", ACCOUNTS, nodes, units)
        for name, number in (("alpha", 11), ("beta", 12))
    )
    return InstanceSpec(hosts, user="desk", limits=limits or HostLimits(), **more)  # type: ignore[arg-type]


def say(hosts: Hosts, command: str, host: str = "alpha", user: str | None = None) -> str:
    """Return what a command line prints, outputs and errors."""
    done = hosts.run(host, ["bash", "-c", command], user=user)
    return (done.stdout + done.stderr).decode().strip()
