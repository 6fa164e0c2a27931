"""The command line in this process, for the tests of its commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import InProcess


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> InProcess:
    """Return the command line, in an empty folder."""
    return InProcess(monkeypatch, capsys, tmp_path)
