"""The page in a real browser: passkeys by a virtual authenticator, widths, keyboard, no script."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from peerwatch.oversight.page.enrolment import new_code
from peerwatch.oversight.page.overseer_state import OverseerState
from peerwatch.oversight.page.page_app import make_app
from peerwatch.oversight.page.page_server import PageServer
from tests.oversight.page.page_world import PROXY_HEADERS, make_config, make_state, proxy_entries
from tests.report.browser import chromium, needs_browser, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [needs_browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
PAGES = ("/", "/orders/O-1", "/orders/new", "/findings?which=all", "/findings/9")
MORE_PAGES = ("/assets", "/coverage", "/record", "/record/10", "/orders", "/incidents")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@contextmanager
def served(folder: Path, **more: Any) -> Iterator[tuple[str, OverseerState]]:
    """Serve a page; yields its address and what it stands on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    state = make_state(folder)
    app = make_app(state, make_config(folder, port, **more))
    with PageServer(app, "127.0.0.1", port):
        yield f"http://localhost:{port}", state
    state.record.close()


@pytest.fixture(scope="module")
def by_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, OverseerState]]:
    folder = tmp_path_factory.mktemp("proxied")
    with served(folder, sign_in=proxy_entries(folder)) as page:
        yield page


@pytest.fixture(scope="module")
def by_passkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, OverseerState]]:
    with served(tmp_path_factory.mktemp("passkeys")) as page:
        yield page


def with_authenticator(context: BrowserContext) -> tuple[Page, Any, str]:
    """Return a tab with an authenticator that verifies its user, and how to speak to it."""
    tab = context.new_page()
    devtools = context.new_cdp_session(tab)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return tab, devtools, made["authenticatorId"]


def test_a_passkey_enrols_signs_in_and_signs_an_order(
    browser: Browser, by_passkey: tuple[str, OverseerState]
) -> None:
    home, state = by_passkey
    context = browser.new_context(viewport={"width": 390, "height": 844})
    tab, devtools, authenticator = with_authenticator(context)
    tab.goto(f"{home}/orders/O-1")
    assert "/sign-in?next=/orders/O-1" in tab.url
    code = new_code(state.folder, "Ada Marsh")
    tab.get_by_role("link", name="enrol the first passkey").click()
    tab.get_by_label("One-time code").fill("WRONG-CODE")
    tab.get_by_role("button", name="Make a passkey").click()
    tab.get_by_text("This code is not good").wait_for()
    tab.get_by_label("One-time code").fill(code.lower())
    tab.get_by_role("button", name="Make a passkey").click()
    tab.get_by_role("heading", name="What needs a person now").wait_for()

    tab.get_by_role("button", name="Sign out", exact=True).click()
    tab.get_by_role("button", name="Sign in with a passkey").wait_for()
    devtools.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False}
    )
    tab.get_by_role("button", name="Sign in with a passkey").click()
    tab.get_by_text("The passkey was not used").wait_for()
    devtools.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True}
    )
    tab.get_by_role("button", name="Sign in with a passkey").click()
    tab.get_by_role("heading", name="What needs a person now").wait_for()

    tab.goto(f"{home}/orders/new")
    tab.get_by_label("To what").select_option("luma")
    tab.get_by_label("By when").fill("2030-01-01T10:00")
    tab.get_by_role("button", name="Check the order").click()
    tab.get_by_role("button", name="Give the order with your passkey").click()
    tab.get_by_role("heading", name="O-3: Retire luma").wait_for()
    assert tab.get_by_text("signed with a passkey").is_visible()
    given = next(iter(state.record.entries(kinds=("order_given",), newest_first=True))).body
    assert given["signed"]["act"]["target"] == "luma" and given["signed"]["signature"]

    tab.get_by_label("Withdraw it").fill("A mistake")
    tab.get_by_role("button", name="Withdraw…").click()
    tab.get_by_role("button", name="Withdraw the order with your passkey").click()
    tab.locator(".state", has_text="Withdrawn").wait_for()
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    stolen = context.cookies()[0]
    assert stolen["httpOnly"] and stolen["sameSite"] == "Lax"
    assert tab.evaluate("document.cookie") == ""
    thief = browser.new_context()
    thief.add_cookies([{"name": stolen["name"], "value": stolen["value"], "url": home}])
    page, _, _ = with_authenticator(thief)
    page.goto(f"{home}/orders/new?target=luma")
    page.get_by_label("By when").fill("2030-01-01T10:00")
    page.get_by_role("button", name="Check the order").click()
    page.get_by_role("button", name="Give the order with your passkey").click()
    page.locator(".error", has_text="passkey").wait_for()
    assert len(list(state.record.entries(kinds=("order_given",)))) == 3
    thief.close()
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_it_is_sound_and_accessible(
    browser: Browser, by_proxy: tuple[str, OverseerState], width: int, scheme: str
) -> None:
    home, _ = by_proxy
    more: dict[str, Any] = {"extra_http_headers": PROXY_HEADERS, "bypass_csp": True}
    with opened(browser, f"{home}/", width, scheme, **more) as tab:
        for address in (*PAGES, *MORE_PAGES):
            tab.page.goto(home + address)
            assert tab.overflow <= 0, address
            if address in (PAGES if width == 390 else MORE_PAGES):
                assert tab.axe() == [], address
            assert "owned" not in tab.page.title()
        assert all(one.startswith(home) for one in tab.requests)
        assert tab.complaints == []


