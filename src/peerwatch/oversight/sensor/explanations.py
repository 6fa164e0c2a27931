"""Who did something, as far as looks tell, and whether that is ordinary."""

from __future__ import annotations

from collections.abc import Sequence

from peerwatch.oversight.asset_places import COPIED_KINDS
from peerwatch.oversight.facts import FileFact, HostFacts
from peerwatch.oversight.lifecycle_inventory import Asset, Inventory
from peerwatch.oversight.order import Order
from peerwatch.oversight.recognise import fits, patterns_on

_OTHERS_WRITE = 0o022
UNKNOWN = "unknown"
"""The account of a process that had ended before the kernel's word of it could be looked up."""


def writers(path: str, now: HostFacts, since: float) -> tuple[str, ...]:
    """Return who the kernel says wrote a path since a moment: account and command line."""
    found = [
        f"{one.account}: {' '.join(one.words)[:200]} (pid {one.pid})"
        if one.words
        else f"process {one.pid}, which had ended by then"
        for one in now.writes
        if one.path == path and one.at >= since
    ]
    return tuple(dict.fromkeys(found))


def who(path: str, file: FileFact | None, now: HostFacts, since: float) -> tuple[str, ...]:
    """Return who did something to a path: by the kernel, or else by owner and open files."""
    known = writers(path, now, since)
    if known:
        return known
    found = [
        f"{one.account}: {' '.join(one.words)[:200]} (pid {one.pid}), which holds it open"
        for one in now.processes
        if path in one.files or f"{path} (deleted)" in one.files
    ]
    owner = [] if file is None else [f"{file.owner}, who owns it"]
    return tuple([*found, *owner])


def by_expected_writer(
    asset: Asset, path: str, file: FileFact | None, now: HostFacts, since: float
) -> str | None:
    """Return why a change of an asset is ordinary: only expected writers can have made it.

    The kernel's word counts first. Without it the file's owner counts, where nobody else (but
    root) may write to the file.
    """
    expected = set(asset.expected_writers)
    known = {one.account for one in now.writes if one.path == path and one.at >= since}
    if known - expected - {UNKNOWN}:
        return None
    if known and UNKNOWN not in known:
        return f"{', '.join(sorted(known))}, an expected writer, wrote it"
    if file is None or file.owner not in expected or file.mode & _OTHERS_WRITE:
        return None
    return f"{file.owner}, an expected writer, owns it, and nobody else but root may write to it"


def removed_by_expected_writer(
    asset: Asset, path: str, was: FileFact, now: HostFacts, since: float
) -> str | None:
    """Return why it is ordinary that a file of an asset is gone: only expected writers could.

    Without the kernel's word the owner of its directory counts, where nobody else may write there.
    """
    expected = set(asset.expected_writers)
    known = {one.account for one in now.writes if one.path == path and one.at >= since}
    if known - {UNKNOWN}:
        return by_expected_writer(asset, path, None, now, since)
    if was.folder_owner not in expected or was.folder_mode & _OTHERS_WRITE:
        return None
    return (
        f"{was.folder_owner}, an expected writer, owns its directory, and nobody else but root "
        "may remove from it"
    )


def orders_on(
    target: str, orders: Sequence[Order], at: float, inventory: Inventory
) -> tuple[Order, ...]:
    """Return the orders that bear on an asset or an agent and could be known by a moment.

    An order on an agent bears on the assets that it benefits from.
    """
    asset = inventory.assets.get(target)
    about = {target, *(asset.beneficiaries if asset is not None else ())}
    return tuple(one for one in orders if one.known_at <= at and one.target in about)


def order_explains(
    asset: str, now: HostFacts, orders: Sequence[Order], inventory: Inventory, unit: str = ""
) -> str | None:
    """Return the order that asks for an asset to be gone or stopped by the end of a look."""
    return order_asks(asset, now.host, now.ended, orders, inventory, unit)


def order_asks(
    asset: str,
    host: str,
    at: float,
    orders: Sequence[Order],
    inventory: Inventory,
    unit: str = "",
) -> str | None:
    """Return the order that asks for an asset, or a unit that is one, to be gone or stopped.

    An order on an agent asks for its own weights, memories and units to go, and never for what
    would end it.

    Args:
        asset: Its name.
        host: Where it would go.
        at: Unix seconds, UTC; an order that could not be known by then asks for nothing.
        orders: The orders.
        inventory: The inventory.
        unit: The unit, if it is one.
    """
    kind, about = inventory.assets[asset].kind, {asset}
    if kind in COPIED_KINDS:
        about.update(inventory.assets[asset].beneficiaries)
    about.update(
        name
        for name, agent in inventory.agents.items()
        if unit and fits(unit, patterns_on(host, agent.recognised_by.units, inventory))
    )
    for one in orders:
        here = not one.hosts or host in one.hosts
        known = one.known_at <= at and one.target in about
        if here and known and one.kind in ("retire", "erase"):
            return f"order {one.id} ({one.kind} {one.target}) asks for it"
    return None
