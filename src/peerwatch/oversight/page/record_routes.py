"""The record: its checkpoint, what a second place knows, its entries and their proofs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from peerwatch.oversight.operation.anchoring import AnchorStanding, anchor_standings
from peerwatch.oversight.page.page_desk import Desk, PageDesk, Session
from peerwatch.oversight.record.entry_index import Entry

record_routes = APIRouter()
ON_A_PAGE = 50


@record_routes.get("/record")
def record_page(
    request: Request, desk: Desk, session: Session, last: int | None = None
) -> Response:
    """Return the checkpoint, anchored and unanchored ranges, and some entries."""
    view = desk.view.read_on()
    end = view.size - 1 if last is None else max(0, min(last, view.size - 1))
    return desk.show(
        request,
        "record.html.j2",
        session,
        note=desk.state.record.checkpoint(),
        key=desk.state.record.public_key,
        size=view.size,
        retired=view.retired,
        anchored=anchored_to(view.anchored),
        places=second_places(desk),
        entries=view.page_of(end, ON_A_PAGE)[::-1],
        end=end,
        step=ON_A_PAGE,
    )


@record_routes.get("/record/checkpoint")
def checkpoint_file(desk: Desk, session: Session) -> Response:
    """Return the signed checkpoint as a file."""
    return _file(desk.state.record.checkpoint(), "checkpoint.txt")


@record_routes.get("/record/key")
def key_file(desk: Desk, session: Session) -> Response:
    """Return the public key as a file."""
    return _file(f"{desk.state.record.public_key}\n", "record.pub")


@record_routes.get("/record/{seq}")
def entry_page(request: Request, desk: Desk, session: Session, seq: int) -> Response:
    """Return one entry with its proof."""
    entry = _entry(desk, seq)
    return desk.show(
        request,
        "entry.html.j2",
        session,
        entry=entry,
        content=json.dumps(entry.body, indent=2, ensure_ascii=False),
        proof=desk.state.record.proof(seq),
        size=desk.view.size,
        anchored=anchored_to(desk.view.anchored),
    )


@record_routes.get("/record/{seq}/leaf")
def leaf_file(desk: Desk, session: Session, seq: int) -> Response:
    """Return the bytes that the tree holds of an entry."""
    _entry(desk, seq)
    return _file(desk.state.record.leaf(seq).decode(), f"leaf-{seq}.json")


@record_routes.get("/record/{seq}/proof")
def proof_file(desk: Desk, session: Session, seq: int) -> Response:
    """Return the proof that an entry is in the record."""
    _entry(desk, seq)
    return _file(desk.state.record.proof(seq), f"proof-{seq}.txt")


def anchored_to(anchored: Sequence[Entry]) -> int:
    """Return how many leaves some second place has been told of."""
    return max((int(one.body["size"]) for one in anchored), default=0)


def second_places(desk: PageDesk) -> list[AnchorStanding]:
    """Return what each second place knows, and whether it should know more."""
    state = desk.state
    known = desk.view.anchored, state.anchors_failed, state.begun, state.clock()
    return anchor_standings(desk.config.anchors, *known)


def _entry(desk: PageDesk, seq: int) -> Entry:
    entry = desk.view.read_on().entry(seq) if 0 <= seq < 2**53 else None
    if entry is None:
        raise HTTPException(404, "There is no such entry, or its range was retired.")
    return entry


def _file(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(text, headers=headers)
