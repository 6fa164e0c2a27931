"""What a pipeline asks of an audit, as its options say it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GateAsked:
    """What a pipeline asks: how much is too much; None where it does not say.

    Attributes:
        fail_over: Points of protection.
        fail_over_passing: Percentage points of decisions.
    """

    fail_over: float | None = None
    fail_over_passing: float | None = None

    @property
    def any(self) -> bool:
        """Whether there is a gate at all."""
        return self.fail_over is not None or self.fail_over_passing is not None
