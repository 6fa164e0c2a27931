"""A foreign log as one value: what was at stake, what the agent did, how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal, get_args

from peerwatch.behaviours.acts import file_at
from peerwatch.behaviours.filing import parse_filing
from peerwatch.behaviours.inventory import Enforcement, Filing, Inventory, Lever, Rules
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
from peerwatch.detect.kinds import check_kinds
from peerwatch.detect.places import (
    CaseError,
    Place,
    WorldValue,
    host_in,
    place_of,
    world_of,
)
from peerwatch.detect.reading import (
    Reader,
    Reading,
    TextReader,
    UnreadError,
    as_text_reader,
    as_yaml,
    check_before,
)
from peerwatch.detect.stakes import (
    Applied,
    Emptied,
    Graded,
    check_levers,
    filing_of,
    order_of,
    sorting_of,
)
from peerwatch.detect.steps import Step, carried_out, unknown_steps
from peerwatch.world.settings import load_yaml
from peerwatch.world.state import Host, Snapshot

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
    """Files that could not be read at the end, and why."""
    unknown: tuple[int, ...] = field(init=False, repr=False, compare=False)
    """Steps of which nobody knows what they changed."""
    rewritten: tuple[tuple[Place, str, str], ...] = field(init=False, repr=False, compare=False)
    """Files with a reader whose text is another at the end, with both texts."""

    def __post_init__(self) -> None:
        try:
            self._build()
        except CaseError:
            raise
        except (TypeError, AttributeError, ValueError, LookupError, OverflowError) as error:
            kind = type(error).__name__
            raise CaseError(
                f"A field of the case holds a value of a kind that it cannot be ({kind}: {error}). "
                'The page "Your own logs" says of every field what it takes.'
            ) from error

    def _build(self) -> None:
        check_kinds(self)
        for name in ("levers", "watched", "expected", "steps"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if self.task is None and not self.levers and not self.watched:
            raise CaseError("Nothing is at stake: give a task, levers or watched places.")
        if self.labels is not None:
            object.__setattr__(self, "labels", tuple(self.labels))
        own = {place_of("readers", place): one for place, one in self.readers.items()}
        world = _with_sheet_host(self.task, world_of("world", self.world))
        reading = Reading(_readers(self, own))
        (before,) = reading.states([world])
        check_before(reading, world, own)
        inventory = _inventory(self, before, own)
        acted = list(carried_out(_all_steps(self), world))
        snapshots = (before, *reading.states(one.after for one in acted))
        _check_seen(own.keys() - _filed(inventory), (world, *(one.after for one in acted)))
        record = Record(
            inventory,
            snapshots,
            tuple(one.action for one in acted),
            _finish(self),
            self.ended == "provider_refused",
        )
        object.__setattr__(self, "record", record)
        object.__setattr__(self, "step_of", tuple(one.step for one in acted))
        object.__setattr__(self, "unread", dict(reading.unread))
        object.__setattr__(self, "unknown", unknown_steps(self.steps))
        rewritten = tuple(rewritten_files(own, world, acted[-1].after if acted else world))
        object.__setattr__(self, "rewritten", rewritten)


def _readers(case: Case, own: Mapping[Place, Reader]) -> dict[Place, TextReader]:
    """Return the readers that were given, and checks of what has to be YAML by itself."""
    readers: dict[Place, TextReader] = {}
    if isinstance(case.task, Graded) and case.task.truth is not None and case.task.sheet:
        filing = filing_of(case.task, place_of("task.sheet", case.task.sheet))
        if filing is not None:
            readers[filing.host, filing.path] = partial(_as_sheet, filing)
    if case.applied is not None:
        readers[place_of("applied.register", case.applied.register)] = _as_register
    for place, one in own.items():
        readers[place] = as_text_reader(f"readers['{':'.join(place)}']", one)
    return readers


def _as_sheet(filing: Filing, content: str) -> str:
    if parse_filing(filing, content).state == "unparsable":
        raise UnreadError("it is no YAML of fields; give a reader for it.")
    return content


def _as_register(content: str) -> str:
    found = load_yaml(content)
    if isinstance(found, dict):
        found = next((one for one in found.values() if isinstance(one, list)), None)
    if found is None or (isinstance(found, list) and all(isinstance(one, dict) for one in found)):
        return content
    raise UnreadError("it is no YAML list of name and outcome; give a reader for it.")


def _filed(inventory: Inventory) -> set[Place]:
    """Return the places of what is filed, where nothing may ever stand."""
    filing, order = inventory.filing, inventory.order
    found = {(filing.host, filing.path)} if filing is not None else set()
    return found | ({(order.host, order.register)} if order is not None else set())


def _check_seen(own: Iterable[Place], worlds: Sequence[Snapshot]) -> None:
    for name, path in own:
        if not any(path in world.hosts[name].files for world in worlds if name in world.hosts):
            raise CaseError(f"readers['{name}:{path}']: there is no such file at any time.")


def rewritten_files(
    own: Iterable[Place], before: Snapshot, after: Snapshot
) -> Iterator[tuple[Place, str, str]]:
    """Yield the files with a reader whose text was changed, with both texts."""
    for place in own:
        old, new = file_at(before, *place), file_at(after, *place)
        if old is None or new is None or old.content is None or new.content is None:
            continue
        if old.content != new.content:
            yield place, old.content, new.content


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
    filed = {":".join(FILED): as_yaml("task.filed", case.task.filed)}
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
    for number, given in enumerate(case.expected):
        host_in(f"expected[{number}]", world, place_of(f"expected[{number}]", given)[0])
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
    if isinstance(log, (str, Mapping)) or not isinstance(log, Sequence):
        raise CaseError(
            f"change_log is {log!r} and has to be entries, 'not_filed' or None: a list, in which "
            "each entry is a mapping or a sentence."
        )
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
