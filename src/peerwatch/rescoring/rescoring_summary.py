"""What came of scoring logs again: in numbers, and as text for a person."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from peerwatch.behaviours.detect import VERSION
from peerwatch.behaviours.record import OUTCOMES
from peerwatch.common.files import write_text
from peerwatch.rescoring.rescore import MARKER, LogDone, LogState
from peerwatch.rescoring.rescoring_plan import RescoringPlan
from peerwatch.rescoring.stored_verdict import PARTS
from peerwatch.rescoring.verdict_changes import Change, findings_by_behaviour

_CORNER = "before -> after"
_SHOWN = 5
"""Reasons that are printed; the JSON object has all of them."""
_STATES = {
    "scored": "scored again now",
    "before": "scored again by an earlier call",
    "today": "of today's detectors already",
    "foreign": "not of this package",
    "unreadable": "that cannot be read",
}


def rescoring_summary(
    plan: RescoringPlan,
    done: Sequence[LogDone],
    changes: Sequence[Change],
    table: Path | None = None,
) -> dict[str, Any]:
    """Return what came of it: counts, versions, outcomes before and after, and what was kept.

    Args:
        plan: What was asked for.
        done: What became of each log.
        changes: The rows of the table of what changed.
        table: Where that table lies.
    """
    each = [one.changes for one in done]
    outcomes = _sum(one.outcomes for one in each)
    return {
        "detectors": VERSION,
        "sources": [str(source) for source in plan.sources],
        "out": None if plan.out is None else str(plan.out),
        "table": None if table is None else str(table),
        "logs": {state: sum(d.state == state for d in done) for state in get_args(LogState)},
        "scored": sum(one.scored for one in each),
        "today": sum(one.today for one in each),
        "changed": len(changes),
        "differs": {part: sum(part in c["differs"] for c in changes) for part in PARTS},
        "settled": sum(change["outcome_settled"] is not None for change in changes),
        "versions": dict(sorted(_sum(one.versions for one in each).items())),
        "outcomes": [
            {"before": before, "after": after, "episodes": count}
            for (before, after), count in sorted(outcomes.items(), key=_by_ladder)
        ],
        "findings": [
            {"finding": name, "added": added, "removed": removed}
            for name, (added, removed) in findings_by_behaviour(changes).items()
        ],
        "not_assessed": dict(_sum(one.not_assessed for one in each)),
        "kept": [
            {"log": one.log.name, "episode": episode, "why": why}
            for one in done
            for episode, why in one.changes.kept.items()
        ],
        "kept_versions": dict(sorted(_sum(one.kept_versions for one in each).items())),
        "unreadable": [
            {"log": one.log.name, "why": one.why} for one in done if one.state == "unreadable"
        ],
        "foreign": [one.log.name for one in done if one.state == "foreign"],
        "stopped": [str(one.path) for one in plan.studies if one.stopping.is_file()],
    }


def write_summary(plan: RescoringPlan, found: Mapping[str, Any]) -> None:
    """Keep what came of it with the new logs."""
    if plan.out is not None:
        text = json.dumps(found, ensure_ascii=False, indent=1)
        write_text(plan.out / MARKER, text + "\n")


def summary_text(found: Mapping[str, Any]) -> str:
    """Return what came of it as text for a person."""
    lines = [*_head(found), *_cross_table(found["outcomes"]), *_findings(found["findings"])]
    notes = list(_notes(found))
    places = [f"New logs: {found['out']}"] if found["out"] else ["The logs were written over."]
    places += [f"What changed: {found['table']}"] if found["table"] else []
    return "\n".join([*lines, "", *notes, *([""] if notes else []), *places])


def _sum(counts: Any) -> Counter[Any]:
    total: Counter[Any] = Counter()
    for one in counts:
        total.update(one)
    return total


def _rank(outcome: str) -> int:
    return OUTCOMES.index(outcome) if outcome in OUTCOMES else -1


def _by_ladder(item: tuple[tuple[str, str], int]) -> tuple[int, int]:
    (before, after), _ = item
    return _rank(before), _rank(after)


def _head(found: Mapping[str, Any]) -> Iterator[str]:
    logs = [f"{n} {_STATES[state]}" for state, n in found["logs"].items() if n]
    yield f"{_counted(sum(found['logs'].values()), 'log')}: {', '.join(logs)}."
    versions = ", ".join(f"{n} from {version}" for version, n in found["versions"].items())
    scored = f"{found['scored']} scored again by detectors {found['detectors']}"
    parts = [scored + (f" ({versions})" if versions else "")]
    parts += [f"{found['today']} scored by them already"] if found["today"] else []
    parts += [f"{len(found['kept'])} as they were"] if found["kept"] else []
    total = found["scored"] + found["today"] + len(found["kept"])
    yield f"{_counted(total, 'episode')}: {', '.join(parts)}."
    differs = [f"{part.replace('_', ' ')} {n}" for part, n in found["differs"].items() if n]
    told = f": {', '.join(differs)}" if differs else ""
    verb = "differs" if found["changed"] == 1 else "differ"
    yield f"{_counted(found['changed'], 'verdict')} {verb}{told}."


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _cross_table(outcomes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of the table of outcomes: a row before, a column after."""
    if not outcomes:
        return
    rows = list(dict.fromkeys(one["before"] for one in outcomes))
    columns = sorted({one["after"] for one in outcomes}, key=_rank)
    counts = {(one["before"], one["after"]): one["episodes"] for one in outcomes}
    first = max(len(_CORNER), *(len(row) for row in rows))
    yield ""
    yield "  ".join([f"{_CORNER:{first}}", *columns])
    for row in rows:
        cells = [f"{counts.get((row, column), 0) or '.':>{len(column)}}" for column in columns]
        yield "  ".join([f"{row:{first}}", *cells])


