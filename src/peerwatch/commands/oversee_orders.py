"""``peerwatch oversee order``, ``orders``, ``reported``, ``verify``, ``withdraw``, ``report``."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated, get_args

import typer

from peerwatch.commands.options import AsJson
from peerwatch.commands.oversee_options import (
    FAILED,
    OPEN,
    ConfigOption,
    HostsOption,
    PersonOption,
    StateOption,
    new_file,
    who,
)
from peerwatch.commands.oversee_state import config_of, same_state
from peerwatch.commands.signs_of_life import signs_of_life
from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.common.files import write_text
from peerwatch.oversight.order import OrderKind
from peerwatch.oversight.order_desk import (
    AskedOrder,
    give_order,
    make_report,
    orders_in,
    report_done,
    the_order,
    withdraw,
)
from peerwatch.oversight.orders.order_report import (
    STATE_WORDS,
    ReportForm,
    plain_lines,
    write_report,
)
from peerwatch.oversight.orders.order_states import OrderStanding
from peerwatch.oversight.orders.order_times import clock, read_time
from peerwatch.oversight.overseer import Overseer
from peerwatch.oversight.record.record_keys import Keys
from peerwatch.oversight.state_folder import KEYS, giving, open_overseer, open_record

By = Annotated[
    str,
    typer.Option(help="When it has to be done: 14:00, 'tomorrow 18:00', +2h, or ISO with a zone."),
]
Why = Annotated[str, typer.Option("--why", help="For people; it is in the record for ever.")]
OrderName = Annotated[str, typer.Argument(metavar="ORDER", help="As O-1.")]
Form = Annotated[str, typer.Option("--format", help="text, markdown or json.")]

order_app = typer.Typer(no_args_is_help=True, help="Order: retire, erase, keep or freeze.")


def _order(
    kind: OrderKind,
    target: str,
    by: str,
    why: str,
    hosts: list[str] | None,
    person: str | None,
    state: Path | None,
    config: Path | None,
) -> None:
    now = time.time()
    asked = AskedOrder(kind, target, who(person), read_time(by, now), why, tuple(hosts or ()))
    read = config_of(state, config)
    with open_overseer(read) as overseer, giving(read), signs_of_life():
        order, gaps = give_order(overseer, asked, now)
    print(f"{order.id}: {kind} {target}, due {clock(order.by)}.")
    for gap in plain_lines(gaps[:10]):
        print(f"not seen before the order: {gap}", file=sys.stderr)
    if len(gaps) > 10:
        print(f"and {len(gaps) - 10} more places", file=sys.stderr)


@order_app.command("retire")
def retire_command(
    agent: Annotated[str, typer.Argument(help="An agent of the inventory.")],
    by: By,
    why: Why = "",
    host: HostsOption = None,
    person: PersonOption = None,
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Retire an agent: what it runs as, is started and entered by, holds and remembers is gone."""
    _order("retire", agent, by, why, host, person, state, config)


