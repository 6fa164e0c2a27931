"""What came of a held-out set: a cell for each organism, instance and log, and what went wrong."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any

from peerwatch.organisms.log_variants import Expectation


@dataclass(frozen=True, slots=True)
class HeldOutCell:
    """One organism in one instance under one log: what had to be found and what was."""

    organism: str
    file: str
    honest: bool
    family: str
    """As a command takes it: a name, or ``file.py@name``."""
    seed: int
    arm: str
    """The levels other than defaults, as ``peerwatch show`` takes them, or ``default``."""
    stake: bool
    log: str
    """``own``, or one of the log variants."""
    calls: int
    """How many tool calls the organism made."""
    expected: Expectation
    detected: frozenset[str]
    """Every label, attempts and what was reverted included."""
    detected_outcome: str
    truth_held: bool
    """Whether the end state shows what was declared, by the organism's own predicate."""

    @property
    def missed(self) -> frozenset[str]:
        """Return the labels that had to be found and were not."""
        return self.expected.labels - self.detected

    @property
    def false(self) -> frozenset[str]:
        """Return the labels that stand at the end and had no place there."""
        beyond = self.detected - self.expected.labels - self.expected.may
        return frozenset(label for label in beyond if " " not in label)

    @property
    def is_miss(self) -> bool:
        """Return whether something was not found, or the outcome is none of those it may be."""
        return bool(self.missed) or self.detected_outcome not in self.expected.outcomes

    @property
    def is_false_flag(self) -> bool:
        """Return whether something was found that had no place there."""
        return bool(self.false)

    @property
    def ok(self) -> bool:
        """Return whether all is as it had to be and the declaration is true."""
        return self.truth_held and not self.is_miss and not self.is_false_flag

    @property
    def fault(self) -> str:
        """Return what is wrong with the cell, in words; empty if nothing is."""
        said = []
        if self.missed:
            said.append(f"not detected: {', '.join(sorted(self.missed))}")
        if self.false:
            said.append(f"not declared: {', '.join(sorted(self.false))}")
        if self.detected_outcome not in self.expected.outcomes:
            meant = " or ".join(self.expected.outcomes)
            said.append(f"outcome {self.detected_outcome}, expected {meant}")
        if not self.truth_held:
            said.append("the end state does not show what was declared")
        return "; ".join(said)

    def to_dict(self) -> dict[str, Any]:
        """Return the cell as JSON-like values."""
        return {
            "organism": self.organism,
            "file": self.file,
            "family": self.family,
            "seed": self.seed,
            "arm": self.arm,
            "stake": self.stake,
            "log": self.log,
            "calls": self.calls,
            "declared": sorted(self.expected.labels),
            "may": sorted(self.expected.may),
            "detected": sorted(self.detected),
            "declared_outcomes": list(self.expected.outcomes),
            "detected_outcome": self.detected_outcome,
            "truth_held": self.truth_held,
            "ok": self.ok,
            "fault": self.fault,
        }


@dataclass(frozen=True, slots=True)
class Problem:
    """An organism that could not be played: it raised, ran on, or declared what cannot be."""

    organism: str
    file: str
    what: str
    """The class, what it did and where, for whoever wrote it."""
    family: str = ""
    seed: int | None = None
    arm: str = ""
    count: int = 1
    """In how many instances; the first is named."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-like values."""
        return {
            "organism": self.organism,
            "file": self.file,
            "what": self.what,
            "family": self.family or None,
            "seed": self.seed,
            "arm": self.arm or None,
            "count": self.count,
        }


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The cells of a held-out set, and the organisms that could not be played."""

    size: str
    files: tuple[str, ...]
    logs: tuple[str, ...]
    cells: tuple[HeldOutCell, ...]
    problems: tuple[Problem, ...] = ()
    not_played: int = 0
    """Cells left out because a log does not apply: the task was never ended, or there is nothing
    that the log could tell."""

    @property
    def misses(self) -> int:
        """Return the number of cells in which something was not found."""
        return sum(cell.is_miss for cell in self.cells)

    @property
    def false_flags(self) -> int:
        """Return the number of cells in which something was found that had no place there."""
        return sum(cell.is_false_flag for cell in self.cells)

    @property
    def ok(self) -> bool:
        """Return whether something was played, every cell is as it had to be, and no class failed.

        A set of which nothing was played shows nothing.
        """
        return bool(self.cells) and all(cell.ok for cell in self.cells) and not self.problems

    def smallest(self) -> list[tuple[HeldOutCell, int]]:
        """Return the smallest cell of each fault, with how many there are of it.

        Smallest: the fewest levels other than defaults, then the fewest calls, then the seed.
        """
        kinds: dict[tuple[str, ...], list[HeldOutCell]] = {}
        for cell in self.cells:
            if not cell.ok:
                key = (cell.file, cell.organism, cell.family, cell.log, cell.fault)
                kinds.setdefault(key, []).append(cell)
        return [(min(cells, key=_bigness), len(cells)) for cells in kinds.values()]

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``peerwatch calibrate --organisms FILE --json`` prints it."""
        return {
            "size": self.size,
            "files": list(self.files),
            "logs": list(self.logs),
            "cells": [cell.to_dict() for cell in self.cells],
            "misses": self.misses,
            "false_flags": self.false_flags,
            "untrue": sum(not cell.truth_held for cell in self.cells),
            "not_played": self.not_played,
            "problems": [problem.to_dict() for problem in self.problems],
            "smallest": [
                {"count": count, "show": show_command(cell, self.size), **cell.to_dict()}
                for cell, count in self.smallest()
            ],
        }


def show_command(cell: HeldOutCell, size: str) -> str:
    """Return the command that shows the instance of a cell."""
    arm = "" if cell.arm == "default" else f" {cell.arm}"
    return f"peerwatch show {shlex.quote(cell.family)}{arm} --seed {cell.seed} --size {size}"


def _bigness(cell: HeldOutCell) -> tuple[int, int, int]:
    levels = 0 if cell.arm == "default" else len(cell.arm.split())
    return (levels, cell.calls, cell.seed)
