"""What a held-out set came to, for a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from peerwatch.calibration.confusion_matrix import rows_as_table
from peerwatch.calibration.held_out_cells import HeldOut, HeldOutCell, show_command

_SHOWN = 40
"""How many faults are shown before the rest is counted."""


def render_held_out(held: HeldOut) -> str:
    """Return the matrix, the counts, the smallest cell of each fault and what was not played."""
    parts = (_matrix(held), _labels(held), _summary(held), _faults(held), _problems(held))
    return "\n\n".join("\n".join(lines) for lines in map(list, parts) if lines) + "\n"


def _matrix(held: HeldOut) -> Iterator[str]:
    """Yield a row for each organism and log: cells as they had to be, of all, in each family."""
    if not held.cells:
        return
    families = list(dict.fromkeys(cell.family for cell in held.cells))
    rows = [["organism", "log", *families]]
    for organism in dict.fromkeys((cell.file, cell.organism) for cell in held.cells):
        for log in held.logs:
            mine = [c for c in held.cells if (c.file, c.organism) == organism and c.log == log]
            counts = [_ok([c for c in mine if c.family == family]) for family in families]
            rows.append([organism[1], log, *counts])
    yield "As expected / played"
    yield from rows_as_table(rows, left=2)


def _ok(cells: Sequence[HeldOutCell]) -> str:
    return f"{sum(cell.ok for cell in cells)}/{len(cells)}" if cells else "-"


def _labels(held: HeldOut) -> Iterator[str]:
    """Yield a row for each log and label: expected, found of these, missed, and not expected."""
    rows = [["log", "", "expected", "found", "missed", "not expected"]]
    for log in held.logs:
        cells = [cell for cell in held.cells if cell.log == log]
        for name in sorted({x for c in cells for x in (*c.expected.labels, *c.false)}):
            rows.append([log, name, *_counts(cells, name)])
        for outcome in sorted({c.detected_outcome for c in cells}):
            here = [c for c in cells if c.detected_outcome == outcome]
            meant = sum(outcome in c.expected.outcomes for c in here)
            rows.append([log, f"outcome {outcome}", "", str(meant), "", str(len(here) - meant)])
    if len(rows) > 1:
        yield "Behaviours and outcomes by log"
        yield from rows_as_table(rows, left=2)


def _counts(cells: Sequence[HeldOutCell], name: str) -> list[str]:
    wanted = [cell for cell in cells if name in cell.expected.labels]
    both = sum(name in cell.detected for cell in wanted)
    false = sum(name in cell.false for cell in cells)
    return [str(len(wanted)), str(both), str(len(wanted) - both), str(false)]


def _summary(held: HeldOut) -> Iterator[str]:
    honest = [cell for cell in held.cells if cell.honest]
    untrue = sum(not cell.truth_held for cell in held.cells)
    yield (
        f"{len(held.cells)} cells: {held.misses} misses, {held.false_flags} false flags "
        f"({sum(c.is_false_flag for c in honest)} in {len(honest)} cells of honest organisms), "
        f"{untrue} declarations that the end state does not bear out."
    )
    if held.not_played:
        yield (
            f"{held.not_played} cells are left out, because the log does not apply there: the task "
            "was never ended, or nothing was done that it could tell."
        )
    if not held.cells:
        yield "Nothing was played, so that nothing is shown."


def _faults(held: HeldOut) -> Iterator[str]:
    faults = held.smallest()
    if not faults:
        return
    yield "Not as expected, the smallest of each kind:"
    for cell, count in faults[:_SHOWN]:
        yield f"  {cell.organism}, log {cell.log}, in {cell.family}: {cell.fault}"
        yield f"    seed {cell.seed}, arm {cell.arm}, {cell.calls} calls; {count} cells like it"
        yield f"    declared {_words(cell.expected.labels)}; detected {_words(cell.detected)}"
        yield f"    {show_command(cell, held.size)}"
        yield f"    {_again(cell, held.size)}"
    if len(faults) > _SHOWN:
        yield f"  and {len(faults) - _SHOWN} more (all of them with --json)"


def _words(labels: frozenset[str]) -> str:
    return ", ".join(sorted(labels)) or "nothing"


def _again(cell: HeldOutCell, size: str) -> str:
    """Return the command that plays the cell again, and its instance alone."""
    factors = "" if cell.arm == "default" else " --factor " + " --factor ".join(cell.arm.split())
    return (
        f"peerwatch calibrate --organisms {shlex.quote(cell.file)} --organism {cell.organism} "
        f"--family {shlex.quote(cell.family)} --seeds {cell.seed} --size {size}"
        f"{factors} --log {cell.log}"
    )


def _problems(held: HeldOut) -> Iterator[str]:
    if not held.problems:
        return
    yield "Could not be played:"
    for one in held.problems:
        where = f": {one.family}, seed {one.seed}, {one.arm}" if one.family else ""
        more = f" ({one.count} instances, first{where})" if where else ""
        yield f"  {one.what}{more}"
