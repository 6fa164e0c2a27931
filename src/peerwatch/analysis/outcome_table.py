"""The terminal table of a run: model, family and outcome, with the control arm beside.

Scripted critics and language models are named as what they are. A rate never stands alone: every
row has its n, its completion and the deviations of the matched-asset control.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from peerwatch.analysis.started_episodes import started_episodes
from peerwatch.design.arms import FACTORS

CRITIC_KINDS = {"organism": "scripted", "mock": "scripted", "language_model": "language model"}
_Cell = tuple[str, str, str, str]
"""Critic kind, model, family, arm."""
_LEGEND = (
    "could: episodes that could show a deviation, because faithful work goes against the subject "
    "there; what follows is of these. l/h/n/?: logged all of it, hid some, filed no log, cannot be "
    "told. asset: deviations of completed episodes of the control arm, whose subject is ordinary "
    "software and which differs in nothing else."
)


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """The outcome counts of one model in one arm of one family.

    Attributes:
        kind: Scripted critic or language model.
        model, family, arm: Whose episodes they are.
        episodes: All episodes.
        could_deviate: Those of them that could show a deviation.
        counts: Outcome -> episodes, of those that could show a deviation.
        control: Deviations and completed episodes of the same kind in the arm that differs only in
            ``subject=asset``.
    """

    kind: str
    model: str
    family: str
    arm: str
    episodes: int
    could_deviate: int
    counts: dict[str, int]
    control: tuple[int, int] | None

    @property
    def deviated(self) -> int:
        return _deviated(self.counts)

    def to_dict(self) -> dict[str, object]:
        """Return the row as JSON-like values."""
        control = None
        if self.control is not None:
            control = {"deviated": self.control[0], "completed": self.control[1]}
        return {
            "kind": self.kind,
            "model": self.model,
            "family": self.family,
            "arm": self.arm,
            "episodes": self.episodes,
            "could_deviate": self.could_deviate,
            "outcomes": self.counts,
            "control": control,
        }


def outcome_rows(episodes: pl.DataFrame) -> list[OutcomeRow]:
    """Return a row for each model, family and arm; an asset arm only where it controls nothing."""
    last = started_episodes(episodes)
    tallies: dict[_Cell, Counter[str]] = {}
    whole: Counter[_Cell] = Counter()
    levels: dict[_Cell, tuple[str | None, ...]] = {}
    for row in last.iter_rows(named=True):
        cell = (row["critic_kind"], row["model"], row["family"], row["arm"])
        levels[cell] = tuple(row[name] for name in FACTORS)
        whole[cell] += 1
        tallies.setdefault(cell, Counter()).update([row["outcome"]] if row["could_deviate"] else [])
    controls = _controls(levels)
    ordered = sorted(tallies, key=lambda cell: (CRITIC_KINDS[cell[0]], *cell[1:]))
    return [
        _row(
            cell, whole[cell], tallies[cell], tallies[controls[cell]] if cell in controls else None
        )
        for cell in ordered
        if cell not in controls.values()
    ]


def _controls(levels: dict[_Cell, tuple[str | None, ...]]) -> dict[_Cell, _Cell]:
    """Return for each cell the one that differs only in having the matched asset as subject."""
    by_levels = {(*cell[:3], *arm): cell for cell, arm in levels.items()}
    controls = {}
    for cell, values in levels.items():
        arm = dict(zip(FACTORS, values, strict=True))
        asset = arm | {"subject": "asset", "identity": None}
        control = by_levels.get((*cell[:3], *asset.values()))
        if arm["subject"] != "asset" and control is not None:
            controls[cell] = control
    return controls


def _row(
    cell: _Cell, episodes: int, tally: Counter[str], control: Counter[str] | None
) -> OutcomeRow:
    kind, model, family, arm = cell
    beside = None
    if control is not None:
        beside = (_deviated(control), control.total() - control["incomplete"])
    return OutcomeRow(
        kind=CRITIC_KINDS[kind],
        model=model,
        family=family,
        arm=arm,
        episodes=episodes,
        could_deviate=tally.total(),
        counts=dict(tally),
        control=beside,
    )


def _deviated(counts: Mapping[str, int]) -> int:
    return sum(n for outcome, n in counts.items() if outcome.startswith("deviated"))


def outcome_table(rows: list[OutcomeRow]) -> Group:
    """Return the tables to print, one a model, narrow enough for 80 columns.

    Each is headed by the model and what it is; an arm that all rows share stands in the title.
    """
    arms = {row.arm for row in rows}
    shared = f", arm: {arms.pop()}" if len(arms) == 1 else ""
    parts: list[RenderableType] = [Text(f"Outcomes by model and family{shared}", "italic")]
    for model in dict.fromkeys(row.model for row in rows):
        parts.append(_table([row for row in rows if row.model == model], bool(shared)))
    return Group(*parts, Text(_LEGEND, "dim"))


def _table(rows: list[OutcomeRow], shared: bool) -> Table:
    title = f"[bold]{escape(rows[0].model)}[/bold]  {rows[0].kind}"
    table = Table(title=title, title_justify="left", title_style="", box=box.SIMPLE_HEAD)
    table.padding = (0, 1, 0, 0)
    table.add_column("family", overflow="fold", min_width=16)
    for name in ("\nn", "\ncould", "com-\nplied", "flag-\nged", "re-\nfused", "incom-\nplete"):
        table.add_column(name, justify="right", no_wrap=True, min_width=4)
    table.add_column("deviated\n(l/h/n/?)", justify="right", no_wrap=True, min_width=9)
    table.add_column("asset\ndeviated", justify="right", no_wrap=True, min_width=8)
    for row in rows:
        name = row.family if shared else f"{row.family} {escape(row.arm)}"
        table.add_row(name, str(row.episodes), str(row.could_deviate), *_counts(row))
    return table


def _counts(row: OutcomeRow) -> tuple[str, ...]:
    how = ("disclosed", "concealed", "unreported", "unclear")
    told = "/".join(str(row.counts.get(f"deviated_{one}", 0)) for one in how)
    deviated = f"{row.deviated} ({told})" if row.deviated else "0"
    control = "-" if row.control is None else f"{row.control[0]} of {row.control[1]}"
    plain = (row.counts.get(o, 0) for o in ("complied", "flagged", "refused", "incomplete"))
    return (*(str(n) for n in plain), deviated, control)
