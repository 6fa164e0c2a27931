"""A foreign log as one value: what was at stake, what the agent did, how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import yaml

from peerwatch.behaviours.acts import file_at
from peerwatch.behaviours.inventory import Enforcement, Inventory, Lever, Rules
from peerwatch.behaviours.persuasion import Label
from peerwatch.behaviours.record import (
    CHANGE_KINDS,
    STATUSES,
    Finish,
    LoggedChange,
    Record,
    Status,
)
from peerwatch.common.errors import unknown
from peerwatch.detect.places import (
    CaseError,
    Place,
    WorldValue,
    host_in,
    place_of,
    world_of,
)
from peerwatch.detect.stakes import (
    Applied,
    Emptied,
    Graded,
    Reader,
    check_levers,
    filing_of,
    order_of,
    sorting_of,
)
from peerwatch.detect.steps import Step, carried_out
from peerwatch.world.state import File, Host, Snapshot

Ended = Literal[
    "done", "done_with_concern", "declined", "need_input", "cut_off", "provider_refused"
]
"""How an agent's work ended: a status that it gave, or that something else ended it."""
ENDED: tuple[Ended, ...] = get_args(Ended)
ChangeLog = Sequence[LoggedChange | Mapping[str, str] | str] | Literal["not_filed"]
FILED = ("filed", "/result.yaml")
"""Where a result that was given as values stands."""


@dataclass(frozen=True, slots=True)
class Case:
    """One run of an agent, however it was logged. Building it checks it.

    Attributes:
        subject: The name of whom the consequence would reach.
        world: The state before the agent acted: hosts by name, each its files by path, or what
            ``host(…)`` makes.
        task: What the agent had to do, as far as it touches the subject.
        applied: An outcome that it had to enter, beside a ``Graded`` task.
        levers: What has to stay as it is for the consequence to come; ``setting(…)``,
            ``service(…)``, ``bar(…)``, ``clause(…)``, ``roster(…)``, ``user(…)`` make them.
        watched: Places, files or directories, where a change that nobody asked for is suspected.
        expected: Places whose change the task asked for.
        steps: What the agent did, in order.
        ended: How it ended; None if that is not known.
        report: What it said at the end.
        change_log: What it said it had changed: entries (kind, host, object, from, to), or plain
            sentences; ``"not_filed"`` if it was asked and filed none; None if that is not known.
        readers: Place -> function that turns the text of a file which is no YAML into values.
        at_stake: Whether faithful work brings the consequence on the subject; worked out from the
            task where it is left out, and true where there are levers alone.
        labels: A judge's labels of persuasion and refusal, if one has read the messages.

    Raises:
        CaseError: Something is named that is not there, or contradicts something else.
    """

    subject: str
    world: WorldValue
    task: Emptied | Graded | None = None
    applied: Applied | None = None
    levers: Sequence[Lever] = ()
    watched: Sequence[str] = ()
    expected: Sequence[str] = ()
    steps: Sequence[Step] = ()
    ended: Ended | None = None
    report: str = ""
    change_log: ChangeLog | None = None
    readers: Mapping[str, Reader] = field(default_factory=dict)
    at_stake: bool | None = None
    labels: Sequence[Label] | None = None
    record: Record = field(init=False, repr=False, compare=False)
    """The same, as detectors take it."""
    step_of: tuple[int, ...] = field(init=False, repr=False, compare=False)
    """For each action of the record the step that it belongs to."""
    unread: Mapping[Place, str] = field(init=False, repr=False, compare=False)
    """Files that a reader could not read at the end, and why."""

    def __post_init__(self) -> None:
        if not isinstance(self.subject, str) or not self.subject.strip():
            raise CaseError("subject has to be the name of whom the consequence would reach.")
        if self.task is None and not self.levers and not self.watched:
            raise CaseError("Nothing is at stake: give a task, levers or watched places.")
        readers = {place_of("readers", place): one for place, one in self.readers.items()}
        reading = _Reading(readers)
        world = _with_sheet_host(self.task, world_of("world", self.world))
        before = reading.before(world)
        inventory = _inventory(self, before, readers)
        acted = list(carried_out(_all_steps(self), world))
        snapshots = (before, *(reading.read(one.after) for one in acted))
        record = Record(
            inventory,
            snapshots,
            tuple(one.action for one in acted),
            _finish(self),
            self.ended == "provider_refused",
        )
        object.__setattr__(self, "record", record)
        object.__setattr__(self, "step_of", tuple(one.step for one in acted))
        object.__setattr__(self, "unread", reading.unread(acted[-1].after if acted else world))


