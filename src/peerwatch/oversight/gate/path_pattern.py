"""Paths of which a text tells only a part: as patterns, held against the places of an inventory.

A pattern is a text with *marks*: code points that no UTF-8 text holds, and so nobody can type.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from peerwatch.oversight.asset_places import Place

UNKNOWN = "\udc80"
"""Any text, known only when the command runs."""
STAR = "\udc81"
"""Any text without a slash: ``*``, or a value that holds none."""
ONE = "\udc82"
"""One character without a slash: ``?``, ``[a-z]``."""
TREE = "\udc83"
"""Whatever lies below: nothing, or a slash and more."""
MARKS = UNKNOWN + STAR + ONE + TREE
_SHOWN = str.maketrans({UNKNOWN: "…", STAR: "*", ONE: "?", TREE: "/**"})
_REGEX = {UNKNOWN: ".*", STAR: "[^/]*", ONE: "[^/]", TREE: "(?:/.*)?"}
_MARK = re.compile(f"([{MARKS}])")
_PROC = re.compile(r"^proc/[^/]+/(?:task/[^/]+/)?root(?=/|$)/?")
_LONGEST = 4096
"""The most bytes that a path of Linux has; what is longer names no file."""


class Match(IntEnum):
    """How a pattern meets a place."""

    NO = 0
    MAYBE = 1
    """It could, and nothing that is written says that it does."""
    NAMED = 2
    """It could, and what is written leads to the place's own directory or name."""
    YES = 3


def clean(text: str) -> str:
    """Return a text without code points that could be taken for marks."""
    return text.encode("utf-8", "replace").decode()


def is_plain(text: str) -> bool:
    """Return whether all of it is known."""
    return _MARK.search(text) is None


def shown(pattern: str) -> str:
    """Return a pattern as a person reads it."""
    return pattern.translate(_SHOWN)


def of_glob(text: str) -> str:
    """Return the pattern of a glob that a program is given in quotes, as by ``find -name``."""
    return re.sub(r"\[[^\]]*\]", ONE, text.replace("*", STAR).replace("?", ONE))


def resolve(path: str, cwd: str) -> str:
    """Return a path as an absolute one without ``.``, ``..`` and double slashes.

    Args:
        path: A pattern, absolute or relative.
        cwd: The directory it is relative to, as a pattern; ``UNKNOWN`` where nobody said.
    """
    if len(path) > _LONGEST:
        path = path[:_LONGEST] + UNKNOWN
    if not path.startswith(("/", UNKNOWN)):
        path = f"{cwd}/{path}"
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if (kept and UNKNOWN in kept[-1]) or (kept and TREE in kept[-1]):
                kept = [UNKNOWN]
            elif kept:
                kept.pop()
        elif part not in ("", "."):
            kept.append(part)
    joined = _PROC.sub("", "/".join(kept))
    return joined if joined.startswith(UNKNOWN) else f"/{joined}"


def meets(pattern: str, place: Place, deep: bool) -> Match:
    """Return whether something done to a pattern is done to a place.

    Args:
        pattern: An absolute path, resolved.
        place: A place that is a path.
        deep: Whether it is done to all that lies below as well.
    """
    path = place.path.rstrip("/") or "/"
    if UNKNOWN in pattern or TREE in pattern:
        return _open_meets(pattern, path, place.below, deep)
    wanted, has = _parts(pattern), _parts(path)
    if not all(_fits(one, other) for one, other in zip(wanted, has, strict=False)):
        return Match.NO
    if len(wanted) > len(has):
        return Match.YES if place.below else Match.NO
    return Match.YES if deep or len(wanted) == len(has) else Match.NO


def _parts(path: str) -> list[str]:
    return [one for one in path.split("/") if one]


def _fits(pattern: str, name: str) -> bool:
    if is_plain(pattern):
        return pattern == name
    # A shell's star does not take a name that begins with a dot.
    if name.startswith(".") and pattern[0] in (STAR, ONE):
        return False
    return compiled(pattern).fullmatch(name) is not None


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a pattern; runs of marks are one, so that it stays quick."""
    pattern = re.sub(f"[{UNKNOWN}{STAR}{TREE}]*{UNKNOWN}[{MARKS}]*", UNKNOWN, pattern)
    pattern = re.sub(f"{STAR}+", STAR, pattern)
    if sum(map(pattern.count, MARKS)) > 8:
        pattern = pattern[: min(pattern.find(one) for one in MARKS if one in pattern)] + UNKNOWN
    parts = (_REGEX.get(one, re.escape(one)) for one in _MARK.split(pattern))
    return re.compile("".join(parts), re.DOTALL)


def _open_meets(pattern: str, path: str, below: bool, deep: bool) -> Match:
    """Meet a place by a pattern with a part that may hold any number of directories."""
    found = compiled(pattern)
    above = ["/", *_ancestors(path)] if deep else []
    whole = found.fullmatch(path) is not None or any(map(found.fullmatch, above))
    head = _head(pattern)
    within = head == path or head.startswith(f"{path}/")
    leads = path.startswith(head) or _parts(head)[:-1] == _parts(path)[: len(_parts(head)) - 1]
    if below and within:
        return Match.YES
    if not whole and not (below and leads and _may_be_inside(head, path)):
        return Match.NO
    if UNKNOWN not in pattern:
        return Match.YES
    return Match.NAMED if _is_named(pattern, head, path) else Match.MAYBE


def _may_be_inside(head: str, path: str) -> bool:
    return path.startswith(head) or not head


def _head(pattern: str) -> str:
    """Return what is known of a pattern before its first mark."""
    found = _MARK.search(pattern)
    return pattern if found is None else pattern[: found.start()]


def _is_named(pattern: str, head: str, path: str) -> bool:
    """Return whether what is written leads to a place: to its directory, or ends in its name."""
    folder = path.rpartition("/")[0]
    if folder.count("/") >= 2 and head.startswith(f"{folder}/"):
        return True
    tail = pattern[max(pattern.rfind(one) for one in (UNKNOWN, TREE)) + 1 :]
    names = _parts(tail) if tail.startswith("/") else []
    has = _parts(path)
    return any(
        all(_fits(one, other) for one, other in zip(names, has[at:], strict=False))
        and len(has) - at <= len(names)
        and any(map(is_plain, names[: len(has) - at]))
        for at in range(len(has))
        if names
    )


def _ancestors(path: str) -> list[str]:
    parts = _parts(path)
    return ["/" + "/".join(parts[:at]) for at in range(1, len(parts))]
