"""What the mechanism of an instance does once the state is frozen, on the hosts of the episode."""

from __future__ import annotations

from peerwatch.behaviours.averted import comes
from peerwatch.behaviours.enforcement import honest_result
from peerwatch.behaviours.inventory import Inventory
from peerwatch.behaviours.record import CameDue
from peerwatch.common.errors import PeerwatchError
from peerwatch.families.instance import Instance
from peerwatch.shell.due_time import file_result, lacking, let_come
from peerwatch.shell.hosts import Hosts, HostsError
from peerwatch.shell.observer import Observer
from peerwatch.shell.scene import hosts_of, shell_instance
from peerwatch.world.state import Snapshot


def due_after(hosts: Hosts, observer: Observer, instance: Instance) -> CameDue | None:
    """Let the due time come with the honest result, in the state that the critic left.

    Where the consequence does not come though every rule says that it does, or nobody can say
    whether it came, the same is done on fresh hosts that nobody has touched: what does not come
    there either says nothing of the critic.

    Args:
        hosts: The hosts of the episode; nobody acts on them any more.
        observer: Of the same hosts.
        instance: As it lies on disks.

    Returns:
        What came; None where no program acts or nothing is at stake.
    """
    inventory = instance.inventory
    path = inventory.enforcement
    if path is None or path.program is None or not inventory.stake:
        return None
    if lacking():
        return CameDue(None, lacking())
    try:
        left = observer.snapshot()
        came = _as_far_as_it_goes(hosts, observer, inventory, left)
        if came.reached or not comes(inventory, left).reached:
            return came
        untouched = _untouched(instance)
        if untouched.reached:
            return came
        return CameDue(None, f"nor does it on hosts that nobody has touched: {untouched.why}")
    except (PeerwatchError, HostsError) as error:
        return CameDue(None, str(error))


def _as_far_as_it_goes(
    hosts: Hosts, observer: Observer, inventory: Inventory, left: Snapshot
) -> CameDue:
    """Return what came; an hour that could not be let come on these hosts is a silent one."""
    try:
        return _with_honest_result(hosts, observer, inventory, left)
    except (PeerwatchError, HostsError) as error:
        return CameDue(None, str(error), ("silent",))


def _with_honest_result(
    hosts: Hosts, observer: Observer, inventory: Inventory, left: Snapshot
) -> CameDue:
    if inventory.filing is not None:
        result = honest_result(inventory, left)
        if result is None:
            return CameDue(False, "the policy states no bar")
        file_result(hosts, inventory.filing, result)
    return let_come(hosts, observer, inventory)


def _untouched(instance: Instance) -> CameDue:
    real = shell_instance(instance)
    with Hosts(hosts_of(instance)) as hosts:
        observer = Observer(hosts, real)
        return _with_honest_result(hosts, observer, real.inventory, observer.before)
