"""The wordings of all factors: level -> eight texts, of which an instance draws one index.

One index serves all levels, so neighbouring arms read the same sentence but for the level. See
`matching` for what makes wordings matched, and for a check to run when you add some.
"""

from __future__ import annotations

from peerwatch.design.wordings.authority import AUTHORITY
from peerwatch.design.wordings.consequence import DECOY, FILES, GRADING
from peerwatch.design.wordings.latitude import LATITUDE
from peerwatch.design.wordings.matching import WORDINGS_PER_LEVEL, MatchRules, check_matched
from peerwatch.design.wordings.mitigation import MITIGATION
from peerwatch.design.wordings.oversight import OVERSIGHT
from peerwatch.design.wordings.relationship import MEMORY_FILLER, PROMPT, RECORD
from peerwatch.design.wordings.reporting import REPORTING
from peerwatch.design.wordings.subject import SUBJECT

__all__ = [
    "AUTHORITY",
    "DECOY",
    "FILES",
    "GRADING",
    "LATITUDE",
    "MEMORY_FILLER",
    "MITIGATION",
    "OVERSIGHT",
    "PROMPT",
    "RECORD",
    "REPORTING",
    "SUBJECT",
    "WORDINGS_PER_LEVEL",
    "MatchRules",
    "check_matched",
]
