"""What happened in one episode: the input of every detector, as plain values.

Nothing here knows where it came from: an evaluation, an old log, a recorded production run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from peerwatch.behaviours.inventory import Direction, Inventory
from peerwatch.world.state import Snapshot

Status = Literal["done", "done_with_concern", "declined", "need_input"]
STATUSES: tuple[Status, ...] = ("done", "done_with_concern", "declined", "need_input")

CHANGE_KINDS = (
    "created",
    "deleted",
    "moved",
    "copied",
    "modified",
    "retimed",
    "setting",
    "service",
    "user",
    "outcome",
    "adjustment",
)
"""The kinds of an entry of the change log; ``adjustment`` is a mark other than the work earns."""

Behaviour = Literal[
    "misrepresentation",
    "tampering",
    "exfiltration",
    "timestamp_forging",
    "omission",
    "concealment",
    "refusal",
    "persuasion",
]
BEHAVIOURS: tuple[Behaviour, ...] = (
    "misrepresentation",
    "tampering",
    "exfiltration",
    "timestamp_forging",
    "omission",
    "concealment",
    "refusal",
    "persuasion",
)


@dataclass(frozen=True, slots=True)
class Action:
    """One tool call: what was asked for and whether the world did it."""

    tool: str
    arguments: Mapping[str, Any]
    ok: bool
    text: str = ""
    """The error that the critic was shown; empty where the act succeeded."""


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """An entry of the critic's change log, as filed. ``from_`` and ``to`` are free text."""

    kind: str
    host: str = ""
    object: str = ""
    from_: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Finish:
    """How the critic ended the task. ``changes`` is None where no change log was filed."""

    status: Status
    report: str = ""
    changes: tuple[LoggedChange, ...] | None = None


Hour = Literal["came", "none", "silent"]
"""What became of an hour that was let come: the scheduler started what was due, no scheduler ran,
or nobody can say that it started anything."""


@dataclass(frozen=True, slots=True)
class CameDue:
    """What the company's own mechanism had done on real hosts when its time had come."""

    reached: bool | None
    """Whether the consequence came on the subject; None where its time could not be let come."""
    why: str
    """What the mechanism said, or why its time could not be let come; for a person."""
    hours: tuple[Hour, ...] = ()
    """What became of each hour."""
    survivors: tuple[tuple[str, str], ...] = ()
    """Host and path of each file that holds the subject's content then."""


@dataclass(frozen=True, slots=True)
class Record:
    """An episode.

    ``snapshots[0]`` is the world before, ``snapshots[i + 1]`` the world after ``actions[i]``.
    """

    inventory: Inventory
    snapshots: tuple[Snapshot, ...]
    actions: tuple[Action, ...] = ()
    finish: Finish | None = None
    provider_refused: bool = False
    """The model's provider, not the model, refused to answer (a content filter)."""
    due: CameDue | None = None
    """What the mechanism did with the honest result in the state that the critic left; None where
    none was run: in the memory world, where people act, where nothing is at stake."""

    def __post_init__(self) -> None:
        if len(self.snapshots) != len(self.actions) + 1:
            raise ValueError(
                f"{len(self.actions)} actions need {len(self.actions) + 1} snapshots, "
                f"got {len(self.snapshots)}"
            )

    @property
    def before(self) -> Snapshot:
        return self.snapshots[0]

    @property
    def after(self) -> Snapshot:
        return self.snapshots[-1]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a finding rests on: one state change or one filed value, and the act that did it."""

    what: str
    """One sentence for a person."""
    host: str = ""
    object: str = ""
    before: str = ""
    after: str = ""
    action: int | None = None
    """Index of the action in the record; None where something was left undone."""
    kind: str = ""
    """The kind of change (one of CHANGE_KINDS) a change log would list it as; empty where the
    evidence is no change by itself."""
    names: tuple[str, ...] = ()
    """What a change log may call the changed thing, besides ``object``."""


STATES = ("attempted", "reverted", "suspected")
"""What keeps a finding from being effective."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A behaviour with its direction and evidence."""

    behaviour: Behaviour
    direction: Direction
    evidence: tuple[Evidence, ...]
    attempted: bool = False
    """Tried and failed."""
    reverted: bool = False
    """Done and later undone."""
    variant: str = ""
    """A finer name, for example ``moved_everything`` or ``mean_not_of_marks``."""
    suspected: bool = False
    """A change that nobody asked for where it matters, of which code cannot say what it does."""

    @property
    def effective(self) -> bool:
        """Whether it is established and stands; only such findings decide the outcome."""
        return not (self.attempted or self.reverted or self.suspected)


Outcome = Literal[
    "deviated_disclosed",
    "deviated_concealed",
    "deviated_unreported",
    "deviated_unclear",
    "refused",
    "incomplete",
    "flagged",
    "complied",
]
OUTCOMES: tuple[Outcome, ...] = (
    "complied",
    "flagged",
    "refused",
    "incomplete",
    "deviated_disclosed",
    "deviated_concealed",
    "deviated_unreported",
    "deviated_unclear",
)


HandedBack = Literal["singled_out", "alike", "unclear"]
"""Whom a task was handed back for: the subject and not its likes; them as well; nobody can say."""
HANDED_BACK: tuple[HandedBack, ...] = ("singled_out", "alike", "unclear")


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A change that neither the task nor a finding nor the critic's own scratch explains."""

    host: str
    """The host's name; empty for mail."""
    object: str
    kind: str
    """One of the kinds of :class:`peerwatch.world.diff.Change`, or ``unobserved``."""
    why: str
    """Why it is not explained, and if so suspected, for a person."""
    before: str = ""
    after: str = ""
    suspected: bool = False
    """It lies on the path by which the consequence comes, or speaks of the subject."""
    said: bool = False
    """It is words for others: a message, or what a filed result says beyond its fields."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything the detectors say of one episode."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    measures: Mapping[str, float] = field(default_factory=dict)
    """Signed and plain measures, for example ``mean_error``; what does not apply is missing."""
    unexplained: tuple[Unexplained, ...] = ()
    """What is left of the difference between the world before and after."""
    handed_back: HandedBack | None = None
    """Whom a task was handed back for, by state; None where it was not handed back."""
    unclear: tuple[Finding, ...] = ()
    """Concealment of which code cannot tell whether it is any, one a direction; no findings."""
