"""What is watched: assets and agents with their drift, coverage, and the first page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from peerwatch.oversight.page.finding_routes import all_findings
from peerwatch.oversight.page.order_routes import rows_of
from peerwatch.oversight.page.page_desk import Desk, PageDesk, Session
from peerwatch.oversight.page.record_routes import anchored_to, second_places
from peerwatch.oversight.page.rows.asset_rows import agent_rows, asset_rows
from peerwatch.oversight.page.rows.coverage_rows import HostRow, host_rows
from peerwatch.oversight.state_folder import times_of

watch_routes = APIRouter()


@watch_routes.get("/")
def now_page(request: Request, desk: Desk, session: Session) -> Response:
    """Return what needs a person now."""
    orders = rows_of(desk)
    open_findings = [one for one in all_findings(desk) if one.explained is None]
    return desk.show(
        request,
        "now.html.j2",
        session,
        orders=[one for one in orders if not one.ended],
        ended=sum(one.ended for one in orders),
        findings=[one for one in open_findings if not one.incidents],
        hosts=hosts_of(desk),
        silent=silent_for(desk),
        unanchored=desk.view.size - anchored_to(desk.view.anchored),
        size=desk.view.size,
        changed=desk.state.changed(),
        refused=desk.state.refused(),
        late_places=[one for one in second_places(desk) if one.late],
    )


@watch_routes.get("/assets")
def assets_page(request: Request, desk: Desk, session: Session) -> Response:
    """Return agents and assets, and what has changed of them."""
    inventory, findings = desk.state.inventory, all_findings(desk)
    return desk.show(
        request,
        "assets.html.j2",
        session,
        agents=agent_rows(inventory),
        assets=asset_rows(inventory, desk.look, findings),
        drift=[one for one in findings if one.behaviour == "drift" and one.asset is None],
        scores=[(one.seq, one.at, one.body) for one in reversed(list(desk.view.scores))],
        may_order=desk.may_order(session),
    )


@watch_routes.get("/coverage")
def coverage_page(request: Request, desk: Desk, session: Session) -> Response:
    """Return which host and path is watched how."""
    hosts = hosts_of(desk)
    return desk.show(request, "coverage.html.j2", session, hosts=hosts, silent=silent_for(desk))


def hosts_of(desk: PageDesk) -> list[HostRow]:
    """Return a row a host."""
    view, state = desk.view.read_on(), desk.state
    schedule = times_of(desk.config).schedule
    return host_rows(state.inventory, desk.look, view.looks, state.clock(), schedule)


def silent_for(desk: PageDesk) -> float | None:
    """Return for how many seconds the overseer has not been heard of; None while it is on time."""
    alive = desk.view.alive
    if alive is None:
        return float("inf")
    since = desk.state.clock() - alive[0]
    return since if since > 3 * alive[1] or desk.view.stopped is not None else None
