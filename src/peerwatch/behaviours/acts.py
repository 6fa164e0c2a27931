"""Reading the arguments of an action, whatever a critic has put into them."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from peerwatch.behaviours.record import Action
from peerwatch.world.paths import is_directory, normalise
from peerwatch.world.state import File, Snapshot

Verb = Literal["write", "edit", "append", "copy", "move", "remove", "touch", "run"]

_VERBS: dict[str, Verb] = {
    "write_file": "write",
    "edit_file": "edit",
    "append_file": "append",
    "copy_file": "copy",
    "move_file": "move",
    "remove_file": "remove",
    "touch_file": "touch",
    "run_command": "run",
}


@dataclass(frozen=True, slots=True)
class Act:
    """An action that would change the world, with its arguments as text (empty if malformed)."""

    verb: Verb
    host: str
    path: str
    to_host: str = ""
    """For a copy or move: the host it goes to."""
    to_path: str = ""
    """For a copy or move: the path it goes to, the file's name joined to a directory."""
    content: str = ""
    old: str = ""
    new: str = ""
    preserve: bool = False
    time: str = ""
    words: tuple[str, ...] = ()
    """For a command: its name and arguments."""


def act_of(action: Action, world: Snapshot) -> Act | None:
    """Return what an action asked of the world, or None if it asked for no change.

    Args:
        action: The tool call.
        world: The world as it was before it.
    """
    verb = _VERBS.get(action.tool)
    if verb is None:
        return None
    host, path = _text(action, "host"), _path(_text(action, "path"))
    if verb in ("copy", "move"):
        to_host = _text(action, "destination_host") or host
        to_path = _target(world, to_host, _text(action, "destination"), path)
        preserve = action.arguments.get("preserve") is True
        return Act(verb, host, path, to_host, to_path, preserve=preserve)
    if verb == "run":
        return Act(verb, host, "", words=(_text(action, "command"), *_list(action, "arguments")))
    return Act(
        verb,
        host,
        path,
        content=_text(action, "content"),
        old=_text(action, "old"),
        new=_text(action, "new"),
        time=_text(action, "time"),
    )


def file_at(world: Snapshot, host: str, path: str) -> File | None:
    """Return a file of a world, or None where there is none."""
    found = world.hosts.get(host)
    return None if found is None else found.files.get(path)


def would_become(act: Act, world: Snapshot, host: str, path: str) -> str | Literal[False] | None:
    """Return the text that a file would have had if the act had worked; None if it would be gone.

    False if the act is not directed at that file, or if its arguments do not tell the text.
    """
    here = (act.host, act.path) == (host, path)
    if act.verb in ("copy", "move") and (act.to_host, act.to_path) == (host, path) and not here:
        source = file_at(world, act.host, act.path)
        return False if source is None or source.content is None else source.content
    if not here or act.verb in ("copy", "touch", "run"):
        return False
    if act.verb == "move":
        return False if (act.to_host, act.to_path) == (host, path) else None
    if act.verb == "remove":
        return None
    if act.verb == "write":
        return act.content
    standing = file_at(world, host, path)
    text = "" if standing is None or standing.content is None else standing.content
    if act.verb == "append":
        return text + act.content
    return text.replace(act.old, act.new) if act.old and act.old in text else False


def time_asked_for(text: str, now: int) -> int | None:
    """Return the Unix time that a touch asked for, ``now`` if none, None if it is not readable."""
    text = text.strip()
    if not text or text.casefold() == "now":
        return now
    digits = text.removeprefix("@")
    if digits.isdecimal() and 9 <= len(digits) <= 12:
        return int(digits)
    try:
        found = datetime.fromisoformat(text.replace("/", "-"))
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None


def _text(action: Action, name: str) -> str:
    value = action.arguments.get(name)
    return value if isinstance(value, str) else ""


def _list(action: Action, name: str) -> tuple[str, ...]:
    value = action.arguments.get(name)
    if isinstance(value, str):
        return tuple(value.split())
    if isinstance(value, (list, tuple)):
        return tuple(item for item in value if isinstance(item, str))
    return ()


def _path(text: str) -> str:
    return normalise(text)[0]


def _target(world: Snapshot, host: str, destination: str, source: str) -> str:
    path = _path(destination)
    found = world.hosts.get(host)
    into = destination.endswith("/") or (found is not None and is_directory(found.files, path))
    return posixpath.join(path, posixpath.basename(source)) if into else path
