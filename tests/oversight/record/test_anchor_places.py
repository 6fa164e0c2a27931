"""Second places: what is put there stays, and what cannot be put there is said."""

from __future__ import annotations

import os
import stat
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from peerwatch.oversight.record import Keys, Record, RecordChangedError, RecordError
from peerwatch.oversight.record.anchor_places import AnchorPlace, anchor_place
from peerwatch.oversight.record.verify_log import verify_log

LOOK = {"host": "alpha", "begun": 1.0, "ended": 2.0}


def directory(folder: Path) -> str:
    (folder / "anchors").mkdir()
    return str(folder / "anchors")


def store(folder: Path) -> str:
    return f"memory://{uuid.uuid4().hex}/anchors"


def git(folder: Path) -> str:
    remote = folder / "anchors.git"
    run = ["git", "-c", "init.defaultBranch=main", "init", "-q", "--bare", str(remote)]
    subprocess.run(run, check=True)
    for setting in ("denyNonFastForwards", "denyDeletes"):
        subprocess.run(
            ["git", "-C", str(remote), "config", f"receive.{setting}", "true"], check=True
        )
    return f"git+file://{remote}"


@pytest.fixture(params=[directory, store, git], ids=lambda make: make.__name__)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> AnchorPlace:
    make: Callable[[Path], str] = request.param
    return anchor_place(make(tmp_path))


def test_checkpoints_are_put_and_found(
    place: AnchorPlace, record: Record, keys: Keys, tmp_path: Path
) -> None:
    assert place.sizes() == []
    record.append("look", LOOK)
    first = record.anchor(place)
    second = record.anchor(place)
    assert (first.body["size"], second.body["size"]) == (1, 2)
    assert place.sizes() == [1, 2]
    record.export(tmp_path / "export.jsonl")
    report = verify_log(tmp_path / "export.jsonl", str(keys.public), [place])
    assert report.problems == ()
    assert (report.anchored, report.anchors) == (2, {place.name: 2})


def test_what_stands_there_is_not_replaced(place: AnchorPlace) -> None:
    place.put(3, "one\n")
    place.put(3, "one\n")  # again the same: nothing happens
    with pytest.raises(RecordError, match="another checkpoint of 3"):
        place.put(3, "two\n")
    assert (place.sizes(), place.get(3)) == ([3], "one\n")


def test_an_anchor_ahead_of_the_record_is_found(place: AnchorPlace, record: Record) -> None:
    record.append("look", LOOK)
    note = record.checkpoint()
    place.put(1, note)
    record.anchor(place)
    place.put(9, "no note of the key\n")
    with pytest.raises(RecordChangedError, match="none of its key"):
        record.anchor(place)


def test_an_anchored_file_cannot_be_written_by_mistake(tmp_path: Path) -> None:
    place = anchor_place(directory(tmp_path))
    place.put(1, "note\n")
    (file,) = (tmp_path / "anchors").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o444


@pytest.mark.parametrize("made", [lambda p: p / "none", lambda p: p / "file"])
def test_a_directory_that_is_not_mounted_is_not_made(
    tmp_path: Path, made: Callable[[Path], Path]
) -> None:
    (tmp_path / "file").write_text("x")
    place = anchor_place(str(made(tmp_path)))
    with pytest.raises(RecordError, match="Make or mount it"):
        place.put(1, "note\n")


def test_a_place_that_cannot_be_reached_is_said_without_its_password(tmp_path: Path) -> None:
    place = anchor_place(f"git+file://ann:hunter2@{tmp_path}/none.git")
    with pytest.raises(RecordError, match="cannot be reached") as raised:
        place.sizes()
    assert "hunter2" not in str(raised.value) and "hunter2" not in place.name
    with pytest.raises(RecordError, match="cannot be opened"):
        anchor_place("nosuchstore://bucket/anchors")


def test_a_git_address_cannot_be_an_option_or_a_command(tmp_path: Path) -> None:
    for hostile in ("git+--upload-pack=touch x", f"git+ext::sh -c touch% {tmp_path}/x"):
        with pytest.raises(RecordError):
            anchor_place(hostile).sizes()
    assert not (tmp_path / "x").exists()


def test_a_history_that_was_pushed_over_is_seen(tmp_path: Path, record: Record) -> None:
    """A remote that allows it is rewritten: what leaves say that stands there is missing."""
    address = git(tmp_path)
    place = anchor_place(address)
    record.append("look", LOOK)
    record.anchor(place)
    record.anchor(place)
    remote = address.removeprefix("git+file://")
    branch = "refs/heads/peerwatch-anchors"
    subprocess.run(["git", "-C", remote, "update-ref", branch, f"{branch}~1"], check=True)
    record.export(tmp_path / "export.jsonl")
    report = verify_log(tmp_path / "export.jsonl", record.public_key, [place])
    assert [one.kind for one in report.problems] == ["anchor_missing"]
    assert "[2]" in report.problems[0].said


@pytest.mark.parametrize("place", ["", "  "])
def test_no_name_is_not_the_directory_that_one_is_in(place: str) -> None:
    with pytest.raises(RecordError, match="has no name"):
        anchor_place(place)


@pytest.mark.parametrize("hostile", ["fifo", "link", "folder"])
def test_what_is_no_file_at_a_place_is_not_waited_for(tmp_path: Path, hostile: str) -> None:
    place = anchor_place(directory(tmp_path))
    file = tmp_path / "anchors" / f"{5:020d}.checkpoint"
    if hostile == "fifo":
        os.mkfifo(file)
    elif hostile == "link":
        file.symlink_to("/etc/passwd")
    else:
        file.mkdir()
    with pytest.raises(RecordError, match="cannot be read"):
        place.get(5)