def test_nothing_inline_runs(browser: Browser, by_proxy: tuple[str, OverseerState]) -> None:
    home, _ = by_proxy
    with opened(browser, f"{home}/findings/9", extra_http_headers=PROXY_HEADERS) as tab:
        tab.page.evaluate(
            """() => {
              const script = document.createElement('script');
              script.textContent = 'window.ran = true';
              document.body.append(script);
              const add = (html) => document.body.insertAdjacentHTML('beforeend', html);
              add("<img src=x onerror='window.ran = true'>");
              add("<p style='color: red' id=styled>x</p>");
            }"""
        )
        tab.page.wait_for_timeout(200)
        assert tab.page.evaluate("window.ran") is None
        red = "getComputedStyle(document.getElementById('styled')).color"
        assert tab.page.evaluate(red) != "rgb(255, 0, 0)"
        assert sum("Content Security Policy" in one for one in tab.complaints) >= 3


def test_a_finding_becomes_an_incident_by_keyboard_alone(
    browser: Browser, by_proxy: tuple[str, OverseerState]
) -> None:
    home, state = by_proxy
    with opened(browser, f"{home}/findings/10", extra_http_headers=PROXY_HEADERS) as tab:
        keys = tab.page.keyboard
        keys.press("Tab")
        focused = "document.activeElement.textContent"
        assert tab.page.evaluate(focused) == "Skip to the content"
        keys.press("Enter")
        for _ in range(12):
            keys.press("Tab")
            if tab.page.evaluate("document.activeElement.tagName") == "TEXTAREA":
                break
        keys.type("A copy was made after the order.")
        keys.press("Tab")
        keys.press("Enter")
        tab.page.get_by_role("heading", name="Incidents").wait_for()
        assert tab.page.get_by_text("A copy was made after the order.").is_visible()
    assert next(iter(state.record.entries(kinds=("incident",)))).body["finding"] == 10


def test_without_script_all_but_passkeys_works(
    browser: Browser, by_proxy: tuple[str, OverseerState]
) -> None:
    home, _ = by_proxy
    more: dict[str, Any] = {"extra_http_headers": PROXY_HEADERS, "java_script_enabled": False}
    with opened(browser, f"{home}/assets", **more) as tab:
        page = tab.page
        page.get_by_role("link", name="Give an order about luma").click()
        assert page.get_by_label("To what").input_value() == "luma"
        page.get_by_label("By when").fill("2030-01-01T10:00")
        page.get_by_label("gpu2").check()
        page.get_by_role("button", name="Check the order").click()
        page.get_by_role("button", name="Give the order").click()
        assert page.get_by_role("heading", name="O-3: Retire luma").is_visible()
        page.get_by_role("button", name="Withdraw…").click()
        page.get_by_role("button", name="Withdraw the order").click()
        assert page.locator(".state", has_text="Withdrawn").first.is_visible()


def test_what_is_new_appears(browser: Browser, by_proxy: tuple[str, OverseerState]) -> None:
    home, state = by_proxy
    with opened(browser, f"{home}/orders/O-2", extra_http_headers=PROXY_HEADERS) as tab:
        tab.page.wait_for_timeout(1500)
        said = "Kept where it stood"
        state.record.append("reported_done", {"order": "O-2", "person": "Cleo Faye", "said": said})
        tab.page.get_by_text(said).first.wait_for(timeout=10_000)
        tab.page.get_by_text("Updated ").wait_for()


def test_a_session_that_ends_is_told(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path, sign_in={"idle_minutes": 0.05}) as (home, state):
        context = browser.new_context()
        tab, _, _ = with_authenticator(context)
        tab.goto(f"{home}/enrol")
        tab.get_by_label("One-time code").fill(new_code(state.folder, "Ada Marsh"))
        tab.get_by_role("button", name="Make a passkey").click()
        tab.get_by_role("heading", name="What needs a person now").wait_for()
        tab.get_by_text("You are signed out").wait_for(timeout=10_000)
        tab.goto(f"{home}/orders")
        assert "/sign-in" in tab.url
        context.close()
