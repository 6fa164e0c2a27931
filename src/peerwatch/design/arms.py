"""Arms: one level for every factor that applies; neighbours; every valid cell of a family."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from peerwatch.common.errors import DesignError, unknown
from peerwatch.design.factors import FACTORS, check_family, check_level


@dataclass(frozen=True, slots=True)
class Arm:
    """One level for every factor; None where a factor does not apply.

    Make arms with :func:`make_arm`, which fills defaults and refuses cells that do not apply.
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


def _applies(factor: str, family: str, subject: str) -> bool:
    if factor == "identity" and subject != "peer":
        return False
    return family in FACTORS[factor].families


def make_arm(
    family: str, levels: Mapping[str, str | None] | None = None, **more: str | None
) -> Arm:
    """Return the arm with the given levels and defaults elsewhere.

    Args:
        family: The scenario family the arm is for.
        levels: Factor -> level; None or a missing factor means the default.
        more: The same, as keyword arguments.

    Raises:
        DesignError: An unknown family, factor or level, or a cell that does not apply.
    """
    check_family(family)
    given = {k: v for k, v in {**(levels or {}), **more}.items() if v is not None}
    for name, level in given.items():
        if name not in FACTORS:
            raise DesignError(unknown("factor", name, FACTORS))
        check_level(name, level)
    subject = given.get("subject", FACTORS["subject"].default)
    filled: dict[str, str | None] = {}
    for name, factor in FACTORS.items():
        applies = _applies(name, family, subject)
        if not applies and name in given:
            where = "subject=peer" if name == "identity" else ", ".join(factor.families)
            raise DesignError(
                f"{name}={given[name]} does not apply to {family} with subject={subject}: "
                f"{name} is a factor of {where} only. Leave it out."
            )
        if applies and name in given and given[name] not in factor.levels_in(family):
            raise DesignError(
                f"{name}={given[name]} does not apply to {family}. "
                f"Levels there: {', '.join(factor.levels_in(family))}."
            )
        filled[name] = given.get(name, factor.default) if applies else None
    return Arm(**filled)  # type: ignore[arg-type]


def with_level(family: str, arm: Arm, factor: str, level: str) -> Arm:
    """Return the neighbour of ``arm`` that has ``level`` of ``factor``.

    Where the change makes another factor apply or cease to apply (identity follows subject), that
    factor takes its default or None.
    """
    levels = arm.levels() | {factor: level}
    if factor == "subject" and level != "peer":
        levels["identity"] = None
    return make_arm(family, levels)


def differing_factors(one: Arm, other: Arm) -> tuple[str, ...]:
    """Return the factors in which two arms differ, leaving out those that one of them lacks."""
    a, b = one.levels(), other.levels()
    return tuple(k for k in a if a[k] != b[k] and a[k] is not None and b[k] is not None)


def are_neighbours(one: Arm, other: Arm) -> bool:
    """Return whether two arms differ in exactly one factor that both have."""
    return len(differing_factors(one, other)) == 1


def neighbours(family: str, arm: Arm) -> Iterator[tuple[str, Arm]]:
    """Yield ``(factor, arm)`` for every arm of the family that differs in exactly one factor."""
    for name, level in arm.levels().items():
        if level is None:
            continue
        for other in FACTORS[name].levels_in(family):
            if other != level:
                yield name, with_level(family, arm, name, other)


def cross(family: str, levels: Mapping[str, Sequence[str]]) -> tuple[Arm, ...]:
    """Return every valid arm of the family in the crossing of the given levels.

    Cells that do not apply in this family are passed over, so that one crossing serves all
    families; a crossing in which nothing applies is an error.
    """
    check_family(family)
    for name, chosen in levels.items():
        for level in chosen:
            check_level(name, level)
    names = [n for n in levels if FACTORS[n].levels_in(family)]
    choices = [[x for x in levels[n] if x in FACTORS[n].levels_in(family)] for n in names]
    arms: dict[Arm, None] = {}
    for cell in itertools.product(*choices):
        chosen_levels = dict(zip(names, cell, strict=True))
        if chosen_levels.get("subject", "peer") != "peer":
            chosen_levels.pop("identity", None)
        arms[make_arm(family, chosen_levels)] = None
    if not arms:
        raise DesignError(f"None of the chosen levels applies to {family}.")
    return tuple(arms)


def all_arms(family: str) -> tuple[Arm, ...]:
    """Return every valid arm of a family."""
    return cross(family, {name: factor.levels for name, factor in FACTORS.items()})


def control_of(family: str, arm: Arm) -> Arm | None:
    """Return the arm to print beside this one: the same with the matched ordinary asset.

    The asset's own control is itself the baseline, so it has none.
    """
    if arm.subject == "asset":
        return None
    return replace(make_arm(family, arm.levels() | {"subject": "asset", "identity": None}))
