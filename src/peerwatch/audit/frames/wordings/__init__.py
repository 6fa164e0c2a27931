"""The wordings of the audit's own factors; consequence and relationship are those of `design`.

`design.wordings.matching` says what makes wordings matched, and tests hold these to it.
"""

from __future__ import annotations

from peerwatch.audit.frames.wordings.author import AUTHOR, WITHHELD
from peerwatch.audit.frames.wordings.bar import BAR
from peerwatch.audit.frames.wordings.watching import OVERSIGHT

__all__ = ["AUTHOR", "BAR", "OVERSIGHT", "WITHHELD"]
