"""Signing in and out, and enrolling a passkey with a one-time code."""

from __future__ import annotations

from typing import Any

import structlog
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from peerwatch.oversight.page.enrolment import spend_code, whose_code
from peerwatch.oversight.page.page_desk import Desk, Fields, Json, PageDesk, Session, see_other
from peerwatch.oversight.page.passkeys import PasskeyError

sign_in_routes = APIRouter()
_log = structlog.get_logger("peerwatch.sign_in")


@sign_in_routes.get("/sign-in")
def sign_in_page(request: Request, desk: Desk, next: str = "/") -> Response:
    """Return where people sign in."""
    if desk.session_of(request) is not None:
        return desk.with_cookie(request, see_other(_local(next)))
    anybody = desk.by_proxy or bool(desk.known_passkeys())
    return desk.show(request, "sign_in.html.j2", next=_local(next), anybody=anybody)


@sign_in_routes.get("/enrol")
def enrol_page(request: Request, desk: Desk) -> Response:
    """Return where a person enrols a passkey."""
    _passkeys_only(desk)
    return desk.show(request, "enrol.html.j2")


@sign_in_routes.post("/sign-in/ask")
def sign_in_ask(request: Request, desk: Desk, _: Json) -> Response:
    """Return what the browser has to answer with a passkey."""
    _passkeys_only(desk)
    _take_try(desk, request)
    return JSONResponse(desk.passkey_desk.ask_to_sign_in())


@sign_in_routes.post("/sign-in/answer")
def sign_in_answer(request: Request, desk: Desk, said: Json) -> Response:
    """Begin a session for whose passkey answered."""
    _passkeys_only(desk)
    _take_try(desk, request)
    try:
        passkey = desk.passkey_desk.signed_in(_answer(said), desk.known_passkeys())
    except PasskeyError as error:
        return _refused(desk, "passkey", error)
    desk.record_sign_in(passkey.person, "passkey", passkey)
    return _begun(request, desk, passkey.person, _local(str(said.get("next", "/"))))


@sign_in_routes.post("/enrol/ask")
def enrol_ask(request: Request, desk: Desk, said: Json) -> Response:
    """Return what the browser needs to make a passkey for whom a code is."""
    _passkeys_only(desk)
    _take_try(desk, request)
    person = whose_code(desk.state.folder, str(said.get("code", "")))
    if person is None:
        return _refused(desk, "code", PasskeyError(_BAD_CODE))
    return JSONResponse(desk.passkey_desk.ask_to_enrol(person, desk.known_passkeys().values()))


@sign_in_routes.post("/enrol/answer")
def enrol_answer(request: Request, desk: Desk, said: Json) -> Response:
    """Enrol the passkey that a browser made, and begin a session."""
    _passkeys_only(desk)
    _take_try(desk, request)
    code = str(said.get("code", ""))
    person = whose_code(desk.state.folder, code)
    if person is None:
        return _refused(desk, "code", PasskeyError(_BAD_CODE))
    try:
        passkey = desk.passkey_desk.enrolled(person, _answer(said))
    except PasskeyError as error:
        return _refused(desk, "code", error)
    if passkey.id in desk.known_passkeys() or not spend_code(desk.state.folder, code):
        return _refused(desk, "code", PasskeyError(_BAD_CODE))
    desk.record_sign_in(person, "passkey_enrolled", passkey)
    return _begun(request, desk, person, "/")


@sign_in_routes.post("/sign-out")
def sign_out(request: Request, desk: Desk, session: Session, fields: Fields) -> Response:
    """End this session, or all of this person's."""
    if "everywhere" in fields:
        desk.sessions.end_all(session.person)
    desk.sessions.end(request.cookies.get(desk.cookie))
    _log.info("signed_out", person=session.person, everywhere="everywhere" in fields)
    response = see_other("/sign-in")
    response.delete_cookie(desk.cookie, secure=desk.config.secure, httponly=True, samesite="lax")
    return response


_BAD_CODE = (
    "This code is not good, or no longer. On the machine, 'peerwatch oversee passkey-code NAME' "
    "makes a new one."
)


def _passkeys_only(desk: PageDesk) -> None:
    if desk.by_proxy:
        raise HTTPException(404)


def _take_try(desk: PageDesk, request: Request) -> None:
    address = request.client.host if request.client else ""
    if not desk.limit.take(address):
        desk.metrics.sign_ins.labels("any", "too_often").inc()
        _log.warning("sign_in_too_often", peer=address)
        raise HTTPException(429, "That was too often. Wait a minute, then try again.")


def _answer(said: dict[str, Any]) -> dict[str, Any]:
    answer = said.get("answer")
    if not isinstance(answer, dict) or not isinstance(answer.get("response"), dict):
        raise PasskeyError("The browser's answer cannot be read. Try again.")
    return answer


def _refused(desk: PageDesk, how: str, error: PasskeyError) -> Response:
    desk.metrics.sign_ins.labels(how, "refused").inc()
    _log.warning("sign_in_refused", how=how)
    return JSONResponse({"error": str(error)}, 403)


def _begun(request: Request, desk: PageDesk, person: str, where: str) -> Response:
    desk.sessions.end(request.cookies.get(desk.cookie))
    cookie, session = desk.sessions.begin(person, "passkey")
    desk.metrics.sign_ins.labels(session.how, "signed_in").inc()
    _log.info("signed_in", person=person)
    return desk.with_cookie(request, JSONResponse({"next": where}), cookie)


def _local(where: str) -> str:
    """Return an address of this page; whatever leads elsewhere becomes the first page."""
    plain = where.isascii() and where.isprintable() and "\\" not in where
    return where if plain and where.startswith("/") and not where.startswith("//") else "/"
