"""Plain values to the world's own: places written ``host:/path``, moments, files, hosts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Literal

from peerwatch.common.errors import PeerwatchError
from peerwatch.world.paths import normalise
from peerwatch.world.state import (
    File,
    Host,
    Service,
    Snapshot,
    User,
    content_digest,
)

Moment = int | float | str | datetime | date
"""Unix seconds, ISO 8601 text (UTC where it names no zone), or a date or datetime."""
Place = tuple[str, str]
"""A host and an absolute path on it."""
FileValue = str | bytes | File
"""What a file may be given as: its text, its bytes, or a file with its date."""

WorldValue = Mapping[str, Host | Mapping[str, FileValue]] | Snapshot
"""Hosts by name, each its files by path or what :func:`host` makes; or a snapshot."""

_UNKNOWN_SIZE = 1
UNDATED = 0
"""The date of a file of which none was given."""
_ACCOUNTS: tuple[Literal["human"], Literal["agent"]] = ("human", "agent")
_DIGEST = re.compile(r"\S+")
_LATEST = 253_402_300_799
"""The last second of the year 9999."""


class CaseError(PeerwatchError, ValueError):
    """A case that does not hold together; the message names the field and what to do."""


def text(
    content: str, modified: Moment = UNDATED, *, owner: str = "root", mode: int = 0o644
) -> File:
    """Return a text file.

    Args:
        content: Its text.
        modified: When it was last modified; needed only where files are sorted by date.
        owner: Its owner.
        mode: Its permission bits.
    """
    if not isinstance(content, str):
        raise CaseError(f"text(): the content is a {type(content).__name__}, not a text.")
    content = content.encode(errors="replace").decode()  # halves of characters, from cut outputs
    return File.text(content, moment("modified", modified), owner=owner, mode=mode)


def binary(
    data: bytes | None = None,
    modified: Moment = UNDATED,
    *,
    digest: str = "",
    size: int | None = None,
    owner: str = "root",
    mode: int = 0o644,
) -> File:
    """Return a file that is no text, by its bytes or by their digest.

    Args:
        data: Its bytes, if they are at hand.
        modified: When it was last modified; needed only where files are sorted by date.
        digest: A name of its content, the same for every file of the same content and for no
            other, where the bytes are not at hand: ``sha256:…``, or any word.
        size: How many bytes, if that is known.
        owner: Its owner.
        mode: Its permission bits.
    """
    if (data is None) == (not digest):
        raise CaseError("binary(): give the bytes or their digest, one of the two.")
    if data is not None:
        digest, size = content_digest(data), len(data)
    if not _DIGEST.fullmatch(digest):
        raise CaseError(f"binary(): the digest {digest!r} has to be one word, as 'sha256:…'.")
    size = _UNKNOWN_SIZE if size is None else size
    return File(size, digest, moment("modified", modified), None, mode, owner)


def host(
    files: Mapping[str, FileValue] | None = None,
    *,
    services: Mapping[str, Service | bool] | None = None,
    users: Mapping[str, User | str] | None = None,
) -> Host:
    """Return one machine.

    Args:
        files: Absolute path to its text, its bytes, or what :func:`text` and :func:`binary` make.
        services: Name to whether it runs and starts with the host: True, False or a ``Service``.
        users: Account name to ``"human"``, ``"agent"`` or a ``User``.
    """
    found: dict[str, File] = {}
    for given, value in _mapping("host(files)", files).items():
        path = path_of("host", given)
        if path in found:
            raise CaseError(f"host: '{given}' is {path}, which is there already.")
        found[path] = file_of(f"host: {path}", value)
    return Host(
        "",
        files=found,
        services={
            n: service_of(f"host: services['{n}']", one)
            for n, one in _mapping("host(services)", services).items()
        },
        users={
            n: user_of(f"host: users['{n}']", one)
            for n, one in _mapping("host(users)", users).items()
        },
    )


def world_of(field: str, given: WorldValue) -> Snapshot:
    """Return a world given as hosts by name, or as a snapshot."""
    if isinstance(given, Snapshot):
        return replace(given, hosts={n: _copied(field, n, one) for n, one in given.hosts.items()})
    if not isinstance(given, Mapping):
        raise CaseError(f"{field} has to be hosts by name, and is a {type(given).__name__}.")
    hosts = {}
    for name, one in given.items():
        if not isinstance(name, str) or not name or ":" in name or "/" in name:
            raise CaseError(f"{field}: '{name}' is no name of a host (no ':' and no '/').")
        if isinstance(one, Host):
            hosts[name] = _copied(field, name, one)
        elif isinstance(one, Mapping):
            hosts[name] = host(one)
        else:
            what = type(one).__name__
            raise CaseError(f"{field}['{name}'] has to be files by path or a host(), not a {what}.")
    dates = [file.mtime for one in hosts.values() for file in one.files.values()]
    return Snapshot(max(dates, default=0), hosts)


def file_of(field: str, value: Any, old: File | None = None) -> File:
    """Return a file that was given in one of the ways a file may be given.

    Args:
        field: Where it stands, for messages.
        value: Text, bytes or a file.
        old: The file that stood there, whose owner and mode a bare text keeps.
    """
    if isinstance(value, File):
        return value
    made = text(value) if isinstance(value, str) else None
    if isinstance(value, bytes):
        made = binary(value)
    if made is None:
        what = type(value).__name__
        raise CaseError(f"{field} has to be a text, bytes, text(…) or binary(…), not a {what}.")
    return made if old is None else replace(made, owner=old.owner, mode=old.mode)


def place_of(field: str, given: str) -> Place:
    """Return the host and path of ``host:/path``."""
    name, colon, path = given.partition(":") if isinstance(given, str) else ("", "", "")
    if not (name and colon and path.startswith("/")):
        raise CaseError(f"{field} is '{given}' and has to be a place, as 'host:/path'.")
    return name, path_of(field, path)


def path_of(field: str, path: str) -> str:
    """Return an absolute path in its plain form."""
    if not isinstance(path, str):
        raise CaseError(f"{field}: a path has to be text, and is a {type(path).__name__}.")
    found, wrong = normalise(path)
    if wrong is not None:
        raise CaseError(f"{field}: '{path}' is no path: {wrong}.")
    return found


def file_in(field: str, world: Snapshot, place: Place) -> File:
    """Return a file of a world.

    Raises:
        CaseError: There is no such host or file; the message lists what is near.
    """
    found = host_in(field, world, place[0]).files.get(place[1])
    if found is None:
        raise CaseError(
            f"{field}: there is no file {place[1]} on {place[0]}. {_near(world, place)}"
        )
    return found


def host_in(field: str, world: Snapshot, name: str) -> Host:
    """Return a host of a world.

    Raises:
        CaseError: There is none of the name.
    """
    found = world.hosts.get(name)
    if found is None:
        known = ", ".join(sorted(world.hosts)) or "none"
        raise CaseError(f"{field}: there is no host '{name}' in the world (there are: {known}).")
    return found


def moment(field: str, given: Moment) -> int:
    """Return a moment as Unix seconds."""
    if isinstance(given, bool):
        raise CaseError(f"{field} is {given} and has to be a moment.")
    try:
        if isinstance(given, (int, float)):
            seconds = int(given)
        else:
            found = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
            seconds = int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError) as error:
        raise CaseError(
            f"{field} is '{given}' and has to be a moment: Unix seconds, or as 2026-05-01T09:00."
        ) from error
    if abs(seconds) > _LATEST:
        raise CaseError(f"{field} is {given}: seconds are meant, not milliseconds.")
    return seconds


def _near(world: Snapshot, place: Place) -> str:
    name = place[1].rpartition("/")[2]
    same = [
        f"{where}:{path}"
        for where, one in world.hosts.items()
        for path in one.files
        if path.rpartition("/")[2] == name
    ]
    if same:
        return f"One of that name lies at {same[0]}."
    there = sorted(world.hosts[place[0]].files)
    return (
        f"It has: {', '.join(there[:5])}{' …' if len(there) > 5 else ''}"
        if there
        else "It has none."
    )


def service_of(field: str, given: Any) -> Service:
    """Return a service given as whether it runs and starts with its host."""
    if isinstance(given, Service):
        return given
    if isinstance(given, bool):
        return Service(given, given)
    raise CaseError(f"{field} has to be True, False or a Service, not {given!r}.")


def user_of(field: str, given: Any) -> User:
    """Return an account given as its kind."""
    if isinstance(given, User):
        return given
    for kind in _ACCOUNTS:
        if given == kind:
            return User(kind)
    raise CaseError(f"{field} has to be 'human', 'agent' or a User, not {given!r}.")


def _mapping(field: str, given: Any) -> Mapping[Any, Any]:
    if given is not None and not isinstance(given, Mapping):
        raise CaseError(f"{field} has to be a mapping, not a {type(given).__name__}.")
    return given or {}


def _copied(field: str, name: str, host: Host) -> Host:
    """Return a host of one's own: what a caller does to his later changes no case."""
    for path, file in host.files.items():
        if not isinstance(file, File):
            raise CaseError(f"{field}['{name}']: {path} is a {type(file).__name__}; use host(…).")
    return replace(
        host, files=dict(host.files), services=dict(host.services), users=dict(host.users)
    )
