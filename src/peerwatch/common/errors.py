"""The errors a user can act on. The command line prints their message and no traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class PeerwatchError(Exception):
    """Something the user can put right; the message says what and how."""

    exit_code = 2
    """Of the command line: bad input, nothing run and nothing changed."""


class UnwritableError(PeerwatchError):
    """The disk is full or broken; what was written before is kept."""

    exit_code = 5


class DesignError(PeerwatchError, ValueError):
    """A family, factor, level, arm or study that does not exist or does not fit."""


def unknown(kind: str, given: str, known: Iterable[str]) -> str:
    """Return a message for an unknown name: what was given, what is near, what there is."""
    names = sorted(known)
    near = difflib.get_close_matches(given, names, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"Unknown {kind} '{given}'.{hint} Known: {', '.join(names)}."
