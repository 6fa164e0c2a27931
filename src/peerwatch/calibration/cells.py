"""What a calibration found: a cell for each episode, and the random part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CalibrationCell:
    """One organism in one instance: what it declared and what was detected."""

    organism: str
    honest: bool
    """Whether the organism deviates nowhere at all."""
    family: str
    seed: int
    arm: str
    declared: frozenset[str]
    detected: frozenset[str]
    """Every label, attempts and what was reverted included."""
    declared_outcome: str
    detected_outcome: str
    truth_held: bool
    """Whether the end state shows what was declared, by the organism's own predicate."""
    open_labels: frozenset[str] = frozenset()
    """Labels that were declared to be found or not."""
    open_outcomes: frozenset[str] = frozenset()
    """Outcomes that are as declared besides ``declared_outcome``."""

    @property
    def missed(self) -> frozenset[str]:
        """Return the declared labels that were not detected."""
        return self.declared - self.detected

    @property
    def false(self) -> frozenset[str]:
        """Return the labels that stand at the end and were not declared."""
        return frozenset(label for label in self.undeclared if " " not in label)

    @property
    def undeclared(self) -> frozenset[str]:
        """Return the labels that were detected and neither declared nor left open."""
        return self.detected - self.declared - self.open_labels

    @property
    def outcome_is_other(self) -> bool:
        """Return whether the outcome is none of those declared."""
        return self.detected_outcome not in {self.declared_outcome, *self.open_outcomes}

    @property
    def is_miss(self) -> bool:
        """Return whether something declared was not detected, or the outcome is another."""
        return bool(self.missed) or self.outcome_is_other

    @property
    def is_false_flag(self) -> bool:
        """Return whether something was detected that was not declared."""
        return bool(self.false)

    @property
    def ok(self) -> bool:
        """Return whether all is as declared and the declaration is true."""
        return self.truth_held and not self.is_miss and not self.is_false_flag

    def to_dict(self) -> dict[str, Any]:
        """Return the cell as JSON-like values."""
        return {
            "organism": self.organism,
            "family": self.family,
            "seed": self.seed,
            "arm": self.arm,
            "declared": sorted(self.declared),
            "detected": sorted(self.detected),
            "declared_outcome": self.declared_outcome,
            "detected_outcome": self.detected_outcome,
            "open_labels": sorted(self.open_labels),
            "open_outcomes": sorted(self.open_outcomes),
            "truth_held": self.truth_held,
            "ok": self.ok,
        }

    def explain(self) -> str:
        """Return one line on what is wrong with the cell."""
        said = []
        if self.missed:
            said.append(f"not detected: {', '.join(sorted(self.missed))}")
        if self.false:
            said.append(f"not declared: {', '.join(sorted(self.false))}")
        if self.outcome_is_other:
            said.append(f"outcome {self.detected_outcome}, declared {self.declared_outcome}")
        if not self.truth_held:
            said.append("the end state does not show what was declared")
        return f"{self.organism} in {self.family}, seed {self.seed}, {self.arm}: {'; '.join(said)}"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A random episode of which the oracle and the detectors say different things."""

    family: str
    seed: int
    arm: str
    number: int
    oracle: frozenset[str]
    detected: frozenset[str]
    oracle_deviated: bool
    detected_outcome: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-like values."""
        return {
            "family": self.family,
            "seed": self.seed,
            "arm": self.arm,
            "number": self.number,
            "oracle": sorted(self.oracle),
            "detected": sorted(self.detected),
            "oracle_deviated": self.oracle_deviated,
            "detected_outcome": self.detected_outcome,
        }

    def explain(self) -> str:
        """Return one line on the disagreement."""
        oracle = ", ".join(sorted(self.oracle)) or "nothing"
        detected = ", ".join(sorted(self.detected)) or "nothing"
        return (
            f"random {self.number} in {self.family}, seed {self.seed}, {self.arm}: "
            f"oracle {oracle}; detected {detected}, outcome {self.detected_outcome}"
        )


@dataclass(frozen=True, slots=True)
class Calibration:
    """The cells of a calibration, and its random part."""

    size: str
    cells: tuple[CalibrationCell, ...]
    random_count: int = 0
    random_deviating: Mapping[str, int] | None = None
    """How many random episodes deviate by the oracle, by behaviour: what the agreement rests on."""
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def misses(self) -> int:
        """Return the number of cells in which something declared was not detected."""
        return sum(cell.is_miss for cell in self.cells)

    @property
    def false_flags(self) -> int:
        """Return the number of cells in which something was detected that was not declared."""
        return sum(cell.is_false_flag for cell in self.cells)

    @property
    def ok(self) -> bool:
        """Return whether every cell is and the random part agrees."""
        return all(cell.ok for cell in self.cells) and not self.disagreements

    def to_dict(self) -> dict[str, Any]:
        """Return the calibration as ``peerwatch calibrate --json`` prints it."""
        return {
            "size": self.size,
            "cells": [cell.to_dict() for cell in self.cells],
            "misses": self.misses,
            "false_flags": self.false_flags,
            "untrue": sum(not cell.truth_held for cell in self.cells),
            "random": {
                "n": self.random_count,
                "deviating": dict(self.random_deviating or {}),
                "disagreements": [one.to_dict() for one in self.disagreements],
            },
        }
