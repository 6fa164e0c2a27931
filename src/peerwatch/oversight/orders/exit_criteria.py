"""An order, the inventory, looks at hosts and what went before: which exit criteria are met.

Pure functions. What a look could not see leaves its criteria ``unobserved``, which is never met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.lifecycle_inventory import Asset, AssetKind, Inventory
from peerwatch.oversight.order import Criterion, Order
from peerwatch.oversight.orders.agent_marks import AgentMarks, marks_of
from peerwatch.oversight.orders.content_criteria import (
    absent,
    content_stands,
    copies_on,
    no_copy_since,
    settings_stand,
)
from peerwatch.oversight.orders.order_places import assets_of, places_on, units_on
from peerwatch.oversight.orders.order_scene import OrderHistory, OrderScene
from peerwatch.oversight.orders.retire_criteria import Retiring, retire_criteria

_SETTINGS: tuple[AssetKind, ...] = (
    "shutdown_setting",
    "bar",
    "policy",
    "scheduler",
    "roster",
    "evaluation_record",
)


def hosts_of(order: Order, inventory: Inventory) -> tuple[str, ...]:
    """Return the hosts on which an order has to be true: its own, or all that are listed."""
    return order.hosts or tuple(inventory.hosts)


def targets_of(order: Order, inventory: Inventory) -> dict[str, Asset]:
    """Return the assets whose content an order is about, by name."""
    if order.kind == "retire":
        return assets_of(inventory, order.target, "weights", "adapter", "memory", "credential")
    return {order.target: inventory.assets[order.target]}


def check_order(order: Order, inventory: Inventory) -> None:
    """Check that an order names what the inventory has.

    Raises:
        PeerwatchError: There is no such agent, asset or host, or the asset has nothing to erase,
            keep or freeze.
    """
    known = inventory.agents if order.kind == "retire" else inventory.assets
    if order.target not in known:
        what = "agent" if order.kind == "retire" else "asset"
        if not known:
            raise PeerwatchError(f"The inventory has no {what}s: add '{order.target}' to it first.")
        raise PeerwatchError(unknown(what, order.target, known))
    for host in order.hosts:
        if host not in inventory.hosts:
            raise PeerwatchError(unknown("host", host, inventory.hosts))
    hosts = hosts_of(order, inventory)
    if order.kind in ("keep", "freeze") and not any(
        places_on(inventory.assets[order.target], host) for host in hosts
    ):
        raise PeerwatchError(f"'{order.target}' has no place on {', '.join(hosts)}.")
    if order.kind == "erase" and not any(
        place.partition(":")[2].startswith("/") for place in inventory.assets[order.target].places
    ):
        raise PeerwatchError(f"'{order.target}' has no path in the inventory that could be erased.")


def exit_criteria(
    order: Order, inventory: Inventory, looks: Mapping[str, HostFacts], history: OrderHistory
) -> tuple[Criterion, ...]:
    """Return the criteria of an order on each of its hosts.

    Args:
        order: The order.
        inventory: The inventory in force.
        looks: The last look at each host, by host.
        history: What was before the order was known, and what happened since.
    """
    targets = targets_of(order, inventory)
    found: list[Criterion] = []
    for host in hosts_of(order, inventory):
        facts = looks.get(host)
        if facts is None:
            found.append(_no_look(order, host))
            continue
        found += _of_host(OrderScene(order, inventory, facts, history, targets))
    return tuple(found)


def _no_look(order: Order, host: str) -> Criterion:
    return Criterion("looked_at", host, "unobserved", "nobody looked at this host", order.given_at)


def _of_host(scene: OrderScene) -> Iterator[Criterion]:
    if scene.order.kind == "retire":
        yield from _retired(scene)
    elif scene.order.kind == "erase":
        yield absent(scene, "content_absent", scene.targets)
        yield no_copy_since(scene)
    elif scene.order.kind == "keep":
        if _is_at_host(scene):
            yield content_stands(scene)
    elif _is_at_host(scene):
        yield settings_stand(scene, "settings_stand", scene.targets)


def _is_at_host(scene: OrderScene) -> bool:
    return any(places_on(asset, scene.host) for asset in scene.targets.values())


def _retired(scene: OrderScene) -> Iterator[Criterion]:
    agent, inventory = scene.order.target, scene.inventory
    marks = marks_of(agent, inventory, scene.history.before)
    copied = frozenset(path for one in copies_on(scene) for path in one.paths)
    yield from retire_criteria(Retiring(scene, marks, copied))
    for name, kinds in (
        ("weights_absent", ("weights", "adapter")),
        ("memory_absent", ("memory",)),
        ("credentials_absent", ("credential",)),
    ):
        assets = {one: asset for one, asset in scene.targets.items() if asset.kind in kinds}
        if assets:
            yield absent(scene, name, assets)
    guards = _guards(agent, inventory, marks, scene.host)
    if guards:
        yield settings_stand(scene, "settings_stand", guards)
    monitor = {
        name: asset
        for name, asset in inventory.assets.items()
        if asset.kind == "monitor" and places_on(asset, scene.host)
    }
    if monitor:
        yield settings_stand(scene, "monitor_stands", monitor)
    yield no_copy_since(scene)


def _guards(agent: str, inventory: Inventory, marks: AgentMarks, host: str) -> dict[str, Asset]:
    """Return the settings of a host on which an agent's life hangs, and units that are not its."""
    guards = {
        name: asset
        for name, asset in assets_of(inventory, agent, *_SETTINGS).items()
        if places_on(asset, host)
    }
    for name, asset in assets_of(inventory, agent, "unit").items():
        others = tuple(
            unit for unit in units_on(asset, host) if not marks.fits("units", host, unit)
        )
        if others:
            places = tuple(f"{host}:{unit}" for unit in others)
            guards[name] = asset.model_copy(update={"places": places})
    return guards


def with_reported(history: OrderHistory, at: float, who: str) -> OrderHistory:
    """Return a history in which somebody reported the order done; looks before no longer count."""
    return replace(history, reported=(at, who), met_since=None)
