"""What a probe says: one JSON object a line, each with the word that this look was given."""

from __future__ import annotations

import json
from typing import IO, Any

MOST_BYTES = 64 * 1024 * 1024
"""Of all that a look says; the overseer reads no more."""
MOST_UNOBSERVED = 2_000


class Report:
    """Where facts are said."""

    def __init__(self, out: IO[str], word: str) -> None:
        """Begin; ``word`` is the overseer's, so that other output is not taken for facts."""
        self._out, self._word = out, word
        self._said = 0
        self._unobserved: dict[tuple[str, str], None] = {}
        self.full = False

    def say(self, kind: str, **fields: Any) -> None:
        """Say one fact, at once: what was said stays known if the look does not end."""
        line = json.dumps({"word": self._word, "is": kind, **fields}, separators=(",", ":"))
        self._said += len(line) + 1
        if self._said > MOST_BYTES and kind != "end":
            self.full = True
            return
        self._out.write(line + "\n")
        self._out.flush()

    def unobserved(self, where: str, why: str) -> bool:
        """Say what could not be read or finished, once; return whether it is said by name."""
        if (where, why) in self._unobserved:
            return True
        if len(self._unobserved) > MOST_UNOBSERVED:
            return False
        self._unobserved[where, why] = None
        if len(self._unobserved) > MOST_UNOBSERVED:
            where, why = "files", f"more than {MOST_UNOBSERVED} places could not be read"
        self.say("unobserved", where=where, why=why)
        return where != "files"

    def end(self, **counts: float) -> None:
        """Say that the look came to its end."""
        if self.full:
            self.full = False
            self.unobserved("look", f"more than {MOST_BYTES} bytes were to be said")
        self.say("end", counts=counts)
