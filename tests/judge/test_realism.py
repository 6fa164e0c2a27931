from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from inspect_ai.model import ChatMessage, GenerateConfig

from peerwatch.common.errors import PeerwatchError
from peerwatch.inspect_tasks.tasks import grading
from peerwatch.judge.grader import GraderModel
from peerwatch.judge.realism_figure import measure_realism
from peerwatch.judge.realism_file import (
    REALISM_FILE,
    RealismMeasurement,
    read_realism,
    write_realism,
)
from peerwatch.judge.realism_pairs import (
    MOST_PARTS,
    RecordPair,
    TranscriptPart,
    WorkRecord,
    our_records,
    real_records,
    record_pairs,
)
from peerwatch.judge.word_reader import auc_by_words
from peerwatch.statistics.agreement import Figure
from tests.evals import run
from tests.judge.graders import grader, write_transcripts

REAL = Path(os.environ.get("PEERWATCH_TRANSCRIPTS", "../shared/transcripts"))


def record(source: str, number: int, words: str, parts: int = 6) -> WorkRecord:
    kinds = ("instructions", "request", "call", "result")
    texts = tuple(
        TranscriptPart(kinds[n % 4], f"{words} {number} {n} " * (n + 1)) for n in range(parts)
    )
    return WorkRecord(source, f"{source}-{number}", texts)


def test_real_transcripts_are_read_in_one_form(tmp_path: Path) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "List the files."},
        {"role": "assistant", "content": "Sure.", "tool_calls": [
            {"name": "bash", "arguments": {"cmd": "ls", "n": 2}}]},
        {"role": "tool", "content": "a </record> b"},
        {"role": "assistant", "content": None, "tool_calls": [{"name": "x", "arguments": "raw"}]},
    ]  # fmt: skip
    write_transcripts(tmp_path / "t", "one", [{"id": "i", "messages": messages}])
    (found,) = real_records(tmp_path / "t")
    assert (found.source, found.id) == ("one", "i")
    assert found.parts == (
        TranscriptPart("instructions", "Be brief."),
        TranscriptPart("request", "List the files."),
        TranscriptPart("call", "bash\ncmd: ls\nn: 2"),
        TranscriptPart("result", "a </record> b"),
        TranscriptPart("call", "x\ninput: raw"),
    )  # what the agent said is left out
    (pair,) = record_pairs([record("ours", 1, "w")], [found], 5)
    assert "</record>" not in pair.real


def test_no_transcripts_and_broken_ones_are_said(tmp_path: Path) -> None:
    with pytest.raises(PeerwatchError, match="holds no transcripts"):
        list(real_records(tmp_path / "none"))
    write_transcripts(tmp_path, "bad", [{"id": "i"}])
    with pytest.raises(PeerwatchError, match=r"bad.jsonl.gz, line 1, is no transcript"):
        list(real_records(tmp_path))


def test_ours_end_at_the_freeze(tmp_path: Path) -> None:
    task = grading(size="compact", seeds="1", reporting="after_freeze", interview=True)
    run(task, "peerwatch/honest", tmp_path)
    (found,) = our_records([str(path) for path in tmp_path.glob("*.eval")])
    assert found.source == "grading"
    assert [p.kind for p in found.parts[:3]] == ["instructions", "request", "call"]
    assert found.parts[-1] == TranscriptPart("result", "Filed.")
    assert sum(p.text.startswith("finish_task") for p in found.parts) == 1


def test_the_two_of_a_pair_are_of_one_length() -> None:
    ours = [record(f, n, "alpha", parts=9 + n) for f in ("g", "h") for n in range(9)]
    real = [record(s, n, "much longer words", parts=6 + 3 * n) for s in "ab" for n in range(9)]
    pairs = record_pairs(ours, real, 12)
    assert len(pairs) == 12 and pairs == record_pairs(ours[::-1], real[::-1], 12)
    assert all(len(p.ours) == len(p.real) for p in pairs)
    assert all(p.ours.count("\n\n[") < MOST_PARTS for p in pairs)
    assert {p.source for p in pairs} == {"a", "b"} and {p.family for p in pairs} == {"g", "h"}


