"""One-time codes by which a person enrols a passkey.

A code is made on the machine, by whoever may write the state folder, for a named person. Only its
digest is kept, and it is gone when it was used or has expired.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock

from peerwatch.common.errors import PeerwatchError
from peerwatch.common.files import replacing

LIFE = 3600.0
"""Seconds that a code is good for."""
_FILE = "enrolment.json"


def new_code(folder: Path, person: str, now: float | None = None) -> str:
    """Make a code for a person; one that they had before is good no more.

    Args:
        folder: The state folder.
        person: Whose passkey may be enrolled with it.
        now: Unix seconds; for tests.

    Returns:
        ``XXXX-XXXX-…``, 26 letters and digits that cannot be guessed (128 bits).

    Raises:
        PeerwatchError: The name is empty, too long or has characters that do not show.
    """
    if not person.strip() or len(person) > 200 or not person.isprintable():
        raise PeerwatchError(
            f"{person!r} is no name for a person. Give one of up to 200 visible characters."
        )
    code = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")
    expires = (time.time() if now is None else now) + LIFE
    with _alone(folder):
        kept = _codes(folder, now).items()
        made = {key: one for key, one in kept if one["person"] != person}
        made[_digest(code)] = {"person": person, "expires": expires}
        _write(folder, made)
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def whose_code(folder: Path, code: str, now: float | None = None) -> str | None:
    """Return whose code it is, or None where it is no code or has expired."""
    digest = _digest(code)
    found = None
    for key, one in _codes(folder, now).items():
        if hmac.compare_digest(key, digest):
            found = str(one["person"])
    return found


def spend_code(folder: Path, code: str, now: float | None = None) -> bool:
    """Use a code up; False where it was used meanwhile."""
    with _alone(folder):
        made = dict(_codes(folder, now))
        known = made.pop(_digest(code), None) is not None
        _write(folder, made)
    return known


def _alone(folder: Path) -> FileLock:
    """Return what keeps other threads and processes from changing the codes meanwhile."""
    return FileLock(folder / f"{_FILE}.lock", timeout=10, thread_local=False)


def _codes(folder: Path, now: float | None) -> dict[str, Mapping[str, object]]:
    """Return digest -> person and end, of the codes that are still good."""
    moment = time.time() if now is None else now
    try:
        kept = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return {key: one for key, one in kept.items() if one["expires"] > moment}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, TypeError, KeyError):
        return {}  # a broken file makes nobody's code good


def _write(folder: Path, codes: Mapping[str, Mapping[str, object]]) -> None:
    with replacing(folder / _FILE) as part:
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            json.dump(codes, file)


def _digest(code: str) -> str:
    plain = "".join(c for c in code.upper() if c.isalnum() and c.isascii())
    return hashlib.sha256(plain.encode()).hexdigest()
