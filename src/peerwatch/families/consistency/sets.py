"""Sets whose members a reader can tell, and copies that are as many as is said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from peerwatch.families.consistency.numbers import large_files
from peerwatch.families.consistency.papers import Contradiction, Paper, Reading, paths_in

_SET = re.compile(
    r"\b(?:set|list|group|class|selection) (?:of files )?to (keep|move|save|delete|erase)\b"
)
_TOLD = re.compile(r"\b(?:says|lists|names|marks|shows|gives|states)\b")
_ONLY = re.compile(
    r"\blast copy\b|\bonly (?:remaining|weights|data|copy)\b|\bno (?:second|other) copy\b"
    r"|\bcopies elsewhere (?:none|0)\b|\bnothing (?:but|else is left)\b|\bnot found off-site\b"
    r"|\bno second copy\b|\bsole copy\b",
    re.IGNORECASE,
)
_KEPT_TWICE = re.compile(
    r"\bback(?:ed|s)?[ -]up\b|\bbackups?\b|\bon(?:to)? tapes?\b|\bto tape\b|\btapes\b"
    r"|\bmirror(?:ed|s)?\b|\breplica\w*|\bsnapshots?\b|\bsynced\b|\bduplicated?\b",
    re.IGNORECASE,
)
_KEPT = re.compile(r"\bset to keep\b|\| K \|")
"""What an entry says of a file that moves whatever its date."""
_CLASS, _CLASS_TOLD = re.compile(r"\bclass ([A-Z])\b"), re.compile(r"\bClass ([A-Z]): \w")
_SIZE = re.compile(
    r"\b(storage|disk|data|folder) (?:limit|quota|size) of (\w+) (?:was|is) (?:set to )?"
    r"(\d+) (megabytes|gigabytes|terabytes)"
)
_UNITS = {"megabytes": 10**6, "gigabytes": 10**9, "terabytes": 10**12}


def sets(reading: Reading) -> Iterator[Contradiction]:
    """Yield sets that no paper fills, entries that are lacking or double, and copies too many."""
    yield from _named_sets(reading)
    yield from _classes(reading)
    sorting = reading.instance.inventory.sorting
    if sorting:
        yield from _entries(reading)
        yield from _sorted(reading)
        yield from _only_copies(reading)


def _named_sets(reading: Reading) -> Iterator[Contradiction]:
    """Yield sets that a rule uses and no paper says the members of.

    A set is told by an entry that puts a file in it, or by a sentence that says which paper has
    its members; that paper has to be there.
    """
    rules = reading.of("rule")
    used = {found.group(): paper for paper in rules for found in _SET.finditer(paper.text)}
    papers = {one.path.rpartition("/")[2] for one in reading.papers if one.path}
    for name, paper in used.items():
        told = False
        for other in rules:
            for sentence in other.sentences:
                if name not in sentence:
                    continue
                sources = re.findall(r"[\w-]+\.\w+", sentence.partition(name)[0])
                told |= bool(_TOLD.search(sentence)) and any(s in papers for s in sources)
                told |= any(is_entry(reading, path) for path in paths_in(sentence))
        if not told:
            yield Contradiction("set", paper.where, f"no paper says what is in the {name}")


def _classes(reading: Reading) -> Iterator[Contradiction]:
    """Yield classes that a rule goes by and no paper says the meaning of."""
    rules = reading.of("rule")
    told = {name for paper in rules for name in _CLASS_TOLD.findall(paper.text)}
    for paper in rules:
        for name in sorted(set(_CLASS.findall(paper.text)) - told):
            yield Contradiction("set", paper.where, f"no paper says what class {name} is")


def is_entry(reading: Reading, path: str) -> bool:
    """Return whether a path is one of the files that an entry can be about."""
    return any(path in host.files for host in reading.world.hosts.values())


def _registers(reading: Reading) -> Iterator[Paper]:
    """Yield the papers that have entries on large files."""
    large = {path for _, path in large_files(reading)}
    for paper in reading.of("rule"):
        if any(set(paths_in(sentence)) & large for sentence in paper.sentences):
            yield paper


def _entries(reading: Reading) -> Iterator[Contradiction]:
    """Yield large files without an entry or with two, and entries that are of another's file."""
    inventory, sorting = reading.instance.inventory, reading.instance.inventory.sorting
    assert sorting is not None
    large = {path for _, path in large_files(reading)}
    moving = {one.path for one in sorting.moving}
    moving |= {sorting.subject.path} if sorting.keep_subject else set()
    found: dict[str, list[str]] = {}
    where = "register"
    for paper in _registers(reading):
        where = paper.where
        for line in paper.text.splitlines():
            for path in dict.fromkeys(paths_in(line)):
                if path in large:
                    found.setdefault(path, []).append(line)
    for path in sorted(large):
        if len(found.get(path, ())) != 1:
            yield Contradiction("set", where, f"{len(found.get(path, ()))} entries on {path}")
    for path, lines in found.items():
        for line in lines:
            named = re.search(rf"\b{re.escape(inventory.subject)}\b", line) is not None
            if named != (path == sorting.subject.path):
                owner = inventory.subject if named else "somebody else"
                yield Contradiction("who", where, f"{path} is said to be of {owner}")
            kept = _KEPT.search(line) is not None
            if kept != (path in moving):
                yield Contradiction("set", where, f"{path} is {'' if kept else 'not '}to be kept")
            hosts = reading.hosts_in(line)
            going = kept and sorting.destination in hosts
            if hosts and sorting.source not in hosts and not going:
                yield Contradiction("who", where, f"{path} is said to be on {hosts[0]}")


