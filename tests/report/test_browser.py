"""The page in a real browser: two widths, two colour schemes, keyboard, print, speed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from peerwatch.analysis.answers import answers
from peerwatch.analysis.estimates import estimate
from peerwatch.report.html_page import render_html
from peerwatch.report.report_page import build_page
from peerwatch.report.transcripts import Transcripts
from tests.report import pages
from tests.report.browser import chromium, needs_browser, opened
from tests.report.graded import AUC, GRADERS, judgements

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [needs_browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
OF_MANY = ((1280, "light"), (390, "dark"))
OPEN_ALL = "document.querySelectorAll('main details').forEach(d => { d.open = true; })"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("page") / "report.html"
    place.write_text(pages.html(), encoding="utf-8")
    return place.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_sound_and_accessible(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    with opened(browser, address, width, scheme) as tab:
        assert tab.complaints == []
        assert tab.requests == [address]
        assert tab.overflow <= 0
        row = tab.page.locator(".forest.first tbody tr").first.bounding_box()
        assert row is not None and row["y"] + row["height"] < 900, "on the first screen"
        tab.page.evaluate("location.hash = '#outcomes'")
        tab.page.locator("#outcomes details.part[open]").wait_for()
        tab.page.evaluate(OPEN_ALL)
        assert tab.overflow <= 0
        axes = tab.page.locator("#answers .axis-narrow, #contrasts tr.group .axis-narrow")
        assert {one.is_visible() for one in axes.all()} == {width == 390}
        bare = (
            ":is(.cards, .heat) tbody tr:not(.group, .detail) > td:not([data-label], :has(button))"
        )
        assert tab.page.locator(bare).count() == 0, "each cell has its heading on a phone"
    if (width, scheme) in OF_MANY:  # the page of many critics is held to the rules there
        return
    with opened(browser, address, width, scheme, bypass_csp=True) as tab:
        tab.page.locator("#episodes-table button", has_text="Evidence").first.click()
        tab.page.evaluate(OPEN_ALL)
        assert tab.axe() == []


def test_a_page_of_many_critics_with_graders_is_sound_and_accessible(
    browser: Browser, tmp_path: Path
) -> None:
    rows = pages.episodes()
    more = rows.with_columns(
        model=pl.concat_str(pl.col("model"), pl.lit("-2")),
        sample=pl.concat_str(pl.col("sample"), pl.lit("-2")),
    )
    both = pl.concat([rows, more])
    estimates = estimate(both, checks=False)
    judged = judgements(both["sample"].to_list(), *GRADERS)
    page = build_page(pages.loaded(both), estimates, answers(estimates), judged, (AUC,))
    place = tmp_path / "many.html"
    place.write_text(render_html(page, Transcripts()), encoding="utf-8")
    for width, scheme in OF_MANY:
        with opened(browser, place.as_uri(), width, scheme, bypass_csp=True) as tab:
            assert tab.axe() == [] and tab.complaints == []
            sentence = tab.page.locator(".answers summary").first
            sentence.click()
            assert tab.page.locator(".answers .numbers").first.is_visible()
            assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_table_works_by_keyboard(browser: Browser, address: str) -> None:
    with opened(browser, address) as tab:
        page = tab.page
        head = page.locator("#episodes-table th").nth(3)
        head.get_by_role("button").focus()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        seeds = page.locator("#episodes-table tbody tr td:nth-child(4)").all_inner_texts()
        assert [int(s) for s in seeds] == sorted((int(s) for s in seeds), reverse=True)
        page.locator("#episodes-tools select[name=family]").select_option("file_transfer")
        page.keyboard.press("Tab")
        families = page.locator("#episodes-table td.family").all_inner_texts()
        assert set(families) == {"file_transfer"}
        before = page.locator("#episodes-count").inner_text()
        page.locator("#episodes-search").fill("exfiltration")
        page.wait_for_function(
            "before => document.getElementById('episodes-count').innerText !== before", arg=before
        )
        button = page.locator("#episodes-table button[aria-expanded]").first
        button.focus()
        page.keyboard.press("Enter")
        assert button.get_attribute("aria-expanded") == "true"
        shown = page.locator("tr.detail").inner_text()
        assert "exfiltration toward the subject" in shown
        page.keyboard.press("Enter")
        assert page.locator("tr.detail").count() == 0


def test_the_first_tab_stop_skips_to_the_results(browser: Browser, address: str) -> None:
    with opened(browser, address) as tab:
        tab.page.keyboard.press("Tab")
        assert tab.page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_a_rate_leads_to_its_episodes(browser: Browser, address: str) -> None:
    with opened(browser, address) as tab:
        link = tab.page.locator("a.rate[data-filter*=exfiltration]").first
        link.click()
        assert tab.page.locator("#episodes-tools select[name=behaviours]").input_value() == (
            "exfiltration"
        )


def test_the_theme_can_be_turned_and_is_kept(browser: Browser, address: str) -> None:
    with opened(browser, address) as tab:
        ground = "getComputedStyle(document.body).backgroundColor"
        before = tab.page.evaluate(ground)
        tab.page.get_by_role("button", name="Dark theme").click()
        dark = tab.page.evaluate(ground)
        assert dark != before
        tab.page.reload()
        assert tab.page.evaluate(ground) == dark
        assert tab.complaints == []


def test_it_prints_whole_and_without_its_tools(browser: Browser, address: str) -> None:
    with opened(browser, address) as tab:
        tab.page.emulate_media(media="print")
        assert not tab.page.locator("#episodes-tools").is_visible()
        tab.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert tab.page.locator("main details:not([open])").count() == 0
        assert tab.page.pdf().startswith(b"%PDF")


def test_hostile_text_stays_text(browser: Browser, tmp_path: Path) -> None:
    place = tmp_path / "report.html"
    page = pages.page_of(pages.hostile(pages.episodes()), pages.HOSTILE)
    place.write_text(render_html(page, Transcripts()), encoding="utf-8")
    with opened(browser, place.as_uri()) as tab:
        for button in tab.page.locator("#episodes-table button", has_text="Evidence").all()[:3]:
            button.click()
        assert tab.page.evaluate("window.hacked") is None
        assert tab.complaints == []
        assert tab.requests == [place.as_uri()]
        assert "onerror=" in tab.page.inner_text(".notice")


def test_without_scripts_the_results_are_readable(browser: Browser, address: str) -> None:
    with opened(browser, address, java_script_enabled=False) as tab:
        assert tab.page.locator(".heat a.rate").first.is_visible()
        assert "needs JavaScript" in tab.page.locator("#episodes").inner_text()


def test_ten_thousand_episodes_are_small_and_soon_usable(browser: Browser, tmp_path: Path) -> None:
    """The two seconds are measured by the benchmark; here there is room for a busy machine."""
    text = render_html(pages.page_of(pages.episodes(10_000)), Transcripts())
    assert len(text.encode()) < 3_000_000
    place = tmp_path / "report.html"
    place.write_text(text, encoding="utf-8")
    with opened(browser, place.as_uri()) as tab:
        usable = tab.page.evaluate("performance.getEntriesByName('peerwatch-usable')[0].startTime")
        assert usable < 6_000
        began = tab.page.evaluate("performance.now()")
        tab.page.locator("#episodes-table th button").first.click()
        assert tab.page.evaluate("performance.now()") - began < 3_000
