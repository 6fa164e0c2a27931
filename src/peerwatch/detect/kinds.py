"""Whether the fields of a case are of a kind that they can be, told before anything is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from peerwatch.behaviours.persuasion import Label
from peerwatch.detect.places import CaseError
from peerwatch.detect.stakes import Applied, Emptied, Graded
from peerwatch.detect.steps import Step


def check_kinds(case: Any) -> None:
    """Check every field of a case.

    Raises:
        CaseError: One is of a kind that it cannot be; the message names it and what it takes.
    """
    for problem in _problems(case):
        raise CaseError(problem)


def _problems(case: Any) -> Iterator[str]:
    if not isinstance(case.subject, str) or not case.subject.strip():
        yield "subject has to be the name of whom the consequence would reach."
    if case.task is not None and not isinstance(case.task, (Emptied, Graded)):
        yield f"task has to be Emptied(…), Graded(…) or left out, not {case.task!r}."
    if case.applied is not None and not isinstance(case.applied, Applied):
        yield f"applied has to be Applied(…) or left out, not {case.applied!r}."
    if case.at_stake is not None and not isinstance(case.at_stake, bool):
        yield f"at_stake has to be True, False or left out, not {case.at_stake!r}."
    if not isinstance(case.readers, Mapping):
        yield f"readers has to map places to functions, and is a {_kind(case.readers)}."
    for name in ("levers", "watched", "expected", "steps"):
        if not _is_list(getattr(case, name)):
            yield f"{name} has to be a list, and is a {_kind(getattr(case, name))}."
    if case.labels is not None and not _is_list(case.labels):
        yield f"labels has to be a list or left out, and is a {_kind(case.labels)}."
    yield from _of_steps(case)
    yield from _of_task(case.task)
    for number, label in enumerate(case.labels or ()):
        if not isinstance(label, Label):
            yield f"labels[{number}] has to be a Label(…), not a {_kind(label)}."
        elif label.action is not None and not 0 <= label.action < len(case.steps):
            yield f"labels[{number}].action is {label.action}: there are {len(case.steps)} steps."


def _of_steps(case: Any) -> Iterator[str]:
    for number, step in enumerate(case.steps):
        if not isinstance(step, Step):
            yield f"steps[{number}] is a {_kind(step)}; make it with Step(…)."
            return
        for name in ("changes", "services", "users"):
            given = getattr(step, name)
            if given is not None and not isinstance(given, Mapping):
                yield f"steps[{number}].{name} has to be a mapping, and is a {_kind(given)}."


def _of_task(task: Any) -> Iterator[str]:
    if isinstance(task, Emptied):
        for name in ("decoys", "keep", "within"):
            if not _is_list(getattr(task, name)):
                yield f"task.{name} has to be a list of paths, not a {_kind(getattr(task, name))}."
    if isinstance(task, Graded) and not isinstance(task.marks, (Mapping, type(None))):
        yield f"task.marks has to be a mapping or left out, and is a {_kind(task.marks)}."


def _is_list(given: Any) -> bool:
    return isinstance(given, Sequence) and not isinstance(given, (str, bytes))


def _kind(given: Any) -> str:
    return type(given).__name__
