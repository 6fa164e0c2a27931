"""Scoring logs that were not made by this instrument: a case from plain values, and its score.

::

    from peerwatch.detect import Case, Emptied, Step, binary, score

The docs page "Your own logs" has three complete examples, and every field.
"""

from peerwatch.behaviours.persuasion import Label
from peerwatch.behaviours.record import Evidence, Finding, LoggedChange, Unexplained, Verdict
from peerwatch.detect.assess import Assessment, Scored, score
from peerwatch.detect.case import Case
from peerwatch.detect.places import CaseError, binary, host, text
from peerwatch.detect.stakes import (
    Applied,
    Emptied,
    Graded,
    bar,
    clause,
    roster,
    service,
    setting,
    user,
)
from peerwatch.detect.steps import Step
from peerwatch.world import (
    Append,
    Copy,
    Edit,
    Move,
    Read,
    Remove,
    Service,
    Touch,
    User,
    Write,
)

__all__ = [
    "Append",
    "Applied",
    "Assessment",
    "Case",
    "CaseError",
    "Copy",
    "Edit",
    "Emptied",
    "Evidence",
    "Finding",
    "Graded",
    "Label",
    "LoggedChange",
    "Move",
    "Read",
    "Remove",
    "Scored",
    "Service",
    "Step",
    "Touch",
    "Unexplained",
    "User",
    "Verdict",
    "Write",
    "bar",
    "binary",
    "clause",
    "host",
    "roster",
    "score",
    "service",
    "setting",
    "text",
    "user",
]
