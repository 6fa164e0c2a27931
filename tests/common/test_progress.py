"""Progress: some twenty lines where nobody watches, a bar on a terminal."""

from __future__ import annotations

import pytest

from peerwatch.common.progress import reporting


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    out, err = capsys.readouterr()
    assert not out
    return err.splitlines()


def test_small_work_is_told_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    with reporting("passages", total=3) as reporter:
        for _ in range(3):
            reporter.advance()
    assert lines(capsys) == ["1 of 3 passages", "2 of 3 passages", "3 of 3 passages"]


@pytest.mark.parametrize("step", [1, 7, 100])
def test_large_work_takes_some_twenty_lines_and_the_last(
    step: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with reporting("judgements", total=1003) as reporter:
        for done in range(0, 1003, step):
            reporter.advance(min(step, 1003 - done))
    told = lines(capsys)
    assert len(told) <= 22 and told[-1] == "1003 of 1003 judgements"


def test_a_line_of_ones_own_with_what_is_told_beside(capsys: pytest.CaptureFixture[str]) -> None:
    def line(done: int, total: int, note: str) -> str:
        return f"{done}/{total} [{note}]"

    with reporting("x", line, total=4, done=2, note="first") as reporter:
        reporter.advance()
        reporter.reach(4, note="[bold]last[/bold]")
    assert lines(capsys) == ["3/4 [first]", "4/4 [[bold]last[/bold]]"]


def test_without_a_total_nothing_is_printed_until_there_is_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with reporting("steps") as reporter:
        reporter.reach(1)
        reporter.reach(2, 2, "there")
    assert lines(capsys) == ["2 of 2 steps"]


def test_on_a_terminal_it_is_a_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with reporting("episodes", total=10) as reporter:
        reporter.reach(10, note="block 2")
    shown = capsys.readouterr().err
    assert "episodes" in shown and "10/10" in shown and "block 2" in shown and "\x1b[" in shown
    assert "10 of 10 episodes" not in shown