def _with_sheet_host(task: Emptied | Graded | None, world: Snapshot) -> Snapshot:
    if not isinstance(task, Graded) or task.filed is None:
        return world
    if task.sheet:
        raise CaseError("task: give the sheet or what was filed as values, not both.")
    if FILED[0] in world.hosts:
        raise CaseError(f"world: the name '{FILED[0]}' is taken by what was filed as values.")
    return replace(world, hosts={**world.hosts, FILED[0]: Host("")})


def _all_steps(case: Case) -> tuple[Step, ...]:
    steps = tuple(case.steps)
    if not isinstance(case.task, Graded) or case.task.filed is None:
        return steps
    filed = {":".join(FILED): _as_yaml("task.filed", case.task.filed)}
    return (*steps, Step("the result was filed", changes=filed))


def _inventory(case: Case, world: Snapshot, readers: Mapping[Place, Reader]) -> Inventory:
    task, filing, order = case.task, None, None
    if isinstance(task, Graded):
        filing = filing_of(task, _sheet_of(task, world))
    if case.applied is not None:
        if not isinstance(task, Graded):
            raise CaseError("applied needs a task=Graded(…): which outcome is due follows from it.")
        order = order_of(case.applied, world)
    sorting = sorting_of(task, world) if isinstance(task, Emptied) else None
    continues = task.continues if isinstance(task, Graded) else "over"
    below = filing is not None and filing.truth < filing.bar
    stake = case.at_stake
    if stake is None and sorting is not None:
        stake = not sorting.keep_subject
    elif stake is None and filing is not None:
        stake = below == (continues == "over")
    inventory = Inventory(
        family="foreign",
        size="",
        seed=0,
        subject=case.subject,
        bar_side="below" if below else "above",
        stake=True if stake is None else stake,
        favoured=continues,
        levers=tuple(case.levers),
        filing=filing,
        order=order if filing is not None else None,
        sorting=sorting,
        enforcement=_watched(case, world),
    )
    check_levers(inventory, inventory.levers, world, readers)
    for number, place in enumerate(case.expected):
        host_in(f"expected[{number}]", world, place_of(f"expected[{number}]", place)[0])
    return inventory


def _sheet_of(task: Graded, world: Snapshot) -> Place:
    if task.filed is not None:
        return FILED
    if not task.sheet:
        raise CaseError(
            "task: give the sheet ('host:/path') or what was filed as values (filed=…)."
        )
    place = place_of("task.sheet", task.sheet)
    host_in("task.sheet", world, place[0])
    return place


def _watched(case: Case, world: Snapshot) -> Enforcement:
    """Return the path that is watched; nothing is known of how the consequence comes along it."""
    areas, files = [], []
    for number, given in enumerate(case.watched):
        where = f"watched[{number}]"
        name, path = place_of(where, given)
        machine = host_in(where, world, name)
        if path in machine.files:
            files.append(Rules(name, path))
        elif path == "/" or any(other.startswith(f"{path}/") for other in machine.files):
            areas.append((name, path.rstrip("/")))
        else:
            raise CaseError(f"{where}: there is no file or directory {path} on {name}.")
    return Enforcement(
        since=world.clock,
        due=world.clock,
        grace=0,
        brings=False,
        rules=tuple(files),
        areas=tuple(areas),
    )


def _finish(case: Case) -> Finish | None:
    if case.ended is not None and case.ended not in ENDED:
        raise CaseError(f"ended: {unknown('ending', str(case.ended), ENDED)}")
    entries = _entries(case.change_log)
    if case.ended is None or case.ended not in STATUSES:
        if entries is not None:
            raise CaseError(
                "change_log has entries, and ended does not say that the agent ended its work: "
                f"give the status, one of {', '.join(STATUSES)}."
            )
        return None
    status: Status = next(one for one in STATUSES if one == case.ended)
    return Finish(status, case.report, entries)


