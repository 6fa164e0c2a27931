"""What stands before every address: host, origin, size, and the headers that bind browsers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing in a page runs or styles but files of ours; no page of others can hold ours."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer a form's Origin header would say null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
        "publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
}
LONGEST_BODY = 65_536
"""Bytes of a request; a passkey's answer takes some thousand."""
WITHOUT_HOST = ("/healthz", "/readyz", "/metrics")
"""Asked by machines under whatever name; they tell no content and change nothing."""
_log = structlog.get_logger("peerwatch.page")


class PageGuard:
    """Refuses requests that no browser of a person on this page would make, and logs the others.

    Args:
        app: What stands behind.
        host: What the ``Host`` header has to say, so that no other name can be bound to the page.
        origin: Where a request that changes something has to come from.
        count: Called with route, status and seconds of each request.
    """

    def __init__(
        self, app: ASGIApp, host: str, origin: str, count: Callable[[str, int, float], None]
    ) -> None:
        self._app = app
        self._host = host
        self._origin = origin
        self._secure = origin.startswith("https:")
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.monotonic(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._put_headers(MutableHeaders(raw=message["headers"]), scope["path"])
                message = {**message, "headers": message["headers"]}
            await send(message)

        refused = self._refusal(scope)
        try:
            if refused is not None:
                await refused(scope, receive, sending)
            else:
                await self._app(scope, _bounded(receive), sending)
        finally:
            self._note(scope, status, time.monotonic() - begun)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if scope["path"] not in WITHOUT_HOST and headers.getlist("host") != [self._host]:
            return PlainTextResponse(
                "This page answers to no such name, but to the one in origin of oversight.yaml.",
                421,
            )
        if scope["method"] in ("GET", "HEAD"):
            return None
        if scope["method"] != "POST":
            return PlainTextResponse("Not a method of this page.", 405)
        if headers.get("origin") != self._origin:
            return PlainTextResponse("This did not come from a page of ours.", 403)
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return PlainTextResponse("This did not come from a page of ours.", 403)
        length = headers.get("content-length", "")
        if not length.isascii() or not length.isdigit():
            return PlainTextResponse("A request says how long it is.", 411)
        if len(length) > 9 or int(length) > LONGEST_BODY:
            return PlainTextResponse("This is more than the page takes.", 413)
        return None

    def _put_headers(self, headers: MutableHeaders, path: str) -> None:
        for name, value in HEADERS.items():
            headers[name] = value
        if self._secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if not path.startswith("/static/"):
            headers["Cache-Control"] = "no-store"

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route: Any = scope.get("route")
        name = getattr(route, "path", None) or "none"
        self._count(name, status, seconds)
        _log.info(
            "request",
            method=scope["method"],
            route=name,
            status=status,
            ms=round(seconds * 1000, 1),
            peer=(scope.get("client") or ("",))[0],
        )


def _bounded(receive: Receive) -> Receive:
    """Return a receiver that ends a body which is longer than it said."""
    left = LONGEST_BODY

    async def receiving() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        return message if left >= 0 else {"type": "http.disconnect"}

    return receiving
