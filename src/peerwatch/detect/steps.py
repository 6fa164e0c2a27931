"""The steps of a foreign log: what the agent did, as operations, as changes, or as states."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from peerwatch.behaviours.record import Action
from peerwatch.detect.places import (
    CaseError,
    FileValue,
    Moment,
    WorldValue,
    file_of,
    host_in,
    moment,
    place_of,
    service_of,
    user_of,
    world_of,
)
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
    execute,
)
from peerwatch.world.state import File, Service, Snapshot, User

_TOOLS: Mapping[type[Operation], str] = {
    Append: "append_file",
    Copy: "copy_file",
    Edit: "edit_file",
    ListFiles: "list_files",
    Move: "move_file",
    Read: "read_file",
    ReadMemory: "read_memory",
    Remove: "remove_file",
    Run: "run_command",
    Stat: "stat_file",
    Touch: "touch_file",
    Write: "write_file",
}
"""What detectors know each operation as."""
_USER = "root"
"""Whoever acts in a foreign log was let: its own world has said so."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an agent, with what it changed. Give the kinds of values that your log has.

    Attributes:
        what: What it did, in the log's own words: a command, a call. For people. Of a step that has
            words alone nobody knows what it changed; ``changes={}`` says that it changed nothing.
        does: Operations of ``peerwatch.world`` (``Copy``, ``Write``, …), carried out in order.
        changes: Places (``host:/path``) and what stands there now: a text, bytes, a file, or None
            for what is gone.
        services: ``host:name`` and whether it runs and starts with its host, or None for gone.
        users: ``host:name`` and the account, or None for gone.
        after: The whole world after it, where only states are known.
        error: Why it failed, where it did. It has then changed nothing, and what it asked for is
            an attempt.
        at: When it was, if known; copies are dated by it.
    """

    what: str = ""
    does: Operation | Sequence[Operation] = ()
    changes: Mapping[str, FileValue | None] | None = None
    services: Mapping[str, Service | bool | None] = field(default_factory=dict)
    users: Mapping[str, User | str | None] = field(default_factory=dict)
    after: WorldValue | None = None
    error: str = ""
    at: Moment | None = None


@dataclass(frozen=True, slots=True)
class Acted:
    """One action and the world after it, and the step that it belongs to."""

    step: int
    action: Action
    after: Snapshot


def unknown_steps(steps: Sequence[Step]) -> tuple[int, ...]:
    """Return the steps of which nobody knows what they changed.

    They have words alone, and no later step says what the whole world was.
    """
    found: list[int] = []
    for number, step in enumerate(steps):
        if step.after is not None:
            found.clear()
        elif step.changes is None and not (
            step.services or step.users or step.error or _operations(step)
        ):
            found.append(number)
    return tuple(found)


def _operations(step: Step) -> list[Operation]:
    return [step.does] if isinstance(step.does, Operation) else list(step.does)


def carried_out(steps: Sequence[Step], world: Snapshot) -> Iterator[Acted]:
    """Yield the actions of all steps.

    Raises:
        CaseError: A step names what is not there, or does what the world does not let it do.
    """
    for number, step in enumerate(steps):
        where = f"steps[{number}]"
        if not isinstance(step, Step):
            raise CaseError(f"{where} is a {type(step).__name__}; make it with Step(…).")
        for acted in _of_step(where, number, step, world):
            world = acted.after
            yield acted


def _of_step(where: str, number: int, step: Step, world: Snapshot) -> Iterator[Acted]:
    operations = _operations(step)
    changes = step.changes or {}
    stated = bool(changes or step.services or step.users)
    if step.after is not None and (operations or stated):
        raise CaseError(f"{where}.after is the whole world; leave out does, changes … beside it.")
    if step.error and (stated or step.after is not None):
        raise CaseError(
            f"{where} failed ({step.error}), and has changes. Leave the changes out, or make two "
            "steps of it: what worked and what failed."
        )
    if step.at is not None:
        world = replace(world, clock=moment(f"{where}.at", step.at))
    for operation in operations:
        world = yield from _operation(where, number, step, operation, world)
    if stated or step.after is not None or not operations:
        after = _stated(where, step, world)
        yield Acted(number, Action("", {"what": step.what}, not step.error, step.error), after)


def _operation(
    where: str, number: int, step: Step, operation: Operation, world: Snapshot
) -> Generator[Acted, None, Snapshot]:
    """Yield the action that an operation is, and return the world after it."""
    tool = _TOOLS.get(type(operation))
    if tool is None:
        raise CaseError(f"{where}.does: {operation!r} is no operation of peerwatch.world.")
    arguments = _arguments(operation)
    if "host" in arguments and not step.error:
        host_in(f"{where}.does", world, arguments["host"])
    if step.error:
        yield Acted(number, Action(tool, arguments, False, step.error), world)
        return world
    done = execute(world, operation, user=_USER)
    if not done.ok:
        raise CaseError(
            f"{where}.does: in the world as it is by then, {operation!r} fails: {done.text} "
            "Correct the world or the step, or give the error with which it failed."
        )
    yield Acted(number, Action(tool, arguments, True), done.snapshot)
    return done.snapshot


def _arguments(operation: Operation) -> dict[str, Any]:
    """Return what a tool call of the operation would have had as arguments."""
    given = {name: value for name, value in asdict(operation).items() if value is not None}
    if "time" in given:
        seconds = moment("Touch(time)", given["time"])
        given["time"] = datetime.fromtimestamp(seconds, UTC).isoformat()
    if "arguments" in given:
        given["arguments"] = list(given["arguments"])
    return given


def _stated(where: str, step: Step, world: Snapshot) -> Snapshot:
    """Return the world in which the changes that a step states have been made."""
    if step.after is not None:
        after = world_of(f"{where}.after", step.after)
        lost = world.hosts.keys() - after.hosts.keys()
        if lost:
            raise CaseError(
                f"{where}.after has no host '{sorted(lost)[0]}'. Give every host of the world; one "
                "that is gone is an empty one: {}."
            )
        return replace(after, clock=max(world.clock, after.clock))
    hosts = dict(world.hosts)
    for place, value in (step.changes or {}).items():
        field_name = f"{where}.changes['{place}']"
        name, path = place_of(f"{where}.changes", place)
        old = host_in(field_name, world, name).files.get(path)
        if value is None and old is None:
            raise CaseError(f"{field_name} is None (gone), and there was no such file.")
        new = None if value is None else _dated(file_of(field_name, value, old), value, world)
        hosts[name] = replace(hosts[name], files=_with(hosts[name].files, path, new))
    for place, run in step.services.items():
        name, key = _named(f"{where}.services", place, world)
        there = hosts[name].services
        if key not in there and (run is None or key.removesuffix(".service") in there):
            known = ", ".join(sorted(there)) or "none"
            raise CaseError(
                f"{where}.services['{place}']: {name} has no service '{key}' (it has: {known})."
            )
        state = None if run is None else service_of(f"{where}.services['{place}']", run)
        hosts[name] = replace(hosts[name], services=_with(there, key, state))
    for place, account in step.users.items():
        name, key = _named(f"{where}.users", place, world)
        if account is None and key not in hosts[name].users:
            raise CaseError(f"{where}.users['{place}']: {name} has no account '{key}'.")
        one = None if account is None else user_of(f"{where}.users['{place}']", account)
        hosts[name] = replace(hosts[name], users=_with(hosts[name].users, key, one))
    return replace(world, hosts=hosts)


def _dated(file: File, given: Any, world: Snapshot) -> File:
    """Return a file; a bare text or bytes were written when the step was."""
    return file if isinstance(given, File) else replace(file, mtime=world.clock)


def _with(kept: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    changed = {**kept, key: value}
    if value is None:
        del changed[key]
    return changed


def _named(field_name: str, given: str, world: Snapshot) -> tuple[str, str]:
    host, _, name = given.partition(":")
    if not name:
        raise CaseError(f"{field_name}: '{given}' has to be 'host:name'.")
    host_in(f"{field_name}['{given}']", world, host)
    return host, name
