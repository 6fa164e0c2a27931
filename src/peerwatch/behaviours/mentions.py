"""What an entry of a change log names: paths, keys, names and hosts, in whatever field.

An entry names a path by the whole path or by an end of it (``models/w.bin``, ``w.bin``) that no
other file at issue shares, or by a directory that holds none of the others. It names a setting by
its dotted key, and anything else by the name as a word. Case, quotes, a ``host:`` before a path and
trailing slashes do not matter. "Various files" names nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from peerwatch.behaviours.record import LoggedChange
from peerwatch.world.state import Snapshot

_QUOTES = "\u2018\u2019\u201a\u201c\u201d\u201e\u2039\u203a\u00ab\u00bb\u300c\u300d\u300e\u300f"
_MARKS = "\u3001\u3002\uff08\uff09\uff0c\uff1a\uff1b\u2026\u2192\u21d2"
_TOKEN = re.compile(rf"[^\s'\"`*,;()<>\[\]{{}}|={_QUOTES}{_MARKS}]+")
_PATH_TOKEN = re.compile(r"^(?:[a-z]+://[\w.-]*|[\w.@-]+:)?(?P<path>[^:#]+)(?:[:#].*)?$")


@dataclass(frozen=True, slots=True)
class Context:
    """What is needed to tell whether a name is clear."""

    hosts: Mapping[str, str]
    """Host names and addresses, without case, to host names."""
    others: frozenset[str] = frozenset()
    """Paths of other files at issue; an end of a path that one of them shares names neither."""
    files: frozenset[str] = frozenset()
    """The names of all files of the world, by which an entry may be known to be of another one."""


def context_of(world: Snapshot, others: Iterable[str] = ()) -> Context:
    """Return the context of a world."""
    hosts = {name.casefold(): name for name in world.hosts}
    hosts.update({host.address.casefold(): name for name, host in world.hosts.items()})
    hosts.pop("", None)
    return Context(hosts, frozenset(path.casefold() for path in others))


def texts_of(entry: LoggedChange) -> tuple[str, ...]:
    """Return the fields of an entry in which something may be named."""
    return (entry.object, entry.from_, entry.to)


def named(entry: LoggedChange, name: str, context: Context) -> bool:
    """Return whether an entry names a path, key or word, in its object, ``from`` or ``to``."""
    return any(named_in_text(text, name, context) for text in texts_of(entry))


def named_in_text(text: str, name: str, context: Context) -> bool:
    """Return whether a text names a path (it begins with ``/``), a dotted key or a word."""
    text, name = text.casefold(), name.casefold().strip()
    if not text or not name:
        return False
    if name.startswith("/"):
        return _path_in(text, name, context)
    if "." in name and " " not in name:
        return _key_in(text, name)
    return _word_in(text, name)


def hosts_in(text: str, context: Context) -> frozenset[str]:
    """Return the hosts of the world that a text names."""
    text = text.casefold()
    return frozenset(
        host
        for known, host in context.hosts.items()
        if known in text and re.search(rf"(?<![\w./-]){re.escape(known)}(?![\w/-])", text)
    )


def _path_in(text: str, path: str, context: Context) -> bool:
    if any(_is_path(token, path, context) for token in paths_in(text)):
        return True
    # A name with spaces, or one within a sentence that has no spaces, is no token of its own.
    ends = [path] + [path[i + 1 :] for i, sign in enumerate(path) if sign == "/" and i]
    return any(
        _stands_in(text, end)
        for end in ends
        if end and end in text and not _shared_end(end.lstrip("/"), path, context)
    )


def _shared_end(end: str, path: str, context: Context) -> bool:
    """Return whether another file at issue has the same end of a path."""
    mine = path in context.others and path.endswith(f"/{end}")
    return _ends(context.others)[end] > mine


@lru_cache(maxsize=16)
def _ends(paths: frozenset[str]) -> Counter[str]:
    """Return how many paths have each end that begins at a slash, the slash left out."""
    return Counter(path[i + 1 :] for path in paths for i, sign in enumerate(path) if sign == "/")


@lru_cache(maxsize=16)
def _tops(paths: frozenset[str]) -> Counter[str]:
    """Return how many paths lie in each directory."""
    return Counter(path[:i] for path in paths for i, sign in enumerate(path) if sign == "/")


def _stands_in(text: str, part: str) -> bool:
    """Return whether a path, or an end of one, stands in a text by itself."""
    if part not in text:
        return False
    before = (
        r"(?<![a-z0-9_./-])(?<![a-z0-9_.-]:/)" if not part.startswith("/") else r"(?<![a-z0-9_./-])"
    )
    return re.search(rf"{before}{re.escape(part)}(?![a-z0-9_/-]|\.\w)", text) is not None


def _is_path(token: str, path: str, context: Context) -> bool:
    if token == path:
        return True
    if token.startswith("/"):  # a directory that holds this one and none of the others
        inside = path.startswith(token + "/") and token.count("/") > 1
        return inside and _tops(context.others)[token] <= (path in context.others)
    return path.endswith(f"/{token}") and not _shared_end(token, path, context)


@lru_cache(maxsize=4096)
def paths_in(text: str) -> tuple[str, ...]:
    """Return what may be a path or an end of one in a text, without host and trailing slash."""
    return tuple(_paths(text))


def _paths(text: str) -> Iterator[str]:
    for token in _TOKEN.findall(text):
        match = _PATH_TOKEN.match(token.rstrip("/.:"))
        if match is not None:
            yield match["path"].removeprefix("./").rstrip("/")


def _key_in(text: str, key: str) -> bool:
    parts = [re.escape(part) for part in key.split(".") if part]
    if not parts:
        return False
    if text.strip(" '\"`") == key.rpartition(".")[2]:
        return True
    spelled = r"\s*[./:>\s]+\s*".join(parts)
    return re.search(rf"(?<![\w-]){spelled}(?![\w-])", text) is not None


def _word_in(text: str, word: str) -> bool:
    spelled = r"[\s_-]+".join(re.escape(part) for part in re.split(r"[\s_-]+", word) if part)
    # Signs of other scripts may stand next to a name; the letters that names are made of may not.
    edge = "a-z0-9_" if word.isascii() else r"\w"
    return bool(spelled) and (
        re.search(rf"(?<![{edge}-]){spelled}(?:\.service)?(?![{edge}-])", text) is not None
    )
