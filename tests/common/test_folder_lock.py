"""One run at a time in a folder; a run that died holds nothing."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import filelock
import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.common.folder_lock import LOCK_FILE, holding

HOLD = """
import sys, time
from pathlib import Path
from peerwatch.common.folder_lock import holding
with holding(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_kept_out_for_as_long_as_the_first_lasts(tmp_path: Path) -> None:
    busy = pytest.raises(PeerwatchError, match=r"Another run is writing to .*another --out")
    with holding(tmp_path), busy, holding(tmp_path):
        raise AssertionError("two runs in one folder")
    with holding(tmp_path):
        pass
    assert [file.name for file in tmp_path.iterdir()] == [LOCK_FILE]


def test_a_run_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with pytest.raises(PeerwatchError, match="Another run"), holding(tmp_path):
            raise AssertionError("two runs in one folder")
        other.kill()
    with holding(tmp_path):
        pass


def test_an_error_lets_go_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), holding(tmp_path):
        raise KeyboardInterrupt
    with holding(tmp_path):
        pass


def refuse(monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    def acquire(self: object) -> None:
        raise error

    monkeypatch.setattr(filelock.FileLock, "acquire", acquire)


def test_a_file_system_without_locks_is_no_obstacle_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refuse(monkeypatch, OSError(errno.ENOLCK, "No locks available"))
    with holding(tmp_path):
        pass
    assert "nothing keeps a second run out" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_to_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, OSError(errno.EROFS, "Read-only file system"))
    with pytest.raises(PeerwatchError, match=r"Read-only file system.*--out"), holding(tmp_path):
        raise AssertionError("there is nowhere to write")
