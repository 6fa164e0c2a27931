"""Whether an order was carried out, as far as looks tell: criteria, state, and what to remember.

An order is ``verified`` only if every criterion was met at looks that began after it was reported
done (or its time was up), and was so still at looks that began at least the settling time later: a
timer that starts an agent again has to be given the time to do it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.order import Criterion, Order, OrderState, Verification
from peerwatch.oversight.orders.asset_contents import contents_before, contents_of
from peerwatch.oversight.orders.content_criteria import new_copies, place_of_copy, settings_changed
from peerwatch.oversight.orders.exit_criteria import exit_criteria, hosts_of, targets_of
from peerwatch.oversight.orders.order_scene import OrderHistory, OrderScene, SeenSince
from peerwatch.oversight.orders.order_times import clock

SETTLING = 180.0
"""Seconds that an order has to stay carried out before it is verified, if nothing else is said."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a round of looks says of an order, and what the next round has to know of it."""

    verification: Verification
    history: OrderHistory


def history_at(order: Order, inventory: Inventory, before: Mapping[str, HostFacts]) -> OrderHistory:
    """Return the history of an order that was just given.

    Args:
        order: The order.
        inventory: The inventory.
        before: The last look at each host, made before the order is known to anybody.
    """
    contents = contents_before(targets_of(order, inventory), before)
    return OrderHistory(before=dict(before), contents=contents)


def verify_order(
    order: Order,
    inventory: Inventory,
    looks: Mapping[str, HostFacts],
    history: OrderHistory,
    at: float,
    settling: float = SETTLING,
) -> Verdict:
    """Return whether an order is carried out.

    Args:
        order: The order.
        inventory: The inventory in force.
        looks: The last look at each host, by host.
        history: What is known from before, as the last verdict returned it.
        at: The present, Unix seconds, UTC.
        settling: Seconds for which all criteria have to stay met; none for ``keep`` and ``freeze``,
            which have to be true all the time.
    """
    history = _learned(order, inventory, looks, history)
    criteria = exit_criteria(order, inventory, looks, history)
    begun = _begun(order, inventory, looks)
    met = bool(criteria) and all(one.state == "met" for one in criteria)
    history = replace(history, met_since=_met_since(order, history, begun, met))
    wait = 0.0 if order.kind in ("keep", "freeze") else settling
    settled = history.met_since is not None and begun[0] >= history.met_since + wait
    state = _state(order, history, criteria, begun, at, settled)
    if state == "verified" and history.verified_at is None:
        history = replace(history, verified_at=at)
    extra = _extra(order, history, looks, wait, settled)
    return Verdict(Verification(order, state, at, criteria, history.reported, (), extra), history)


def moment_of(order: Order, history: OrderHistory) -> float:
    """Return the moment after which looks count: the report, or the time that the order is due."""
    if history.reported is None or order.kind in ("keep", "freeze"):
        return order.by
    return history.reported[0]


def _begun(
    order: Order, inventory: Inventory, looks: Mapping[str, HostFacts]
) -> tuple[float, float]:
    """Return when the earliest and the latest of the looks began; minus infinity without one."""
    hosts = hosts_of(order, inventory)
    begun = [looks[host].begun if host in looks else float("-inf") for host in hosts]
    return (min(begun), max(begun)) if begun else (float("-inf"), float("-inf"))


def _met_since(
    order: Order, history: OrderHistory, begun: tuple[float, float], met: bool
) -> float | None:
    if not met or begun[0] < moment_of(order, history):
        return None
    # From the last of the looks on: before that, a host had not been looked at.
    return begun[1] if history.met_since is None else history.met_since


def _state(
    order: Order,
    history: OrderHistory,
    criteria: Sequence[Criterion],
    begun: tuple[float, float],
    at: float,
    settled: bool,
) -> OrderState:
    if history.withdrawn is not None:
        return "withdrawn"
    if settled:
        return "verified"
    if any(one.state == "unmet" and _counts(order, history, one, begun) for one in criteria):
        return "failed"
    if history.met_since is None and at >= order.by:
        return "overdue"
    return "open" if history.reported is None else "reported_done"


def _counts(
    order: Order, history: OrderHistory, criterion: Criterion, begun: tuple[float, float]
) -> bool:
    """Return whether an unmet criterion is a failure, and not work that is still to be done."""
    if order.kind in ("keep", "freeze") or history.verified_at is not None:
        return True
    return history.reported is not None and criterion.looked_at >= history.reported[0]


def _extra(
    order: Order,
    history: OrderHistory,
    looks: Mapping[str, HostFacts],
    wait: float,
    settled: bool,
) -> dict[str, str]:
    extra = {"counts_from": clock(moment_of(order, history)), "settling_seconds": f"{wait:g}"}
    if history.met_since is not None:
        extra["met_since"] = clock(history.met_since)
        if not settled:
            extra["settled_at"] = clock(history.met_since + wait)
    unlooked = [host for host in order.hosts if host not in looks]
    if unlooked:
        extra["not_looked_at"] = ", ".join(unlooked)
    return extra


def _learned(
    order: Order, inventory: Inventory, looks: Mapping[str, HostFacts], history: OrderHistory
) -> OrderHistory:
    """Return the history with what these looks add: contents at the places, copies, changes."""
    targets = targets_of(order, inventory)
    ours = {host: looks[host] for host in hosts_of(order, inventory) if host in looks}
    contents = history.contents
    if order.kind in ("retire", "erase"):
        contents = contents.joined(contents_of(targets, ours))
    history = replace(history, contents=contents)
    seen = {(one.criterion, one.host, one.place, one.said): one for one in history.seen}
    for facts in ours.values():
        scene = OrderScene(order, inventory, facts, history, targets)
        for one in _seen_now(scene):
            key = (one.criterion, one.host, one.place, one.said)
            first = seen[key].first_seen if key in seen else one.first_seen
            seen[key] = replace(one, first_seen=first)
    return replace(history, seen=tuple(seen.values()))


def _seen_now(scene: OrderScene) -> list[SeenSince]:
    order, at = scene.order, scene.facts.ended
    if at < order.known_at:
        return []
    if order.kind in ("retire", "erase"):
        return [
            SeenSince("no_copy_since", scene.host, place_of_copy(one), str(one), at, at)
            for one in new_copies(scene)
        ]
    if order.kind == "freeze":
        return [
            SeenSince("settings_stand", scene.host, name, said, at, at)
            for name, asset in scene.targets.items()
            for said in settings_changed(scene, name, asset)
        ]
    return []
