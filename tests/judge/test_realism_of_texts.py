"""Texts of ours and of workplaces are paired as passages of one length, without markup."""

from __future__ import annotations

from pathlib import Path

import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.judge.realism_of_texts import LEAST, MEASURED, MOST, text_pairs

SENTENCE = "Leave is asked for in the first week of the month and granted by the head of the desk. "


def _references(folder: Path) -> Path:
    for source in ("one", "two"):
        (folder / source).mkdir()
        for number in range(4):
            head = f"---\ntitle: {source}\n---\n# Short\n\nNo.\n\n"
            text = f"{head}## Leave {number}\n\n<b>{SENTENCE * 12}"
            (folder / source / f"{number}.md").write_text(text, encoding="utf-8")
    (folder / "one" / "empty.md").write_text("", encoding="utf-8")
    (folder / "README.md").write_text(SENTENCE * 9, encoding="utf-8")
    return folder


def test_both_of_a_pair_are_cut_to_one_length(tmp_path: Path) -> None:
    pairs = text_pairs(_references(tmp_path), 100, range(1, 2))
    assert len(pairs) == 8
    assert {pair.source for pair in pairs} == {"one", "two"}
    assert len({pair.family for pair in pairs}) >= 3
    for pair in pairs:
        assert LEAST <= len(pair.ours) == len(pair.real) <= MOST
        assert pair.real.startswith("## Leave")
        assert "<b>" not in pair.real
        assert pair.ours not in pair.real
    assert len({pair.ours for pair in pairs}) == len(pairs)
    assert text_pairs(tmp_path, 3, range(1, 2)) == pairs[:3]


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PeerwatchError, match="a folder for each source"):
        text_pairs(tmp_path, 10, range(1, 2))
    with pytest.raises(PeerwatchError, match="has no texts"):
        text_pairs(tmp_path / "nowhere", 10, range(1, 2))


def test_what_was_measured_says_by_whom_and_against_what() -> None:
    for one in MEASURED:
        assert one.reader and one.sources
        assert one.auc.n == 2 * one.pairs
        assert one.auc.low is not None and one.auc.high is not None and one.auc.value is not None
        assert one.auc.low <= one.auc.value <= one.auc.high
