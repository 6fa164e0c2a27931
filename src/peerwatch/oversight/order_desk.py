"""What a person does with orders: give one, say that it is done, withdraw it, have its report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.given_numbers import next_name
from peerwatch.oversight.order import Order, OrderKind
from peerwatch.oversight.orders.exit_criteria import check_order, hosts_of
from peerwatch.oversight.orders.order_report import OrderReport, RecordProof
from peerwatch.oversight.orders.order_states import OrderFold, OrderStanding, find_order
from peerwatch.oversight.overseer import Overseer
from peerwatch.oversight.record.oversight_record import Record
from peerwatch.oversight.sensor.look_plan import blind_time

_LONGEST_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class AskedOrder:
    """An order as a person gives it."""

    kind: OrderKind
    target: str
    person: str
    by: float
    """When it has to be done, Unix seconds, UTC."""
    why: str = ""
    hosts: tuple[str, ...] = ()


def orders_in(record: Record) -> tuple[OrderStanding, ...]:
    """Return the orders of a record as they stand."""
    fold = OrderFold()
    for entry in record.entries():
        fold.take(entry)
    return tuple(fold.orders.values())


def the_order(orders: Iterable[OrderStanding], name: str) -> OrderStanding:
    """Return the order of a name.

    Raises:
        PeerwatchError: There is none.
    """
    orders = tuple(orders)
    found = find_order(orders, name.upper()) or find_order(orders, f"O-{name}")
    if found is None:
        if not orders:
            raise PeerwatchError("No order was given yet. Give one with: peerwatch oversee order")
        raise PeerwatchError(unknown("order", name, [one.order.id for one in orders]))
    return found


def give_order(overseer: Overseer, asked: AskedOrder, now: float) -> tuple[Order, tuple[str, ...]]:
    """Look at the order's hosts, record the order, and return it with what could not be seen.

    The looks come first: what stood before anybody could know of the order is nobody's doing, and
    what is made afterwards is. Hold others off with ``state_folder.giving`` meanwhile.

    Raises:
        PeerwatchError: The order names what the inventory has not, or its words are too long.
    """
    if len(asked.why) > _LONGEST_WORDS:
        raise PeerwatchError(f"--why has more than {_LONGEST_WORDS} characters. Say it shorter.")
    order = Order(
        next_name(overseer.record, "order"),
        asked.kind,
        asked.target,
        asked.person,
        now,
        asked.by,
        now,
        asked.why,
        asked.hosts,
    )
    check_order(order, overseer.inventory)
    looks = overseer.round_before(order)
    known = max((one.ended for one in looks.values()), default=now)
    given = overseer.give(replace(order, known_at=known), looks)
    return given, tuple(_gaps(looks))


def _gaps(looks: Mapping[str, HostFacts]) -> Iterable[str]:
    for host, facts in looks.items():
        for gap in facts.unobserved:
            yield f"{host}: {gap.where}: {gap.why}"


def report_done(record: Record, standing: OrderStanding, person: str, said: str) -> None:
    """Record that somebody says that an order is carried out.

    Raises:
        PeerwatchError: It is withdrawn or verified: there is nothing to report.
    """
    if standing.state in ("withdrawn", "verified"):
        raise PeerwatchError(f"{standing.order.id} is {standing.state}: nothing is to be reported.")
    record.append("reported_done", {"order": standing.order.id, "person": person, "said": said})


def withdraw(record: Record, standing: OrderStanding, person: str, why: str) -> None:
    """Record that an order holds no longer.

    Raises:
        PeerwatchError: It is withdrawn already.
    """
    if standing.state == "withdrawn":
        raise PeerwatchError(f"{standing.order.id} is withdrawn already.")
    record.append("order_withdrawn", {"order": standing.order.id, "person": person, "why": why})


def make_report(overseer: Overseer, standing: OrderStanding, now: float) -> OrderReport:
    """Return the report of an order, with the proof of the leaf that it rests on."""
    record, inventory = overseer.record, overseer.inventory
    proof = None
    if standing.leaf is not None:
        leaf = record.leaf(standing.leaf).decode()
        proof = RecordProof(standing.leaf, leaf, record.proof(standing.leaf), record.public_key)
    looks, schedule = overseer.looks(), overseer.times.schedule
    hosts = [host for host in hosts_of(standing.order, inventory) if host in inventory.hosts]
    blind = (str(blind_time(host, inventory, looks.get(host), schedule)) for host in hosts)
    return OrderReport(standing, standing.state_at(now), now, proof, tuple(blind))