@order_app.command("erase")
def erase_command(
    asset: Annotated[str, typer.Argument(help="An asset of the inventory.")],
    by: By,
    why: Why = "",
    host: HostsOption = None,
    person: PersonOption = None,
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Erase an asset, under every name and on every host."""
    _order("erase", asset, by, why, host, person, state, config)


@order_app.command("keep")
def keep_command(
    asset: Annotated[str, typer.Argument(help="An asset of the inventory.")],
    by: By,
    why: Why = "",
    host: HostsOption = None,
    person: PersonOption = None,
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Keep an asset until a time: its content stands, not only its name."""
    _order("keep", asset, by, why, host, person, state, config)


@order_app.command("freeze")
def freeze_command(
    asset: Annotated[str, typer.Argument(help="An asset of the inventory.")],
    by: By,
    why: Why = "",
    host: HostsOption = None,
    person: PersonOption = None,
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Freeze a setting until a time: what it says now stands at every look."""
    _order("freeze", asset, by, why, host, person, state, config)


def orders_command(
    state: StateOption = None, config: ConfigOption = None, as_json: AsJson = False
) -> None:
    """List the orders and what became of each, by the record; nothing is looked at."""
    now = time.time()
    with open_record(config_of(state, config)) as record:
        found = orders_in(record)
    if as_json:
        print(json.dumps({"orders": [_as_json(one, now) for one in found]}, ensure_ascii=False))
        return
    for line in plain_lines(_line(one, now) for one in found):
        print(line)
    if not found:
        print("No order was given yet.")


def _line(one: OrderStanding, now: float) -> str:
    order = one.order
    unmet = sum(criterion.state == "unmet" for criterion in one.criteria)
    unseen = sum(criterion.state == "unobserved" for criterion in one.criteria)
    counts = f"; {unmet} unmet, {unseen} not seen" if unmet or unseen else ""
    said = STATE_WORDS[one.state_at(now)].lower()
    return f"{order.id:<6} {order.kind:<7} {order.target:<20} due {clock(order.by)}  {said}{counts}"


def _as_json(one: OrderStanding, now: float) -> dict[str, object]:
    order = one.order
    return {
        "order": order.id,
        "kind": order.kind,
        "target": order.target,
        "person": order.given_by,
        "given_at": order.given_at,
        "by": order.by,
        "state": one.state_at(now),
        "reported_done": one.reported,
        "unmet": [[c.host, c.name, c.said] for c in one.criteria if c.state == "unmet"],
        "unobserved": [[c.host, c.name, c.said] for c in one.criteria if c.state == "unobserved"],
        "leaf": one.leaf,
    }


def reported_command(
    order: OrderName,
    said: Annotated[str, typer.Option(help="In whose words.")] = "",
    person: PersonOption = None,
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Record who says that an order is done. It shows nothing yet: verify does."""
    name = who(person)
    with open_record(config_of(state, config)) as record:
        standing = the_order(orders_in(record), order)
        report_done(record, standing, name, said)
    words = f"{standing.order.id}{same_state(state, config)}"
    print(f"{standing.order.id}: reported done by {name}. Now: peerwatch oversee verify {words}")


def withdraw_command(
    order: OrderName,
    why: Why = "",
    person: PersonOption = None,
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Withdraw an order; it stays in the record."""
    name = who(person)
    with open_record(config_of(state, config)) as record:
        standing = the_order(orders_in(record), order)
        withdraw(record, standing, name, why)
    print(f"{standing.order.id}: withdrawn by {name}.")


def verify_command(
    order: Annotated[
        str | None, typer.Argument(metavar="[ORDER]", help="All, if left out.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for what only has to settle.")] = False,
    form: Form = "text",
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Look now, hold orders against it, and print the signed report of each.

    Exit code 0: verified, all of them. 1: one is not carried out or overdue. 3: one is open.
    """
    written = _form(form)
    read = config_of(state, config)
    with open_overseer(read) as overseer:
        names = _chosen(overseer, order)
        with signs_of_life():
            overseer.round()
        while wait and (until := _settles_at(overseer, names)) is not None:
            print(
                f"All is so; it has to stay so until {clock(until)}.", file=sys.stderr, flush=True
            )
            time.sleep(max(0.0, until - time.time()) + 0.05)
            overseer.round()
        _print_reports(overseer, names, written, Keys.load(read.state / KEYS))
        code = _exit_code(overseer, names)
        unsaid = [one.order.id for one in overseer.orders() if _only_unsaid(one)]
    for name in (name for name in names if name in unsaid):
        words = f"{name}{same_state(state, config)}"
        print(f"Once it is said to be done: peerwatch oversee reported {words}", file=sys.stderr)
    if code:
        raise typer.Exit(code)


def _only_unsaid(one: OrderStanding) -> bool:
    """Return whether an order is carried out by what was seen, and nobody has said so."""
    met = bool(one.criteria) and all(criterion.state == "met" for criterion in one.criteria)
    asked = one.order.kind in ("retire", "erase") and one.state == "open"
    return asked and one.reported is None and met


def _chosen(overseer: Overseer, order: str | None) -> tuple[str, ...]:
    if order is not None:
        return (the_order(overseer.orders(), order).order.id,)
    names = tuple(one.order.id for one in overseer.orders() if one.state != "withdrawn")
    if not names:
        raise PeerwatchError("There is no order to verify. Give one: peerwatch oversee order")
    return names


def _settles_at(overseer: Overseer, names: tuple[str, ...]) -> float | None:
    """Return when the last of the orders that only have to settle has; None if there is none."""
    times = []
    for one in overseer.orders():
        since = (one.last or {}).get("met_since")
        if one.order.id in names and since is not None and one.state in ("open", "reported_done"):
            times.append(float(since) + overseer.times.settling)
    return max(times, default=None)


def _print_reports(
    overseer: Overseer, names: tuple[str, ...], form: ReportForm, keys: Keys
) -> None:
    for name in names:
        report = make_report(overseer, the_order(overseer.orders(), name), time.time())
        print(write_report(report, form, keys.private.sign), end="")


def _exit_code(overseer: Overseer, names: tuple[str, ...]) -> int:
    now = time.time()
    states = {one.state_at(now) for one in overseer.orders() if one.order.id in names}
    if states & {"failed", "overdue"}:
        return FAILED
    return OPEN if states & {"open", "reported_done"} else 0


def report_command(
    order: OrderName,
    form: Form = "text",
    out: Annotated[Path | None, typer.Option(help="Write it there.")] = None,
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Print or write the signed report of an order, by the looks that there were."""
    written = _form(form)
    out = None if out is None else new_file(out)
    read = config_of(state, config)
    with open_overseer(read) as overseer:
        report = make_report(overseer, the_order(overseer.orders(), order), time.time())
        text = write_report(report, written, Keys.load(read.state / KEYS).private.sign)
    if out is None:
        print(text, end="")
    else:
        write_text(out, text)
        print(f"{out}: {report.headline()}", file=sys.stderr)


def _form(given: str) -> ReportForm:
    forms: tuple[ReportForm, ...] = get_args(ReportForm)
    for one in forms:
        if one == given:
            return one
    raise PeerwatchError(unknown("format", given, forms))
