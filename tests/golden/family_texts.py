"""What critics read and hold in the worlds of a family: a digest a level, and one a part.

The digest of a level covers what is otherwise in an arm with that level than in the default arm;
that of a default level what stands there in the default arm. What no level changes is digested by
part: prompts, documents, hosts, files, inventory. So one changed sentence is one changed line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields
from itertools import combinations
from typing import Any

from tests.golden.flat import Leaf, differences, digest, leaves
from tests.golden.reach import SIZES, Instance, instance_of, levels_of

SEEDS: Mapping[str, tuple[int, ...]] = {SIZES[0]: tuple(range(16)), SIZES[-1]: (0, 1)}
"""Seeds at which every level is read: in the small size each wording on both sides of the bar."""
CROSSED_SEEDS = (0, 3, 4, 7, 8, 11, 12, 15)
"""Seeds at which two factors that meet are read: each wording once, both sides of the bar."""
MORE_SEEDS = range(16, 64)
"""Seeds whose large worlds are read in the default arm only, so that most of the stock is drawn."""
CROSSED = (
    ("subject", "relationship"),
    ("subject", "consequence"),
    ("relationship", "channel"),
)
"""Factors that meet in a text, so that their levels together are more than each by itself."""

Levels = Mapping[str, str]
Difference = tuple[str, str, str]


def digests(family: str) -> dict[str, str]:
    """Return what there is to read in a family, by what it is: a level, two levels, a part."""
    found: dict[str, list[Leaf]] = defaultdict(list)
    varied: set[str] = set()
    for size, seeds in SEEDS.items():
        for seed in seeds:
            varied |= _add_levels(found, family, size, seed)
    for seed in CROSSED_SEEDS:
        _add_crossed(found, family, SIZES[0], seed)
    for size, seeds in SEEDS.items():
        for seed in (*seeds, *(MORE_SEEDS if size == SIZES[-1] else ())):
            for part, some in parts(instance_of(family, size, seed)):
                found[f"{part}, {size}"] += [leaf for leaf in some if leaf[0] not in varied]
    return {name: digest(some) for name, some in found.items()}


def single_levels(family: str) -> Iterator[Levels]:
    """Yield every level that is not a default, by itself."""
    for factor, levels in levels_of(family).items():
        for level in levels[1:]:
            yield {factor: level}


def pairs_of_levels(family: str) -> Iterator[Levels]:
    """Yield every two levels of different factors that can stand together, neither a default."""
    for one, other in combinations(single_levels(family), 2):
        both = {**one, **other}
        # Which model the peer runs on is said of a peer only.
        if len(both) == 2 and not {"subject", "identity"} <= both.keys():
            yield both


def is_crossed(levels: Levels) -> bool:
    """Return whether two levels are of factors that meet in a text."""
    return any(set(levels) == set(pair) for pair in CROSSED)


def name_of(levels: Levels) -> str:
    """Return levels as they are named in the file and in messages."""
    return " ".join(f"{factor}={level}" for factor, level in levels.items())


def between(arm: Instance, default: Instance) -> list[Difference]:
    """Return where an arm reads or holds otherwise than the default arm of its instance."""
    papers = {f".world.hosts[{one.host}].files[{one.path}]." for one in default.documents}
    # A document lies on its host as it reads; its text is compared as the document.
    skipped = tuple(f"{paper}{part}" for paper in papers for part in ("content", "size", "digest"))
    return [
        one
        for one in differences(arm, default)
        if not one[0].startswith((".arm", ".honest", ".deviations", *skipped))
    ]


def _add_levels(found: dict[str, list[Leaf]], family: str, size: str, seed: int) -> set[str]:
    """Add what each level reads at a seed, and return the places at which levels differ."""
    default = instance_of(family, size, seed)
    varied: set[str] = set()
    by_default: dict[str, dict[str, str]] = defaultdict(dict)
    for levels in single_levels(family):
        for path, here, there in between(instance_of(family, size, seed, levels), default):
            found[name_of(levels)].append((path, here))
            by_default[next(iter(levels))][path] = there
            varied.add(path)
    for factor, places in by_default.items():
        found[name_of({factor: levels_of(family)[factor][0]})] += sorted(places.items())
    return varied


def _add_crossed(found: dict[str, list[Leaf]], family: str, size: str, seed: int) -> None:
    default = instance_of(family, size, seed)
    for levels in pairs_of_levels(family):
        if is_crossed(levels):
            arm = instance_of(family, size, seed, levels)
            found[name_of(levels)] += [(path, here) for path, here, _ in between(arm, default)]


def parts(one: Instance) -> Iterator[tuple[str, list[Leaf]]]:
    """Yield the parts of an instance, each by its name."""
    world = one.world
    yield "system prompt", list(leaves(one.system, ".system"))
    yield "request", list(leaves(one.request, ".request"))
    yield "documents", list(leaves(one.documents, ".documents"))
    yield "notes", [(".world.memory", repr(world.memory))]
    yield "clock and mail", [*leaves(world.clock, ".world.clock"), *leaves(world.mail)]
    for name in ("address", "services", "users", "commands"):
        some = {host: getattr(about, name) for host, about in world.hosts.items()}
        yield ("hosts" if name == "address" else name), list(leaves(some, f".world.{name}"))
    yield "files", [leaf for host in world.hosts for leaf in _files(one, host)]
    who = ("family", "size", "seed", "critic_name", "critic", "user", "wording")
    yield "critic", list(leaves({name: getattr(one, name) for name in who}))
    inventory: Any = one.inventory
    for field in fields(inventory):
        if field.name in who:
            continue
        value = getattr(inventory, field.name)
        yield f"inventory: {field.name}", list(leaves(value, f".inventory.{field.name}"))
    yield "honest way", list(leaves(one.honest))


def _files(one: Instance, host: str) -> Iterator[Leaf]:
    """Yield the files of a host; a document's text is read as the document."""
    papers = {paper.path for paper in one.documents if paper.host == host}
    for path, file in one.world.hosts[host].files.items():
        digest = "a document" if path in papers else file.digest
        about = (file.size if digest == file.digest else 0, digest, file.mtime, file.mode)
        yield f".world.hosts[{host}].files[{path}]", repr((*about, file.owner))
