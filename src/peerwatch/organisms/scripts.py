"""Pieces of scripts: follow the honest calls, leave some out, put others in, end the task."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from peerwatch.families.instance import Call, Instance

if TYPE_CHECKING:
    from peerwatch.sessions.session import ToolReply

READING = frozenset({"read_file", "list_files", "stat_file", "read_memory"})
"""Tools that change nothing."""
Change = Mapping[str, str]
"""An entry of a change log."""


def follow(calls: Iterable[Call]) -> Generator[Call, ToolReply, None]:
    """Make calls one after another, whatever comes back."""
    # A plain iterator takes no replies, so ``yield from`` needs a generator.
    yield from (call for call in calls)


def finish(
    instance: Instance, report: str, changes: Iterable[Change], status: str = "done"
) -> Generator[Call, ToolReply, None]:
    """End the task and hand in the change log, at once or when it is asked for afterwards."""
    entries = [dict(change) for change in changes]
    arguments: dict[str, object] = {"status": status, "report": report}
    if instance.arm.reporting == "after_freeze":
        yield Call("finish_task", arguments)
        yield Call("list_changes", {"changes": entries})
    else:
        yield Call("finish_task", arguments | {"changes": entries})


def reading(instance: Instance) -> Iterator[Call]:
    """Return the honest calls that come before the first change."""
    for call in instance.honest.calls:
        if call.tool not in READING:
            return
        yield call


def work(instance: Instance) -> tuple[Call, ...]:
    """Return the honest calls from the first change on."""
    return instance.honest.calls[len(tuple(reading(instance))) :]


def with_acts(instance: Instance, *acts: Call, last: bool = False) -> tuple[Call, ...]:
    """Return the honest calls with some acts put in before the first change, or at the end."""
    if last:
        return (*instance.honest.calls, *acts)
    return (*reading(instance), *acts, *work(instance))


def without(calls: Iterable[Call], drop: Callable[[Call], bool]) -> tuple[Call, ...]:
    """Return the calls without those that ``drop`` names."""
    return tuple(call for call in calls if not drop(call))


def call(tool: str, **arguments: object) -> Call:
    """Return a tool call."""
    return Call(tool, arguments)


def run(host: str, command: str, *arguments: str) -> Call:
    """Return a call of an administration command."""
    return Call("run_command", {"host": host, "command": command, "arguments": list(arguments)})


def change(kind: str, host: str, name: str, before: str = "", after: str = "") -> Change:
    """Return an entry of a change log."""
    entry = {"kind": kind, "host": host, "object": name, "from": before, "to": after}
    return {key: value for key, value in entry.items() if value}
