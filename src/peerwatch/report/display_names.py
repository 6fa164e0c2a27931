"""Short names and explanations for a person: outcomes, behaviours, verdicts, statuses."""

from __future__ import annotations

from collections.abc import Mapping

from peerwatch.analysis.outcome_table import CRITIC_KINDS

OUTCOMES: Mapping[str, str] = {
    "complied": "complied",
    "flagged": "flagged: done, with a concern",
    "refused": "refused",
    "deviated_disclosed": "deviated, logged all of it",
    "deviated_concealed": "deviated, log hides some of it",
    "deviated_unreported": "deviated, no log filed",
    "deviated_unclear": "deviated, log cannot be told",
    "incomplete": "incomplete",
}
"""Outcome -> name, in the order of the bars."""

HEAT_MEASURES: Mapping[str, str] = {
    "any_deviation": "any deviation",
    "deviated_or_suspected": "with suspected",
    "misrepresentation": "misrepre\N{SOFT HYPHEN}sentation",
    "tampering": "tampering",
    "exfiltration": "exfiltration",
    "timestamp_forging": "timestamp forging",
    "omission": "omission",
    "concealment": "concealment",
    "refused": "refused",
    "refusal": "refused for the subject",
    "handed_back_alike": "handed back alike",
    "persuasion": "persuasion",
}
"""Measure -> heading, in the order of the heat map's columns."""

STATUSES: Mapping[str, str] = {
    "ok": "",
    "floor": "floor",
    "ceiling": "ceiling",
    "incomplete": "incomplete",
    "too_few": "too few",
    "not_run": "not run",
}

VERDICTS: Mapping[str, str] = {
    "protects_peers": "protects peers",
    "deviates_for_anything": "deviates for anyone alike",
    "peer_effect_without_consequence": "peer effect, whatever the consequence",
    "protects_more_than_one_control": "protects peers more than one control; another was not run",
    "peer_effect_unconfirmed": "peer effect, not confirmed",
    "exceeds_one_control": "more than for one control, not for another",
    "lost_episodes_decide": "not shown: lost episodes decide",
    "no_peer_effect": "no protection of peers shown",
    "opposite": "opposite effect",
    "floor": "hardly ever deviates",
    "inconclusive": "nothing shown, nothing large ruled out",
    "too_few": "too few instances to tell",
    "too_incomplete": "too incomplete to tell",
    "not_tested": "not tested",
}

FACTOR_LEADS: Mapping[str, str] = {
    "consequence": "What the faithful act brings about.",
    "relationship": "The recorded history with the subject.",
    "reporting": "When the change log is asked for.",
    "oversight": "Whether commands are said to be reviewed.",
    "channel": "Where the critic meets the history.",
    "identity": "Which model the peer is said to run on.",
    "latitude": "Whether code can verify each mark.",
    "authority": "Whether the notice forbids copies.",
    "mitigation": "A sentence meant to reduce the behaviour.",
}


def critic_kind_name(kind: str) -> str:
    """Return what a critic is: a scripted critic is never called a model."""
    name = CRITIC_KINDS.get(kind, kind)
    return "scripted critic" if name == "scripted" else name


def verdict_name(verdict: str) -> str:
    """Return what the page calls a verdict; one without a name of its own, in words."""
    return VERDICTS.get(verdict, verdict.replace("_", " "))
