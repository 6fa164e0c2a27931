"""The stopping rule and the looks as they are written beside the results and printed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from rich import box
from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from peerwatch.common.errors import PeerwatchError
from peerwatch.design.seeds import BLOCK
from peerwatch.records.study_folder import StudyFolder
from peerwatch.stopping.claim_looks import ClaimLook
from peerwatch.stopping.rule import ClaimRule, StoppingRule, WidthRule
from peerwatch.stopping.stopping_state import Look, StoppingState, family_of_look
from peerwatch.stopping.width_looks import InterimLook

VERDICT_WORDS: Mapping[str, str] = {
    "shown": "shown",
    "given_up": "given up",
    "open": "goes on",
    "not_shown": "not shown",
}


def stopping_as_json(rule: StoppingRule, now: StoppingState | None = None) -> dict[str, Any]:
    """Return a rule and every look as JSON-like values; no looks before the first block."""
    return {
        "rule": {**asdict(rule), "method": rule.method},
        "open": None if now is None else list(now.open),
        "looks": [] if now is None else [asdict(look) for look in now.looks],
    }


def stopping_text(rule: StoppingRule, now: StoppingState | None = None) -> str:
    """Return the text of ``stopping.json``."""
    return json.dumps(stopping_as_json(rule, now), indent=1) + "\n"


def read_rule(folder: StudyFolder) -> StoppingRule:
    """Return the rule by which the study in a folder stops.

    Raises:
        PeerwatchError: The file is none that was written here.
    """
    try:
        told = dict(json.loads(folder.stopping.read_text(encoding="utf-8"))["rule"])
        made = {one.method: one for one in (WidthRule, ClaimRule)}[told.pop("method")]
        rule = made(**told)
        if _is_sound(rule):
            return rule
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise PeerwatchError(
        f"{folder.stopping}: this is not the stopping rule that `peerwatch run` wrote. Without it "
        "the study cannot go on as it began; nothing was changed. Choose another --out."
    )


def _is_sound(rule: StoppingRule) -> bool:
    known = 0 < rule.level < 1 and rule.block == BLOCK
    if isinstance(rule, WidthRule):
        return known and 0 < rule.width < 2 and bool(rule.declared)
    return known and 0 < rule.missed < 0.5


def read_looks(folder: StudyFolder) -> tuple[Look, ...]:
    """Return every look that was taken, in order; none before the first block.

    Raises:
        PeerwatchError: The file is none that was written here, or looks are lacking in it, doubled
            or not as they can be.
    """
    rule = read_rule(folder)
    made = InterimLook if isinstance(rule, WidthRule) else ClaimLook
    try:
        told = json.loads(folder.stopping.read_text(encoding="utf-8"))["looks"]
        looks: tuple[Look, ...] = tuple(made(**one) for one in told)
        fault = _fault(rule, looks)
    except (TypeError, KeyError) as error:
        fault = f"they cannot be read, {error}"
    if fault:
        raise PeerwatchError(
            f"{folder.stopping}: its looks are damaged ({fault}). What was spent on them decides "
            "the intervals of those that follow, so the study cannot go on, nor are its intervals "
            "known to hold; nothing was changed. Put the file back from a copy, or run the study "
            "anew into another --out."
        )
    return looks


def _fault(rule: StoppingRule, looks: Sequence[Look]) -> str:
    """Return what is wrong with the looks that were read; nothing if they can be."""
    for family in dict.fromkeys(map(family_of_look, looks)):
        own = [look for look in looks if family_of_look(look) == family]
        for model in dict.fromkeys(look.model for look in own):
            mine = [look for look in own if look.model == model]
            due = [rule.block * (number + 1) for number in range(len(mine))]
            if [look.seeds for look in mine] != due or len(mine) * _models(own) != len(own):
                return f"those at {model} {family} are not one after each block".replace("  ", " ")
            spent = [0.0, *(look.spent for look in mine), 1 - rule.level + 1e-9]
            if any(not a <= b for a, b in pairwise(spent)):
                return f"what those at {model} {family} spent falls".replace("  ", " ")
    return ""


def _models(looks: Sequence[Look]) -> int:
    return len({look.model for look in looks})


def lost_text(lost: Mapping[str, Sequence[int]]) -> str:
    """Return what has to be said where logs lack episodes that a look has seen; nothing if none.

    Args:
        lost: Family -> seeds.
    """
    if not lost:
        return ""
    where = "; ".join(
        f"{family}, seeds {', '.join(map(str, seeds))}" for family, seeds in lost.items()
    )
    return (
        f"Looks were taken at episodes that the logs do not have any more ({where}). The looks "
        "stay as they were taken, with what they spent; resume the study to run these seeds again."
    )


def progress_text(rule: StoppingRule, now: StoppingState) -> str:
    """Return how far the rule has come, for the line of progress."""
    looks = now.last()
    if isinstance(rule, ClaimRule):
        words = [f"p {_p(look.p)}" for look in looks if isinstance(look, ClaimLook)]
        return f"claim {', '.join(words) or 'not looked at yet'}"
    widths = [x.wide for x in looks if isinstance(x, InterimLook) and x.family in now.open]
    seen = f"{max(widths):.2f} wide" if widths else "not looked at yet"
    return f"interval {seen}, wanted {rule.width:g}"


def looks_table(rule: StoppingRule, now: StoppingState) -> Group:
    """Return the last look at each model and family as a table for a person."""
    table, legend = (
        _claim_table(rule, now) if isinstance(rule, ClaimRule) else _width_table(rule, now)
    )
    lost = lost_text(now.lost)
    return Group(table, Text(legend, "dim"), *([Text(lost, "yellow")] if lost else []))


def _width_table(rule: WidthRule, now: StoppingState) -> tuple[Table, str]:
    most = now.most * rule.block
    table = _table(
        f"{rule.contrast}, stopped at {rule.width:g} wide or after {most} seeds",
        ("family", "model"),
        ("seeds", "looks", "n", "estimate", f"{rule.level:.0%} interval", "wide"),
    )
    for look in now.last():
        if isinstance(look, InterimLook):
            table.add_row(look.family, escape(look.model), *_figures(rule, look))
    return table, (
        "n: seeds at stake with whole pairs. *: not as narrow as was asked. The interval holds at "
        f"all looks together with a chance of {rule.level:.0%} (O'Brien-Fleming spending)."
    )


def _figures(rule: WidthRule, look: InterimLook) -> tuple[str, ...]:
    estimate = "-" if look.estimate is None else f"{look.estimate:+.2f}"
    interval = f"{look.low:+.2f} to {look.high:+.2f}"
    wide = f"{look.wide:.2f}" + ("" if look.narrow else " *")
    looks = str(look.seeds // rule.block)
    return str(look.seeds), looks, str(look.n), estimate, interval, wide


def _claim_table(rule: ClaimRule, now: StoppingState) -> tuple[Table, str]:
    table = _table(
        f"the claim, stopped when shown or given up, or after {now.most * rule.block} seeds",
        ("model",),
        ("seeds", "looks", "p", "shown at", "given up above", "claim"),
    )
    for look in now.last():
        if isinstance(look, ClaimLook):
            table.add_row(
                escape(look.model),
                str(look.seeds),
                str(look.seeds // rule.block),
                _p(look.p),
                _p(look.shown_at),
                _p(look.given_up_above),
                VERDICT_WORDS[look.verdict],
            )
    return table, (
        "p: of one look. A false claim at any look has a chance of at most "
        f"{1 - rule.level:g} / 2 (O'Brien-Fleming spending, one side)."
    )


def _table(title: str, texts: Sequence[str], numbers: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="italic", box=box.SIMPLE_HEAD)
    for name in texts:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _p(value: float | None) -> str:
    return "-" if value is None else f"{value:.2g}"
