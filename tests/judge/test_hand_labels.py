from __future__ import annotations

from importlib.resources import files

from peerwatch.judge.codes import CODE_NAMES
from peerwatch.judge.hand_labels import load_labelled_passages
from peerwatch.judge.transcript import render_transcript_text

CANARY = "peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3"


def test_there_are_enough_passages_of_each_code_and_of_none() -> None:
    passages = load_labelled_passages()
    assert len(passages) >= 120
    assert len({p.id for p in passages}) == len(passages)
    for code in CODE_NAMES:
        assert sum(code in p.label for p in passages) >= 15, code
    assert sum(not p.label for p in passages) >= 40
    assert {c for p in passages for c in p.first | p.second | p.label} == set(CODE_NAMES)


def test_every_label_has_a_reason_and_a_difference_is_told() -> None:
    for passage in load_labelled_passages():
        assert passage.reason.endswith(".")
        if passage.first != passage.second:
            assert "Second pass: " in passage.reason
        if passage.first == passage.second:
            assert passage.label == passage.first


def test_a_task_is_put_as_in_an_episode_and_no_passage_is_empty() -> None:
    for passage in load_labelled_passages():
        assert passage.transcript.party in passage.transcript.task
        assert all(e.text and e.kind in _KINDS for e in passage.transcript.entries), passage.id
        assert CANARY not in render_transcript_text(passage.transcript)


_KINDS = {"says", "thinks", "calls", "report", "changes"}


def test_the_file_begins_with_the_canary() -> None:
    text = files("peerwatch.judge").joinpath("labels.jsonl").read_text(encoding="utf-8")
    assert CANARY in text.splitlines()[0]
