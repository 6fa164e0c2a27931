"""The page as an ASGI application."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.operation.health import failing
from peerwatch.oversight.operation.oversight_config import OversightConfig, read_secret
from peerwatch.oversight.operation.oversight_metrics import Gauges, OversightMetrics, tally
from peerwatch.oversight.page.finding_routes import all_findings, finding_routes
from peerwatch.oversight.page.live_events import live_routes
from peerwatch.oversight.page.order_routes import order_routes, rows_of
from peerwatch.oversight.page.overseer_state import OverseerState
from peerwatch.oversight.page.page_desk import (
    PageDesk,
    SignInNeeded,
    make_desk,
    static_address,
    static_text,
)
from peerwatch.oversight.page.page_guard import PageGuard
from peerwatch.oversight.page.record_routes import anchored_to, record_routes, second_places
from peerwatch.oversight.page.sign_in_routes import sign_in_routes
from peerwatch.oversight.page.watch_routes import hosts_of, silent_for, watch_routes

_log = structlog.get_logger("peerwatch.page")
_FILES = {
    "oversight.css": "text/css",
    "oversight.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


def make_app(state: OverseerState, config: OversightConfig) -> FastAPI:
    """Return the page.

    Args:
        state: The record, the inventory, the looks.
        config: How people sign in, and under which origin they see it.

    Raises:
        ConfigError: A secret that the configuration names cannot be read.
    """
    app = FastAPI(title="Peerwatch oversight", openapi_url=None, docs_url=None, redoc_url=None)
    desks: list[PageDesk] = []
    metrics = OversightMetrics(lambda: _gauges(desks[0]))
    desk = make_desk(state, config, metrics)
    desks.append(desk)
    app.state.desk, app.state.streams, app.state.closing = desk, 0, False
    for routes in (
        sign_in_routes,
        order_routes,
        finding_routes,
        record_routes,
        watch_routes,
        live_routes,
    ):
        app.include_router(routes)
    _add_files(app)
    _add_operation(app, desk)
    _add_errors(app)
    app.add_middleware(
        PageGuard, host=config.host, origin=config.origin, count=metrics.count_request
    )
    return app


def _add_files(app: FastAPI) -> None:
    for name, kind in _FILES.items():
        app.add_api_route(static_address(name), _file(name, kind), include_in_schema=False)


def _file(name: str, kind: str) -> Callable[[], Response]:
    text = static_text(name)

    def send() -> Response:
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(text, media_type=kind, headers=headers)

    return send


def _add_operation(app: FastAPI, desk: PageDesk) -> None:
    config = desk.config
    token = read_secret(config.metrics_token_file, 16) if config.metrics_token_file else None

    @app.get("/healthz")
    def healthz() -> Response:
        return PlainTextResponse("alive\n")

    @app.get("/readyz")
    def readyz() -> Response:
        wrong = failing({"record": lambda: _record_wrong(desk), "sensor": lambda: _silence(desk)})
        # A warning does not take the page away from those who have to read it.
        warned = failing(
            {"anchors": lambda: _late_anchors(desk), "inventory": lambda: _refused(desk)}
        )
        said = {"ready": not wrong, "failing": wrong, "warnings": warned}
        return JSONResponse(said, 503 if wrong else 200)

    @app.get("/metrics")
    def show_metrics(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token is None or not hmac.compare_digest(given.encode(), token.encode()):
            raise HTTPException(404 if token is None else 401)
        return Response(desk.metrics.text(), media_type="text/plain; version=0.0.4")


def _record_wrong(desk: PageDesk) -> str | None:
    desk.view.read_on()
    if desk.state.changed() is not None:
        return "it was changed by another hand"
    return "its checkpoints are not signed" if desk.state.record.trouble else None


def _silence(desk: PageDesk) -> str | None:
    return None if silent_for(desk) is None else "it has not been heard of"


def _late_anchors(desk: PageDesk) -> str | None:
    late = sum(one.late for one in second_places(desk))
    return f"second places that were not told in time: {late}" if late else None


def _refused(desk: PageDesk) -> str | None:
    return None if desk.state.refused() is None else "its file is refused, an older one is in force"


def _gauges(desk: PageDesk) -> Gauges:
    orders = rows_of(desk)
    hosts = hosts_of(desk)
    now = desk.state.clock()
    keys = (
        (one.behaviour, one.direction, "yes" if one.explained is not None else "no")
        for one in all_findings(desk)
    )
    states = [one.state for one in orders]
    places, begun = second_places(desk), desk.state.begun
    return Gauges(
        orders={state: states.count(state) for state in sorted(set(states))},
        findings=tally(keys),
        since_look={one.name: now - one.last_seen for one in hosts if one.last_seen is not None},
        unobserved={one.name: len(one.unobserved) for one in hosts},
        since_heartbeat=None if desk.view.alive is None else now - desk.view.alive[0],
        size=desk.view.size,
        unanchored=desk.view.size - anchored_to(desk.view.anchored),
        since_anchor={one.place: now - (one.at or begun) for one in places},
        late_anchors=sum(one.late for one in places),
        refused=desk.state.refused() is not None,
        sessions=len(desk.sessions),
    )


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(SignInNeeded)
    def lead_to_sign_in(request: Request, _: Exception) -> Response:
        if request.method != "GET" or request.url.path == "/events":
            return PlainTextResponse("You are not signed in.", 401)
        return RedirectResponse(request.url_for("sign_in_page").path + _next(request), 303)

    @app.exception_handler(HTTPException)
    def tell(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return _told(request, error.status_code, str(error.detail))

    @app.exception_handler(PeerwatchError)
    def tell_what_is_wrong(request: Request, error: Exception) -> Response:
        _log.error("page_failed", route=request.url.path, said=str(error))
        desk: PageDesk = request.app.state.desk
        known = desk.sessions.find(request.cookies.get(desk.cookie)) is not None
        return _told(request, 503, str(error) if known else "This cannot be done now.")

    @app.exception_handler(RequestValidationError)
    def tell_of_address(request: Request, _: Exception) -> Response:
        return _told(request, 404, "There is nothing at this address.")


def _next(request: Request) -> str:
    path = request.url.path
    return "" if path == "/" else f"?next={quote(path, safe='/')}"


def _told(request: Request, status: int, said: str) -> Response:
    if request.headers.get("content-type", "").startswith("application/json"):
        return JSONResponse({"error": said}, status)
    desk: PageDesk = request.app.state.desk
    session = desk.sessions.find(request.cookies.get(desk.cookie), count_as_use=False)
    return desk.show(request, "message.html.j2", session, status, said=said)
