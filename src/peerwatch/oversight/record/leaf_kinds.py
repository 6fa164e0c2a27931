"""The kinds of leaves of the record, and the fields of each.

A field that is named here is checked when a leaf is appended; more fields may stand beside them and
are recorded as given. ``digest`` is ``ALGORITHM:HEX`` of what the leaf is about, times are Unix
seconds, UTC, and ``person`` is who signed in or gave their name at the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NotRequired

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from peerwatch.common.errors import unknown
from peerwatch.oversight.order import OrderKind, OrderState
from peerwatch.oversight.oversight_finding import Direction
from peerwatch.oversight.record.record_errors import RecordError

_open = with_config(ConfigDict(extra="allow", strict=True))


@_open
class InventoryRead(TypedDict):
    """The inventory in force from here on; later leaves carry its digest as their policy."""

    digest: str
    path: NotRequired[str]


@_open
class InventoryRefused(TypedDict):
    """What stands in the inventory's file cannot be used, so the one before stays in force."""

    digest: str
    said: str
    path: NotRequired[str]


@_open
class OrderGiven(TypedDict):
    """A person ordered something; ``peerwatch.oversight.order`` says what."""

    order: str
    kind: OrderKind
    target: str
    person: str
    by: float
    known_at: float
    why: NotRequired[str]
    hosts: NotRequired[list[str]]


@_open
class OrderWithdrawn(TypedDict):
    """A person took an order back."""

    order: str
    person: str
    why: NotRequired[str]


@_open
class ReportedDone(TypedDict):
    """Somebody said that an order is carried out, which shows nothing yet."""

    order: str
    person: str
    said: NotRequired[str]


@_open
class Look(TypedDict):
    """One look at one host; what it saw is kept beside the record, its digest is here."""

    host: str
    begun: float
    ended: float
    digest: NotRequired[str]


@_open
class Finding(TypedDict):
    """What a look showed; the rest of an ``OversightFinding`` may stand beside it."""

    behaviour: str
    established: bool
    direction: Direction
    host: str
    place: str
    said: str


@_open
class Verified(TypedDict):
    """What looks say of an order."""

    order: str
    state: OrderState
    criteria: list[dict[str, Any]]


@_open
class Heartbeat(TypedDict):
    """A sign of life, due again within ``interval`` seconds."""

    interval: float


@_open
class Started(TypedDict):
    """The overseer began; later leaves carry its mode."""

    mode: Literal["observe", "shadow", "enforce"]
    interval: float
    """Seconds within which a heartbeat is due."""
    version: NotRequired[str]


@_open
class Stopped(TypedDict):
    """It ended in order: the silence that follows is announced."""

    why: str


@_open
class Incident(TypedDict):
    """A person filed one from a finding."""

    incident: str
    person: str
    said: str


@_open
class SignedIn(TypedDict):
    """A person signed in at the page, by ``how``."""

    person: str
    how: str


@_open
class ScoreChecked(TypedDict):
    """A filed score held against what can be computed or judged again."""

    asset: str
    said: str


@_open
class Anchored(TypedDict):
    """A checkpoint was put at a second place."""

    place: str
    size: int
    root: str


@_open
class AnchorFailed(TypedDict):
    """No checkpoint could be put at a second place for longer than should be, or it has another."""

    place: str
    said: str


@_open
class Retired(TypedDict):
    """The leaves before ``past`` were taken out; ``root`` is that of the tree that they made."""

    past: int
    root: str
    person: str
    why: str
    carried: NotRequired[dict[str, str]]
    """Name of a kept value -> the digest that the newest leaf about it has, gone or not."""
    numbers: NotRequired[dict[str, int]]
    """``order``, ``incident`` -> the highest number that was given, so that none is given twice."""


_FIELDS: dict[str, Any] = {
    "inventory_read": InventoryRead,
    "inventory_refused": InventoryRefused,
    "order_given": OrderGiven,
    "order_withdrawn": OrderWithdrawn,
    "reported_done": ReportedDone,
    "look": Look,
    "finding": Finding,
    "verified": Verified,
    "heartbeat": Heartbeat,
    "started": Started,
    "stopped": Stopped,
    "incident": Incident,
    "signed_in": SignedIn,
    "score_checked": ScoreChecked,
    "anchored": Anchored,
    "anchor_failed": AnchorFailed,
    "retired": Retired,
}
LEAF_KINDS = tuple(_FIELDS)
NEED_NOT_SURVIVE_POWER = frozenset({"look", "heartbeat", "signed_in", "score_checked"})
"""Kinds that are safe from the death of the process, not of the power, unless asked for."""
SIGNS_OF_LIFE = frozenset({"started", "heartbeat"})
"""Kinds whose ``interval`` says when the next one is due."""


def check_body(kind: str, body: Mapping[str, Any]) -> None:
    """Check that a leaf of this kind has its fields.

    Raises:
        RecordError: There is no such kind, or a field is missing or of another type.
    """
    if kind not in _FIELDS:
        raise RecordError(unknown("kind of leaf", kind, LEAF_KINDS))
    try:
        _adapter(kind).validate_python(dict(body))
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5]
        )
        raise RecordError(f"A leaf '{kind}' cannot be so ({wrong}). Mend the body.") from None


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(_FIELDS[kind])
