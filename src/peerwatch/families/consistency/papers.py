"""What an instance says: its papers, the sentences in them, and what they point to.

A paper is whatever a critic reads to do the task: the prompts, its notes, the documents, and every
text file that one of these, a lever or a command names. Files that nobody names are furniture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from peerwatch.families.instance import Instance
from peerwatch.families.text import Document
from peerwatch.world.settings import load_yaml
from peerwatch.world.state import File, Snapshot

Kind = Literal["reference", "date", "number", "who", "set", "copy", "room", "text"]
Role = Literal["rule", "background", "work", "settings"]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One thing at which an honest reader of an instance would stop.

    Attributes:
        kind: ``reference`` to what is nowhere; ``date``, ``number`` or ``who`` that two places
            give differently or that cannot be; a ``set`` whose members nobody can tell; a
            ``copy`` of what is said to be the only one; no ``room`` on a disk; a ``text`` that
            is another in the world than in the instance.
        where: The paper, as ``host:path`` or by what it is.
        what: What is wrong, in words.
    """

    kind: Kind
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.what}"


@dataclass(frozen=True)
class Paper:
    """A text that counts.

    ``rule`` says what is to be done, ``settings`` what a mechanism will do; ``background`` is told
    beside the task; ``work`` is what the critic works on, whose content asserts nothing.
    """

    where: str
    host: str
    path: str
    text: str
    role: Role

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The sentences; an entry of a list or a row of a table is one, however many it has."""
        found: list[str] = []
        for line in self.text.splitlines():
            if line.startswith(("- ", "* ")):
                found.append(line[2:])
            elif is_row(line):
                found.append(line)
            else:
                found += re.split(r"(?<=[.!?])\s+", line.strip())
        return tuple(sentence for sentence in found if sentence)

    @cached_property
    def values(self) -> tuple[tuple[str, Any], ...]:
        """The dotted keys and values of a YAML paper; of another there are none."""
        if self.role not in ("settings", "work") or not self.path.endswith((".yaml", ".yml")):
            return ()
        return tuple(leaves(load_yaml(self.text)))


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every scalar of a settings tree with its dotted key; list entries share one."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from leaves(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, key)
    else:
        yield key, value


_ENTRY = re.compile(r"^(?:Answer:|[A-Z]\d+ \|)", re.MULTILINE)
"""What a piece of work begins with, or its record in a table."""
_PATH = re.compile(r"(?<![\w./~*-])/[A-Za-z][\w.+@*-]*(?:/[\w.+@*-]+)*/?")


def paths_in(text: str) -> list[str]:
    """Return the absolute paths that a text names, without the stop that ends a sentence."""
    return [found.group().rstrip(".,;:/") for found in _PATH.finditer(text)]


def is_row(line: str) -> bool:
    """Return whether a line is a row of a table."""
    return line.startswith("| ")


def is_there(world: Snapshot, path: str, host: str = "") -> bool:
    """Return whether a host, or any, has a file or directory at a path; ``*`` stands for a name."""
    hosts = [world.hosts[host]] if host in world.hosts else list(world.hosts.values())
    if "*" in path:
        pattern = re.compile(re.escape(path).replace(r"\*", "[^/]*"))
        return any(pattern.fullmatch(file) for one in hosts for file in one.files)
    below = path + "/"
    return any(path in one.files or any(f.startswith(below) for f in one.files) for one in hosts)


def _role_of(document: Document, text: str) -> Role:
    if any("relationship" in segment.factors for segment in document.text):
        return "background"
    return _role_by_form(document.path, text)


def _role_by_form(path: str, text: str) -> Role:
    if path.endswith((".csv", ".log")) or len(_ENTRY.findall(text)) >= 3:
        return "work"
    return "settings" if path.endswith((".yaml", ".yml")) else "rule"


def papers_of(instance: Instance) -> tuple[Paper, ...]:
    """Return the papers of an instance: what is read from the world, not what was meant for it."""
    world = instance.world
    found = {
        "system prompt": Paper("system prompt", "", "", instance.system_prompt, "background"),
        "request": Paper("request", "", "", instance.user_prompt, "rule"),
        "own notes": Paper("own notes", "", "", world.memory, "background"),
    }
    for document in instance.documents:
        file = world.hosts[document.host].files.get(document.path)
        text = (file.content if file else None) or ""
        role: Role = _role_of(document, text)
        if instance.inventory.filing and document.path == instance.inventory.filing.path:
            role = "work"
        where = f"{document.host}:{document.path}"
        found[where] = Paper(where, document.host, document.path, text, role)
    waiting = _named_by_instance(instance)
    while waiting:
        host, path = waiting.pop()
        where = f"{host}:{path}"
        there = world.hosts[host].files.get(path) if host in world.hosts else None
        if where in found or there is None or there.content is None:
            continue
        found[where] = Paper(where, host, path, there.content, _role_by_form(path, there.content))
        waiting |= _named_by_text(world, there.content)
    return tuple(found.values())


def _named_by_instance(instance: Instance) -> set[tuple[str, str]]:
    inventory = instance.inventory
    named = {(lever.host, lever.object) for lever in inventory.levers if lever.object[:1] == "/"}
    if inventory.order:
        named.add((inventory.order.host, inventory.order.register))
    for name, host in instance.world.hosts.items():
        for command in host.commands.values():
            named |= {(name, value) for value in command.settings.values() if value[:1] == "/"}
    for text in (instance.system_prompt, instance.user_prompt, instance.world.memory):
        named |= _named_by_text(instance.world, text)
    for document in instance.documents:
        file = instance.world.hosts[document.host].files.get(document.path)
        named |= _named_by_text(instance.world, (file.content if file else None) or "")
    return named


def _named_by_text(world: Snapshot, text: str) -> set[tuple[str, str]]:
    paths = {path for path in paths_in(text) if "*" not in path}
    return {
        (name, path) for name, host in world.hosts.items() for path in paths if path in host.files
    }


@dataclass(frozen=True)
class Reading:
    """An instance as it is read: its papers, and the names that stand for something in it."""

    instance: Instance
    known: frozenset[str] = frozenset()
    """Words that an author vouches for, though nothing in the world bears them."""

    @cached_property
    def papers(self) -> tuple[Paper, ...]:
        return papers_of(self.instance)

    def of(self, *roles: Role) -> tuple[Paper, ...]:
        """Return the papers with one of the roles."""
        return tuple(paper for paper in self.papers if paper.role in roles)

    @cached_property
    def system(self) -> Paper:
        return self.papers[0]

    @property
    def world(self) -> Snapshot:
        return self.instance.world

    @cached_property
    def hosts(self) -> frozenset[str]:
        return frozenset(self.world.hosts)

    @cached_property
    def services(self) -> frozenset[str]:
        return frozenset(name for host in self.world.hosts.values() for name in host.services)

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """Whatever bears a name here: hosts, accounts, commands, parts of paths, settings."""
        found = {*self.known, *self.hosts, *self.services, *self.roster.values()}
        for host in self.world.hosts.values():
            found |= set(host.users) | set(host.commands)
            for path in host.files:
                for part in path.split("/"):
                    found |= {part, part.partition(".")[0]}
        for paper in self.of("settings"):
            for key, value in paper.values:
                found |= {*key.split("."), str(value)}
        return frozenset(found)

    @cached_property
    def roster(self) -> Mapping[str, str]:
        """Name -> number, of everybody on a roster, whether or not anything looks it up."""
        levers = {(v.host, v.object) for v in self.instance.inventory.levers if v.kind == "roster"}
        found: dict[str, str] = {}
        for name, host in self.world.hosts.items():
            for path, file in host.files.items():
                if (name, path) in levers or path.endswith("/roster.yaml"):
                    entries = load_yaml(file.content or "")
                    for entry in entries if isinstance(entries, list) else []:
                        if isinstance(entry, Mapping) and "name" in entry:
                            found[str(entry["name"])] = str(entry.get("id", ""))
        return found

    @cached_property
    def documents(self) -> Mapping[str, File | None]:
        """Path -> the file that the world has there."""
        return {
            document.path: self.world.hosts[document.host].files.get(document.path)
            for document in self.instance.documents
        }

    @cached_property
    def folder(self) -> str:
        """The directory of the task's documents."""
        return self.instance.documents[0].path.rpartition("/")[0] if self.instance.documents else ""

    def hosts_in(self, text: str) -> list[str]:
        """Return the hosts that a text names, in order."""
        return [token for token in re.findall(r"[\w-]+", text) if token in self.hosts]
