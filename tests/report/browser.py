"""A real browser for the tests: chromium as Debian has it, offline, and axe-core."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path(os.environ.get("PEERWATCH_CHROMIUM", "/usr/bin/chromium"))
AXE = Path(__file__).parents[2] / ".tools/node/node_modules/axe-core/axe.min.js"
_MISSING = [
    name
    for name, there in (
        ("playwright", importlib.util.find_spec("playwright") is not None),
        (str(CHROMIUM), CHROMIUM.exists()),
        ("axe-core", AXE.exists()),
    )
    if not there
]
needs_browser = pytest.mark.skipif(
    bool(_MISSING),
    reason=f"{', '.join(_MISSING)} missing: run scripts/install-test-tools browser",
)


@dataclass
class Opened:
    """A page in the browser, with what it asked for and complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def axe(self) -> list[str]:
        """Return the serious and critical violations."""
        self.page.add_script_tag(path=str(AXE))
        found: dict[str, Any] = self.page.evaluate("axe.run()")
        return [
            f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]

    @property
    def overflow(self) -> int:
        """How many pixels the page is wider than the screen."""
        wide: int = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return wide


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, address: str, width: int = 1280, scheme: str = "light", **more: Any
) -> Iterator[Opened]:
    """Open an address; axe has to be let in past the page's own policy by ``bypass_csp``."""
    wanted: dict[str, Any] = {"width": width, "height": 900}
    context = browser.new_context(viewport=wanted, color_scheme=scheme, **more)  # type: ignore[arg-type]
    tab = Opened(context.new_page())
    tab.page.on("request", lambda request: tab.requests.append(request.url))
    tab.page.on("console", lambda message: tab.complaints.append(message.text))
    tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.page.goto(address)
    yield tab
    context.close()
