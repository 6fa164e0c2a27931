"""The golden files: what they hold, what has changed since, and when they may be renewed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.golden.reach import Version

FOLDER = Path(__file__).parent
RENEW = "python -m tests.golden"
SHOWN = 20
"""How many changes a message lists."""

Entries = Mapping[str, str]
"""What something is called, and what is kept of it."""


@dataclass(frozen=True)
class Changes:
    """What is otherwise than in a file, as sentences."""

    other: tuple[str, ...] = ()
    """What changed, or is gone: it needs a new version."""
    free: tuple[str, ...] = ()
    """What is new, or changed for another reason: it only has to be entered."""

    def __bool__(self) -> bool:
        return bool(self.other or self.free)

    def __add__(self, more: Changes) -> Changes:
        return Changes(self.other + more.other, self.free + more.free)


@dataclass(frozen=True)
class Kept:
    """A golden file as it stands."""

    version: str
    sections: Mapping[str, Entries] = field(default_factory=dict)


def read(path: Path) -> Kept:
    """Read a golden file."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return Kept(data["version"], data["sections"])


def write(path: Path, kept: Kept) -> None:
    """Write a golden file, an entry a line."""
    sections = []
    for name, entries in kept.sections.items():
        lines = [f"    {_json(key)}: {_json(value)}" for key, value in entries.items()]
        sections.append(f"  {_json(name)}: {{\n" + ",\n".join(lines) + "\n  }")
    body = ",\n".join(sections)
    text = f'{{"version": {_json(kept.version)}, "sections": {{\n{body}\n}}}}\n'
    path.write_text(text, encoding="utf-8")


def digests_changed(section: str, kept: Entries, found: Entries) -> Changes:
    """Return what reads otherwise in a section of digests."""
    other = [
        f"{name} in {section} {'reads otherwise' if name in found else 'is gone'}"
        for name in kept
        if found.get(name) != kept[name]
    ]
    new = [f"{name} in {section} is new" for name in found if name not in kept]
    return Changes(tuple(other), tuple(new))


def complaint(version: Version, kept: str, changes: Changes, what: str) -> str | None:
    """Return what is wrong, with the constant to raise and the command that renews the file.

    Args:
        version: The version as it is now.
        kept: The version that the file was made under.
        changes: What is otherwise than in the file.
        what: What it is that has a version, as the subject of a sentence.
    """
    if not changes and version.now == kept:
        return None
    listed = "".join(f"\n  {one}" for one in _shortened((*changes.other, *changes.free)))
    if newer(version.now, kept):
        return (
            f"{version.name} went from {kept} to {version.now}. Renew what is kept: {RENEW}{listed}"
        )
    if version.now != kept:
        return f"{version.name} is {version.now} in {version.place}, which is not above {kept}."
    if not changes.other:
        return f"Something is new, and not kept yet. Enter it: {RENEW}{listed}"
    return (
        f"{what}, and {version.name} still is {version.now}. If that is meant, raise "
        f"{version.name} in {version.place}, then renew what is kept: {RENEW}{listed}"
    )


def may_renew(version: Version, kept: str, changes: Changes) -> bool:
    """Return whether what is kept may be made anew: the version is as it should be."""
    return newer(version.now, kept) or (version.now == kept and not changes.other)


def newer(one: str, other: str) -> bool:
    """Return whether a version is above another; ``10-B`` is above ``9-C`` and ``10-A``."""
    return _parts(one) > _parts(other)


def _parts(version: str) -> tuple[tuple[int, str], ...]:
    found = re.findall(r"(\d+)|([A-Za-z]+)", version)
    return tuple((int(number or 0), letters) for number, letters in found)


def _shortened(sentences: tuple[str, ...]) -> Iterator[str]:
    yield from sentences[:SHOWN]
    if len(sentences) > SHOWN:
        yield f"and {len(sentences) - SHOWN} more"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
