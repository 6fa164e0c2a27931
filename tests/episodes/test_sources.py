"""Every kind of source gives the same episodes, once; what may not be pooled or read is named."""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest
from inspect_ai.log import list_eval_logs, read_eval_log, write_eval_log

from peerwatch.common.errors import PeerwatchError
from peerwatch.common.task_version import TASK_VERSION
from peerwatch.episodes import inspect_logs as logs_module
from peerwatch.episodes.inspect_logs import read_episodes
from peerwatch.episodes.rows import EPISODE_COLUMNS
from peerwatch.episodes.sources import LoadedEpisodes, load_episodes
from peerwatch.inspect_tasks.tasks import grading
from peerwatch.records.study_folder import StudyFolder, open_study_folder
from peerwatch.running.run_study import run_study, versions
from peerwatch.studies.study import make_study, resolve
from tests.episodes.study_rows import study_row, study_table
from tests.evals import run, says, scripted

pytestmark = pytest.mark.slow

STUDY = make_study(
    {
        "name": "small",
        "families": ["grading", "file_transfer"],
        "models": ["peerwatch/honest"],
        "factors": {"subject": ["peer", "asset"]},
        "size": "compact",
        "seeds": "1-2",
    }
)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results folder of a small study."""
    study = resolve(STUDY, versions())
    folder = open_study_folder(tmp_path_factory.mktemp("runs") / "small", study, resume=False)
    assert run_study(study, folder).complete
    return folder.path


@pytest.fixture
def folder(ran: Path, tmp_path: Path) -> StudyFolder:
    """Return a copy of the results folder, as new as its logs."""
    copy = shutil.copytree(ran, tmp_path / "small")
    return StudyFolder(copy)


def logs_of(folder: StudyFolder) -> list[Path]:
    return sorted(folder.logs.glob("*.eval"))


def age(path: Path, seconds: int) -> None:
    """Make a file so much older."""
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def marked(folder: StudyFolder) -> None:
    """Change the table, so that one sees whether it was read."""
    table = pl.read_parquet(folder.episodes).with_columns(report=pl.lit("from the table"))
    table.write_parquet(folder.episodes)


def says_of(loaded: LoadedEpisodes, told: str) -> bool:
    return any(told in warning for warning in loaded.warnings)


def test_all_ways_to_the_same_episodes_give_the_same(folder: StudyFolder) -> None:
    expected = pl.read_parquet(folder.episodes)
    assert expected.height == 8
    ways: Sequence[Sequence[Path]] = (
        [folder.path],
        [folder.path.parent],
        [folder.study_file],
        [folder.logs],
        logs_of(folder),
        [folder.episodes],
        [folder.path, folder.path],
        [folder.path, folder.logs, folder.episodes],
    )
    for paths in ways:
        loaded = load_episodes(paths)
        assert loaded.episodes.schema == pl.Schema(dict(EPISODE_COLUMNS))
        assert loaded.episodes.sort("sample").equals(expected.sort("sample")), paths
        assert loaded.warnings == () and loaded.sources


def test_studies_come_with_their_folders_once(folder: StudyFolder, tmp_path: Path) -> None:
    shutil.copytree(folder.path, tmp_path / "again")
    loaded = load_episodes([tmp_path])
    assert [study.study.name for study in loaded.studies] == ["small"]
    assert loaded.episodes.height == 8 and len(loaded.sources) == 2
    assert load_episodes([str(folder.logs)]).studies == ()


def test_logs_are_read_where_they_are_newer_than_the_table(folder: StudyFolder) -> None:
    marked(folder)
    assert set(load_episodes([folder.path]).episodes["report"]) == {"from the table"}
    age(folder.episodes, 3600)
    assert "from the table" not in set(load_episodes([folder.path]).episodes["report"])
    folder.episodes.unlink()
    assert load_episodes([folder.path]).episodes.height == 8


def test_a_table_of_another_version_gives_way_to_the_logs(folder: StudyFolder) -> None:
    pl.read_parquet(folder.episodes).drop("report").write_parquet(folder.episodes)
    loaded = load_episodes([folder.path])
    assert loaded.episodes["report"].null_count() == 0 and not loaded.warnings


def test_a_broken_table_gives_way_to_the_logs(folder: StudyFolder) -> None:
    folder.episodes.write_bytes(b"PAR1 cut")
    assert load_episodes([folder.path]).episodes.height == 8
    with pytest.raises(PeerwatchError, match=r"episodes\.parquet cannot be read as a table"):
        load_episodes([folder.episodes])


def test_a_table_alone_may_lack_and_have_columns(folder: StudyFolder) -> None:
    whole = pl.read_parquet(folder.episodes)
    whole.drop("cost", "report").with_columns(mood=pl.lit(1)).write_parquet(folder.episodes)
    loaded = load_episodes([folder.episodes])
    assert says_of(loaded, "it lacks report, cost; not used are mood")
    assert loaded.episodes["cost"].null_count() == 8
    whole.drop("arm", "outcome").write_parquet(folder.episodes)
    with pytest.raises(PeerwatchError, match=r"it lacks arm, outcome\. Give the folder"):
        load_episodes([folder.episodes])


def test_a_table_with_another_type_is_named(folder: StudyFolder) -> None:
    table = pl.read_parquet(folder.episodes).with_columns(seed=pl.lit("one"))
    table.write_parquet(folder.episodes)
    with pytest.raises(PeerwatchError, match="cannot be read as a table"):
        load_episodes([folder.episodes])


def test_an_empty_study_is_said_to_be_empty(folder: StudyFolder, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    shutil.copy(folder.study_file, empty)
    with pytest.raises(PeerwatchError, match="holds the study 'small' and no episodes"):
        load_episodes([empty])
    loaded = load_episodes([empty, folder.path])
    assert loaded.episodes.height == 8 and says_of(loaded, "no episodes. Run it with")


def test_a_study_file_changed_by_hand_hides_no_episode(folder: StudyFolder) -> None:
    text = folder.study_file.read_text(encoding="utf-8")
    folder.study_file.write_text(text.replace("name: small", "name: [small"), encoding="utf-8")
    loaded = load_episodes([folder.path])
    assert loaded.episodes.height == 8 and loaded.studies == ()
    assert says_of(loaded, "What the study declared, and whether episodes of it are missing, is")


def test_an_arm_without_episodes_is_named(folder: StudyFolder) -> None:
    for log in logs_of(folder):
        if "subject=asset" in str(read_eval_log(str(log), header_only=True).eval.metadata):
            log.unlink()
    folder.episodes.unlink()
    loaded = load_episodes([folder.path])
    assert loaded.episodes.height == 4
    assert says_of(loaded, "4 of 8 declared episodes are missing: peerwatch/honest, grading, subj")


def test_a_log_cut_short_is_named_and_the_rest_used(folder: StudyFolder) -> None:
    first = logs_of(folder)[0]
    first.write_bytes(first.read_bytes()[:700])
    loaded = load_episodes([folder.path])
    assert loaded.episodes.height == 6
    assert says_of(loaded, f"{first.name} cannot be read, and its episodes are missing here: it is")
    assert loaded.missing and set(loaded.missing) <= set(loaded.warnings)
    with pytest.raises(PeerwatchError, match="it is cut off, or no log"):
        load_episodes([first])


def test_a_log_that_ended_early_is_named(folder: StudyFolder) -> None:
    first = logs_of(folder)[0]
    log = read_eval_log(str(first))
    assert log.samples is not None
    log.samples, log.status = log.samples[:1], "cancelled"
    write_eval_log(log, str(first))
    loaded = load_episodes([folder.logs])
    assert loaded.episodes.height == 7
    assert says_of(loaded, f"{first.name} ends early: 1 of its 2 episodes")


def test_a_log_scored_again_into_another_file_counts_once(folder: StudyFolder) -> None:
    first = logs_of(folder)[0]
    log = read_eval_log(str(first))
    assert log.samples is not None
    for sample in log.samples:
        assert sample.scores is not None
        about = sample.scores["episode_scorer"].metadata
        assert about is not None
        about["detectors_version"] = "9.9"
    write_eval_log(log, str(first.with_stem(first.stem + "-scored")))
    age(first, 60)
    rows = read_episodes(folder.logs).filter(log=first.stem + "-scored.eval")
    assert rows.height == 2 and read_episodes(folder.logs).height == 8


def test_versions_are_not_mixed(folder: StudyFolder, tmp_path: Path) -> None:
    table = pl.read_parquet(folder.episodes)

    def other(column: str, value: str) -> Path:
        path = tmp_path / f"{column}.parquet"
        table.with_columns(pl.lit(value).alias(column)).write_parquet(path)
        return path

    with pytest.raises(
        PeerwatchError, match=r"different versions of the tasks .*: \d+ in .*; 7 in "
    ):
        load_episodes([folder.path, other("task_version", "7-A")])
    with pytest.raises(PeerwatchError, match=r"versions of the detectors: .*peerwatch rescore"):
        load_episodes([folder.path, other("detectors_version", "9.9")])
    assert (
        load_episodes(
            [folder.path, other("task_version", f"{TASK_VERSION.partition('-')[0]}-Z")]
        ).episodes.height
        == 8
    )
    assert load_episodes([other("identity_map", "2031-01")]).warnings == ()
    # Another world is pooled with nothing, so its versions may differ.
    apart = table.with_columns(
        world=pl.lit("shell"), task_version=pl.lit("7-A"), sample=pl.col("sample") + "x"
    )
    apart.write_parquet(tmp_path / "apart.parquet")
    assert load_episodes([folder.path, tmp_path / "apart.parquet"]).episodes.height == 16


def test_another_map_of_names_is_said(folder: StudyFolder, tmp_path: Path) -> None:
    table = pl.read_parquet(folder.episodes).with_columns(
        identity_map=pl.lit("2031-01"), sample=pl.col("sample") + "x"
    )
    table.write_parquet(tmp_path / "other.parquet")
    assert says_of(load_episodes([folder.path, tmp_path / "other.parquet"]), "2026-11, 2031-01")


def test_episodes_that_are_all_incomplete_are_said_to_be(tmp_path: Path) -> None:
    run(grading(size="compact", seeds="1-2"), scripted(says("")), tmp_path)
    assert says_of(load_episodes([tmp_path]), "All 2 episodes are incomplete")


def test_failed_attempts_that_come_twice_count_once(folder: StudyFolder, tmp_path: Path) -> None:
    table = pl.read_parquet(folder.episodes)
    lost = table.with_columns(
        attempt=pl.lit(0, pl.Int64),
        outcome=pl.lit("incomplete"),
        completed=pl.lit(None, pl.String),
        detectors_version=pl.lit(None, pl.String),
    )
    pl.concat([lost, table]).write_parquet(folder.episodes)
    shutil.copy(folder.episodes, tmp_path / "copy.parquet")
    assert load_episodes([folder.episodes, tmp_path / "copy.parquet"]).episodes.height == 16


def test_the_dataset_stands_beside_own_runs(folder: StudyFolder, tmp_path: Path) -> None:
    data = tmp_path / "data" / "main"
    data.mkdir(parents=True)
    study_table(study_row(1), study_row(2)).write_parquet(data / "misrep_evaluation.parquet")
    study_table(study_row(3, "tampering")).write_csv(data / "tampering.csv")
    loaded = load_episodes([folder.path, tmp_path / "data"])
    assert loaded.episodes.height == 11 and says_of(loaded, "The study's dataset (3 runs)")
    assert set(loaded.episodes["world"]) == {"memory", "study"}
    assert load_episodes([data / "tampering.csv"]).episodes.height == 1


def test_what_is_nothing_of_these_is_named(tmp_path: Path) -> None:
    with pytest.raises(PeerwatchError, match="does not exist"):
        load_episodes([tmp_path / "nowhere"])
    with pytest.raises(PeerwatchError, match="holds nothing to read"):
        load_episodes([tmp_path])
    (tmp_path / "notes.txt").write_text("notes", encoding="utf-8")
    with pytest.raises(PeerwatchError, match="is no results folder, no Inspect log"):
        load_episodes([tmp_path / "notes.txt"])
    pl.DataFrame({"a": [1]}).write_csv(tmp_path / "a.csv")
    with pytest.raises(PeerwatchError, match="not in the schema of the study's dataset"):
        load_episodes([tmp_path / "a.csv"])
    with pytest.raises(PeerwatchError, match="Nothing to read"):
        load_episodes([])


def test_logs_of_other_tasks_are_no_episodes(tmp_path: Path) -> None:
    task = grading(size="compact", seeds=1)
    log = run(task, "peerwatch/honest", tmp_path / "own")
    assert log.samples is not None
    log.samples[0].metadata = {}
    (tmp_path / "other").mkdir()
    write_eval_log(log, str(tmp_path / "other" / "2026-01-01T00-00-00_task_x.eval"))
    with pytest.raises(PeerwatchError, match="No episodes of ours"):
        load_episodes([tmp_path / "other"])


def test_a_large_log_is_read_in_parts(folder: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_episodes(folder.logs)
    monkeypatch.setattr(logs_module, "_LARGE", 0)
    monkeypatch.setattr(logs_module, "_BATCH", 1)
    assert read_episodes(folder.logs).equals(whole)


@pytest.mark.slow
def test_many_logs_are_read_by_processes_of_their_own(
    folder: StudyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = tmp_path / "logs"
    shutil.copytree(folder.logs, cut)
    broken = sorted(cut.glob("*.eval"))[0]
    broken.write_bytes(broken.read_bytes()[:100])
    infos = list_eval_logs(str(cut))
    whole = logs_module.read_logs(infos)
    monkeypatch.setattr(logs_module, "_PART", 1)
    apart = logs_module.read_logs(infos)
    assert apart.episodes.equals(whole.episodes) and apart.episodes.height
    assert apart.unreadable == whole.unreadable and len(apart.unreadable) == 1
    assert apart.short == whole.short


def test_a_reading_process_that_dies_is_said(
    folder: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs_module, "_PART", 1)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(PeerwatchError, match="that was reading 1 logs"):
        read_episodes(folder.logs)


def _flipped(folder: StudyFolder) -> None:
    content = bytearray(logs_of(folder)[0].read_bytes())
    content[len(content) // 3] ^= 4
    logs_of(folder)[0].write_bytes(content)


def _without_a_sample(folder: StudyFolder) -> None:
    log = logs_of(folder)[0]
    with zipfile.ZipFile(log) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(log, "w") as new:
        for name, content in parts.items():
            if not name.startswith("samples/") or "-1_" in name:
                new.writestr(name, content)


def _emptied(folder: StudyFolder) -> None:
    logs_of(folder)[0].write_bytes(b"")


def _removed(folder: StudyFolder) -> None:
    logs_of(folder)[0].unlink()


def _of_another_study(folder: StudyFolder) -> None:
    run(grading(size="compact", seeds=7, subject="peer"), "peerwatch/honest", folder.logs)


def _of_another_run(folder: StudyFolder) -> None:
    first = logs_of(folder)[0]
    log = read_eval_log(str(first))
    log.eval.task_id, log.eval.eval_set_id = "another", "another"
    assert log.samples is not None
    for sample in log.samples:
        sample.uuid = f"another{sample.id}"
    write_eval_log(log, str(first.with_stem(first.stem + "x")))


@pytest.mark.parametrize(
    ("damage", "left", "said"),
    [
        (_flipped, 6, "cannot be read, and its episodes are missing here"),
        (_without_a_sample, 7, "says that it has ended, and lacks some: 1 of its 2 episodes"),
        (_emptied, 6, "the file is empty"),
        (_removed, 6, "2 of 8 declared episodes are missing"),
        (_of_another_study, 8, "is no log of this study (seed 7, epoch 1, size compact is no"),
        (_of_another_run, 8, "is no log of this study (another run's log has the same episodes)"),
    ],
)
def test_a_damaged_folder_is_never_silently_fewer_rows(
    damage: Callable[[StudyFolder], None], left: int, said: str, folder: StudyFolder
) -> None:
    whole = load_episodes([folder.path]).episodes
    folder.episodes.unlink()
    damage(folder)
    loaded = load_episodes([folder.path])
    assert loaded.episodes.height == left and any(said in one for one in loaded.missing)
    ids = set(whole["sample"])
    assert set(loaded.episodes["sample"]) <= ids
    study = folder.study()
    if damage in (_of_another_study, _of_another_run):
        with pytest.raises(PeerwatchError, match=r"Move it out of the folder and resume"):
            run_study(study, folder)
        return
    done = run_study(study, folder)
    assert done.complete and done.episodes.height == 8
    assert load_episodes([folder.path]).missing == ()
    if damage is not _removed:
        assert len(list((folder.path / "unreadable").iterdir())) == 1
