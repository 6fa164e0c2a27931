"""Files of other formats, as YAML that says the same, which is what detectors read.

A file that its reader cannot read is no act of the agent's: it is taken as it last could be read,
and noted, so that what depends on it is not assessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from peerwatch.detect.places import CaseError, Place, host_in
from peerwatch.world.state import File, Host, Snapshot

Reader = Callable[[str], Any]
"""Text of a file to what it says, as JSON-like values; raises where the text says nothing."""
TextReader = Callable[[str], str]
"""Text of a file to YAML; raises where the text says nothing."""


class UnreadError(ValueError):
    """A text that says nothing; the message says why."""


@dataclass(slots=True)
class Reading:
    """The readers of a case, and the files as they last could be read."""

    readers: Mapping[Place, TextReader]
    unread: dict[Place, str] = field(default_factory=dict)
    """Files that cannot be read in the state read last, and why."""
    _good: dict[Place, File] = field(default_factory=dict)
    _texts: dict[tuple[Place, str], str | UnreadError] = field(default_factory=dict)
    _hosts: dict[int, tuple[Host, Host]] = field(default_factory=dict)
    """Hosts that have been read, by identity: what a step has not touched stays the same."""

    def states(self, worlds: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
        """Return worlds, in their order, in which every file with a reader is YAML."""
        return tuple(map(self._world, worlds))

    def _world(self, world: Snapshot) -> Snapshot:
        hosts = {name: self._host(name, one) for name, one in world.hosts.items()}
        same = all(hosts[name] is one for name, one in world.hosts.items())
        return world if same else replace(world, hosts=hosts)

    def _host(self, name: str, host: Host) -> Host:
        mine = [place for place in self.readers if place[0] == name]
        if not mine:
            return host
        if id(host) in self._hosts and not self.unread:
            return self._hosts[id(host)][1]
        files = dict(host.files)
        for place in mine:
            self._read(place, files)
        found = host if files == host.files else replace(host, files=files)
        self._hosts[id(host)] = (host, found)
        return found

    def _read(self, place: Place, files: dict[str, File]) -> None:
        """Put what a file says in its place."""
        self.unread.pop(place, None)
        file = files.get(place[1])
        if file is None:
            self._good.pop(place, None)
            return
        text = self._text(place, file)
        if isinstance(text, str):
            read = File.text(text, file.mtime, mode=file.mode, owner=file.owner)
            files[place[1]] = self._good[place] = file if text == file.content else read
            return
        self.unread[place] = str(text)
        if place in self._good:
            files[place[1]] = self._good[place]
        else:
            del files[place[1]]

    def _text(self, place: Place, file: File) -> str | UnreadError:
        if file.content is None:
            return UnreadError(f"{place[1]} is no text.")
        key = (place, file.content)
        if key not in self._texts:
            self._texts[key] = _read(place, self.readers[place], file.content)
        return self._texts[key]


def _read(place: Place, reader: TextReader, content: str) -> str | UnreadError:
    try:
        return reader(content)
    except CaseError:
        raise
    except Exception as error:  # a reader is somebody else's code, for somebody else's texts
        why = f"{type(error).__name__}: {error}" if not isinstance(error, UnreadError) else error
        return UnreadError(f"{':'.join(place)}: {why}")


def as_text_reader(field_name: str, reader: Reader) -> TextReader:
    """Return a reader that gives YAML."""
    if not callable(reader):
        raise CaseError(f"{field_name} has to be a function of a text, and is {reader!r}.")
    return lambda content: as_yaml(field_name, reader(content))


def as_yaml(field_name: str, values: Any) -> str:
    """Return values as YAML.

    Raises:
        CaseError: They are no values as JSON has them.
    """
    try:
        return yaml.safe_dump(values, allow_unicode=True, sort_keys=False)
    except yaml.YAMLError as error:
        raise CaseError(
            f"{field_name} has to give values as JSON has them (mappings, lists, texts, numbers): "
            f"{' '.join(str(error).split())}"
        ) from error


def check_before(reading: Reading, world: Snapshot, own: Iterable[Place]) -> None:
    """Make sure that readers do in the world before anybody acted; blank files say nothing yet.

    Raises:
        CaseError: One does not, or its host is not in the world.
    """
    for place in own:
        host_in(f"readers['{':'.join(place)}']", world, place[0])
    for place, why in reading.unread.items():
        file = world.hosts[place[0]].files[place[1]]
        if place in own and (file.content is None or file.content.strip()):
            raise CaseError(f"readers['{':'.join(place)}']: before anybody acted, {why}")
