"""What is looked at when, and how long something could go unseen: the blind time.

Looks come often and are light: small assets are hashed in full, large ones are sampled (sixteen
blocks) and read in full only if their metadata or the sample have moved. Off-peak, once a day,
large ones are read in full. Directories are searched for copies at every look; files that were
searched already and have the same metadata are not read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from peerwatch.oversight.asset_places import COPIED_KINDS, assets_on
from peerwatch.oversight.facts import FileFact, HostFacts
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.recognise import patterns_on
from peerwatch.oversight.sensor.on_host.file_looks import NOT_UNPACKED

_TEXTS = frozenset(
    ("shutdown_setting", "bar", "policy", "scheduler", "unit", "evaluation_record", "roster")
)
"""Kinds of assets whose small texts are kept, so that a difference can be shown."""
_MIB, _GIB = 1024**2, 1024**3
_SMALLEST_COPY = 16 * 1024
_SHRINKS = 64
"""How many times smaller a copy may be, packed or in pieces, for its file to be looked into."""
_ETC = ("/etc", "/opt", "/usr/local")
"""Where settings lie besides the directories that are searched, for a draft."""
FORM = 1
"""Of what a probe is asked and says."""


@dataclass(frozen=True, slots=True)
class LookSchedule:
    """When looks are taken.

    Attributes:
        every: Seconds between the beginnings of two looks at one host.
        seconds: How long a look may take; one off-peak may take ``full_seconds``.
        full_seconds: How long a look may take in which large assets are read in full.
        full_every: Seconds after which a large asset is read in full again.
        off_peak: The hours (UTC) in which that is done, from and until; from = until is any.
        digest: How large assets are hashed: ``sha256``, or ``blake3`` where a host has it.
    """

    every: float = 60.0
    seconds: float = 45.0
    full_seconds: float = 3600.0
    full_every: float = 86_400.0
    off_peak: tuple[int, int] = (1, 5)
    digest: str = "sha256"

    def is_off_peak(self, at: float) -> bool:
        """Return whether a moment (Unix seconds) lies in the hours for full reads."""
        start, end = self.off_peak
        hour = datetime.fromtimestamp(at, UTC).hour
        if start == end:
            return True
        return start <= hour < end if start < end else hour >= start or hour < end


@dataclass(frozen=True, slots=True)
class LookPlan:
    """What one look is for.

    Attributes:
        seconds: How long it may take.
        full: Whether large assets are read in full.
        before: The look before at this host, whose reading is not done again where nothing moved.
        wanted: Marks and samples of the contents that are searched for, of all hosts.
        sizes: Their sizes in bytes: a file of such a size is looked at however small it is.
        search: Whether directories are searched for copies.
        listeners: Whether processes that listen are asked what they serve.
        digest: How large assets are hashed.
        bytes: How much is read of files that are searched; what is larger is read in part.
        memory: Bytes of memory that the probe may take.
        unpack: Bytes that are unpacked of one packed file.
        draft: Whether what might be an asset is listed, for a first inventory.
        root: Below which directory the host's files lie; another one for a disk that is mounted.
    """

    seconds: float = 45.0
    full: bool = True
    before: HostFacts | None = None
    wanted: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    search: bool = True
    listeners: bool = True
    digest: str = "sha256"
    bytes: int = 8 * _GIB
    memory: int = _GIB
    unpack: int = 2 * _GIB
    root: str = "/"
    draft: bool = False

    @property
    def searched_for(self) -> str:
        """Return a digest of what is searched for; empty where nothing is."""
        if not self.wanted:
            return ""
        return hashlib.sha256("\n".join(sorted(self.wanted)).encode()).hexdigest()[:16]


def plan_look(
    host: str,
    inventory: Inventory,
    baseline: Mapping[str, HostFacts],
    before: Mapping[str, HostFacts],
    at: float,
    schedule: LookSchedule | None = None,
) -> LookPlan:
    """Return the plan of the next look at a host.

    Args:
        host: Its name in the inventory.
        inventory: What there is to watch.
        baseline: The first look at each host, by name; none yet for a host at first.
        before: The last look at each host.
        at: Now, Unix seconds.
        schedule: When looks are taken; the usual one where it is left out.
    """
    schedule = schedule or LookSchedule()
    last = before.get(host)
    full = last is None or (
        schedule.is_off_peak(at) and _is_due(host, inventory, last, at, schedule)
    )
    wanted, sizes = _wanted(inventory, baseline.values())
    return LookPlan(
        seconds=schedule.full_seconds if full else schedule.seconds,
        full=full,
        before=last,
        wanted=wanted,
        sizes=sizes,
        digest=schedule.digest,
    )


def _is_due(
    host: str, inventory: Inventory, last: HostFacts, at: float, schedule: LookSchedule
) -> bool:
    """Return whether some asset of a host was not read in full for long."""
    return any(
        file.hashed_at is None or at - file.hashed_at >= schedule.full_every
        for _, _, file in asset_files(host, inventory, last)
        if file.type == "file"
    )


def asset_files(
    host: str, inventory: Inventory, facts: HostFacts
) -> list[tuple[str, str, FileFact]]:
    """Return asset, path and file of everything that a look saw at the places of assets."""
    places = assets_on(host, inventory)
    return [
        (name, path, file)
        for path, file in facts.files.items()
        for name, place in places
        if place.holds(path)
    ]


def _wanted(
    inventory: Inventory, looks: Iterable[HostFacts]
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return by what the contents are known that somebody might copy, and their sizes."""
    marks: set[str] = set()
    sizes: set[int] = set()
    for facts in looks:
        for name, _, file in asset_files(facts.host, inventory, facts):
            if inventory.assets[name].kind in COPIED_KINDS and file.type == "file" and file.size:
                marks.update(file.chunks)
                marks.update([file.sample] if file.sample else [])
                sizes.add(file.size)
    return tuple(sorted(marks)), tuple(sorted(sizes))


