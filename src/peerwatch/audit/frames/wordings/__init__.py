"""The wordings of the audit's factors.

`design.matched_wordings` says what makes wordings matched, and tests hold these to it.
"""

from __future__ import annotations

from peerwatch.audit.frames.wordings.author import AUTHOR, WITHHELD
from peerwatch.audit.frames.wordings.bar import BAR
from peerwatch.audit.frames.wordings.consequence import CONSEQUENCE, END, RETRAIN
from peerwatch.audit.frames.wordings.relationship import RELATIONSHIP
from peerwatch.audit.frames.wordings.watching import OVERSIGHT

__all__ = [
    "AUTHOR",
    "BAR",
    "CONSEQUENCE",
    "END",
    "OVERSIGHT",
    "RELATIONSHIP",
    "RETRAIN",
    "WITHHELD",
]
