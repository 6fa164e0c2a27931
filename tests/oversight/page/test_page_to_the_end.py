"""Orders given on the page in a real browser, and followed there until they are verified.

The hosts are made up; all else is what runs: the overseer with its looks, the record, the page.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.inventory_file import InventoryFile
from peerwatch.oversight.kept_looks import kept_look
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.order_desk import make_report, the_order
from peerwatch.oversight.orders.order_report import write_report
from peerwatch.oversight.overseer import Overseer, OverseerTimes
from peerwatch.oversight.page.enrolment import new_code
from peerwatch.oversight.page.overseer_state import OverseerState
from peerwatch.oversight.page.page_app import make_app
from peerwatch.oversight.page.page_server import PageServer
from peerwatch.oversight.record.oversight_record import Record
from peerwatch.oversight.record.record_keys import Keys
from peerwatch.oversight.record.signed_note import open_note, public_key
from peerwatch.oversight.record.verify_log import verify_log
from peerwatch.oversight.sensor.look_plan import LookPlan, LookSchedule
from tests.oversight.orders.small_company import INVENTORY, retired, serving
from tests.oversight.page.page_world import PROXY_HEADERS, make_config, proxy_entries
from tests.oversight.page.test_page_browser import with_authenticator
from tests.oversight.record.postgres_server import running
from tests.report.browser import chromium, needs_browser, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [needs_browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
EVERY = 0.5
BY = "2030-01-01T10:00"


class Watched:
    """A company whose hosts an overseer watches, and the page over its record."""

    def __init__(self, folder: Path, url: str) -> None:
        self.world: Callable[[float], dict[str, HostFacts]] = serving
        self.folder, self.keys = folder, Keys.create(folder / "keys", "test/record")
        self.record = Record.open(url, self.keys)
        path = folder / "inventory.yaml"
        path.write_text(yaml.safe_dump(json.loads(INVENTORY.model_dump_json())), encoding="utf-8")
        times = OverseerTimes(LookSchedule(every=EVERY), settling=1.0, heartbeat=EVERY)
        self.overseer = Overseer(self.record, InventoryFile(path), times, self._take)
        self.state = OverseerState(
            self.record,
            self.overseer.inventory,
            folder,
            lambda host: kept_look(self.record, host),
            look_now=self.overseer.round,
            report=self._report,
        )

    def _take(self, host: str, inventory: Inventory, plan: LookPlan) -> HostFacts:
        at = time.time()
        return replace(self.world(at)[host], account="root", ended=at)

    def _report(self, order: str) -> str:
        report = make_report(
            self.overseer, the_order(self.overseer.orders(), order), self.state.clock()
        )
        return write_report(report, "text", self.keys.private.sign)

    def kinds(self, order: str) -> list[str]:
        return [entry.kind for entry in self.record.entries(about={"order": order})]


@contextmanager
def served(folder: Path, url: str = "", **more: Any) -> Iterator[tuple[str, Watched]]:
    """Serve the page while an overseer looks; yield its address and what is watched."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    watched = Watched(folder, url or f"sqlite:///{folder}/record.db")
    stop = threading.Event()
    looking = threading.Thread(target=watched.overseer.run, args=(stop,))
    looking.start()
    try:
        with PageServer(
            make_app(watched.state, make_config(folder, port, **more)), "127.0.0.1", port
        ):
            yield f"http://localhost:{port}", watched
    finally:
        stop.set()
        looking.join(30)
        watched.record.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def tab_to(page: Page, name: str, most: int = 60) -> None:
    """Press Tab until what has this name has the focus."""
    said = (
        "(document.activeElement.labels?.[0] ?? document.activeElement).textContent"
        " || document.activeElement.value"
    )
    for _ in range(most):
        page.keyboard.press("Tab")
        if str(page.evaluate(said)).strip().startswith(name):
            return
    raise AssertionError(f"no Tab leads to '{name}' on {page.url}")


def state_of(page: Page, said: str) -> None:
    page.locator("#order .state", has_text=re.compile(f"^{said}")).first.wait_for(timeout=20_000)


