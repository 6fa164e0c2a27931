"""The results folder: what may be run into it, and that nothing in it is ever lost."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.common.folder_lock import holding
from peerwatch.common.task_version import TASK_VERSION
from peerwatch.records.study_folder import (
    StudyFolder,
    open_study_folder,
    refuse_held,
    set_log_aside,
)
from peerwatch.studies.study import ResolvedStudy, make_study, resolve
from tests.command import digests


def study(tasks: str = "1-A", **changes: object) -> ResolvedStudy:
    """Return a small study."""
    data = {
        "name": "small",
        "families": ["grading"],
        "models": ["peerwatch/honest"],
        "factors": {"subject": ["peer"]},
        "seeds": [1, 2],
    }
    return resolve(make_study({**data, **changes}), {"tasks": tasks})


def refused(path: Path, asked: ResolvedStudy, resume: bool = True) -> str:
    """Return the message with which a folder is refused, once nothing in it has changed."""
    before = digests(path)
    with pytest.raises(PeerwatchError) as caught:
        open_study_folder(path, asked, resume)
    assert digests(path) == before
    return str(caught.value)


def test_a_new_folder_holds_the_resolved_study(tmp_path: Path) -> None:
    folder = open_study_folder(tmp_path / "deep" / "out", study(), resume=False)
    assert folder.study() == study()
    assert sorted(p.name for p in folder.path.iterdir()) == ["logs", "study.yaml"]
    text = folder.study_file.read_text(encoding="utf-8")
    assert study().hash in text and "tasks: 1-A" in text
    assert open_study_folder(folder.path, study(), resume=True) == folder
    assert folder.study_file.read_text(encoding="utf-8") == text


def test_an_empty_folder_and_one_begun_and_cut_short_will_do(tmp_path: Path) -> None:
    (tmp_path / "study.yaml.part").write_text("hash: sha", encoding="utf-8")
    folder = open_study_folder(tmp_path, study(), resume=False)
    assert folder.study() == study() and not (tmp_path / "study.yaml.part").exists()


def test_the_lock_of_a_run_makes_no_folder_somebody_elses(tmp_path: Path) -> None:
    with holding(tmp_path):
        folder = open_study_folder(tmp_path, study(), resume=False)
    assert folder.study() == study()


def test_the_same_study_again_has_to_be_asked_for(tmp_path: Path) -> None:
    open_study_folder(tmp_path, study(), resume=False)
    assert "--resume" in refused(tmp_path, study(), resume=False)
    renamed = study(name="other", seeds="2,1", attempts=3)
    assert open_study_folder(tmp_path, renamed, resume=True).study() == study()


@pytest.mark.parametrize("resume", [False, True])
def test_another_study_is_refused(resume: bool, tmp_path: Path) -> None:
    open_study_folder(tmp_path, study(), resume=False)
    for changes in (
        {"seeds": [1, 2, 3]},
        {"limits": {"turns": 3}},
        {"models": ["peerwatch/arguer"]},
    ):
        message = refused(tmp_path, study(name="mine", **changes), resume)
        assert "another study ('small'" in message and "'mine'" in message
        assert "--out" in message


def test_another_task_version_is_refused(tmp_path: Path) -> None:
    open_study_folder(tmp_path, study(), resume=False)
    message = refused(tmp_path, study("2-A"))
    assert "1-A" in message and "2-A" in message and "not comparable" in message


def test_scores_of_another_form_are_not_added_to(tmp_path: Path) -> None:
    asked = study()
    open_study_folder(tmp_path, asked, resume=False)
    now = replace(asked, versions={**asked.versions, "scores": "2"})
    message = refused(tmp_path, now)
    assert "scores of form 1" in message and "peerwatch rescore" in message
    assert open_study_folder(tmp_path, asked, resume=True).path == tmp_path
    assert "peerwatch rescore" in message and "into another --out" in message


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    assert "not empty" in refused(tmp_path, study())
    assert "is a file" in refused(tmp_path / "thesis.txt", study())
    assert "Not a directory" in refused(tmp_path / "thesis.txt" / "out", study())


def test_a_folder_that_cannot_be_made_is_refused() -> None:
    if not Path("/proc/self").exists():
        pytest.skip("there is no /proc here, in which nobody can make a folder")
    with pytest.raises(PeerwatchError, match=r"/proc/none/out cannot be written \(.+\).*--out"):
        open_study_folder(Path("/proc/none/out"), study(), resume=False)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_half_a_study_file_is_named_and_left_as_it_is(share: float, tmp_path: Path) -> None:
    folder = open_study_folder(tmp_path, study(), resume=False)
    whole = folder.study_file.read_bytes()
    folder.study_file.write_bytes(whole[: int(share * len(whole))])
    message = refused(tmp_path, study())
    assert "study.yaml" in message and "choose another --out" in message


def test_a_study_file_changed_by_hand_is_named(tmp_path: Path) -> None:
    folder = open_study_folder(tmp_path, study(), resume=False)
    text = folder.study_file.read_text(encoding="utf-8")
    folder.study_file.write_text(text.replace("size: standard", "size: compact"), encoding="utf-8")
    assert "changed after it was written" in refused(tmp_path, study())


def test_the_episodes_table_is_whole_or_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = open_study_folder(tmp_path, study(), resume=False)
    folder.write_episodes(pl.DataFrame({"seed": [1]}))

    def full(self: Path, content: bytes) -> int:
        self.write_text("PAR1", encoding="utf-8")
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="space"):
        folder.write_episodes(pl.DataFrame({"seed": [1, 2]}))
    assert pl.read_parquet(folder.episodes)["seed"].to_list() == [1]


def test_logs_set_aside_are_all_kept(tmp_path: Path) -> None:
    folder = open_study_folder(tmp_path, study(), resume=False)
    log = folder.logs / "2026-01-01T00-00-00-00-00_grading_AAAAAAAAAAAAAAAAAAAAAA.eval"
    log.write_bytes(b"PK\x03\x04 half of a log")
    moved = set_log_aside(folder, log)
    assert moved == tmp_path / "unreadable" / log.name and not log.exists()
    assert moved.read_bytes() == b"PK\x03\x04 half of a log"
    shutil.copy(moved, folder.logs)  # once more, under the same name
    again = set_log_aside(folder, log)
    assert again != moved and moved.exists() and again.exists()


def test_seeds_or_arms_changed_by_hand_are_noticed(tmp_path: Path) -> None:
    asked = study(TASK_VERSION)
    folder = open_study_folder(tmp_path, asked, resume=False)
    whole = folder.study_file.read_text(encoding="utf-8")
    lines = whole.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.strip().startswith("- ") and "'" not in line:
            folder.study_file.write_text("".join(lines[:number] + lines[number + 1 :]), "utf-8")
            assert "nothing was changed" in refused(tmp_path, asked), line
    folder.study_file.write_text(whole, encoding="utf-8")
    assert folder.study() == asked


def test_a_folder_with_a_study_says_how_to_go_on(tmp_path: Path) -> None:
    refuse_held(tmp_path)
    open_study_folder(tmp_path, study(), resume=False)
    with pytest.raises(PeerwatchError, match=rf"Add --resume .*--out {tmp_path} --resume`"):
        refuse_held(tmp_path)


def test_no_results_folder(tmp_path: Path) -> None:
    with pytest.raises(PeerwatchError, match=r"holds no study\.yaml"):
        StudyFolder(tmp_path).study()
