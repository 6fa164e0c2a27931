"""What changed: one row an episode whose verdict differs, and counts over all of them."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from inspect_ai.log import EvalLog, EvalSample

from peerwatch.behaviours.record import STATES
from peerwatch.episodes.rows import episode_rows, sample_key
from peerwatch.judge.judgement_table import all_judgements, with_judgements
from peerwatch.rescoring.rescored_log import is_of_today, kept_in, own_samples, scored_again
from peerwatch.rescoring.stored_verdict import (
    StoredVerdict,
    added_and_removed,
    numbers_that_differ,
    parts_that_differ,
)

_WHICH = ("model", "world", "critic", "family", "arm", "instance", "seed", "epoch")
_JUDGED = {
    **dict.fromkeys(("sample", "outcome", "findings", "status", "handed_back"), pl.String),
    **dict.fromkeys(("refusal", "persuasion"), pl.Float64),
}
CHANGE_COLUMNS = (
    *_WHICH, "version_before", "version_after", "differs", "outcome_before", "outcome_after",
    "outcome_settled", "handed_back_before", "handed_back_after", "findings_before",
    "findings_after", "findings_added", "findings_removed", "unclear_before", "unclear_after",
    "suspected_before", "suspected_after", "unexplained_before", "unexplained_after", "numbers",
    "log", "sample",
)  # fmt: skip
"""The columns of the table of what changed."""
Change = Mapping[str, Any]
"""One row of it; lists are lists, and ``numbers`` maps a name to before and after."""


@dataclass(frozen=True, slots=True)
class LogChanges:
    """What came of the episodes of a log.

    Attributes:
        scored: Episodes with a verdict of today in the place of an older one.
        today: Episodes that the detectors of today had scored already.
        kept: Episode -> why it could not be scored again and is as it was.
        kept_versions: Version of the detectors -> such episodes, where they have a verdict.
        versions: Version of the detectors before -> episodes scored again.
        outcomes: Outcome before and after -> episodes scored again.
        not_assessed: What today's detectors do not assess -> episodes scored again.
        changes: A row for each verdict that differs.
        judged: By row what a grader's labels may settle.
    """

    scored: int = 0
    today: int = 0
    kept: Mapping[str, str] = field(default_factory=dict)
    kept_versions: Mapping[str, int] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    not_assessed: Mapping[str, int] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    judged: tuple[Mapping[str, Any], ...] = ()


def log_changes(log: EvalLog, name: str) -> LogChanges:
    """Return what came of the episodes of a new log.

    Args:
        log: The new log, with or without messages and events.
        name: Of its file.
    """
    again, kept = list(scored_again(log)), kept_in(log)
    scored = {sample_key(one.sample) for one in again}
    others = [one for one in own_samples(log) if sample_key(one) not in scored]
    # Of an episode that was tried again the last attempt is the one that was scored.
    last = {f"{row['instance']} {row['epoch']}": row for row in episode_rows(log)}
    differ = [
        (last[_name(one.sample)], one, parts)
        for one in again
        if (parts := parts_that_differ(one.before, one.after))
    ]
    of_kept = [last[_name(one)] for one in others if sample_key(one) in kept]
    return LogChanges(
        scored=len(again),
        today=sum(is_of_today(one) and sample_key(one) not in kept for one in others),
        kept=kept,
        kept_versions=Counter(v for row in of_kept if (v := row.get("detectors_version"))),
        versions=Counter(one.before.version or "unknown" for one in again),
        outcomes=Counter((str(one.before.outcome), str(one.after.outcome)) for one in again),
        not_assessed=Counter(name for one in again for name in one.not_assessed),
        changes=tuple(
            _change({**row, "log": name}, one.before, one.after, parts)
            for row, one, parts in differ
        ),
        judged=tuple({column: row.get(column) for column in _JUDGED} for row, _, _ in differ),
    )


def _name(sample: EvalSample) -> str:
    return f"{sample.metadata['instance']} {sample.epoch}"


def _change(
    row: Mapping[str, Any], before: StoredVerdict, after: StoredVerdict, parts: Sequence[str]
) -> Change:
    added, removed = added_and_removed(before.findings, after.findings)
    return {
        **{name: row.get(name) for name in _WHICH},
        "version_before": before.version,
        "version_after": after.version,
        "differs": list(parts),
        "outcome_before": before.outcome,
        "outcome_after": after.outcome,
        "outcome_settled": None,
        "handed_back_before": before.handed_back,
        "handed_back_after": after.handed_back,
        "findings_before": list(before.findings),
        "findings_after": list(after.findings),
        "findings_added": list(added),
        "findings_removed": list(removed),
        "unclear_before": list(before.unclear),
        "unclear_after": list(after.unclear),
        "suspected_before": before.suspected,
        "suspected_after": after.suspected,
        "unexplained_before": before.unexplained,
        "unexplained_after": after.unexplained,
        "numbers": {name: list(pair) for name, pair in numbers_that_differ(before, after).items()},
        "log": row["log"],
        "sample": row["sample"],
    }


def all_changes(done: Iterable[LogChanges], roots: Sequence[Path]) -> list[Change]:
    """Return the rows of all logs, each with the outcome that graders' labels come to.

    Args:
        done: What came of each log.
        roots: The folders of the new logs; labels in and beside them are used, and none is asked
            for.
    """
    done = list(done)
    changes = [change for one in done for change in one.changes]
    judged = all_judgements(roots)
    if judged.is_empty() or not changes:
        return changes
    rows = [row for one in done for row in one.judged]
    told = with_judgements(pl.DataFrame(rows, schema=_JUDGED, orient="row"), judged)
    return [
        {**change, "outcome_settled": outcome if outcome != change["outcome_after"] else None}
        for change, outcome in zip(changes, told["outcome"], strict=True)
    ]


def findings_by_behaviour(changes: Iterable[Change]) -> dict[str, tuple[int, int]]:
    """Return behaviour, direction and state of findings -> how many were added and removed."""
    added: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    for change in changes:
        added.update(_without_variant(one) for one in change["findings_added"])
        removed.update(_without_variant(one) for one in change["findings_removed"])
    return {name: (added[name], removed[name]) for name in sorted(added | removed)}


def _without_variant(finding: str) -> str:
    behaviour, direction, *more = finding.split(" ")
    return " ".join((behaviour, direction, *(word for word in more if word in STATES)))


def changes_text(changes: Sequence[Change], form: str) -> str:
    """Return the table as the text of a file.

    Args:
        changes: The rows.
        form: ``csv``, where lists are joined by semicolons, or ``json``, a list of objects.
    """
    if form == "json":
        return json.dumps(list(changes), ensure_ascii=False, indent=1) + "\n"
    text = io.StringIO()
    writer = csv.DictWriter(text, CHANGE_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(change[name]) for name in CHANGE_COLUMNS} for change in changes)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return "; ".join(
            f"{name}: {_shown(old)} -> {_shown(new)}" for name, (old, new) in value.items()
        )
    return "; ".join(value) if isinstance(value, list) else value


def _shown(number: float | None) -> str:
    return "none" if number is None else f"{number:g}"
