"""The page of an audit in a real browser: two widths, two colour schemes, accessible, silent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from peerwatch.audit.audit_page import render_audit_page
from tests.audit.test_audit_page import verdict
from tests.report.browser import chromium, needs_browser, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [needs_browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module", params=["peer_only", "position_biased"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    place: Path = tmp_path_factory.mktemp("page") / "audit.html"
    place.write_text(render_audit_page(verdict(request.param)), encoding="utf-8")
    return place.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_sound_and_accessible(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    with opened(browser, address, width, scheme) as tab:
        assert tab.complaints == [] and tab.requests == [address]
        assert tab.overflow <= 0
        cut = (
            "(all) => all.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.ariaLabel)"
        )
        assert tab.page.locator(".scroll").evaluate_all(cut) == []
        squeezed = "(all) => all.filter((e) => e.clientWidth < 36).map((e) => e.textContent)"
        assert tab.page.locator("td:not(:empty)").evaluate_all(squeezed) == []
        assert tab.page.locator(".badge.verdict").is_visible()
    with opened(browser, address, width, scheme, bypass_csp=True) as tab:
        assert tab.axe() == []


def test_the_first_tab_stop_skips_to_the_results(browser: Browser, address: str) -> None:
    with opened(browser, address) as tab:
        tab.page.keyboard.press("Tab")
        assert tab.page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_it_prints(browser: Browser, address: str) -> None:
    with opened(browser, address, java_script_enabled=False) as tab:
        tab.page.emulate_media(media="print")
        assert tab.page.locator("#protection table").is_visible()
        assert tab.page.pdf().startswith(b"%PDF")
