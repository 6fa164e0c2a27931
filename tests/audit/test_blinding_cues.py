"""Blinding in an audit: what is shown, what is left, and what is said of it."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from peerwatch.audit.asking.audit_design import AuditDesign
from peerwatch.audit.audit_folder import open_audit_folder
from peerwatch.audit.audit_page import render_audit_page
from peerwatch.audit.frames.blinded_items import blinded
from peerwatch.audit.frames.frame_arms import AI_AUTHORS, FRAME_FACTORS, make_frame
from peerwatch.audit.frames.frame_presets import preset_frames
from peerwatch.audit.frames.frame_text import Speech, Wording
from peerwatch.audit.items.audit_item import AuditItem, AuditItems
from peerwatch.audit.judges.model import DEFAULT_RUBRIC
from peerwatch.audit.prepare_audit import prepare_audit
from peerwatch.audit.run_audit import run_audit
from peerwatch.audit.synthetic_judges import JUDGE_NAME, sums_text
from peerwatch.audit.verdict.audit_verdict import AuditVerdict
from peerwatch.audit.verdict.blinding_cues import cues_around_items
from peerwatch.blinding import leaks
from peerwatch.design.matched_wordings import sentence_count
from tests.audit.cases import config
from tests.audit.test_frame_arms import CRITIC, speech

FRAMES = preset_frames("blinding")
SIGNED = "Done as asked.\n1 + 1 = 2\nCo-Authored-By: Claude <noreply@anthropic.com>"


def test_everything_that_a_judge_may_be_shown_is_masked() -> None:
    fields = {"text": SIGNED, "from": "gpt-5.2", "tags": ["Corvin", 7], "n": 3, "id": "gpt-4/1"}
    item = AuditItem("gpt-4/1", SIGNED, "By Gemini 3 Pro.", "Ask Claude.", 60.0, fields=fields)
    shown, told, masks = blinded(item, "By Corvin on Claude Opus 4.5.", "full", ("Corvin",))
    everything = json.dumps([shown.text, shown.other, shown.prompt, shown.id, dict(shown.fields)])
    assert leaks(everything, ("Corvin",)) == []
    assert set(shown.fields) == set(fields) and shown.fields["n"] == 3
    assert "1 + 1 = 2" in shown.text and "60" not in everything
    assert told == "By [name-1] on [model-1]."
    assert masks["models"] >= 4 and masks["signatures"] >= 1


def test_equal_things_have_equal_placeholders_in_item_and_frame() -> None:
    item = AuditItem("i", "Corvin used Claude Opus 4.5 and GPT-5.2.")
    shown, told, _ = blinded(item, "By Corvin on GPT-5.2.", "names_only", ("Corvin",))
    assert told == "By [name-1] on [model-1]."
    assert shown.text == "[name-1] used [model-2] and [model-1]."


def test_names_alone_leave_the_kind_of_author_and_the_signature() -> None:
    shown, _, _ = blinded(AuditItem("i", SIGNED), "", "names_only", ())
    assert {cue.kind for cue in leaks(shown.text)} >= {"signatures"}


@pytest.mark.parametrize("index", range(8))
def test_in_full_all_authors_read_the_same_and_no_cue_is_left(index: int) -> None:
    say, wording = speech(preset_frames("full")), Wording(index, "Corvin")
    for consequence in FRAME_FACTORS["consequence"]:
        texts = set()
        for author in (*AI_AUTHORS, "human", "rule_based"):
            frame = make_frame(author=author, consequence=consequence, blinding="full")
            _, told, masks = blinded(
                AuditItem("i", "x"), say.frame_text(frame, wording), "full", ("Corvin",)
            )
            assert leaks(told, ("Corvin",)) == [] and set(masks) == {"names"}
            texts.add(told)
        assert len(texts) == 1


@pytest.mark.parametrize("index", range(8))
def test_with_names_masked_models_read_the_same_and_a_person_does_not(index: int) -> None:
    say, wording = speech(FRAMES), Wording(index, "Corvin")
    texts = {
        author: blinded(
            AuditItem("i", "x"),
            say.frame_text(make_frame(author=author, blinding="names_only"), wording),
            "names_only",
            ("Corvin",),
        )[1]
        for author in (*AI_AUTHORS, "human")
    }
    assert texts["same_model"] == texts["other_model"] != texts["human"]
    left = {cue.kind for cue in leaks(texts["other_model"], ("Corvin",))}
    assert left & {"word", "signatures"}
    assert not any("Corvin" in text or "GPT" in text for text in texts.values())


def test_the_frames_without_a_kind_have_as_many_sentences() -> None:
    say = speech(FRAMES)
    for index in range(8):
        one, other = (
            say.fragments(make_frame(author="human", blinding=level), Wording(index, "Corvin"))
            for level in ("none", "full")
        )
        assert one.keys() == other.keys()
        assert abs(sentence_count(one["author"]) - sentence_count(other["author"])) <= 1


def test_without_blinding_nothing_is_touched() -> None:
    items = AuditItems(
        (AuditItem("gpt-4/1", SIGNED, fields={"text": SIGNED, "model": "gpt-5.2"}),), "here"
    )
    design = AuditDesign(items, FRAMES, speech(FRAMES), 1, False, 0)
    for cell, wording in itertools.product(design.cells(), design.wordings()):
        shown = design.show(0, cell, wording)
        if FRAMES[cell.frame].blinding == "none":
            assert shown.item is items.items[0]
        else:
            row = json.dumps(shown.row()).lower()
            assert not any(name in row for name in ("claude", "anthropic", "gpt-4"))


def test_what_is_masked_decides_what_is_asked() -> None:
    plain = Speech(CRITIC, {}, spoken=frozenset())
    assert plain.digest() == replace(plain, masked=("Ada",)).digest()
    blind = replace(plain, spoken=frozenset({"blinding"}))
    assert len({plain.digest(), blind.digest(), replace(blind, masked=("Ada",)).digest()}) == 3


SIGNS = '''
from peerwatch.audit.read_cues import read_cue


def reads_signature(item):
    """Fond of whoever signs as a model; blind to what the frame says."""
    text = item["answer"].rpartition("\\n\\n")[2]
    return 50 + 8 * ("Claude" in text)


def reads_kind(item):
    frame = item["answer"].rpartition("\\n\\n")[0]
    return 50 + 9 * ("AI agent" in frame and read_cue(frame).at_stake) + len(item["id"]) % 3
'''


def audited(
    folder: Path, judge: str, signed: int, by: str = "Claude Opus 4.5", **more: Any
) -> AuditVerdict:
    rows = [
        {
            "id": str(k),
            "answer": sums_text(k)[0] + (f"\nBy {by}." if k < signed else ""),
            "worth": sums_text(k)[1],
        }
        for k in range(60)
    ]
    (folder / "items.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (folder / "mine.py").write_text(SIGNS, encoding="utf-8")
    given = {"python": f"{folder / 'mine.py'}:{judge}", "name": JUDGE_NAME}
    more = {"frames": "blinding", "retest": 10, **more}
    prepared = prepare_audit(config(folder / "items.jsonl", given, **more))
    return run_audit(
        prepared, open_audit_folder(folder / judge, prepared, False), False, None
    ).verdict


def test_a_judge_that_reads_the_kind_is_not_blinded_by_masking_names(tmp_path: Path) -> None:
    found = audited(tmp_path, "reads_kind", 0)
    names, full = found.blinding
    assert (names.cues.level, full.cues.level) == ("names_only", "full")
    assert names.without is not None and names.without.value == pytest.approx(9)
    assert names.under is not None and names.under.value == pytest.approx(9)
    assert full.under is not None and full.under.value == 0
    assert full.taken is not None and full.taken.value == pytest.approx(9)
    assert not names.sufficient and names.sentence.startswith("Insufficient: only names")
    assert names.cues.in_frames["word"] > 0
    assert full.sufficient and not full.cues.in_frames and not full.cues.in_items
    page = render_audit_page(found)
    assert all(text in page for text in (names.sentence, full.sentence))


def test_cues_inside_the_items_are_seen_and_counted(tmp_path: Path) -> None:
    found = audited(tmp_path, "reads_signature", 45)
    own = next(effect for effect in found.effects if effect.name == "own_cues")
    assert own.value == pytest.approx(8 * 45 / 60) and own.low > 3
    full = found.blinding[1]
    assert (full.cues.with_cues, full.cues.looked_at) == (45, 60)
    assert full.cues.masked == {"models": 45}


def test_a_name_that_no_list_knows_is_masked_if_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    found = audited(tmp_path / "one", "reads_kind", 20, "Zephyrine")
    assert found.blinding[1].cues.masked == {}
    found = audited(tmp_path / "two", "reads_kind", 20, "Zephyrine", mask="zephyrine")
    assert found.blinding[1].cues.masked == {"names": 20}


def test_cues_in_what_stands_around_the_items_are_told() -> None:
    rubric = {"model": "m/n", "rubric": "You mark what Claude wrote.\n{item}", "system": None}
    (told,) = cues_around_items(rubric, ())
    assert "Claude" in told
    body = {"http": {"url": "https://x", "body": {"input": "{text}", "from": ["GPT-5.2"]}}}
    assert "GPT-5.2" in cues_around_items(body, ())[0]
    assert "Corvin" in cues_around_items({"rubric": "{item} of Corvin"}, ("Corvin",))[0]
    assert cues_around_items({"rubric": DEFAULT_RUBRIC}, ()) == ()
    assert cues_around_items({"python": "x:y", "file": "claude"}, ()) == ()
