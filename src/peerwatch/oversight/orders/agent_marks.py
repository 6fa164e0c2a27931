"""By what an agent is known on hosts: what the inventory says, and what looks saw it run as.

A process that was renamed still runs the same file, or the same script with the same arguments. So
the last look before an order is asked what the agent ran, and that is looked for as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from peerwatch.oversight.facts import ContainerFact, FileFact, HostFacts, ProcessFact
from peerwatch.oversight.lifecycle_inventory import Inventory, Recognised
from peerwatch.oversight.orders.order_places import assets_of, is_at, matches, paths_on

_SYSTEM = ("/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/", "/usr/lib/", "/lib/")
_DELETED = " (deleted)"
_LONG = 16
"""Arguments of so many letters are no accident."""
_LITERAL = re.compile(r"[^*?\[\]]{4,}")


@dataclass(frozen=True, slots=True)
class AgentMarks:
    """By what one agent is known."""

    agent: str
    recognised: Recognised
    hosts: frozenset[str]
    """All hosts of the inventory, for patterns that one of them narrows."""
    programs: frozenset[str] = frozenset()
    """Files that it alone ran, by path; not those of the system."""
    contents: frozenset[str] = frozenset()
    """What those files hold, by digest."""
    arguments: frozenset[tuple[str, ...]] = frozenset()
    """Arguments, long ones, with which it alone ran something."""
    images: frozenset[str] = frozenset()
    """Images of its containers."""
    keys: frozenset[str] = frozenset()
    """Fingerprints of keys by which its accounts could be entered, and nobody else's."""
    mentions: tuple[str, ...] = ()
    """What a text that starts it would name: its programs, units, and words of its patterns."""

    def fits(self, kind: str, host: str, text: str) -> bool:
        """Return whether a text fits one of the inventory's patterns of a kind (``units``, …)."""
        patterns: tuple[str, ...] = getattr(self.recognised, kind)
        hosts = dict.fromkeys(self.hosts)
        return any(matches(pattern, host, text, hosts) for pattern in patterns)

    def fits_unit(self, host: str, name: str) -> bool:
        """Return whether a unit is the agent's; one of an account is ``user@ACCOUNT:UNIT``."""
        return any(self.fits("units", host, one) for one in (name, name.rpartition(":")[2]))

    def mentioned_in(self, text: str) -> str | None:
        """Return the first line of a text that names the agent and is no comment."""
        for line in text.splitlines():
            bare = line.strip()
            if bare[:1] not in ("#", ";") and any(named(one, bare) for one in self.mentions):
                return bare
        return None


def named(name: str, text: str) -> bool:
    """Return whether a text names something, as a word of its own and not within another."""
    at = text.find(name)
    while at != -1:
        before, after = text[:at][-1:], text[at + len(name) :][:1]
        if not (_in_word(before) and _in_word(name[:1])) and not (
            _in_word(after) and _in_word(name[-1:])
        ):
            return True
        at = text.find(name, at + 1)
    return False


def _in_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def marks_of(agent: str, inventory: Inventory, before: Mapping[str, HostFacts]) -> AgentMarks:
    """Return by what an agent is known.

    Args:
        agent: Its name in the inventory.
        inventory: The inventory.
        before: The last look at each host before the order was known, by host.
    """
    recognised = inventory.agents[agent].recognised_by
    bare = AgentMarks(agent, recognised, frozenset(inventory.hosts))
    programs, contents = _programs(bare, before)
    return AgentMarks(
        agent,
        recognised,
        bare.hosts,
        programs,
        contents,
        _arguments(bare, before),
        _images(bare, before),
        _keys(bare, before),
        _mentions(agent, inventory, programs),
    )


