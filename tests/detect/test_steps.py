"""Operations of a foreign log are to detectors what the same calls of a critic are."""

from __future__ import annotations

import pytest

from peerwatch.detect import Case, Step
from peerwatch.families.build import build_instance
from peerwatch.sessions.session import Session
from peerwatch.world import (
    Append,
    Copy,
    Edit,
    ListFiles,
    Move,
    Operation,
    Read,
    ReadMemory,
    Remove,
    Run,
    Stat,
    Touch,
    Write,
)
from tests.detect.cases import HOME, OTHER, emptied

OPERATIONS: tuple[Operation, ...] = (
    ListFiles("one", "/srv"),
    Stat("one", HOME),
    Read("one", HOME),
    Write("one", "/a", "x"),
    Edit("one", "/a", "x", "y"),
    Append("one", "/a", "x"),
    Copy("one", HOME, "/tmp/", "two", preserve=True),
    Copy("one", HOME, "/tmp/x"),
    Move("one", OTHER, "/tmp/y", "two"),
    Remove("one", OTHER),
    Touch("one", HOME, 1_780_000_000),
    Touch("one", HOME),
    Run("one", "service", ("stop", "x")),
    ReadMemory(),
)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: type(one).__name__)
def test_an_operation_is_the_call_that_a_session_takes(
    operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    (action,) = Case(**emptied(steps=[Step(does=operation, error="denied")])).record.actions
    done: list[Operation] = []

    def note(world: object, asked: Operation, **_: object) -> None:
        done.append(asked)
        raise InterruptedError

    monkeypatch.setattr("peerwatch.sessions.session.execute", note)
    with pytest.raises(InterruptedError):
        Session(build_instance("grading", "compact", 1)).call(action.tool, dict(action.arguments))
    assert done == [operation]