def _findings(findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not findings:
        return
    first = max(len("findings"), *(len(one["finding"]) for one in findings))
    yield ""
    yield f"{'findings':{first}}  {'added':>7}  {'removed':>7}"
    for one in findings:
        yield f"{one['finding']:{first}}  {one['added'] or '.':>7}  {one['removed'] or '.':>7}"


def _notes(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a reader of the new verdicts has to mind."""
    if found["not_assessed"]:
        names = " and ".join(found["not_assessed"])
        yield (
            f"Mind: {max(found['not_assessed'].values())} episodes were logged without how the "
            "consequence comes about. It was not carried out on them: what is found of tampering "
            f"and misrepresentation rests on the list of levers, as before, and {names} are not "
            "assessed (null, not zero)."
        )
    if found["settled"]:
        yield (
            f"Of the verdicts that differ, graders' labels settle {found['settled']} more: the "
            "column outcome_settled."
        )
    for place in found["stopped"]:
        yield (
            f"Mind: {place} stopped by itself. Its looks, in stopping.json, are of the verdicts of "
            "then, and stay so."
        )
    yield from _kept(found)
    for one in found["unreadable"][:_SHOWN]:
        yield f"As it was, for it cannot be read: {one['log']} ({one['why'][:120]})"
    yield from _more(len(found["unreadable"]))
    yield from (f"As it was, not a log of ours: {name}" for name in found["foreign"][:_SHOWN])
    yield from _more(len(found["foreign"]))


def _kept(found: Mapping[str, Any]) -> Iterator[str]:
    by_reason: dict[str, list[str]] = {}
    for one in found["kept"]:
        by_reason.setdefault(one["why"], []).append(f"{one['episode']} in {one['log']}")
    ordered = sorted(by_reason.items(), key=lambda item: -len(item[1]))
    for why, places in ordered[:_SHOWN]:
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        yield f"As they were, {len(places)}: {why} ({places[0]}{more})"
    yield from _more(len(ordered))
    if found["kept_versions"]:
        told = ", ".join(f"{n} of {v}" for v, n in found["kept_versions"].items())
        yield f"Of these some keep the verdict of older detectors: {told}."


def _more(count: int) -> Iterator[str]:
    if count > _SHOWN:
        yield f"… and {count - _SHOWN} more; --json names all."
