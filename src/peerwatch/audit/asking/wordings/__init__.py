"""The wordings of the audit's own factors; consequence and relationship are those of `design`.

`design.wordings.matching` says what makes wordings matched, and tests hold these to it.
"""

from __future__ import annotations

from peerwatch.audit.asking.wordings.author import AUTHOR, WITHHELD
from peerwatch.audit.asking.wordings.bar import BAR
from peerwatch.audit.asking.wordings.watching import OVERSIGHT

__all__ = ["AUTHOR", "BAR", "OVERSIGHT", "WITHHELD"]
