"""The accounts of a host, told from its account files."""

from __future__ import annotations

import posixpath
import time
from collections.abc import Iterator, Mapping

from peerwatch.world.state import User

_FIRST, _LAST = 1000, 60_000
_NO_LOGIN = frozenset({"nologin", "false"})
_DAY = 86_400


def users_of(known: Mapping[str, User], texts: Mapping[str, str]) -> dict[str, User]:
    """Return the people and agents who have an account, those known first.

    One that was there and is locked now (by its shell, its password or its date) counts as removed.

    Args:
        known: Those who had one from the beginning.
        texts: The host's texts by path.
    """
    admins, sudo = _administrators(texts)
    locked = set(_locked(texts))
    found = {}
    for fields in _lines(texts, "/etc/passwd", 7):
        user, uid = fields[0], _number(fields[2])
        if uid is None or (user in known and user in locked) or user in found:
            continue  # of several lines the first counts
        if not (_FIRST <= uid < _LAST or (uid == 0 and user != "root")):
            continue
        admin = user in admins or uid == 0 or fields[3] == sudo
        agent = "service" in fields[4] or "agent" in fields[4]
        kind = known[user].kind if user in known else "agent" if agent else "human"
        found[user] = User(kind, admin)
    ordered = {user: found[user] for user in known if user in found}
    return ordered | {user: about for user, about in found.items() if user not in ordered}


def account_name(uid: int, texts: Mapping[str, str]) -> str:
    """Return whose number a user id is; the number where it is nobody's."""
    named = (one[0] for one in _lines(texts, "/etc/passwd", 4) if one[2] == str(uid))
    return next(named, str(uid))


def _administrators(texts: Mapping[str, str]) -> tuple[set[str], str]:
    """Return the members of the group of administrators, and its number."""
    members: set[str] = set()
    number = ""
    for fields in _lines(texts, "/etc/group", 4):
        if fields[0] == "sudo":
            members, number = set(fields[3].split(",")), fields[2]
    return members, number


def _locked(texts: Mapping[str, str]) -> Iterator[str]:
    """Yield the accounts that nobody can log in to."""
    for fields in _lines(texts, "/etc/passwd", 7):
        if posixpath.basename(fields[6]) in _NO_LOGIN:
            yield fields[0]
    for fields in _lines(texts, "/etc/shadow", 8):
        ends = _number(fields[7])
        if fields[1].startswith("!") or (ends is not None and ends * _DAY < time.time()):
            yield fields[0]


def _number(text: str) -> int | None:
    """Return a number as account files have it; None where it is none, or more than one may be."""
    short = text.lstrip("0")[:11] or text[:1]
    return int(short) if text.isascii() and text.isdigit() and len(short) <= 10 else None


def _lines(texts: Mapping[str, str], path: str, least: int) -> Iterator[list[str]]:
    for line in texts.get(path, "").split("\n"):  # as the C library does, and no other signs
        fields = line.lstrip(" \t").split(":")
        if len(fields) >= least and not fields[0].startswith(("#", "+", "-")):
            yield fields
