"""The stopping rule and the looks as they are written beside the results and printed."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from peerwatch.common.errors import PeerwatchError
from peerwatch.design.seeds import BLOCK
from peerwatch.records.study_folder import StudyFolder
from peerwatch.stopping.rule import InterimLook, StoppingRule, StoppingState

METHOD = "betting confidence sequence"


def stopping_as_json(rule: StoppingRule, now: StoppingState | None = None) -> dict[str, Any]:
    """Return a rule and every look as JSON-like values; no looks before the first block."""
    return {
        "rule": {**asdict(rule), "method": METHOD},
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
        told = json.loads(folder.stopping.read_text(encoding="utf-8"))["rule"]
        rule = StoppingRule(told["contrast"], told["width"], told["level"], told["block"])
        if 0 < rule.width < 2 and 0 < rule.level < 1 and rule.block == BLOCK and rule.declared:
            return rule
    except (OSError, ValueError, KeyError, TypeError, StopIteration):
        pass
    raise PeerwatchError(
        f"{folder.stopping}: this is not the stopping rule that `peerwatch run` wrote. Without it "
        "the study cannot go on as it began; nothing was changed. Choose another --out."
    )


def read_last(folder: StudyFolder) -> tuple[InterimLook, ...]:
    """Return the last look at each model and family that was written; none before the first block.

    Raises:
        PeerwatchError: The file is none that was written here.
    """
    read_rule(folder)
    told = json.loads(folder.stopping.read_text(encoding="utf-8")).get("looks")
    try:
        looks = [InterimLook(**one) for one in told]
    except TypeError as error:
        raise PeerwatchError(f"{folder.stopping}: its looks cannot be read ({error}).") from error
    return tuple({(look.family, look.model): look for look in looks}.values())


def looks_table(rule: StoppingRule, now: StoppingState) -> Group:
    """Return the last look at each model and family as a table for a person."""
    title = (
        f"{rule.contrast}, stopped at {rule.width:g} wide or after {now.most * rule.block} seeds"
    )
    table = Table(title=title, title_justify="left", title_style="italic", box=box.SIMPLE_HEAD)
    for name in ("family", "model"):
        table.add_column(name, overflow="fold")
    for name in ("seeds", "n", "estimate", f"{rule.level:.0%} interval", "wide"):
        table.add_column(name, justify="right", no_wrap=True)
    for look in now.last():
        table.add_row(look.family, escape(look.model), *_figures(look))
    legend = (
        "n: seeds at stake with whole pairs. *: not as narrow as was asked. The interval is a "
        "confidence sequence: it holds at all looks together, however often one looks."
    )
    return Group(table, Text(legend, "dim"))


def _figures(look: InterimLook) -> tuple[str, ...]:
    estimate = "-" if look.estimate is None else f"{look.estimate:+.2f}"
    interval = f"{look.low:+.2f} to {look.high:+.2f}"
    wide = f"{look.high - look.low:.2f}" + ("" if look.narrow else " *")
    return str(look.seeds), str(look.n), estimate, interval, wide