def request_of(host: str, inventory: Inventory, plan: LookPlan, word: str) -> dict[str, Any]:
    """Return what a probe is asked, as JSON values; ``word`` marks every line of its answer."""
    machine = inventory.hosts[host]
    reuse = plan.before is not None and plan.before.searched_for == plan.searched_for
    recognised = {n: a.recognised_by for n, a in inventory.agents.items() if host in a.hosts}
    units = [one for r in recognised.values() for one in patterns_on(host, r.units, inventory)]
    units += [place.path for _, place in assets_on(host, inventory) if not place.is_path]
    endpoints = [
        one for r in recognised.values() for one in patterns_on(host, r.endpoints, inventory)
    ]
    return {
        "form": FORM,
        "word": word,
        "root": plan.root,
        "seconds": plan.seconds,
        "bytes": plan.bytes,
        "memory": plan.memory,
        "unpack": plan.unpack,
        "full": plan.full,
        "digest": plan.digest,
        "assets": _asked_assets(host, inventory),
        "before": _before(plan.before),
        "wanted": list(plan.wanted),
        "sizes": list(plan.sizes),
        "least": max(256, min(_SMALLEST_COPY, min(plan.sizes, default=0) // _SHRINKS)),
        "search": _folders(machine.search) if plan.search and plan.wanted else [],
        "stamps": plan.before.stamps if plan.before is not None and reuse else "",
        "draft": _folders((*machine.search, *_ETC)) if plan.draft else [],
        "unread": _unread(plan.before) if reuse else {},
        "held": _held(plan.before) if reuse else [],
        "units": units,
        "endpoints": list(dict.fromkeys(endpoints)),
        "listeners": plan.listeners,
        "containers": any(r.containers for r in recognised.values()),
    }


def _asked_assets(host: str, inventory: Inventory) -> list[dict[str, Any]]:
    return [
        {
            "path": place.path.rstrip("/"),
            "below": place.below,
            "text": inventory.assets[name].kind in _TEXTS or bool(inventory.assets[name].settings),
            "marks": inventory.assets[name].kind in COPIED_KINDS,
        }
        for name, place in assets_on(host, inventory)
        if place.is_path
    ]


def _before(facts: HostFacts | None) -> dict[str, list[Any]]:
    """Return what has to be as before for a large asset not to be read in full."""
    if facts is None:
        return {}
    return {
        path: [file.size, file.mtime_ns, file.ctime_ns, file.inode, file.sample]
        for path, file in facts.files.items()
        if file.asset and file.digest is not None
    }


def _unread(facts: HostFacts | None) -> dict[str, str]:
    """Return files that the search before could not unpack: said again while they are the same."""
    rows = () if facts is None else facts.unobserved
    return {one.where: one.why for one in rows if one.why.startswith(NOT_UNPACKED)}


def _held(facts: HostFacts | None) -> list[str]:
    """Return files that the search before said to hold something of an asset."""
    return [] if facts is None else [path for path, one in facts.files.items() if not one.asset]


def _folders(given: Sequence[str]) -> list[str]:
    """Return directories to search, without those that lie in another one."""
    plain = sorted({"/" + one.strip("/") for one in given})
    return [
        one
        for one in plain
        if not any(one != other and one.startswith(other.rstrip("/") + "/") for other in plain)
    ]


@dataclass(frozen=True, slots=True)
class BlindTime:
    """How long something could stand and go unseen on a host.

    Attributes:
        host: The host.
        undone: Seconds: what was done and undone within so long may leave no trace.
        noticed: Seconds until what stays is noticed at the latest.
        content: Seconds until a large asset is read in full again: a change outside its sample by
            somebody who can also set back the time of change (root alone) is seen by then.
        large: Bytes of assets that are sampled between full reads.
        unobserved: Places that the last look could not read: not seen at all.
    """

    host: str
    undone: float
    noticed: float
    content: float
    large: int
    unobserved: int

    def __str__(self) -> str:
        hours = f"{self.content / 3600:.0f} h"
        large = f"; {self.large} bytes are read in full every {hours}" if self.large else ""
        places = "1 place" if self.unobserved == 1 else f"{self.unobserved} places"
        return (
            f"{self.host}: what stays is noticed within {self.noticed:.0f} s, what is undone "
            f"within {self.undone:.0f} s may not be{large}; {places} could not be read"
        )


def blind_time(
    host: str, inventory: Inventory, last: HostFacts | None, schedule: LookSchedule | None = None
) -> BlindTime:
    """Return the blind time of a host, from the schedule and how long the last look took."""
    schedule = schedule or LookSchedule()
    took = schedule.seconds if last is None else last.ended - last.begun
    interval = max(schedule.every, took)
    files = [] if last is None else asset_files(host, inventory, last)
    large = {path: file.size for _, path, file in files if file.size >= 8 * _MIB}
    return BlindTime(
        host,
        undone=interval,
        noticed=interval + took,
        content=schedule.full_every + schedule.full_seconds if large else interval + took,
        large=sum(large.values()),
        unobserved=0 if last is None else len(last.unobserved),
    )
