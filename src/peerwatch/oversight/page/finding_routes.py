"""Findings and incidents."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from peerwatch.oversight.given_numbers import next_name
from peerwatch.oversight.page.page_desk import Desk, Fields, PageDesk, Session, one_of, see_other
from peerwatch.oversight.page.rows.finding_rows import (
    BEHAVIOURS,
    FindingRow,
    finding_row,
    finding_rows,
)

finding_routes = APIRouter()
ON_A_PAGE = 100
LONGEST_NOTE = 4_000


@finding_routes.get("/findings")
def findings_page(
    request: Request,
    desk: Desk,
    session: Session,
    behaviour: str = "",
    host: str = "",
    which: str = "unexplained",
) -> Response:
    """Return the newest findings that pass the filters."""
    found = [
        row
        for row in all_findings(desk)
        if (not behaviour or row.behaviour == behaviour)
        and (not host or row.host == host)
        and (which == "all" or row.explained is None)
    ]
    return desk.show(
        request,
        "findings.html.j2",
        session,
        findings=found[:ON_A_PAGE],
        more=max(0, len(found) - ON_A_PAGE),
        behaviours=BEHAVIOURS,
        hosts=sorted(desk.state.inventory.hosts),
        chosen={"behaviour": behaviour, "host": host, "which": which},
    )


@finding_routes.get("/findings/{seq}")
def finding_page(request: Request, desk: Desk, session: Session, seq: int) -> Response:
    """Return one finding with its difference and who benefits."""
    return desk.show(request, "finding.html.j2", session, finding=_found(desk, seq))


@finding_routes.post("/findings/{seq}/incident")
def file_incident(
    request: Request, desk: Desk, session: Session, fields: Fields, seq: int
) -> Response:
    """File an incident from a finding, with the person's note."""
    row = _found(desk, seq)
    said = one_of(fields, "said").replace("\r\n", "\n")[:LONGEST_NOTE]
    if not said:
        return desk.show(
            request,
            "finding.html.j2",
            session,
            422,
            finding=row,
            fault="Say what happened, in a sentence of your own.",
        )
    with desk.filing:
        body = {
            "incident": next_name(desk.state.record, "incident"),
            "person": session.person,
            "said": said,
            "finding": seq,
            "host": row.host,
            "agent": row.agent,
            "asset": row.asset,
            "order": row.order,
        }
        desk.state.record.append("incident", body)
    return see_other("/incidents")


@finding_routes.get("/incidents")
def incidents_page(request: Request, desk: Desk, session: Session) -> Response:
    """Return all incidents, the newest first."""
    filed = [
        {"seq": one.seq, "at": one.at, **one.body} for one in desk.view.read_on().incidents[::-1]
    ]
    return desk.show(request, "incidents.html.j2", session, incidents=filed)


def all_findings(desk: PageDesk) -> list[FindingRow]:
    """Return the findings that the page holds, the newest first."""
    view = desk.view.read_on()
    return finding_rows(list(view.findings), list(view.incidents))


def _found(desk: PageDesk, seq: int) -> FindingRow:
    entry = desk.view.read_on().finding(seq)
    if entry is None:
        raise HTTPException(404, "There is no such finding.")
    filed = (one.seq for one in desk.view.incidents if one.body.get("finding") == seq)
    return finding_row(entry, tuple(filed))
