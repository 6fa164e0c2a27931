"""A command that takes long says so on standard error, and a quick one says nothing."""

from __future__ import annotations

import time

import pytest

from peerwatch.commands.signs_of_life import signs_of_life


def test_only_what_takes_long_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with signs_of_life(30.0):
        pass
    assert capsys.readouterr().err == ""
    with signs_of_life(0.01, "reading"):
        time.sleep(0.2)
    assert "still reading" in capsys.readouterr().err


def test_it_ends_with_what_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="wrong"), signs_of_life(0.01):
        raise ValueError("wrong")
    capsys.readouterr()
    time.sleep(0.05)
    assert capsys.readouterr().err == ""
