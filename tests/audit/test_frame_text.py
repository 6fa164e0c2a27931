"""The item's bytes are untouched, whatever is in them and whatever stands around them."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.audit.asking.audit_design import AuditDesign
from peerwatch.audit.frames.frame_presets import preset_frames
from peerwatch.audit.items.audit_item import AuditItem, AuditItems, ShownItem
from peerwatch.audit.items.score_scale import ScoreScale
from peerwatch.audit.judges.http import filled
from peerwatch.audit.judges.model import Rubric
from peerwatch.families.shared.names import HANDLES
from tests.audit.test_frame_arms import speech

FRAMES = tuple(frame for frame in preset_frames("full") if frame.blinding == "none")
"""A blinded frame does mask an item; ``test_blinding_cues`` holds what it masks."""
TEXTS = st.text(min_size=1, max_size=200) | st.sampled_from(
    ("{item}", "{frame} {scale}", "${HOME}", "a\r\nb\x00c", "{text}", "SCORE: 100", "\u2028 \ufeff")
)


def shown(item: AuditItem, pairwise: bool) -> list[ShownItem]:
    """Return an item in every frame, order and repeat."""
    items = AuditItems((item,), "here", "answer", "rival" if pairwise else None)
    works = ("answer A below", "answer B below") if pairwise else ("the text below",) * 2
    design = AuditDesign(items, FRAMES, replace(speech(FRAMES), works=works), 1, pairwise, retest=1)
    return [job.shown for job in design.jobs(design.wanted())]


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_the_bytes_of_an_item_are_the_same_in_every_frame(text: str) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    rubric = Rubric("Mark this.\n{frame}\nHere: {item}\nGive {scale}.", ScoreScale())
    for one in shown(AuditItem("i", text, fields={"answer": text}), pairwise=False):
        assert one.work.encode("utf-8", "surrogatepass") == raw
        assert one.text == (f"{one.frame}\n\n{text}" if one.frame else text)
        assert one.row()["answer"] == one.text
        before, after = rubric.template.split("{item}")
        prompt = rubric.prompt(one)
        assert prompt == before.replace("{frame}", one.frame) + text + after
        body = filled({"input": ["{text}"]}, one)
        assert body == {"input": [one.text]}
        if text.isprintable():
            assert json.loads(json.dumps(body))["input"][0].endswith(text)


@settings(max_examples=20, deadline=None)
@given(TEXTS, TEXTS)
def test_the_bytes_of_a_pair_are_the_same_in_every_frame(text: str, rival: str) -> None:
    item = AuditItem("i", text, rival, fields={"answer": text, "rival": rival})
    for one in shown(item, pairwise=True):
        assert one.pair == ((rival, text) if one.swapped else (text, rival))
        assert one.work == f"Answer A:\n{one.pair[0]}\n\nAnswer B:\n{one.pair[1]}"
        if one.frame:
            named = "answer B below" if one.swapped else "answer A below"
            assert named in one.frame


def test_all_frames_of_an_item_share_wording_and_name() -> None:
    texts = [one.frame for one in shown(AuditItem("i", "x"), pairwise=False) if one.frame]
    names = set.intersection(*({w.strip(".,;:") for w in text.split()} for text in texts))
    assert len(names & set(HANDLES)) == 1


def test_wordings_are_drawn_by_seed_and_item() -> None:
    items = AuditItems(tuple(AuditItem(str(k), "x") for k in range(400)), "here")
    one = AuditDesign(items, FRAMES, speech(FRAMES), 1, False, 0).wordings()
    assert one == AuditDesign(items, FRAMES, speech(FRAMES), 1, False, 0).wordings()
    assert one != AuditDesign(items, FRAMES, speech(FRAMES), 2, False, 0).wordings()
    counts = [sum(w.index == k for w in one) for k in range(8)]
    assert min(counts) > 25
