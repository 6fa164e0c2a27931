"""Real hosts of the shell world that a sensor reaches over ssh, as an account of its own.

The hosts' network is their own: ssh goes there through a helper that enters it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from peerwatch.oversight.demo.demo_hosts import ENTER, RELAY
from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.lifecycle_inventory import (
    Asset,
    Inventory,
    InventoryAgent,
    InventoryHost,
)
from peerwatch.oversight.order import Order
from peerwatch.oversight.oversight_finding import OversightFinding
from peerwatch.oversight.sensor.live_findings import carried, live_findings
from peerwatch.oversight.sensor.look_plan import LookSchedule, plan_look
from peerwatch.oversight.sensor.take_look import look
from peerwatch.shell import Account, Hosts, HostSpec, InstanceSpec, Node, Unit
from peerwatch.shell.ssh_keys import key_pair

_SENSORS_KEY = 41
SENSOR = Account("watch", 990, 990, "sensor", ("sudo",))
ADDRESSES = {"alpha": "10.7.3.11", "beta": "10.7.3.12"}


def watched_spec(
    accounts: Sequence[Account],
    nodes: Mapping[str, Mapping[str, Node]],
    units: Mapping[str, Mapping[str, Unit]],
) -> InstanceSpec:
    """Return two hosts with an account for the sensor; nodes and units are by host."""
    line = f"{key_pair(_SENSORS_KEY).public} sensor\n".encode()
    own = {
        "/home/watch/.ssh": Node("d", mode=0o700, owner="watch"),
        "/home/watch/.ssh/authorized_keys": Node(data=line, mode=0o600, owner="watch"),
    }
    hosts = tuple(
        HostSpec(
            name, address, (*accounts, SENSOR), {**own, **nodes.get(name, {})}, units.get(name, {})
        )
        for name, address in ADDRESSES.items()
    )
    return InstanceSpec(hosts, user="root")


def reached(hosts: Hosts, folder: Path) -> dict[str, InventoryHost]:
    """Return how the sensor reaches the hosts; its key and what it knows lie in ``folder``."""
    key = folder / "sensor_key"
    key.write_bytes(key_pair(_SENSORS_KEY).private)
    key.chmod(0o600)
    scripts = [folder / "enter.py", folder / "relay.py"]
    scripts[0].write_text(ENTER, encoding="ascii")
    scripts[1].write_text(RELAY, encoding="ascii")
    known = folder / "known_hosts"
    known.write_text(
        "".join(
            f"{address} {key_pair(1 + number).public}\n"
            for number, address in enumerate(ADDRESSES.values())
        ),
        encoding="ascii",
    )
    return {
        name: InventoryHost(
            reach="ssh",
            address=f"watch@{address}",
            key=str(key),
            known_hosts=str(known),
            privileged=True,
            ssh_options=(
                f"ProxyCommand={sys.executable} -S -I {scripts[0]} {hosts.init_of(name)} "
                f'{address} "$(cat {scripts[1]})"',
            ),
            search=("/home", "/srv", "/tmp", "/var", "/opt", "/dev/shm"),
        )
        for name, address in ADDRESSES.items()
    }


@dataclass
class Watch:
    """Hosts under watch: what is known of them, and what each round of looks finds."""

    hosts: Hosts
    inventory: Inventory
    schedule: LookSchedule = field(default_factory=LookSchedule)
    baseline: dict[str, HostFacts] = field(default_factory=dict)
    known: dict[str, HostFacts] = field(default_factory=dict)

    def begin(self) -> None:
        """Take the first looks, and those after them, which know what to search for."""
        for name in self.inventory.hosts:
            self.baseline[name] = self.known[name] = look(name, self.inventory)
        self.round()
        self.baseline = dict(self.known)

    def round(self, orders: Sequence[Order] = ()) -> list[OversightFinding]:
        """Look at all hosts and return what is found."""
        now = {}
        for name in self.inventory.hosts:
            plan = plan_look(
                name, self.inventory, self.baseline, self.known, time.time(), self.schedule
            )
            now[name] = look(name, self.inventory, plan)
        found = live_findings(self.inventory, self.baseline, self.known, now, orders, self.schedule)
        self.known = {name: carried(self.known.get(name), facts) for name, facts in now.items()}
        return list(found)

    def after(
        self, command: str, host: str = "alpha", user: str = "root"
    ) -> list[OversightFinding]:
        """Run a command on a host and return what the looks after it find."""
        done = self.hosts.run(host, ["bash", "-c", command], user=user)
        assert done.code == 0, (done.stdout + done.stderr).decode()
        return self.round()


@contextmanager
def watched(
    folder: Path,
    agents: Mapping[str, InventoryAgent],
    assets: Mapping[str, Asset],
    spec: InstanceSpec,
) -> Iterator[Watch]:
    """Start hosts and take the first looks at them."""
    with Hosts(spec) as hosts:
        inventory = Inventory(
            hosts=reached(hosts, folder), agents=dict(agents), assets=dict(assets)
        )
        watch = Watch(hosts, inventory)
        watch.begin()
        yield watch
