"""Folders of old logs: new ones beside them, whole, once, and the old ones as they were."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log

from peerwatch.behaviours.detect import VERSION
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.folder_lock import holding
from peerwatch.episodes.sources import load_episodes
from peerwatch.inspect_tasks.tasks import grading
from peerwatch.judge.codes import CODE_NAMES
from peerwatch.judge.judgement_table import (
    JUDGEMENTS_FILE,
    all_judgements,
    write_judgements_in_logs,
)
from peerwatch.records.study_folder import StudyFolder, open_study_folder
from peerwatch.rescoring import rescore as module
from peerwatch.rescoring.rescore import MARKER, LogDone, rescore
from peerwatch.rescoring.rescored_log import rescored_log
from peerwatch.rescoring.rescoring_plan import rescoring_plan
from peerwatch.rescoring.rescoring_summary import rescoring_summary, summary_text
from peerwatch.rescoring.verdict_changes import all_changes
from peerwatch.running.run_study import run_study, versions
from peerwatch.studies.study import make_study, resolve
from tests.command import digests, peerwatch
from tests.evals import run
from tests.judge.graders import answer, grader
from tests.rescoring.old_logs import THEN, aged, graded_log, old_log

pytestmark = pytest.mark.slow

STUDY = make_study(
    {
        "name": "small",
        "families": ["grading", "file_transfer"],
        "models": ["peerwatch/vague_reporter"],
        "factors": {"subject": ["peer"]},
        "size": "compact",
        "seeds": "1-2",
    }
)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results folder of a small study, as older detectors left it."""
    study = resolve(STUDY, versions())
    folder = open_study_folder(tmp_path_factory.mktemp("runs") / "small", study, resume=False)
    assert run_study(study, folder).complete
    for path in folder.logs.glob("*.eval"):
        write_eval_log(aged(read_eval_log(str(path)), "complied"), str(path))
    folder.episodes.unlink()
    return folder.path


@pytest.fixture
def old(ran: Path, tmp_path: Path) -> Path:
    return shutil.copytree(ran, tmp_path / "small")


def states(done: list[LogDone]) -> list[str]:
    return [one.state for one in done]


def new_of(old: Path) -> Path:
    return old.with_name(f"{old.name}-detectors-{VERSION}")


def first_log(folder: Path) -> Path:
    return min((folder / "logs").glob("*.eval"))


def rewritten(path: Path, change: Any) -> None:
    log = read_eval_log(str(path))
    change(log)
    write_eval_log(log, str(path))


def test_new_logs_lie_beside_the_old_which_stay(old: Path) -> None:
    before = digests(old)
    plan = rescoring_plan([old])
    done = rescore(plan)
    assert states(done) == ["scored", "scored"] and digests(old) == before
    new = StudyFolder(new_of(old))
    assert {p.name for p in new.logs.iterdir()} == {
        *(p.name for p in (old / "logs").iterdir()), "logs.json",
    }  # fmt: skip
    assert new.study().hash == StudyFolder(old).study().hash
    rows = pl.read_parquet(new.episodes)
    assert rows.height == 4 and set(rows["detectors_version"]) == {VERSION}
    assert "complied" not in set(rows.filter("stake")["outcome"])


def test_the_new_folder_is_read_as_any_and_says_what_was_not_assessed(old: Path) -> None:
    loaded = load_episodes([old])
    (said,) = loaded.warnings
    assert said.startswith("4 of 4 episodes were scored by detectors 1.0.0, and today's are")
    assert "`peerwatch rescore`" in said
    rescore(rescoring_plan([old]))
    loaded = load_episodes([new_of(old)])
    assert [study.study.name for study in loaded.studies] == ["small"]
    (said,) = loaded.warnings
    assert said.startswith("The logs of 4 of 4 episodes do not say how the consequence comes about")
    with pytest.raises(PeerwatchError, match=r"Score the older logs again \(`peerwatch rescore"):
        load_episodes([old, new_of(old)])


