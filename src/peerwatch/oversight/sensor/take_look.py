"""Looking at a host: the probe is run there, and what it says becomes facts.

A host that cannot be reached, takes too long, says nothing or nonsense is ``unobserved``: nothing
that it does raises here, and nothing that was not seen counts as gone.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from peerwatch.oversight.facts import (
    AccountFact,
    ContainerFact,
    EndpointFact,
    FileFact,
    HostFacts,
    ProcessFact,
    ScheduleFact,
    UnitFact,
)
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.sensor.facts_json import made
from peerwatch.oversight.sensor.look_plan import LookPlan, request_of
from peerwatch.oversight.sensor.probe_program import probe_program
from peerwatch.oversight.sensor.reach_host import CONNECT_SECONDS, ProbeRun, run_probe
from peerwatch.world.state import Unobserved

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something on a host that might be an asset.

    Attributes:
        path: Where it lies.
        what: ``weights``, ``adapter``, ``memory``, ``credential``, or ``settings``.
        form: The format of weights.
        size: Bytes.
        owner: The account that owns it.
        mode: Its rights.
        text: Of settings, what they say.
    """

    path: str
    what: str
    form: str
    size: int
    owner: str
    mode: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class LeftOutFact:
    """What a draft left out as software.

    Attributes:
        why: What it is.
        count: How many of it there were.
        first: The first of it.
    """

    why: str
    count: int
    first: str


_OVER = 15.0
"""Seconds that a probe may take longer than it was given, to say what it knows."""
PARTS = (
    "assets",
    "processes",
    "units",
    "schedules",
    "accounts",
    "endpoints",
    "containers",
    "deleted files",
    "search",
)
"""Of a look, in the order in which they are done."""
LOOK = "look"
"""Where the whole look, or its rest, is unobserved."""
_MOST_STAMPS = 16 * 1_000_000


def look(host_name: str, inventory: Inventory, plan: LookPlan | None = None) -> HostFacts:
    """Look at one host; what could not be seen is in ``unobserved``.

    Args:
        host_name: Its name in the inventory.
        inventory: What there is to watch there, and how the host is reached.
        plan: What the look is for; all of it, and no search, where it is left out.

    Raises:
        KeyError: The inventory has no such host.
    """
    return _looked(host_name, inventory, plan or LookPlan())[0]


def look_for_draft(
    host_name: str, inventory: Inventory, seconds: float = 300.0
) -> tuple[HostFacts, tuple[Candidate, ...], tuple[LeftOutFact, ...]]:
    """Look at a host of which little is known yet, and return what might be an asset there too.

    The last is what was left out of it as software.

    Raises:
        KeyError: The inventory has no such host.
    """
    facts, said = _looked(host_name, inventory, LookPlan(seconds=seconds, draft=True))
    rows = _Rows(host_name, said, [])
    left = tuple(rows.all(LeftOutFact, "left_out"))
    return facts, tuple(rows.all(Candidate, "candidate")), left


def _looked(
    host: str, inventory: Inventory, plan: LookPlan
) -> tuple[HostFacts, dict[str, list[dict[str, Any]]]]:
    word = secrets.token_hex(12)
    program = probe_program(request_of(host, inventory, plan, word))
    begun = time.time()
    run = run_probe(inventory.hosts[host], program, plan.seconds + CONNECT_SECONDS + _OVER)
    said = said_by(run, word)
    return facts_of(host, run, said, plan, begun, time.time()), said


def said_by(run: ProbeRun, word: str) -> dict[str, list[dict[str, Any]]]:
    """Return what a probe said, by kind; lines without the word of this look are no facts."""
    said: dict[str, list[dict[str, Any]]] = {}
    for line in _lines(run.output, word):
        said.setdefault(str(line.pop("is", "")), []).append(line)
    return said