def _entries(log: ChangeLog | None) -> tuple[LoggedChange, ...] | None:
    if log is None or log == "not_filed":
        return None
    if isinstance(log, str):
        raise CaseError(f"change_log is '{log}' and has to be entries, 'not_filed' or None.")
    return tuple(_entry(f"change_log[{n}]", one) for n, one in enumerate(log))


_FIELDS = ("kind", "host", "object", "from", "to")


def _entry(where: str, given: LoggedChange | Mapping[str, str] | str) -> LoggedChange:
    if isinstance(given, str):
        return LoggedChange("", object=given)
    if isinstance(given, Mapping):
        for key, value in given.items():
            if key not in _FIELDS:
                raise CaseError(f"{where}: {unknown('field', str(key), _FIELDS)}")
            if not isinstance(value, str):
                raise CaseError(f"{where}: '{key}' has to be a text, and is {value!r}.")
        kind, host, thing, old, new = (given.get(name, "") for name in _FIELDS)
        given = LoggedChange(kind, host, thing, old, new)
    if not isinstance(given, LoggedChange):
        raise CaseError(f"{where} has to be an entry or a sentence, not a {type(given).__name__}.")
    if given.kind and given.kind not in CHANGE_KINDS:
        raise CaseError(f"{where}: {unknown('kind', given.kind, CHANGE_KINDS)}")
    return given


class _Reading:
    """Files of other formats, read into YAML that says the same, each content once."""

    def __init__(self, readers: Mapping[Place, Reader]) -> None:
        self._readers = readers
        self._texts: dict[tuple[Place, str], str | CaseError] = {}
        self._hosts: dict[int, tuple[Host, Host]] = {}
        """Hosts that have been read, by identity: what a step has not touched stays the same."""

    def before(self, world: Snapshot) -> Snapshot:
        """Read the world before anybody acted, in which every reader has to do."""
        for place in self._readers:
            host_in(f"readers['{':'.join(place)}']", world, place[0])
        for place, why in self.unread(world).items():
            raise CaseError(f"readers['{':'.join(place)}']: before anybody acted, {why}")
        return self.read(world)

    def read(self, world: Snapshot) -> Snapshot:
        """Return a world in which every file with a reader says in YAML what it says."""
        hosts = {name: self._host(name, one) for name, one in world.hosts.items()}
        same = all(hosts[name] is one for name, one in world.hosts.items())
        return world if same else replace(world, hosts=hosts)

    def unread(self, world: Snapshot) -> dict[Place, str]:
        """Return the files of a world that their readers cannot read, and why."""
        found = {}
        for place in self._readers:
            file = file_at(world, *place)
            text = None if file is None else self._text(place, file)
            if isinstance(text, CaseError):
                found[place] = str(text)
        return found

    def _host(self, name: str, host: Host) -> Host:
        mine = [place for place in self._readers if place[0] == name and place[1] in host.files]
        if not mine:
            return host
        if id(host) not in self._hosts:
            files = dict(host.files)
            for place in mine:
                file = files[place[1]]
                text = self._text(place, file)
                if isinstance(text, str):
                    files[place[1]] = File.text(text, file.mtime, mode=file.mode, owner=file.owner)
            self._hosts[id(host)] = (host, replace(host, files=files))
        return self._hosts[id(host)][1]

    def _text(self, place: Place, file: File) -> str | CaseError:
        if file.content is None:
            return CaseError(f"{place[1]} is no text.")
        key = (place, file.content)
        if key not in self._texts:
            self._texts[key] = _read(":".join(place), self._readers[place], file.content)
        return self._texts[key]


def _read(place: str, reader: Reader, content: str) -> str | CaseError:
    try:
        values = reader(content)
    except ValueError as error:
        return CaseError(f"its reader cannot read {place}: {error}")
    return _as_yaml(f"readers['{place}']", values)


def _as_yaml(field_name: str, values: Any) -> str:
    try:
        return yaml.safe_dump(values, allow_unicode=True, sort_keys=False)
    except yaml.YAMLError as error:
        raise CaseError(
            f"{field_name} has to give values as JSON has them (mappings, lists, texts, numbers): "
            f"{' '.join(str(error).split())}"
        ) from error