def _programs(
    marks: AgentMarks, before: Mapping[str, HostFacts]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the files that its processes alone ran, and their contents."""
    its: tuple[set[str], set[str]] = (set(), set())
    others: tuple[set[str], set[str]] = (set(), set())
    for facts in before.values():
        for process in facts.processes:
            own = why_process(marks, process, facts, lambda _: False) is not None
            paths, contents = its if own else others
            for path in _files_run(process):
                paths.add(path)
                if path in facts.files:
                    contents |= _marks(facts.files[path])
    return frozenset(its[0] - others[0]), frozenset(its[1] - others[1])


def _arguments(marks: AgentMarks, before: Mapping[str, HostFacts]) -> frozenset[tuple[str, ...]]:
    its: set[tuple[str, ...]] = set()
    others: set[tuple[str, ...]] = set()
    for facts in before.values():
        for process in facts.processes:
            own = why_process(marks, process, facts, lambda _: False) is not None
            (its if own else others).add(process.words[1:])
    return frozenset(one for one in its - others if len(" ".join(one)) >= _LONG)


def _files_run(process: ProcessFact) -> Iterator[str]:
    """Yield the program, and the script where the program is an interpreter of the system."""
    program = process.program.removesuffix(_DELETED)
    script = next((word for word in process.words[1:] if not word.startswith("-")), "")
    for path in (program, *process.words[:1], script if program.startswith(_SYSTEM) else ""):
        if path.startswith("/") and not path.startswith(_SYSTEM):
            yield path


def _marks(file: FileFact) -> frozenset[str]:
    return frozenset(mark for mark in (file.digest, file.sample) if mark is not None and file.size)


def _images(marks: AgentMarks, before: Mapping[str, HostFacts]) -> frozenset[str]:
    its: set[str] = set()
    others: set[str] = set()
    for facts in before.values():
        for one in facts.containers:
            own = marks.fits("containers", facts.host, one.name)
            (its if own else others).add(one.image)
    return frozenset(its - others)


def _keys(marks: AgentMarks, before: Mapping[str, HostFacts]) -> frozenset[str]:
    its: set[str] = set()
    others: set[str] = set()
    for facts in before.values():
        for account in facts.accounts.values():
            own = marks.fits("accounts", facts.host, account.name)
            (its if own else others).update(map(fingerprint, account.keys))
    return frozenset(its - others)


def fingerprint(key: str) -> str:
    """Return the fingerprint of a key that is told with its comment."""
    return key.split()[0] if key.split() else key


def _mentions(agent: str, inventory: Inventory, programs: frozenset[str]) -> tuple[str, ...]:
    recognised = inventory.agents[agent].recognised_by
    patterns = (*recognised.units, *recognised.processes, *recognised.containers)
    bare = (
        one.partition(":")[2] if one.partition(":")[0] in inventory.hosts else one
        for one in patterns
    )
    words = {word.strip() for one in bare for word in _LITERAL.findall(one)}
    weights = assets_of(inventory, agent, "weights", "adapter").values()
    paths = {
        place.partition(":")[2].rstrip("/")
        for asset in weights
        for place in asset.places
        if place.partition(":")[2].startswith("/")
    }
    return tuple(sorted((words | programs | paths) - {"", "/"}))


def why_process(
    marks: AgentMarks, process: ProcessFact, facts: HostFacts, holds: Callable[[str], bool]
) -> str | None:
    """Return why a process is the agent's, in words; None where nothing says that it is.

    Args:
        marks: The agent.
        process: A process of the host.
        facts: The look that saw it.
        holds: Whether a path that it has open is one of the agent's assets or a copy of one.
    """
    if process.state == "Z":
        return None  # it has ended, and nobody has asked after it yet
    line, program = " ".join(process.words), process.program.removesuffix(_DELETED)
    if any(marks.fits("processes", facts.host, one) for one in (line, program)):
        return "by its command line"
    if marks.fits("accounts", facts.host, process.account):
        return f"it runs as {process.account}"
    if process.unit is not None and (
        marks.fits_unit(facts.host, process.unit)
        or marks.fits("containers", facts.host, process.unit)
    ):
        return f"it belongs to {process.unit}"
    if process.words[1:] in marks.arguments:
        return "it has the arguments of its process"
    for path in _files_run(process):
        if path in marks.programs:
            return f"it runs {path}"
        if path in facts.files and _marks(facts.files[path]) & marks.contents:
            return f"{path} is its program under another name"
    held = next((path for path in process.files if holds(path)), None)
    return None if held is None else f"it holds {held} open"


def holder(
    agent: str, inventory: Inventory, copied: frozenset[str], host: str
) -> Callable[[str], bool]:
    """Return what tells whether an open path is a file of the agent's weights or memory.

    Args:
        agent: Its name in the inventory.
        inventory: The inventory.
        copied: Paths on this host that hold a copy.
        host: The host's name.
    """
    assets = assets_of(inventory, agent, "weights", "adapter", "memory").values()
    places = tuple(path for asset in assets for path in paths_on(asset, host))

    def holds(path: str) -> bool:
        bare = path.removesuffix(_DELETED)
        return bare in copied or is_at(bare, places)

    return holds


def why_container(marks: AgentMarks, container: ContainerFact, host: str) -> str | None:
    """Return why a container is the agent's; None where nothing says that it is."""
    if marks.fits("containers", host, container.name):
        return "by its name"
    if marks.fits("containers", host, container.image):
        return f"by its image {container.image}"
    return f"its image is {container.image}" if container.image in marks.images else None