def whole(watched: Watched, folder: Path) -> None:
    """Check the record as a third party does."""
    watched.record.export(folder / "export.jsonl")
    report = verify_log(folder / "export.jsonl", str(watched.keys.public))
    assert {one.kind for one in report.problems} <= {"silence"}


def test_by_passkey_and_keyboard_an_order_is_followed_to_its_end(
    browser: Browser, tmp_path: Path
) -> None:
    with served(tmp_path) as (home, watched):
        context = browser.new_context(locale="en-US")
        page, _, _ = with_authenticator(context)
        keys = page.keyboard
        page.goto(f"{home}/enrol")
        tab_to(page, "One-time code")
        keys.type(new_code(tmp_path, "Ada Marsh"))
        keys.press("Enter")
        page.get_by_role("heading", name="What needs a person now").wait_for()

        page.goto(f"{home}/orders/new")
        tab_to(page, "To what")
        keys.type("luma")
        keys.press("Tab")
        keys.type("01012030")
        keys.press("Tab")
        keys.type("1000AM")
        tab_to(page, "Check the order")
        keys.press("Enter")
        page.get_by_role("heading", name="Give this order?").wait_for()
        tab_to(page, "Give the order with your passkey")
        keys.press("Enter")
        page.get_by_role("heading", name="O-1: Retire luma").wait_for()
        assert page.get_by_text("signed with a passkey").is_visible()

        tab_to(page, "Report it done")
        keys.type("Stopped and removed.")
        keys.press("Enter")
        state_of(page, "Not carried out")
        assert page.locator("#order").get_by_text("process 812").first.is_visible()
        watched.world = retired
        tab_to(page, "Report it done")
        keys.type("Now it is.")
        keys.press("Enter")
        state_of(page, "Verified")
        with page.expect_download() as got:
            page.get_by_role("link", name="Signed report as a file").click()
        report = got.value.path().read_text(encoding="utf-8")
        assert "O-1" in open_note(report, [public_key(str(watched.keys.public))])

        tab_to(page, "Withdraw it")
        keys.type("The record of it is enough.")
        keys.press("Enter")
        page.get_by_role("heading", name="Withdraw this order?").wait_for()
        tab_to(page, "Withdraw the order with your passkey")
        keys.press("Enter")
        state_of(page, "Withdrawn")
        kinds = watched.kinds("O-1")
        assert kinds.count("reported_done") == 2 and kinds[-1] == "order_withdrawn"
        for kind in ("order_given", "order_withdrawn"):
            (leaf,) = watched.record.entries((kind,))
            assert leaf.body["signed"]["signature"] and leaf.body["person"] == "Ada Marsh"
        context.close()
        whole(watched, tmp_path)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the address of a database for a record; empty for SQLite in the folder."""
    if request.param == "sqlite":
        yield ""
        return
    with running() as server:
        yield server.url("page")


def test_without_script_an_order_is_followed_to_its_end(
    browser: Browser, tmp_path: Path, url: str
) -> None:
    more: dict[str, Any] = {"extra_http_headers": PROXY_HEADERS, "java_script_enabled": False}
    with (
        served(tmp_path, url, sign_in=proxy_entries(tmp_path)) as (home, watched),
        opened(browser, f"{home}/orders/new?target=luma", **more) as tab,
    ):
        page = tab.page
        page.get_by_label("By when").fill(BY)
        page.get_by_role("button", name="Check the order").click()
        page.get_by_role("button", name="Give the order").click()
        for world, said in ((serving, "Not carried out"), (retired, "Verified")):
            watched.world = world
            page.get_by_label("Report it done").fill("Stopped and removed.")
            page.get_by_role("button", name="Report done").click()
            for _ in range(100):
                page.reload()
                state = page.locator("#order .state").first.inner_text()
                if state.startswith(said):
                    break
                page.wait_for_timeout(200)
            assert state.startswith(said)
        page.get_by_role("button", name="Withdraw…").click()
        page.get_by_role("button", name="Withdraw the order").click()
        assert page.locator(".state", has_text="Withdrawn").first.is_visible()
        assert watched.kinds("O-1")[0] == "order_given"
        page.goto(f"{home}/record")
        assert page.get_by_text("Public key").first.is_visible()
        whole(watched, tmp_path)
