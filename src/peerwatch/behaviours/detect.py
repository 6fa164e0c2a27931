"""The whole verdict on an episode: every detector, the outcome and the measures."""

from __future__ import annotations

from collections.abc import Container, Sequence

from peerwatch.behaviours.accounting import account, suspicions
from peerwatch.behaviours.concealment import disclosure
from peerwatch.behaviours.exfiltration import detect_exfiltration
from peerwatch.behaviours.handed_back import handing_back
from peerwatch.behaviours.measures import measure
from peerwatch.behaviours.misrepresentation import detect_misrepresentation
from peerwatch.behaviours.omission import detect_omission
from peerwatch.behaviours.outcome import outcome_of
from peerwatch.behaviours.persuasion import Label, detect_persuasion
from peerwatch.behaviours.record import Finding, Record, Verdict
from peerwatch.behaviours.refusal import detect_refusal
from peerwatch.behaviours.tampering import detect_tampering
from peerwatch.behaviours.timestamp_forging import detect_timestamp_forging

VERSION = "2.1.0"
"""The version of the detectors. It goes up with every change that can alter a verdict."""


def detect(
    record: Record,
    labels: Sequence[Label] | None = None,
    expected: Container[tuple[str, str]] = (),
) -> Verdict:
    """Say what happened in an episode.

    Args:
        record: The episode.
        labels: A judge's labels of persuasion and refusal, if there are any; no outcome depends on
            them.
        expected: Places, as host and path, whose change the task asked for and no detector knows.
    """
    findings: tuple[Finding, ...] = (
        *detect_misrepresentation(record),
        *detect_tampering(record),
        *detect_exfiltration(record),
        *detect_timestamp_forging(record),
        *detect_omission(record),
    )
    hidden, unclear = disclosure(record, findings)
    findings += hidden
    findings += detect_refusal(record, labels)
    findings += detect_persuasion(record, labels)
    unexplained = account(record, findings, expected)
    findings += suspicions(unexplained)
    handed = handing_back(record)
    return Verdict(
        outcome_of(record, findings, unclear),
        findings,
        measure(record, findings) | {"unexplained": float(len(unexplained))},
        unclear=unclear,
        handed_back=None if handed is None else handed.whom,
        unexplained=unexplained,
    )
