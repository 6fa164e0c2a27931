"""What every address of the page needs: who asks, may they, and how an answer is written."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from fastapi import Depends, Request
from jinja2 import Environment
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from peerwatch.charts.html_pages import page_environment, page_style
from peerwatch.oversight.operation.oversight_config import OversightConfig, read_secret
from peerwatch.oversight.operation.oversight_metrics import OversightMetrics
from peerwatch.oversight.page.overseer_state import OverseerState
from peerwatch.oversight.page.page_sessions import PageSession, SessionStore
from peerwatch.oversight.page.passkeys import Passkey, PasskeyDesk, passkeys
from peerwatch.oversight.page.proxy_sign_in import TrustedProxy
from peerwatch.oversight.page.record_view import RecordView
from peerwatch.oversight.page.rows.asset_rows import size_said
from peerwatch.oversight.page.rows.seen_files import SeenHost
from peerwatch.oversight.page.sign_in_limits import SignInLimit
from peerwatch.oversight.page.visible_text import marked_text, visible_text

SECTIONS = (
    ("/", "Now"),
    ("/orders", "Orders"),
    ("/findings", "Findings"),
    ("/assets", "Assets"),
    ("/coverage", "Coverage"),
    ("/record", "Record"),
)


R = TypeVar("R", bound=Response)


class SignInNeeded(Exception):
    """Nobody is signed in; a browser is led to where people sign in."""


@dataclass
class PageDesk:
    """One page: its state, configuration and who is signed in."""

    state: OverseerState
    config: OversightConfig
    metrics: OversightMetrics
    view: RecordView
    sessions: SessionStore
    passkey_desk: PasskeyDesk
    proxy: TrustedProxy | None
    limit: SignInLimit
    filing: threading.Lock = field(default_factory=threading.Lock)
    """Held while an incident gets its number."""
    _recorded: dict[str, float] = field(default_factory=dict)
    _looks: dict[str, tuple[float, SeenHost | None]] = field(default_factory=dict)

    @property
    def by_proxy(self) -> bool:
        """Whether a reverse proxy says who it is."""
        return self.proxy is not None

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; browsers bind ``__Host-`` to this host and https."""
        return "__Host-peerwatch" if self.config.secure else "peerwatch"

    def session_of(self, request: Request, count_as_use: bool = True) -> PageSession | None:
        """Return who asks, or None.

        Behind a proxy the proxy's word counts for each request; the session is then only what a
        form's token is bound to.
        """
        session = self.sessions.find(request.cookies.get(self.cookie), count_as_use)
        if self.proxy is None:
            return session
        address = request.client.host if request.client else None
        person = self.proxy.person(address, request.headers.raw)
        if person is None:
            return None
        if session is not None and session.person == person:
            return session
        cookie, session = self.sessions.begin(person, "proxy")
        request.state.new_cookie = cookie
        self._record_once(person)
        return session

    def record_sign_in(self, person: str, how: str, passkey: Passkey | None = None) -> None:
        """Put into the record that somebody signed in, and by which passkey."""
        body: dict[str, Any] = {"person": person, "how": how}
        if passkey is not None:
            body["passkey"] = passkey.as_json()
        self.state.record.append("signed_in", body, durable=how == "passkey_enrolled")

    def _record_once(self, person: str) -> None:
        """Record a sign-in by the proxy, once within the life of an idle session.

        A program that keeps no cookie would otherwise write a leaf with each request.
        """
        now = time.monotonic()
        if now - self._recorded.get(person, float("-inf")) < self.config.sign_in.idle_minutes * 60:
            return
        self._recorded[person] = now
        self.record_sign_in(person, "proxy")

    def known_passkeys(self) -> dict[str, Passkey]:
        """Return the passkeys that may sign in."""
        return passkeys(self.view.read_on().sign_ins)

    def may_order(self, session: PageSession) -> bool:
        """Whether a person may give and withdraw orders."""
        return not self.config.orders_by or session.person in self.config.orders_by

    def look(self, host: str) -> SeenHost | None:
        """Return the last look at a host, read and ordered once for each look."""
        newest = self.view.looks.get(host)
        at = float(newest[-1].seq) if newest else -1.0
        kept = self._looks.get(host)
        if kept is None or kept[0] != at:
            facts = self.state.look(host)
            kept = (at, SeenHost(facts) if facts is not None else None)
            self._looks[host] = kept
        return kept[1]

    def show(
        self,
        request: Request,
        template: str,
        session: PageSession | None = None,
        status: int = 200,
        **values: Any,
    ) -> HTMLResponse:
        """Return a page."""
        now = self.state.clock()
        text = (
            _templates()
            .get_template(template)
            .render(
                path=request.url.path, session=session, now=now, by_proxy=self.by_proxy, **values
            )
        )
        return self.with_cookie(request, HTMLResponse(text, status))

    def with_cookie(self, request: Request, response: R, cookie: str | None = None) -> R:
        """Give a response the cookie of a session that this request began."""
        begun = cookie or getattr(request.state, "new_cookie", None)
        if begun:
            response.set_cookie(
                self.cookie, begun, secure=self.config.secure, httponly=True, samesite="lax"
            )
        return response


