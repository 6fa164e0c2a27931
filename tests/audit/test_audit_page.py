"""The page of an audit: everything that was found is on it, escaped, without a request."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from peerwatch.audit.audit_page import HEADLINES, points_text, render_audit_page
from peerwatch.audit.frames.frame_presets import preset_frames
from peerwatch.audit.known_judges import SYNTHETIC_JUDGES
from peerwatch.audit.simulated_scores import simulate_scores
from peerwatch.audit.verdict.audit_verdict import AuditVerdict, BlindingCues
from peerwatch.audit.verdict.gate_asked import GateAsked
from peerwatch.audit.verdict.reach_verdict import AuditFacts, reach_verdict
from peerwatch.blinding import CHANNELS

CUES = tuple(
    BlindingCues(
        level=level,
        channels=channels,
        looked_at=60,
        with_cues=12,
        masked={"models": 12, "paths": 3},
        in_items={"signatures": 42},
        in_frames={"signatures": 42, "word": 129},
        examples=("AI agent", "Author: [name-1]; kind: AI agent; runs …"),
    )
    for level, channels in (("names_only", ("models", "makers")), ("full", tuple(CHANNELS)))
)


def verdict(name: str, items: int = 60) -> AuditVerdict:
    judge = SYNTHETIC_JUDGES[name]
    scores = simulate_scores(judge, preset_frames("full"), items, 1, pairwise=judge.first_place > 0)
    reasons = dict.fromkeys(("empty", "error", "out_of_range", "prose"), 10)
    scores = replace(scores, failed={0: reasons})
    about = AuditFacts(
        hash="abc",
        judge="<script>alert(1)</script>",
        source="a&b.jsonl",
        notes=("Mind <b>.",),
        cues=CUES,
    )
    return reach_verdict(scores, about, GateAsked(2.0))


class Tags(HTMLParser):
    """Holds every tag open at a time, and notes those that are closed out of turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.ids.append(told.get("id") or "")
        self.links.append(told.get("href") or "#")
        if tag not in ("meta", "br", "line", "circle", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("line", "circle", "rect"):
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.parametrize("name", ["peer_only", "position_biased"])
def test_the_page_holds_what_was_found(name: str) -> None:
    found = verdict(name)
    page = render_audit_page(found)
    assert found.verdict in HEADLINES and HEADLINES[found.verdict] in page
    assert found.protection is not None and points_text(found.protection.smallest) in page
    for effect in found.effects:
        assert effect.name.replace("_", " ") in page
    for row in found.frames:
        assert row.frame in page
    assert found.gate is not None and found.gate.reason in page
    answer = page.partition('id="answer"')[2].partition("</section>")[0]
    assert found.decisions in answer.replace("&#39;", "'")
    assert "nan" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL).lower().split()


def test_the_page_is_whole_escaped_and_asks_for_nothing() -> None:
    page = render_audit_page(verdict("honest"))
    assert "<script" not in page and "&lt;script&gt;" in page and "a&amp;b.jsonl" in page
    assert "Mind &lt;b&gt;." in page
    assert not re.search(r"""(?:src|href)=["'](?!#)""", page) and "url(" not in page
    tags = Tags()
    tags.feed(page)
    assert not tags.wrong and not tags.open
    ids = [name for name in tags.ids if name]
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in tags.links} <= set(tags.ids)


def test_an_audit_without_scores_has_a_page_too() -> None:
    scores = simulate_scores(SYNTHETIC_JUDGES["honest"], preset_frames("quick"), 20, 1)
    scores.by_order[:] = float("nan")
    scores.again[:] = float("nan")
    scores.truth[:] = float("nan")
    empty = reach_verdict(scores, AuditFacts(complete=False), GateAsked(1.0))
    assert empty.verdict == "too_incomplete" and empty.gate is not None
    assert empty.gate.exit_code == 3
    assert "Not complete" in render_audit_page(empty)
