"""Server-sent events: that the record has grown, and of which kind; never what was recorded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from peerwatch.oversight.page.page_desk import PageDesk, SignInNeeded, desk_of

live_routes = APIRouter()
MOST = 100
"""Streams at once: each is a person's open page."""
EVERY = 1.0
"""Seconds between looks at the record."""
_QUIET = ("heartbeat", "signed_in")


@live_routes.get("/events")
async def events(request: Request) -> Response:
    """Return the stream of what is new, until the session ends."""
    desk = desk_of(request)
    if desk.session_of(request, count_as_use=False) is None:
        raise SignInNeeded
    if request.app.state.streams >= MOST:
        raise HTTPException(503, "Too many pages are open.")
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(
        _stream(request, desk), media_type="text/event-stream", headers=headers
    )


async def _stream(request: Request, desk: PageDesk) -> AsyncIterator[str]:
    state = request.app.state
    state.streams += 1
    try:
        last = (await run_in_threadpool(desk.view.read_on)).size - 1
        yield "retry: 5000\n\n"
        while not state.closing:
            await asyncio.sleep(EVERY)
            if desk.session_of(request, count_as_use=False) is None:
                yield "event: ended\ndata: {}\n\n"
                return
            kinds, last = await run_in_threadpool(_kinds_since, desk, last)
            if kinds:
                yield f"id: {last}\nevent: leaf\ndata: {json.dumps({'kinds': kinds})}\n\n"
            else:
                yield ": \n\n"
    finally:
        state.streams -= 1


def _kinds_since(desk: PageDesk, last: int) -> tuple[list[str], int]:
    kinds = set()
    for entry in desk.state.record.entries(after=last, limit=1_000):
        last = entry.seq
        kinds.add(str(entry.kind))
    return sorted(kinds.difference(_QUIET)), last
