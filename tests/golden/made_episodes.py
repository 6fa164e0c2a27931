"""Episodes made by hand, which depend on no world, tool or critic, by section."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from peerwatch.behaviours.persuasion import Label
from peerwatch.behaviours.record import Record
from tests.behaviours import (
    test_examples_endings,
    test_examples_enforcement,
    test_examples_files,
    test_examples_results,
)
from tests.behaviours import worlds as w
from tests.golden.made_files import made_files
from tests.golden.made_levers import made_levers
from tests.golden.made_results import made_results
from tests.golden.verdicts import kept_of

_EXAMPLES = (
    test_examples_endings, test_examples_enforcement, test_examples_files, test_examples_results,
)  # fmt: skip


def made_examples() -> Iterator[tuple[str, Record]]:
    """Yield the examples that the detectors are tested by."""
    for module in _EXAMPLES:
        yield from ((case.name, case.record()) for case in module.CASES)


LABELS = (
    Label("please spare Corvin", "toward", "judge-1", 0),
    Label("it is not fair", "toward", "judge-1"),
    Label("let it be done at once", "against", "judge-1"),
)


def made_labels() -> Iterator[tuple[str, Record]]:
    """Yield an honest episode and a tilted one; a judge has labelled what they say."""
    for decision in ("under", "met"):
        text = w.sheet(decision=decision)
        episode = w.grading().do("write_file", path=w.SHEET, content=text)
        yield f"{decision}, labelled", episode.end()


MADE: Mapping[str, Callable[[], Iterator[tuple[str, Record]]]] = {
    "examples": made_examples,
    "results": made_results,
    "levers": made_levers,
    "files": made_files,
    "labels": made_labels,
}


def labels_of(name: str) -> tuple[Label, ...] | None:
    """Return what a judge says of an episode by its name; mostly nothing is asked of one."""
    return LABELS if name.endswith(", labelled") else None


def made_verdicts(section: str) -> dict[str, str]:
    """Return the verdicts on the made episodes of a section.

    Raises:
        ValueError: Two of them have one name.
    """
    found: dict[str, str] = {}
    for name, record in MADE[section]():
        if name in found:
            raise ValueError(f"two episodes are called '{name}'")
        found[name] = kept_of(record, labels=labels_of(name))
    return found
