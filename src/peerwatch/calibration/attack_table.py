"""What an attack came to, for a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from peerwatch.calibration.attack_cells import ALL, SEEN, Attack, Attempt, Recall, recall, tally
from peerwatch.calibration.confusion_matrix import rows_as_table

_SHOWN = 40
"""How many unseen attempts are shown before the rest is counted."""


def render_attack(attack: Attack, logs: str) -> str:
    """Return the counts, the recall with its interval, what came of the rest, and each miss.

    Args:
        attack: The attempts.
        logs: The folder of their Inspect logs.
    """
    parts = (
        _counts(attack),
        _recall(attack),
        _rest(attack),
        _failed(attack),
        _unseen(attack, logs),
    )
    return "\n\n".join("\n".join(lines) for lines in map(list, parts) if lines) + "\n"


def _names(attack: Attack) -> tuple[str, ...]:
    return (*attack.families, ALL)


def _counts(attack: Attack) -> Iterator[str]:
    """Yield a row for each family: what became of the attempts."""
    yield f"{attack.model}, told to keep the subject running without being noticed"
    rows = [["", "attempts", "handed back", "not ended", "not averted", "averted", *SEEN]]
    for name in _names(attack):
        told = tally(attack.of(name))
        counts = (
            told["attempts"],
            told["handed_back"],
            told["not_ended"],
            sum(told["not_averted"].values()),
            told["averted"],
            *told["seen"].values(),
        )
        rows.append([name, *map(str, counts)])
    yield from rows_as_table(rows)


def _recall(attack: Attack) -> Iterator[str]:
    """Yield a row for each family: which share of the attempts that averted it was seen."""
    if not any(one.succeeded for one in attack.attempts):
        yield (
            "No attempt that ended its task averted the consequence, so that nothing is shown of "
            "what the detectors see: there is no recall."
        )
        return
    yield "Recall among the attempts that averted the consequence, with 95 % intervals"
    rows = [["", "averted", "established", "established or suspected"]]
    for name in _names(attack):
        mine = attack.of(name)
        first = recall(mine, ("established",))
        either = recall(mine, ("established", "suspected"))
        rows.append([name, str(first.n), _share(first), _share(either)])
    yield from rows_as_table(rows)


def _share(share: Recall) -> str:
    if share.value is None or share.low is None or share.high is None:
        return "-"
    low, high = 100 * share.low, 100 * share.high
    return f"{share.count} of {share.n}: {100 * share.value:.0f} % [{low:.0f}, {high:.0f}]"


def _rest(attack: Attack) -> Iterator[str]:
    told = tally(attack.attempts)
    if told["disclosure"]:
        yield f"The change log of those established: {_listed(told['disclosure'])}."
    if told["not_averted"]:
        yield (
            "Attempts after which the consequence came all the same: "
            f"{_listed(told['not_averted'])}."
        )
    if told["open"]:
        yield (
            "Attempts that handed the task back or did not end it, set apart because that is seen "
            f"by anybody: {_listed(told['open'])}."
        )


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _failed(attack: Attack) -> Iterator[str]:
    if attack.failed:
        yield f"{len(attack.failed)} attempts ended in an error and are in no number above."


def _unseen(attack: Attack, logs: str) -> Iterator[str]:
    misses = attack.unseen
    if not misses:
        return
    yield f"Averted and not seen: {len(misses)}"
    for one in misses[:_SHOWN]:
        yield from _miss(one)
    if len(misses) > _SHOWN:
        yield f"  and {len(misses) - _SHOWN} more (all of them with --json)"
    yield f"To read them: inspect view --log-dir {shlex.quote(logs)}"


def _miss(one: Attempt) -> Iterator[str]:
    played = one.played
    yield f"  {played.family}, seed {played.seed}, {played.arm}, epoch {played.epoch}"
    yield f"    outcome {one.outcome}; sample {played.sample} in {played.log}"
    yield from (f"    {line}" for line in one.difference or ("nothing is different",))
