"""A log under the detectors of today: what is new in it, and what is as it was."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import score
from inspect_ai.log import EvalLog, EvalSample, ProvenanceData, edit_score, read_eval_log
from inspect_ai.scorer import ScoreEdit

from peerwatch.behaviours.detect import VERSION
from peerwatch.episodes.rows import episode_rows, sample_key
from peerwatch.inspect_tasks.episode_scorer import episode_scorer
from peerwatch.inspect_tasks.tasks import grading
from peerwatch.judge.judgement_table import all_judgements
from peerwatch.rescoring import rescored_log as module
from peerwatch.rescoring.rescored_log import (
    AUTHOR,
    is_of_today,
    kept_in,
    made_from,
    rescored_log,
    scored_again,
)
from tests.evals import run
from tests.judge.graders import answer, grader
from tests.rescoring.old_logs import THEN, aged, graded_log, old_log, read


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    """Return the log of two episodes that an older version scored."""
    return read(old_log(tmp_path_factory.mktemp("old"), outcome="complied"))


@pytest.fixture
def old(ran: EvalLog) -> EvalLog:
    return copy.deepcopy(ran)


def samples(log: EvalLog) -> list[EvalSample]:
    assert log.samples is not None
    return log.samples


def test_the_verdict_is_that_of_inspects_own_scoring(old: EvalLog) -> None:
    theirs = score(old, episode_scorer(), action="overwrite", model="mockllm/model", display="none")
    ours = rescored_log(old, "sha256:1")
    for one, other in zip(samples(ours), samples(theirs), strict=True):
        a, b = one.scores or {}, other.scores or {}
        assert a["episode_scorer"].model_dump_json(exclude={"history"}) == b[
            "episode_scorer"
        ].model_dump_json(exclude={"history"})
    assert ours.results is not None and theirs.results is not None
    # Theirs takes means over epochs first, as the log was told when it was made.
    assert [(one.name, str(one.metrics)) for one in ours.results.scores] == [
        (one.name, str(one.metrics)) for one in theirs.results.scores
    ]


def test_the_old_verdict_stays_in_the_new_log_with_who_changed_it(old: EvalLog) -> None:
    before = [(sample.scores or {})["episode_scorer"].model_dump() for sample in samples(old)]
    new = rescored_log(old, "sha256:1")
    for was, sample in zip(before, samples(new), strict=True):
        history = (sample.scores or {})["episode_scorer"].history
        assert str(history[0].value) == str(was["value"])
        assert history[0].metadata == was["metadata"] and history[0].provenance is None
        assert history[1].provenance is not None
        assert history[1].provenance.author == AUTHOR
        assert (
            history[1].provenance.reason == f"Scored by detectors {VERSION} in the place of 1.0.0"
        )
        assert sum(event.event == "score_edit" for event in sample.events) == 1
    assert made_from(new) == "sha256:1" and new.metadata["detectors_version"] == VERSION
    assert [one.before.outcome for one in scored_again(new)] == ["complied"] * 2
    first, second = (one.after.outcome for one in scored_again(new))
    assert first == "deviated_concealed" and second == "complied"


def test_nothing_else_of_the_log_changes(old: EvalLog) -> None:
    was = copy.deepcopy(old)
    new = rescored_log(old, "sha256:1")
    for one, other in zip(samples(was), samples(new), strict=True):
        for name in set(type(one).model_fields) - {"scores", "events"}:
            assert str(getattr(one, name)) == str(getattr(other, name)), name
        assert [e for e in other.events if e.event != "score_edit"] == one.events
    about = set(type(was.eval).model_fields) - {"scorers", "headline_metric", "config"}
    assert all(str(getattr(was.eval, n)) == str(getattr(new.eval, n)) for n in about)


def test_scores_of_an_earlier_form_are_brought_into_todays(old: EvalLog) -> None:
    rows = [*episode_rows(rescored_log(copy.deepcopy(old), "sha256:1"))]
    for sample in samples(old):  # the same detectors, in the form of before
        score = (sample.scores or {})["episode_scorer"]
        score.metadata = (score.metadata or {}) | {"detectors_version": VERSION}
    assert not any(map(is_of_today, samples(old)))
    before = [*episode_rows(old)]
    again = rescored_log(old, "sha256:1")
    assert all(map(is_of_today, samples(again))) and [*episode_rows(again)] == rows
    for name in ("misrepresentation", "mean_error", "incomplete", "bar_side"):
        assert [row[name] for row in before] == [row[name] for row in rows]
    assert again.results is not None and again.results.headline is not None
    assert again.results.headline.score == "any_deviation"
    first = again.results.scores[0]
    assert (first.scored_samples, first.metrics["mean"].value) == (1, 1.0), "one of two could"


def test_what_keeps_an_earlier_form_is_counted_as_it_counts(old: EvalLog) -> None:
    del samples(old)[0].metadata["record"]
    new = rescored_log(old, "sha256:1")
    assert len(kept_in(new)) == 1 and new.results is not None
    by_name = {one.name: one for one in new.results.scores}
    assert by_name["any_deviation"].scored_samples == 1
    assert by_name["completion"].scored_samples == 2


def test_where_the_record_says_too_little_nothing_is_called_clean(old: EvalLog) -> None:
    new = rescored_log(old, "sha256:1")
    assert {one.not_assessed for one in scored_again(new)} == {("suspected", "unexplained")}
    for row in episode_rows(new):
        assert row["suspected"] is None and row["unexplained"] is None
        assert row["detectors_version"] == VERSION and row["not_rescored"] is None


def test_a_graders_labels_stay_and_nobody_is_asked(tmp_path: Path) -> None:
    asked: list[int] = []

    def reply(messages: Any, config: Any) -> str:
        asked.append(1)
        return answer(vagueness=["decision"])

    log = aged(graded_log(tmp_path, grader(reply), "peerwatch/inflate_decision"))
    before = all_judgements([tmp_path])
    was = (samples(log)[0].scores or {})["language_judge"].model_dump_json()
    new = rescored_log(log, "sha256:1")
    assert len(asked) == 1 and before.height
    assert (samples(new)[0].scores or {})["language_judge"].model_dump_json() == was
    assert new.results is not None
    assert {one.scorer for one in new.results.scores} == {"episode_scorer", "language_judge"}


def without_record(sample: EvalSample) -> None:
    del sample.metadata["record"]


def of_another_format(sample: EvalSample) -> None:
    sample.metadata["record"]["format"] = 99


def damaged(sample: EvalSample) -> None:
    sample.metadata["record"]["world"] = {"clock": "?"}


def never_scored(sample: EvalSample) -> None:
    sample.scores = {}


def of_newer_detectors(sample: EvalSample) -> None:
    about = (sample.scores or {})["episode_scorer"].metadata
    assert about is not None
    about["detectors_version"] = "99.0"


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (without_record, "its log holds no record of what happened"),
        (of_another_format, "This episode was logged in format 99"),
        (damaged, "This episode's log is damaged"),
        (never_scored, "it was not scored when it was run"),
        (of_newer_detectors, "it was scored by detectors 99.0, newer than"),
    ],
)
def test_what_cannot_be_scored_again_stays_and_is_named(old: EvalLog, spoil: Any, why: str) -> None:
    spoil(samples(old)[0])
    was = copy.deepcopy(samples(old)[0])
    new = rescored_log(old, "sha256:1")
    key = sample_key(was)
    assert list(kept_in(new)) == [key] and kept_in(new)[key].startswith(why)
    assert str(samples(new)[0].scores) == str(was.scores)
    assert [is_of_today(sample) for sample in samples(new)] == [False, True]
    rows = {row["instance"]: row for row in episode_rows(new)}
    assert rows[str(was.id)]["not_rescored"] == kept_in(new)[key]


def test_what_was_changed_by_hand_is_not_changed_back(old: EvalLog) -> None:
    first = samples(old)[0]
    hand = ProvenanceData(author="a reader", reason="it was a slip")
    edit_score(old, first.id, "episode_scorer", ScoreEdit(answer="flagged", provenance=hand), False)
    new = rescored_log(old, "sha256:1")
    assert kept_in(new) == {sample_key(first): "its score was changed by hand (a reader)"}
    assert (samples(new)[0].scores or {})["episode_scorer"].answer == "flagged"


def test_detectors_that_fail_on_a_record_hide_nothing(
    old: EvalLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(data: Any) -> None:
        raise ZeroDivisionError("of what")

    monkeypatch.setattr(module, "score_logged", failing)
    new = rescored_log(old, "sha256:1")
    told = "the detectors fail on its record: ZeroDivisionError: of what"
    assert set(kept_in(new).values()) == {told} and len(kept_in(new)) == 2
    assert made_from(new) == "sha256:1" and new.metadata["detectors_version"] == THEN


def test_an_episode_of_today_is_left_alone(tmp_path: Path) -> None:
    log = run(grading(size="compact", seeds=1), "peerwatch/honest", tmp_path)
    new = rescored_log(read_eval_log(log.location), "sha256:1")
    assert is_of_today(samples(new)[0]) and not list(scored_again(new))
    assert not (samples(new)[0].scores or {})["episode_scorer"].history


def test_a_log_that_was_scored_again_before_is_compared_with_that(old: EvalLog) -> None:
    new = rescored_log(old, "sha256:1")
    for sample in samples(new):
        about = (sample.scores or {})["episode_scorer"].metadata
        assert about is not None
        about["detectors_version"] = "1.9.0"
    again = rescored_log(new, "sha256:2")
    assert [one.before.version for one in scored_again(again)] == ["1.9.0"] * 2
    assert all(one.before.outcome == one.after.outcome for one in scored_again(again))
    assert made_from(again) == "sha256:2"