def facts_of(
    host: str,
    run: ProbeRun,
    said: dict[str, list[dict[str, Any]]],
    plan: LookPlan,
    begun: float,
    ended: float,
) -> HostFacts:
    """Return what a probe said as facts."""
    unobserved = [
        Unobserved(host, str(x["where"]), str(x["why"])) for x in said.get("unobserved", [])
    ]
    if why := _cut_off(run, said):
        done = {str(one.get("part")) for one in said.get("done", [])}
        unobserved[:0] = [Unobserved(host, one, why) for one in (LOOK, *PARTS) if one not in done]
    rows = _Rows(host, said, unobserved)
    start = next(iter(said.get("begin", [])), {})
    counts = next(iter(said.get("end", [])), {}).get("counts", {})
    facts = HostFacts(
        host=host,
        begun=begun,
        ended=ended,
        clock=_number(start.get("clock")),
        boot=str(start["boot"]) if start.get("boot") else None,
        files=dict(rows.files()),
        processes=tuple(rows.all(ProcessFact, "process")),
        units=dict(rows.named(UnitFact, "unit")),
        schedules=tuple(rows.all(ScheduleFact, "schedule")),
        accounts=dict(rows.named(AccountFact, "account")),
        endpoints=tuple(rows.all(EndpointFact, "endpoint")),
        containers=tuple(rows.all(ContainerFact, "container")),
        account=str(start["account"]) if "account" in start else None,
        counts={str(name): float(x) for name, x in counts.items() if isinstance(x, (int, float))},
        stamps="".join(str(one.get("hex", "")) for one in said.get("stamps", []))[:_MOST_STAMPS],
        searched_for=plan.searched_for,
    )
    return replace(_with_earlier(facts, said, plan.before), unobserved=tuple(unobserved))


def _lines(output: bytes, word: str) -> Iterator[dict[str, Any]]:
    for line in output.split(b"\n"):
        if word.encode() not in line[:64]:
            continue
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(said, dict) and said.pop("word", None) == word:
            yield said


def _cut_off(run: ProbeRun, said: dict[str, list[dict[str, Any]]]) -> str:
    """Say why a look did not come to its end; empty where it did."""
    if "end" in said:
        return ""
    if run.failed:
        return run.failed
    if not said:
        return "what it said is no answer to what it was asked"
    return "it broke off before its end"


class _Rows:
    """Facts from what was said; a row that is none is unobserved."""

    def __init__(
        self, host: str, said: dict[str, list[dict[str, Any]]], unobserved: list[Unobserved]
    ) -> None:
        self._host, self._said, self._unobserved = host, said, unobserved

    def all(self, kind: type[T], name: str) -> Iterator[T]:
        """Yield the facts of a kind."""
        for row in self._said.get(name, []):
            try:
                yield made(kind, row)
            except TypeError:
                self._unobserved.append(Unobserved(self._host, name, "said without all its fields"))

    def named(self, kind: type[T], name: str) -> Iterator[tuple[str, T]]:
        """Yield the facts of a kind that have a name, by it."""
        for one in self.all(kind, name):
            yield str(getattr(one, "name", "")), one

    def files(self) -> Iterator[tuple[str, FileFact]]:
        """Yield files by path."""
        for row in self._said.get("file", []):
            try:
                yield str(row["path"]), made(FileFact, row)
            except (TypeError, KeyError):
                self._unobserved.append(Unobserved(self._host, "files", "one is said in part"))


def _still(said: dict[str, list[dict[str, Any]]], before: HostFacts | None) -> dict[str, FileFact]:
    """Return files that were searched before and stayed, as they were said then."""
    paths = [str(one.get("path")) for one in said.get("still", [])]
    return {} if before is None else {p: before.files[p] for p in paths if p in before.files}


def _with_earlier(
    facts: HostFacts, said: dict[str, list[dict[str, Any]]], before: HostFacts | None
) -> HostFacts:
    """Return facts with what was not read again: digests of sampled assets, known copies."""
    files = {**facts.files, **_still(said, before)}
    for path, file in files.items():
        if file.digest is not None:
            again = path in facts.files
            files[path] = replace(file, hashed_at=facts.ended) if again else file
            continue
        earlier = None if before is None else before.files.get(path)
        if earlier is not None and file.sample is not None and _stayed(file, earlier):
            files[path] = replace(
                file, digest=earlier.digest, chunks=earlier.chunks, hashed_at=earlier.hashed_at
            )
    return replace(facts, files=files)


def _stayed(now: FileFact, before: FileFact) -> bool:
    return all(
        getattr(now, name) == getattr(before, name)
        for name in ("size", "mtime_ns", "ctime_ns", "inode", "sample")
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
