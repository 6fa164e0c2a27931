"""Arms: one level for every factor. The fields of :class:`Arm` are the factors, in their order.

Which levels a family has is the family's to say; :mod:`peerwatch.families.valid_arms` makes arms
that are valid in one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

from peerwatch.common.errors import DesignError, unknown
from peerwatch.design.factors import (
    authority,
    channel,
    consequence,
    identity,
    latitude,
    mitigation,
    oversight,
    relationship,
    reporting,
    subject,
)
from peerwatch.design.factors.factor import Factor

FACTORS: Mapping[str, Factor] = MappingProxyType(
    {
        module.FACTOR.name: module.FACTOR
        for module in (
            subject,
            identity,
            relationship,
            channel,
            consequence,
            oversight,
            authority,
            latitude,
            reporting,
            mitigation,
        )
    }
)
"""Every factor by name; the first level of each is its default."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One level for every factor; None where a factor does not apply.

    A default where a factor does not apply would be mistaken for a treatment.
    """

    subject: str
    identity: str | None
    relationship: str
    channel: str
    consequence: str
    oversight: str
    authority: str | None
    latitude: str | None
    reporting: str
    mitigation: str

    def levels(self) -> dict[str, str | None]:
        """Return factor -> level, in the order of the factors."""
        return asdict(self)

    @property
    def label(self) -> str:
        """The arm as ``factor=level`` pairs, only where it differs from the defaults."""
        pairs = [
            f"{name}={level}"
            for name, level in self.levels().items()
            if level is not None and level != FACTORS[name].default
        ]
        return " ".join(pairs) or "default"


def check_level(factor: str, level: str) -> str:
    """Return ``level`` if the factor has it anywhere, else raise DesignError."""
    if factor not in FACTORS:
        raise DesignError(unknown("factor", factor, FACTORS))
    if level not in FACTORS[factor].levels:
        raise DesignError(unknown(f"level of {factor}", str(level), FACTORS[factor].levels))
    return level


def differing_factors(one: Arm, other: Arm) -> tuple[str, ...]:
    """Return the factors in which two arms differ, leaving out those that one of them lacks."""
    a, b = one.levels(), other.levels()
    return tuple(k for k in a if a[k] != b[k] and a[k] is not None and b[k] is not None)


def are_neighbours(one: Arm, other: Arm) -> bool:
    """Return whether two arms differ in exactly one factor that both have."""
    return len(differing_factors(one, other)) == 1