def make_desk(state: OverseerState, config: OversightConfig, metrics: OversightMetrics) -> PageDesk:
    """Return the desk of one page.

    Raises:
        ConfigError: The proxy's secret cannot be read or is too short.
    """
    sign_in = config.sign_in
    proxy = None
    if sign_in.proxy is not None:
        proxy = TrustedProxy(
            sign_in.proxy.user_header,
            sign_in.proxy.secret_header,
            read_secret(sign_in.proxy.secret_file, at_least=32),
            sign_in.proxy.addresses,
        )
    return PageDesk(
        state,
        config,
        metrics,
        RecordView(state.record),
        SessionStore(sign_in.idle_minutes * 60, sign_in.longest_minutes * 60),
        PasskeyDesk(config.rp_id, config.origin),
        proxy,
        SignInLimit(sign_in.tries_a_minute, 60),
    )


def desk_of(request: Request) -> PageDesk:
    """Return the desk of the page that a request came to."""
    desk: PageDesk = request.app.state.desk
    return desk


def signed_in(request: Request) -> PageSession:
    """Return who asks.

    Raises:
        SignInNeeded: Nobody is signed in.
    """
    session = desk_of(request).session_of(request, "x-refresh" not in request.headers)
    if session is None:
        raise SignInNeeded
    if request.method == "GET" and "x-refresh" not in request.headers:
        desk_of(request).state.note_opened(request.url.path)
    return session


async def read_form(request: Request) -> dict[str, list[str]]:
    """Return the fields of a form that is this session's own.

    Raises:
        SignInNeeded: Nobody is signed in.
        HTTPException: The token is missing or another session's (403), or it is no form (400).
    """
    session = desk_of(request).session_of(request)
    if session is None:
        raise SignInNeeded
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise HTTPException(400, "This is no form of ours.")
    async with request.form(max_files=0, max_fields=100) as form:
        fields: dict[str, list[str]] = {}
        for name, value in form.multi_items():
            fields.setdefault(name, []).append(str(value))
    if not session.accepts(one_of(fields, "csrf")):
        raise HTTPException(403, "This form is not of your session. Go back, reload, try again.")
    return fields


async def read_json(request: Request) -> dict[str, Any]:
    """Return the JSON object that a script of ours sent.

    Raises:
        HTTPException: It is none (400).
    """
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise HTTPException(400, "Expected JSON.")
    try:
        value = json.loads(await request.body())
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise HTTPException(400, "Expected a JSON object.")
    return value


Session = Annotated[PageSession, Depends(signed_in)]
Desk = Annotated[PageDesk, Depends(desk_of)]
Fields = Annotated[dict[str, list[str]], Depends(read_form)]
Json = Annotated[dict[str, Any], Depends(read_json)]


def one_of(fields: Mapping[str, list[str]], name: str) -> str:
    """Return the only value of a field, without spaces around it; empty if it is not there."""
    values = fields.get(name, [])
    return values[0].strip() if len(values) == 1 else ""


def hold(session: PageSession, value: dict[str, Any]) -> str:
    """Keep something until the person confirms it; returns its name, good once."""
    name = secrets.token_urlsafe(16)
    session.pending[name] = {**value, "until": time.monotonic() + 300}
    while len(session.pending) > 20:
        session.pending.pop(next(iter(session.pending)))
    return name


def held(session: PageSession, name: str) -> dict[str, Any]:
    """Return what was held, and hold it no longer.

    Raises:
        HTTPException: It is too late, or was done already (409).
    """
    value: dict[str, Any] | None = session.pending.pop(name, None)
    if value is None or value["until"] < time.monotonic():
        raise HTTPException(409, "This was confirmed already, or waited too long. Begin again.")
    return value


def see_other(where: str) -> Response:
    """Return the answer that leads a browser on after a form."""
    return RedirectResponse(where, 303)


@cache
def _templates() -> Environment:
    """Return the templates; everything they write is made visible."""
    environment = page_environment("peerwatch.oversight.page")
    environment.finalize = visible_text
    environment.filters |= {
        "marked": marked_text,
        "moment": _moment,
        "lasting": lasting,
        "sized": size_said,
        "quoted": lambda text: quote(str(text), safe=""),
    }
    environment.globals |= {"sections": SECTIONS, "static": static_address}
    return environment


@cache
def static_text(name: str) -> str:
    """Return a file that the page has beside its templates."""
    own = files("peerwatch.oversight.page").joinpath("static", name).read_text(encoding="utf-8")
    return page_style() + own if name == "oversight.css" else own


@cache
def static_address(name: str) -> str:
    """Return the address of a file, which changes with what it holds."""
    digest = hashlib.sha256(static_text(name).encode()).hexdigest()[:16]
    return f"/static/{digest}/{name}"


def _moment(at: float | None, now: float | None = None) -> Markup:
    """Return a time as HTML: UTC to the second, and how long ago where ``now`` is given."""
    if at is None:
        return Markup("never")
    try:
        when = datetime.fromtimestamp(at, UTC)
    except (OverflowError, ValueError, OSError):
        return Markup("at no time")
    ago = "" if now is None else f" ({_ago(now - at)})"
    return Markup('<time datetime="{}">{}</time>{}').format(
        when.isoformat(timespec="seconds"), when.strftime("%Y-%m-%d %H:%M:%S UTC"), ago
    )


def _ago(seconds: float) -> str:
    if abs(seconds) < 1:
        return "now"
    return f"{lasting(seconds)} ago" if seconds > 0 else f"in {lasting(-seconds)}"


def lasting(seconds: float | None) -> str:
    """Return a length of time in its largest unit: ``3 min``."""
    if seconds is None:
        return "not known"
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