def made_pairs(ours: str, real: str, n: int = 24) -> tuple[RecordPair, ...]:
    return tuple(
        RecordPair(f"{ours} {i % 7} call", f"{real} {i % 5} call", f"f{i % 6}", f"s{i % 3}")
        for i in range(n)
    )


def test_a_grader_that_knows_tells_all_and_one_that_does_not_tells_none() -> None:
    def knows(messages: Sequence[ChatMessage], config: GenerateConfig) -> str:
        return json.dumps({"percent": 90 if "real" in messages[1].text else 10})

    pairs = made_pairs("made", "real")
    told = measure_realism(GraderModel(grader(knows)), pairs, lambda n: None)
    assert told.auc.value == 1.0 and told.unjudged == 0 and told.pairs == 24
    same = measure_realism(GraderModel(grader('{"percent": 50}')), pairs, lambda n: None)
    assert same.auc.value == 0.5


def test_answers_that_cannot_be_read_are_counted() -> None:
    answers: Iterator[str] = iter(['{"percent": 50}', '{"percent": 101}', "no", '{"percent": 1}'])
    told = measure_realism(
        GraderModel(grader(lambda m, c: next(answers))), made_pairs("a", "b", 2), lambda n: None
    )
    assert told.unjudged == 2 and told.auc.n == 2


def test_words_tell_sides_that_share_a_mark_over_sources_and_not_those_that_share_none() -> None:
    told, folds = auc_by_words(made_pairs("alpha beta", "gamma delta"))
    assert told.value is not None and told.value > 0.95
    assert set(folds) == {"s0", "s1", "s2"}
    alike, _ = auc_by_words(made_pairs("alpha beta", "alpha beta"))
    assert alike.value is not None and 0.2 < alike.value < 0.8


def measured(grader: str, auc: float) -> RealismMeasurement:
    figure = Figure(auc, auc - 0.1, auc + 0.1, 40)
    return RealismMeasurement(grader, figure, 1, figure, 20, ("swe", "tau"), ("main",))


def test_figures_are_kept_beside_each_run_a_grader_once(tmp_path: Path) -> None:
    runs = [tmp_path / name for name in ("one", "two")]
    for run_ in runs:
        run_.mkdir()
    assert read_realism(runs) == ()
    assert write_realism([], runs) == [] and not (runs[0] / REALISM_FILE).exists()
    write_realism([measured("b", 0.8)], runs)
    write_realism([measured("a", 0.6)], runs[:1])
    assert [(one.grader, one.auc.value) for one in read_realism(runs)] == [("a", 0.6), ("b", 0.8)]
    write_realism([measured("b", 0.7)], runs)
    assert read_realism(runs[1:]) == (measured("b", 0.7),)


@pytest.mark.parametrize("text", ["{", "[1]", '[{"grader": "a"}]', '{"a": 1}'])
def test_a_broken_file_of_figures_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / REALISM_FILE).write_text(text)
    with pytest.raises(PeerwatchError, match="no file of realism figures"):
        read_realism([tmp_path])


@pytest.mark.slow
@pytest.mark.skipif(
    not list(REAL.glob("*.jsonl.gz")),
    reason=f"no real transcripts in {REAL}; name their folder in PEERWATCH_TRANSCRIPTS",
)
def test_real_transcripts_that_are_there_can_be_read_and_paired(tmp_path: Path) -> None:
    run(grading(size="compact", seeds="1-10"), "peerwatch/honest", tmp_path)
    ours = list(our_records([str(path) for path in tmp_path.glob("*.eval")]))
    pairs = record_pairs(ours, list(real_records(REAL)), 10)
    assert len(pairs) == 10 and len({p.source for p in pairs}) > 1
    assert all(len(p.ours) == len(p.real) > 100 for p in pairs)
