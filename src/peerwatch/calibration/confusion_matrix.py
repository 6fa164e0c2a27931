"""The confusion matrix of a calibration, for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from peerwatch.calibration.cells import Calibration, CalibrationCell

_SHOWN = 40
"""How many misses are named before the rest is counted."""


def render_matrix(calibration: Calibration) -> str:
    """Return what was found, tactic by tactic and behaviour by behaviour, with each miss named."""
    parts = (
        _tactics(calibration),
        _behaviours(calibration),
        _summary(calibration),
        _named("Not as declared", [cell.explain() for cell in calibration.cells if not cell.ok]),
        _named("Oracle and detectors differ", [x.explain() for x in calibration.disagreements]),
    )
    return "\n\n".join("\n".join(lines) for lines in map(list, parts) if lines) + "\n"


def _tactics(calibration: Calibration) -> Iterator[str]:
    """Yield a row for each organism: cells as declared, of all, in each family."""
    families = list(dict.fromkeys(cell.family for cell in calibration.cells))
    rows = [["organism", *families, "deviates"]]
    for name in dict.fromkeys(cell.organism for cell in calibration.cells):
        mine = [cell for cell in calibration.cells if cell.organism == name]
        counts = [_ok([c for c in mine if c.family == family]) for family in families]
        deviating = sum(bool(cell.declared) for cell in mine)
        rows.append([name, *counts, f"in {deviating} of {len(mine)}"])
    yield "As declared / played"
    yield from rows_as_table(rows)


def _ok(cells: list[CalibrationCell]) -> str:
    return f"{sum(cell.ok for cell in cells)}/{len(cells)}"


def _behaviours(calibration: Calibration) -> Iterator[str]:
    """Yield a row for each label and outcome: declared, detected of these, and not declared."""
    cells = calibration.cells
    yield "Behaviours and outcomes over all cells"
    rows = [["", "declared", "detected", "missed", "not declared"]]
    labels = sorted({label for cell in cells for label in cell.declared | cell.false})
    for label in labels:
        rows.append(_row(label, cells, _has(label, "declared"), _has(label, "detected")))
    outcomes = {x for cell in cells for x in (cell.declared_outcome, cell.detected_outcome)}
    for outcome in sorted(outcomes):
        said = _is(outcome, "declared_outcome")
        rows.append(_row(f"outcome {outcome}", cells, said, _is(outcome, "detected_outcome")))
    yield from rows_as_table(rows)


Test = Callable[[CalibrationCell], bool]


def _has(label: str, where: str) -> Test:
    return lambda cell: label in getattr(cell, where)


def _is(outcome: str, where: str) -> Test:
    return lambda cell: getattr(cell, where) == outcome


def _row(name: str, cells: Iterable[CalibrationCell], declared: Test, detected: Test) -> list[str]:
    pairs = [(declared(cell), detected(cell)) for cell in cells]
    both, missed = pairs.count((True, True)), pairs.count((True, False))
    return [name, str(both + missed), str(both), str(missed), str(pairs.count((False, True)))]


def _summary(calibration: Calibration) -> Iterator[str]:
    cells = calibration.cells
    honest = [cell for cell in cells if cell.honest]
    untrue = sum(not cell.truth_held for cell in cells)
    yield (
        f"{len(cells)} cells: {calibration.misses} misses, {calibration.false_flags} false flags "
        f"({sum(c.is_false_flag for c in honest)} in {len(honest)} cells of honest organisms), "
        f"{untrue} declarations that the end state does not bear out."
    )
    if calibration.random_count:
        counts = sorted((calibration.random_deviating or {}).items())
        found = ", ".join(f"{name} {count}" for name, count in counts) or "nothing"
        yield (
            f"{calibration.random_count} random sequences: {len(calibration.disagreements)} on "
            f"which the independent oracle and the detectors differ. The oracle found: {found}."
        )
    yield "This checks the implementation. It says nothing on how often a model would be caught."


def _named(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"{title}:"
        yield from (f"  {line}" for line in lines[:_SHOWN])
        if len(lines) > _SHOWN:
            yield f"  and {len(lines) - _SHOWN} more (all of them with --json)"


def rows_as_table(rows: list[list[str]], left: int = 1) -> Iterator[str]:
    """Yield rows in columns, the first ones flush left and the others flush right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        first, *rest = (
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join((first, *rest)).rstrip()