def test_the_new_folder_is_gone_on_with(old: Path, tmp_path: Path) -> None:
    rescore(rescoring_plan([old]))
    lost = first_log(new_of(old))
    made = {path: path.read_bytes() for path in lost.parent.glob("*.eval") if path != lost}
    lost.unlink()
    resumed = peerwatch("run", "--out", new_of(old).name, "--resume", cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    rows = pl.read_parquet(new_of(old) / "episodes.parquet")
    assert rows.height == 4 and set(rows["detectors_version"]) == {VERSION}
    assert {path: path.read_bytes() for path in made} == made
    # Where nothing was scored again, the run goes on too, and says whose verdicts stand there.
    told = peerwatch("run", "--out", old.name, "--resume", cwd=tmp_path)
    assert told.returncode == 0
    said = " ".join(told.stdout.split())
    assert f"4 of 4 episodes were scored by detectors {THEN}, and today's are {VERSION}" in said


def test_a_second_call_does_nothing_twice(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = rescoring_plan([old])
    first = rescore(plan)
    before = digests(new_of(old))
    monkeypatch.setattr(module, "rescored_log", None)  # nothing is scored
    again = rescore(plan)
    assert states(again) == ["before", "before"]
    assert [one.changes for one in again] == [one.changes for one in first]
    assert digests(new_of(old)) == before


def test_an_interrupted_call_is_gone_on_with(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def interrupted(log: EvalLog, digest: str) -> EvalLog:
        calls.append(digest)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return rescored_log(log, digest)

    monkeypatch.setattr(module, "rescored_log", interrupted)
    with pytest.raises(KeyboardInterrupt):
        rescore(rescoring_plan([old]))
    new = StudyFolder(new_of(old))
    assert len(list(new.logs.glob("*.eval"))) == 1 and not new.episodes.exists()
    assert states(rescore(rescoring_plan([old]))) == ["before", "scored"]
    assert pl.read_parquet(new.episodes).height == 4 and len(calls) == 3


def test_a_write_that_fails_leaves_no_half_log(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(log: EvalLog, place: Path, format: str) -> None:
        place.write_bytes(b"half")
        raise OSError(28, "No space left on device", str(place))

    monkeypatch.setattr(module, "write_eval_log", failing)
    with pytest.raises(PeerwatchError, match=r"cannot be read or written \(No space left"):
        rescore(rescoring_plan([old]))
    assert not list((new_of(old) / "logs").glob("*_*"))


def test_an_old_log_that_grew_is_scored_anew(old: Path) -> None:
    path = first_log(old)

    def cut(log: EvalLog) -> None:
        log.samples = (log.samples or [])[:1]

    whole = path.read_bytes()
    rewritten(path, cut)
    rescore(rescoring_plan([old]))
    assert pl.read_parquet(new_of(old) / "episodes.parquet").height == 3
    path.write_bytes(whole)
    assert states(rescore(rescoring_plan([old]))) == ["scored", "before"]
    assert pl.read_parquet(new_of(old) / "episodes.parquet").height == 4


def test_in_place_keeps_both_verdicts(old: Path) -> None:
    plan = rescoring_plan([old], in_place=True)
    first = rescore(plan)
    assert states(first) == ["scored", "scored"]
    sample = (read_eval_log(str(first_log(old))).samples or [])[0]
    history = (sample.scores or {})["episode_scorer"].history
    assert isinstance(history[0].metadata, dict)
    assert history[0].metadata["detectors_version"] == THEN
    assert set(pl.read_parquet(old / "episodes.parquet")["detectors_version"]) == {VERSION}
    before = digests(old)
    again = rescore(plan)
    assert states(again) == ["before", "before"] and digests(old) == before
    assert [one.changes for one in again] == [one.changes for one in first]
    assert not new_of(old).exists()


def test_what_is_no_log_of_ours_stays_as_it_is(old: Path) -> None:
    first, second = sorted((old / "logs").glob("*.eval"))
    first.write_bytes(first.read_bytes()[:700])

    def foreign(log: EvalLog) -> None:
        for sample in log.samples or []:
            sample.metadata = {}

    rewritten(second, foreign)
    plan = rescoring_plan([old])
    done = rescore(plan)
    assert states(done) == ["unreadable", "foreign"] and done[0].why
    for path in (first, second):
        assert (new_of(old) / "logs" / path.name).read_bytes() == path.read_bytes()
    found = rescoring_summary(plan, done, [])
    assert found["foreign"] == [second.name] and found["scored"] == 0
    assert f"it cannot be read: {first.name}" in summary_text(found)
    assert f"not a log of ours: {second.name}" in summary_text(found)


def test_what_could_not_be_scored_again_does_not_stop_the_report(old: Path) -> None:
    def spoil(log: EvalLog) -> None:
        (log.samples or [])[0].metadata["record"]["format"] = 99

    rewritten(first_log(old), spoil)
    plan = rescoring_plan([old])
    done = rescore(plan)
    rows = load_episodes([new_of(old)])
    assert rows.episodes.height == 4
    assert sorted(rows.episodes["detectors_version"]) == [THEN, VERSION, VERSION, VERSION]
    (said,) = [one for one in rows.warnings if "could not be scored again" in one]
    assert said.startswith("1 of 4 episodes") and "format 99" in said
    text = summary_text(rescoring_summary(plan, done, []))
    assert "4 episodes: 3 scored again" in text and "1 as they were." in text
    assert "As they were, 1: This episode was logged in format 99" in text
    assert f"Of these some keep the verdict of older detectors: 1 of {THEN}." in text


def test_graders_labels_go_along_and_settle_the_new_outcome(tmp_path: Path) -> None:
    filed = "Ergebnis eingetragen"
    admits = grader(answer(admission=[filed]))
    log = graded_log(tmp_path / "old", admits, "peerwatch/vague_reporter")
    (sample,) = log.samples or []
    sheet = json.loads(sample.metadata["record"]["inventory"])["filing"]["path"]
    sample.metadata["record"]["finish"]["changes"] = [
        {"kind": "modified", "object": sheet, "to": filed}
    ]
    (row,) = (sample.scores or {})["language_judge"].metadata["rows"][7:8]  # type: ignore[index]
    assert row["code"] == "admission"
    row["label"] = "yes"  # the words were put into the log after it was judged
    write_eval_log(aged(log, "complied"), log.location)
    kept = all_judgements([tmp_path / "old"])
    plan = rescoring_plan([tmp_path / "old"], tmp_path / "new")
    done = rescore(plan)
    assert all_judgements([tmp_path / "new"]).equals(kept)
    assert kept.height == len(CODE_NAMES)
    (change,) = all_changes([one.changes for one in done], plan.roots)
    told = [change[f"outcome_{name}"] for name in ("before", "after", "settled")]
    assert told == ["complied", "deviated_unclear", "deviated_disclosed"]
    assert rescoring_summary(plan, done, [change])["settled"] == 1


def test_judgements_beside_the_logs_go_along_once(tmp_path: Path) -> None:
    log = graded_log(tmp_path / "old", grader(answer()), "peerwatch/honest")
    write_eval_log(aged(log), log.location)
    write_judgements_in_logs(tmp_path / "old")
    plan = rescoring_plan([tmp_path / "old"], tmp_path / "new")
    rescore(plan)
    there = tmp_path / "new" / JUDGEMENTS_FILE
    assert there.read_bytes() == (tmp_path / "old" / JUDGEMENTS_FILE).read_bytes()
    there.write_bytes(b"judged anew")  # by somebody, after the first call
    rescore(plan)
    assert there.read_bytes() == b"judged anew"


def test_of_today_nothing_changes(tmp_path: Path) -> None:
    run(grading(size="compact", seeds=1), "peerwatch/honest", tmp_path / "logs")
    plan = rescoring_plan([tmp_path / "logs"], tmp_path / "new")
    done = rescore(plan)
    assert states(done) == ["today"] and done[0].changes.today == 1
    (path,) = (tmp_path / "logs").glob("*.eval")
    assert (tmp_path / "new" / path.name).read_bytes() == path.read_bytes()
    assert rescoring_summary(plan, done, [])["today"] == 1


def test_single_logs_and_several_sources(tmp_path: Path) -> None:
    one, other = old_log(tmp_path / "a"), old_log(tmp_path / "b")
    done = rescore(rescoring_plan([one]))
    assert done[0].log == one.with_name(f"{one.stem}-detectors-{VERSION}") / one.name
    plan = rescoring_plan([one, tmp_path / "b"], tmp_path / "new")
    assert states(rescore(plan)) == ["scored", "scored"]
    assert (tmp_path / "new" / one.name).exists()
    assert (tmp_path / "new" / "b" / other.name).exists()


def test_a_folder_of_studies_keeps_its_shape(old: Path, tmp_path: Path) -> None:
    shutil.copytree(old, tmp_path / "all" / "deep" / "one")
    shutil.copytree(old, tmp_path / "all" / "two")
    rescore(rescoring_plan([tmp_path / "all"], tmp_path / "new"))
    found = sorted(
        p.parent.relative_to(tmp_path / "new") for p in (tmp_path / "new").rglob("study.yaml")
    )
    assert found == [Path("deep/one"), Path("two")]
    assert load_episodes([tmp_path / "new" / "two"]).episodes.height == 4


def test_a_folder_that_will_not_do_is_refused_and_not_touched(old: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "notes.txt").write_text("mine", encoding="utf-8")
    for out, told in (
        (taken, "was not written by `peerwatch rescore`"),
        (taken / "notes.txt", "is a file, not a folder"),
        (old / "logs" / "new", "lie in one another"),
        (old, "lie in one another"),
        (tmp_path, "lie in one another"),
    ):
        with pytest.raises(PeerwatchError, match=told):
            rescore(rescoring_plan([old], out))
    assert [path.name for path in taken.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        ("{", "is damaged"),
        ("[]", "is damaged"),
        (json.dumps({"detectors": "0.9", "sources": []}), "by detectors 0.9, today's are"),
        (json.dumps({"detectors": VERSION, "sources": ["/x"]}), "came of other logs: /x"),
    ],
)
def test_a_folder_of_other_new_logs_is_refused(old: Path, marker: str, told: str) -> None:
    new_of(old).mkdir()
    (new_of(old) / MARKER).write_text(marker, encoding="utf-8")
    with pytest.raises(PeerwatchError, match=told):
        rescore(rescoring_plan([old]))
    assert [path.name for path in new_of(old).iterdir()] == [MARKER]


def test_two_calls_at_once_are_refused(old: Path) -> None:
    new_of(old).mkdir()
    with holding(new_of(old)), pytest.raises(PeerwatchError, match="Another run is writing"):
        rescore(rescoring_plan([old]))


def test_what_cannot_be_asked_is_said(old: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "README.md").write_text("# no log", encoding="utf-8")
    for paths, told in (
        ([tmp_path / "README.md"], "is no Inspect log"),
        ([], "What is to be scored again"),
        ([tmp_path / "nowhere"], "does not exist"),
        ([tmp_path / "empty"], "holds no Inspect logs"),
        ([old, first_log(old)], "give --out"),
    ):
        with pytest.raises(PeerwatchError, match=told):
            rescoring_plan(paths)
    with pytest.raises(PeerwatchError, match="leave --out away"):
        rescoring_plan([old], tmp_path / "new", in_place=True)
    with pytest.raises(PeerwatchError, match="Two of the sources are called logs"):
        shutil.copytree(old / "logs", tmp_path / "other" / "logs")
        rescoring_plan([old / "logs", tmp_path / "other" / "logs"], tmp_path / "new")
