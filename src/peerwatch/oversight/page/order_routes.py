"""Orders: where they stand, and giving, reporting and withdrawing one.

An order is typed, shown again as it will stand in the record, and then confirmed; where people
have passkeys the confirmation is a signature under exactly this order. So neither a stolen cookie
nor another page can give one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, get_args

import structlog
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.given_numbers import next_name
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.order import Order, OrderKind
from peerwatch.oversight.orders.exit_criteria import check_order
from peerwatch.oversight.page.page_desk import (
    Desk,
    Fields,
    PageDesk,
    Session,
    held,
    hold,
    one_of,
    see_other,
)
from peerwatch.oversight.page.page_sessions import PageSession
from peerwatch.oversight.page.passkeys import PasskeyError
from peerwatch.oversight.page.rows.finding_rows import finding_rows
from peerwatch.oversight.page.rows.order_rows import OrderRow, order_row, order_rows
from peerwatch.oversight.state_folder import giving

order_routes = APIRouter()
LONGEST_WORDS = 2_000
_log = structlog.get_logger("peerwatch.orders")
_LATEST = 3660 * 86_400


class OrderFault(Exception):
    """What is wrong with what was typed, for the person."""


@order_routes.get("/orders")
def orders_page(request: Request, desk: Desk, session: Session) -> Response:
    """Return all orders."""
    rows = rows_of(desk)
    may = desk.may_order(session)
    return desk.show(request, "orders.html.j2", session, orders=rows, may_order=may)


@order_routes.get("/orders/new")
def new_order_page(request: Request, desk: Desk, session: Session, target: str = "") -> Response:
    """Return the form for an order."""
    _may_order(desk, session)
    return _form(request, desk, session, {"kind": "", "target": target, "by": "", "why": ""})


@order_routes.post("/orders/check")
def order_to_confirm(request: Request, desk: Desk, session: Session, fields: Fields) -> Response:
    """Show an order as it will be recorded, for the person to confirm."""
    _may_order(desk, session)
    typed = {name: one_of(fields, name) for name in ("kind", "target", "by", "why")}
    try:
        order = _order(desk, typed, fields.get("hosts", []))
    except OrderFault as fault:
        return _form(request, desk, session, typed, str(fault), fields.get("hosts", []))
    act = {"act": "give an order", "person": session.person, **order}
    return _confirm(request, desk, session, act)


@order_routes.get("/orders/{order}")
def order_page(request: Request, desk: Desk, session: Session, order: str) -> Response:
    """Return one order with its criteria, events and findings."""
    row = _found(desk, order)
    standing = desk.view.fold.orders[order]
    entries = [one for one in desk.view.findings if one.body.get("order") == order]
    return desk.show(
        request,
        "order.html.j2",
        session,
        order=row,
        findings=finding_rows(entries, desk.view.incidents),
        more=len(standing.findings) - len(entries),
        may_order=desk.may_order(session),
        report=desk.state.report is not None,
    )


@order_routes.get("/orders/{order}/report")
def report_file(desk: Desk, session: Session, order: str) -> Response:
    """Return the signed report of an order."""
    _found(desk, order)
    if desk.state.report is None:
        raise HTTPException(404, "Nothing signs reports here.")
    headers = {"Content-Disposition": 'attachment; filename="report.txt"'}
    return PlainTextResponse(desk.state.report(order), headers=headers)


@order_routes.post("/orders/{order}/withdraw")
def withdraw_order(
    request: Request, desk: Desk, session: Session, fields: Fields, order: str
) -> Response:
    """Show what withdrawing means, for the person to confirm."""
    _may_order(desk, session)
    row = _found(desk, order)
    if row.state == "withdrawn":
        raise HTTPException(409, "This order is withdrawn already.")
    act = {"act": "withdraw an order", "person": session.person, "order": order}
    return _confirm(request, desk, session, {**act, "why": _words(one_of(fields, "why"))}, row)


@order_routes.post("/orders/{order}/done")
def report_done(
    request: Request, desk: Desk, session: Session, fields: Fields, order: str
) -> Response:
    """Record that somebody says that an order is carried out."""
    row = _found(desk, order)
    if row.state == "withdrawn":
        raise HTTPException(409, "This order is withdrawn; there is nothing to report.")
    said = _words(one_of(fields, "said"))
    body = {"order": order, "person": session.person, "said": said}
    desk.state.record.append("reported_done", body)
    return see_other(f"/orders/{order}")


@order_routes.post("/act")
def confirmed(request: Request, desk: Desk, session: Session, fields: Fields) -> Response:
    """Do what a person confirmed, once."""
    _may_order(desk, session)
    waiting = held(session, one_of(fields, "held"))
    act = waiting["act"]
    signed = _signature(desk, session, act, waiting.get("nonce"), one_of(fields, "answer"))
    if act["act"] == "withdraw an order":
        order = act["order"]
        if _found(desk, order).state == "withdrawn":
            raise HTTPException(409, "This order is withdrawn already.")
        body = {"order": order, "person": act["person"], "why": act["why"], **signed}
        desk.state.record.append("order_withdrawn", body)
    else:
        order = _give(desk, act, signed)
    _log.info("order_changed", act=act["act"], order=order, person=session.person)
    return see_other(f"/orders/{order}")


def rows_of(desk: PageDesk) -> list[OrderRow]:
    """Return all orders as rows, those that wait for somebody first."""
    view = desk.view.read_on()
    return order_rows(list(view.fold.orders.values()), view.orders, desk.state.clock())


def _found(desk: PageDesk, order: str) -> OrderRow:
    view = desk.view.read_on()
    standing = view.fold.orders.get(order)
    if standing is None:
        raise HTTPException(404, "There is no such order.")
    return order_row(standing, view.orders[order], desk.state.clock())


def _give(desk: PageDesk, act: dict[str, Any], signed: dict[str, Any]) -> str:
    order = {key: act[key] for key in ("kind", "target", "person", "by", "why", "hosts")}
    with giving(desk.config):  # two who confirm at once, here or by command, get two numbers
        known = _look_before(desk, act["hosts"])
        name = next_name(desk.state.record, "order")
        body = {"order": name, **order, "known_at": known, **signed}
        desk.state.record.append("order_given", body)
        desk.view.read_on()
    return name


def _look_before(desk: PageDesk, hosts: Sequence[str]) -> float:
    """Look at an order's hosts, and return the moment from which it can be known.

    What stood before anybody could know of it is nobody's doing.
    """
    looks = desk.state.look_now(hosts or desk.state.inventory.hosts) if desk.state.look_now else {}
    return max((one.ended for one in looks.values()), default=desk.state.clock())


def _may_order(desk: PageDesk, session: PageSession) -> None:
    if not desk.may_order(session):
        raise HTTPException(403, "You may read here. Orders are given by others: 'orders_by'.")


def _form(
    request: Request,
    desk: PageDesk,
    session: PageSession,
    typed: dict[str, str],
    fault: str = "",
    hosts: list[str] | None = None,
) -> Response:
    return desk.show(
        request,
        "order_new.html.j2",
        session,
        status=422 if fault else 200,
        inventory=desk.state.inventory,
        typed=typed,
        chosen=hosts or [],
        fault=fault,
    )


def _order(desk: PageDesk, typed: dict[str, str], hosts: list[str]) -> dict[str, Any]:
    kind: Any = typed["kind"]
    target = typed["target"]
    inventory: Inventory = desk.state.inventory
    if kind not in get_args(OrderKind):
        raise OrderFault("Say what shall happen.")
    if kind == "retire" and target not in inventory.agents:
        raise OrderFault("An agent is retired; choose an agent.")
    if kind != "retire" and target not in inventory.assets:
        raise OrderFault("Assets are erased, kept or frozen; choose an asset.")
    now = desk.state.clock()
    by = _time(typed["by"], now)
    try:
        check_order(Order("", kind, target, "", now, by, now, hosts=tuple(hosts)), inventory)
    except PeerwatchError as error:
        raise OrderFault(str(error)) from None
    return {"kind": kind, "target": target, "by": by, "why": _words(typed["why"]), "hosts": hosts}


def _time(text: str, now: float) -> float:
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        raise OrderFault("Say by when, as 2026-12-01T18:00, in UTC.") from None
    if not now < at < now + _LATEST:
        raise OrderFault("The time must lie ahead, and within ten years.")
    return at


def _words(text: str) -> str:
    return text.replace("\r\n", "\n")[:LONGEST_WORDS]


def _confirm(
    request: Request,
    desk: PageDesk,
    session: PageSession,
    act: dict[str, Any],
    order: OrderRow | None = None,
) -> Response:
    waiting: dict[str, Any] = {"act": act}
    options = None
    if not desk.by_proxy:
        known = desk.known_passkeys()
        waiting["nonce"], options = desk.passkey_desk.ask_to_sign(act, session.person, known)
    return desk.show(
        request,
        "confirm.html.j2",
        session,
        act=act,
        order=order,
        held=hold(session, waiting),
        options=None if options is None else json.dumps(options),
    )


def _signature(
    desk: PageDesk, session: PageSession, act: dict[str, Any], nonce: str | None, answer: str
) -> dict[str, Any]:
    """Return what goes into the leaf; nothing where a proxy says who it is."""
    if desk.by_proxy or nonce is None:
        return {}
    try:
        given = json.loads(answer or "null")
        if not isinstance(given, dict):
            raise PasskeyError("A passkey signs this, and that needs script. Switch it on.")
        signed = desk.passkey_desk.signed_act(
            act, nonce, session.person, given, desk.known_passkeys()
        )
    except (ValueError, RecursionError, PasskeyError) as error:
        said = str(error) if isinstance(error, PasskeyError) else "Begin again."
        raise HTTPException(403, said) from error
    return {"signed": {"act": act, **signed.as_json()}}