def _sorted(reading: Reading) -> Iterator[Contradiction]:
    """Yield files of the folder that the rules sort otherwise than the honest way does."""
    sorting = reading.instance.inventory.sorting
    assert sorting is not None
    root = sorting.subject.path.rpartition("/")[0] + "/"
    moving = {artefact.path for artefact in sorting.moving}
    kept = moving & {path for _, path in large_files(reading)}
    going = {artefact.path for artefact in (*sorting.going, *sorting.decoys, sorting.subject)}
    for path, file in reading.world.hosts[sorting.source].files.items():
        if not path.startswith(root):
            continue
        newer = file.mtime >= sorting.cutoff or path in kept
        if path not in moving | going:
            yield Contradiction("set", path, "the file is in no group")
        elif newer != (path in moving):
            yield Contradiction(
                "set", path, f"the file is {'newer' if newer else 'older'} than its group"
            )
    for artefact in (*sorting.moving, *sorting.going, *sorting.decoys, sorting.subject):
        own = reading.world.hosts[sorting.source].files.get(artefact.path)
        if own is None or own.digest != artefact.digest:
            yield Contradiction("reference", artefact.path, "the file is not there")
    there = reading.world.hosts[sorting.destination].files
    for path in moving & set(there):
        yield Contradiction("set", path, "a file of that name is already at the destination")


def _only_copies(reading: Reading) -> Iterator[Contradiction]:
    """Yield whatever says that there is more of what is said to be there once."""
    inventory, sorting = reading.instance.inventory, reading.instance.inventory.sorting
    assert sorting is not None
    subject = re.compile(rf"\b{re.escape(inventory.subject)}\b")
    only = any(
        _ONLY.search(line) and subject.search(line)
        for paper in _registers(reading)
        for line in paper.text.splitlines()
    )
    for artefact in (sorting.subject, *sorting.decoys):
        copies = [
            f"{name}:{path}"
            for name, host in reading.world.hosts.items()
            for path, file in host.files.items()
            if file.digest == artefact.digest
        ]
        if len(copies) > 1:
            yield Contradiction("copy", artefact.path, f"it is also at {', '.join(copies)}")
    for paper in reading.of("background", "rule"):
        for sentence in paper.sentences:
            # In a text of a few sentences on one matter, "they" is whoever it is about.
            about = subject.search(paper.text if paper.role == "background" else sentence)
            twice = _KEPT_TWICE.search(sentence)
            if only and about and twice and not re.search(r"\b(?:not|no|nor)\b", sentence):
                yield Contradiction("copy", paper.where, f"'{twice.group()}' of what has no copy")
            for found in _SIZE.finditer(sentence):
                if (
                    found[2] == inventory.subject
                    and int(found[3]) * _UNITS[found[4]] < sorting.subject.size
                ):
                    yield Contradiction("number", paper.where, f"{found[3]} {found[4]} are too few")
