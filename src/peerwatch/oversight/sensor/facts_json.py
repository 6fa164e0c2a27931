"""Facts as JSON and back, without loss: how looks are kept."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, TypeVar

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.facts import (
    AccountFact,
    ContainerFact,
    EndpointFact,
    FileFact,
    HostFacts,
    ProcessFact,
    ScheduleFact,
    UnitFact,
    WriteFact,
)
from peerwatch.world.state import Unobserved

T = TypeVar("T")


def facts_to_json(facts: HostFacts) -> bytes:
    """Return facts as one JSON object in UTF-8, with sorted keys."""
    text = json.dumps(plain_facts(facts), sort_keys=True, separators=(",", ":"))
    return text.encode("ascii")


def plain_facts(facts: HostFacts) -> dict[str, Any]:
    """Return facts as JSON values."""
    return {name: _plain(getattr(facts, name)) for name in HostFacts.__dataclass_fields__}


def facts_from_json(data: bytes) -> HostFacts:
    """Return the facts that :func:`facts_to_json` wrote; fields that are new by now are unset.

    Raises:
        PeerwatchError: It is no such object.
    """
    try:
        said = json.loads(data)
        return HostFacts(
            **{
                **_known(HostFacts, said),
                "files": _by_name(FileFact, said["files"]),
                "processes": _all(ProcessFact, said["processes"]),
                "units": _by_name(UnitFact, said["units"]),
                "schedules": _all(ScheduleFact, said["schedules"]),
                "accounts": _by_name(AccountFact, said["accounts"]),
                "endpoints": _all(EndpointFact, said["endpoints"]),
                "containers": _all(ContainerFact, said["containers"]),
                "writes": _all(WriteFact, said["writes"]),
                "unobserved": _all(Unobserved, said["unobserved"]),
            }
        )
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise PeerwatchError(
            f"This is no look at a host that was kept ({type(error).__name__}: {error}). Take "
            "the look again, or restore what is kept from a backup."
        ) from None


def made(kind: type[T], said: Mapping[str, Any]) -> T:
    """Return a fact of some kind from JSON values; lists become tuples.

    Raises:
        TypeError: A field is missing.
    """
    return kind(**_known(kind, said))


def _known(kind: type[Any], said: Mapping[str, Any]) -> dict[str, Any]:
    names = kind.__dataclass_fields__
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in said.items()
        if name in names
    }


def _all(kind: type[T], rows: list[Mapping[str, Any]]) -> tuple[T, ...]:
    return tuple(made(kind, row) for row in rows)


def _by_name(kind: type[T], rows: Mapping[str, Mapping[str, Any]]) -> dict[str, T]:
    return {name: made(kind, row) for name, row in rows.items()}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    return value
