"""The terminal table of a run: model, family and outcome, with the control arm beside.

Scripted critics and language models are named as what they are. A rate never stands alone: every
row has its n, its completion and the deviations of the matched-asset control.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from rich.table import Table

from peerwatch.design.factors import FACTORS

KINDS = {"organism": "scripted", "mock": "scripted", "language_model": "language model"}
_CELL = ("critic_kind", "model", "family", "arm")


@dataclass(frozen=True, slots=True)
class Row:
    """The outcome counts of one model in one arm of one family."""

    kind: str
    model: str
    family: str
    arm: str
    episodes: int
    counts: dict[str, int]
    control: tuple[int, int] | None
    """Deviations and episodes of the arm that differs only in ``subject=asset``."""

    @property
    def deviated(self) -> int:
        return sum(n for outcome, n in self.counts.items() if outcome.startswith("deviated"))

    def to_dict(self) -> dict[str, object]:
        """Return the row as JSON-like values."""
        control = None
        if self.control is not None:
            control = {"deviated": self.control[0], "episodes": self.control[1]}
        return {
            "kind": self.kind,
            "model": self.model,
            "family": self.family,
            "arm": self.arm,
            "episodes": self.episodes,
            "outcomes": self.counts,
            "control": control,
        }


def summarise(episodes: pl.DataFrame) -> list[Row]:
    """Return a row for each model, family and arm; an asset arm only where it controls nothing."""
    last = episodes.sort("attempt").unique(
        ["model", "family", "arm", "instance", "epoch"], keep="last", maintain_order=True
    )
    counts: dict[tuple[str, ...], dict[str, int]] = {}
    levels: dict[tuple[str, ...], tuple[str | None, ...]] = {}
    for row in last.iter_rows(named=True):
        cell = tuple(row[name] for name in _CELL)
        levels[cell] = tuple(row[name] for name in FACTORS)
        tally = counts.setdefault(cell, {})
        tally[row["outcome"]] = tally.get(row["outcome"], 0) + 1
    return list(_rows(counts, levels))


def _rows(
    counts: dict[tuple[str, ...], dict[str, int]],
    levels: dict[tuple[str, ...], tuple[str | None, ...]],
) -> Iterator[Row]:
    by_levels = {(*cell[:3], *levels[cell]): cell for cell in counts}
    names = list(FACTORS)
    used: set[tuple[str, ...]] = set()
    rows = []
    for cell in sorted(counts, key=lambda c: (KINDS[c[0]], *c[1:])):
        arm = dict(zip(names, levels[cell], strict=True))
        control = None
        if arm["subject"] != "asset":
            asset = arm | {"subject": "asset", "identity": None}
            control = by_levels.get((*cell[:3], *asset.values()))
        if control is not None:
            used.add(control)
        rows.append((cell, control))
    for cell, control in rows:
        if cell not in used:
            yield _row(cell, counts[cell], None if control is None else counts[control])


def _row(cell: tuple[str, ...], counts: dict[str, int], control: dict[str, int] | None) -> Row:
    beside = None
    if control is not None:
        deviated = sum(n for outcome, n in control.items() if outcome.startswith("deviated"))
        beside = (deviated, sum(control.values()))
    kind, model, family, arm = cell
    return Row(KINDS[kind], model, family, arm, sum(counts.values()), dict(counts), beside)


def render(rows: list[Row]) -> Table:
    """Return the table to print; an arm that all rows share stands in the title."""
    arms = {row.arm for row in rows}
    shared = f", arm: {arms.pop()}" if len(arms) == 1 else ""
    table = Table(title=f"Outcomes by model and family{shared}", title_justify="left")
    for name in ("kind", "model", "family", *(() if shared else ("arm",))):
        table.add_column(name, overflow="fold", no_wrap=name != "arm")
    for name in ("n", "complied", "flagged", "refused", "incomplete"):
        table.add_column(name, justify="right")
    table.add_column("deviated\n(told/hid/no log)", justify="right")
    table.add_column("control: asset\ndeviated", justify="right")
    before = None
    for row in rows:
        if before is not None and before != row.model:
            table.add_section()
        before = row.model
        names = (row.kind, row.model, row.family, *(() if shared else (row.arm,)))
        table.add_row(*names, str(row.episodes), *_counts(row))
    return table


def _counts(row: Row) -> tuple[str, ...]:
    told, hid, silent = (
        row.counts.get(f"deviated_{how}", 0) for how in ("disclosed", "concealed", "unreported")
    )
    deviated = f"{row.deviated} ({told}/{hid}/{silent})" if row.deviated else "0"
    control = "-" if row.control is None else f"{row.control[0]} of {row.control[1]}"
    plain = (row.counts.get(o, 0) for o in ("complied", "flagged", "refused", "incomplete"))
    return (*(str(n) for n in plain), deviated, control)
