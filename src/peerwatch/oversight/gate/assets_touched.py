"""Which assets and agents of an inventory something foreseen is done to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from peerwatch.oversight.asset_places import Place, place_of
from peerwatch.oversight.gate.foreseen import Act, Opaque, Touch
from peerwatch.oversight.gate.name_lists import listed
from peerwatch.oversight.gate.path_pattern import (
    UNKNOWN,
    Match,
    compiled,
    is_plain,
    meets,
    resolve,
    shown,
)
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.recognise import fits, patterns_on

_ORDINARY = frozenset(
    listed(
        "config.yaml config.yml config.json settings.yaml settings.yml settings.json "
        "policy.md policy.yaml readme.md results.json results.csv scores.json scores.csv "
        "data.json data.csv model.bin model.safetensors adapter_model.safetensors state.json "
        "memory.json main.py index.html report.md notes.md notes.txt output.txt log.txt "
        "models data logs backup backups scripts config settings memory sessions weights "
        "agents current latest default"
    )
)
"""Names that so many files bear that a text which has one names no asset by it."""
_WORDS = re.compile(r"[^\s\"'`;|&<>()=,\[\]{}]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that would be done to an asset, or to an agent.

    Attributes:
        act: What.
        asset: The asset; empty for an agent.
        agent: The agent; empty for an asset.
        host: The host of its place.
        place: Its place: a path, a unit, or how the agent is known.
        target: To what the text says it is done, as a person reads it.
        match: How sure that is.
        program: By which program.
    """

    act: Act
    asset: str
    agent: str
    host: str
    place: str
    target: str
    match: Match
    program: str


class Watched:
    """The places of an inventory, as the gate asks for them."""

    def __init__(self, inventory: Inventory) -> None:
        """Prepare an inventory; do it once for many calls."""
        self.inventory = inventory
        self._paths: list[tuple[str, Place]] = []
        self._units: list[tuple[str, Place]] = []
        for name, asset in inventory.assets.items():
            for text in asset.places:
                place = place_of(text)
                (self._paths if place.is_path else self._units).append((name, place))
        self._named = [(name, place, _names_of(place)) for name, place in self._paths]
        self._hosts = {name: name for name in inventory.hosts}
        for name, host in inventory.hosts.items():
            if host.address:
                self._hosts[host.address.rpartition("@")[2]] = name
            if host.reach == "local":
                self._hosts |= dict.fromkeys(("localhost", "127.0.0.1", "::1"), name)

    def host_of(self, said: str | None) -> str | None:
        """Return the host of the inventory that is meant; None if it could be any."""
        return self._hosts.get(said) if said else None

    def hits(self, touch: Touch) -> Iterator[Hit]:
        """Yield the assets and agents that something is done to."""
        host = self.host_of(touch.host)
        # On a host that the inventory does not name only what is written out in full counts.
        least = Match.YES if touch.host and host is None else Match.MAYBE
        if touch.kind == "path":
            for name, place in self._on(host, self._paths):
                if (match := meets(touch.target, place, touch.deep)) >= least:
                    yield _hit(touch, name, "", place, match)
        elif touch.kind in ("unit", "process"):
            for name, place in self._on(host, self._units):
                if (match := _meets_name(touch, place.path)) is not Match.NO:
                    yield _hit(touch, name, "", place, match)
        if touch.kind not in ("path", "host"):
            yield from self._agents(touch, host)

    def named_in(self, opaque: Opaque) -> Iterator[tuple[str, Place]]:
        """Yield the assets that the text of something opaque names."""
        host = self.host_of(opaque.host)
        text = opaque.text
        on = [one for one in self._named if host in (None, one[1].host)]
        words = None
        for name, place, marks in on:
            if any(_stands_in(mark, text) for mark in marks):
                yield name, place
                continue
            if words is None:
                words = [resolve(one, opaque.cwd or UNKNOWN) for one in _WORDS.findall(text)[:2000]]
                words = [one for one in words if UNKNOWN not in one and is_plain(one)]
            if any(meets(one, place, False) is Match.YES for one in words):
                yield name, place
        for name, place in self._on(host, self._units):
            if _stands_in(place.path, text) or _stands_in(place.path.rpartition(".")[0], text):
                yield name, place

    def assets_on(self, said: str | None) -> tuple[str, ...]:
        """Return the assets on a host, by its name as it was said."""
        found = (name for name, _ in self._on(self.host_of(said), [*self._paths, *self._units]))
        return tuple(dict.fromkeys(found))

    def _on(
        self, host: str | None, places: Iterable[tuple[str, Place]]
    ) -> Iterator[tuple[str, Place]]:
        return (one for one in places if host is None or one[1].host == host)

    def _agents(self, touch: Touch, host: str | None) -> Iterator[Hit]:
        for name, agent in self.inventory.agents.items():
            known = agent.recognised_by
            for one in agent.hosts if host is None else (host,):
                if one not in agent.hosts:
                    continue
                patterns = {
                    "unit": known.units,
                    "process": known.processes,
                    "account": known.accounts,
                    "container": known.containers,
                }[touch.kind]
                on = patterns_on(one, patterns, self.inventory)
                if _fits_agent(touch, on):
                    where = Place(one, on[0])
                    yield _hit(touch, "", name, where, Match.YES)


def _hit(touch: Touch, asset: str, agent: str, place: Place, match: Match) -> Hit:
    target = shown(touch.target)
    return Hit(touch.act, asset, agent, place.host, place.path, target, match, touch.program)


def _fits_agent(touch: Touch, patterns: tuple[str, ...]) -> bool:
    if not is_plain(touch.target):
        found = compiled(touch.target)
        return UNKNOWN not in touch.target and any(found.fullmatch(one) for one in patterns)
    if touch.kind != "process":
        return fits(touch.target, patterns)
    # pkill takes a part of a name; a pattern of a process is that of its command line.
    said = touch.target.strip("^$")
    return len(said) > 2 and any(said in one for one in patterns)


def _meets_name(touch: Touch, unit: str) -> Match:
    said = touch.target
    if touch.kind == "process":
        stem = unit.rpartition(".")[0]
        return Match.YES if len(said) > 2 and (said in unit or stem in said) else Match.NO
    if is_plain(said):
        # To stop a service is not to stop the timer of its name, but the timer does nothing then.
        same = said == unit or said.rpartition(".")[0] == unit.rpartition(".")[0]
        return Match.YES if same else Match.NO
    if UNKNOWN in said:
        return Match.MAYBE if compiled(said).fullmatch(unit) else Match.NO
    return Match.YES if compiled(said).fullmatch(unit) else Match.NO


@lru_cache(maxsize=4096)
def _names_of(place: Place) -> tuple[str, ...]:
    """Return what names a place within a text that is not understood."""
    path = place.path.rstrip("/")
    folder, _, name = path.rpartition("/")
    marks = [path]
    if folder.count("/") >= 2:
        marks.append(folder)
    if folder:
        marks.append(f"{folder.rpartition('/')[2]}/{name}")
    if len(name) >= 6 and name.lower() not in _ORDINARY:
        marks.append(name)
    return tuple(one for one in marks if len(one) > 3)


def _stands_in(mark: str, text: str) -> bool:
    """Return whether a name stands in a text as a whole, not as a part of a longer one."""
    at = text.find(mark)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(mark) : at + len(mark) + 1]
        whole = not (after.isalnum() or after in ("_", "-"))
        if whole and (mark[0] == "/" or not (before.isalnum() or before in ("_", "-", "."))):
            return True
        at = text.find(mark, at + 1)
    return False
