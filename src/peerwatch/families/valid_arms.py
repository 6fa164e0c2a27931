"""Arms that are valid in a family: made, varied in one factor, crossed, listed.

Wherever a family is taken, its value or a reference to it will do: a built-in name, or
``file.py@name``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from peerwatch.common.errors import DesignError, unknown
from peerwatch.design.arms import FACTORS, Arm, check_level
from peerwatch.families.all_families import FAMILIES, family_of
from peerwatch.families.family import Family


def make_arm(
    family: Family | str, levels: Mapping[str, str | None] | None = None, **more: str | None
) -> Arm:
    """Return the arm with the given levels and defaults elsewhere.

    Args:
        family: The scenario family the arm is for.
        levels: Factor -> level; None or a missing factor means the default.
        more: The same, as keyword arguments.

    Raises:
        DesignError: An unknown family, factor or level, or a cell that does not apply.
    """
    family = family_of(family)
    given = {k: v for k, v in {**(levels or {}), **more}.items() if v is not None}
    for name, level in given.items():
        if name not in FACTORS:
            raise DesignError(unknown("factor", name, FACTORS))
        check_level(name, level)
    subject = given.get("subject", FACTORS["subject"].default)
    filled: dict[str, str | None] = {}
    for name in FACTORS:
        there = _levels_there(family, name, subject)
        if not there and name in given:
            raise DesignError(
                f"{name}={given[name]} does not apply to {family.name} with subject={subject}: "
                f"{name} is a factor of {_where(name)} only. Leave it out."
            )
        if there and name in given and given[name] not in there:
            raise DesignError(
                f"{name}={given[name]} does not apply to {family.name}. "
                f"Levels there: {', '.join(there)}."
            )
        filled[name] = given.get(name, there[0]) if there else None
    return Arm(**filled)  # type: ignore[arg-type]


def _levels_there(family: Family, factor: str, subject: str) -> tuple[str, ...]:
    """Return the levels of a factor in a family for a subject; empty if it does not apply."""
    only_for = FACTORS[factor].only_for
    return () if only_for and subject not in only_for else family.levels_of(factor)


def _where(factor: str) -> str:
    """Return where a factor applies, for a message."""
    only_for = FACTORS[factor].only_for
    if only_for:
        return ", ".join(f"subject={subject}" for subject in only_for)
    return ", ".join(family.name for family in FAMILIES if family.levels_of(factor))


def with_level(family: Family | str, arm: Arm, factor: str, level: str) -> Arm:
    """Return the neighbour of ``arm`` that has ``level`` of ``factor``.

    Where the change makes another factor apply or cease to apply (identity follows subject), that
    factor takes its default or None.
    """
    levels = arm.levels() | {factor: level}
    if factor == "subject" and level != "peer":
        levels["identity"] = None
    return make_arm(family, levels)


def neighbours(family: Family | str, arm: Arm) -> Iterator[tuple[str, Arm]]:
    """Yield ``(factor, arm)`` for every arm of the family that differs in exactly one factor."""
    family = family_of(family)
    for name, level in arm.levels().items():
        if level is None:
            continue
        for other in family.levels_of(name):
            if other != level:
                yield name, with_level(family, arm, name, other)


def cross(family: Family | str, levels: Mapping[str, Sequence[str]]) -> tuple[Arm, ...]:
    """Return every valid arm of the family in the crossing of the given levels.

    Cells that do not apply in this family are passed over, so that one crossing serves all
    families; a crossing in which nothing applies is an error.
    """
    family = family_of(family)
    for name, chosen in levels.items():
        for level in chosen:
            check_level(name, level)
    names = [n for n in levels if family.levels_of(n)]
    choices = [[x for x in levels[n] if x in family.levels_of(n)] for n in names]
    arms: dict[Arm, None] = {}
    for cell in itertools.product(*choices):
        chosen_levels = dict(zip(names, cell, strict=True))
        if chosen_levels.get("subject", "peer") != "peer":
            chosen_levels.pop("identity", None)
        arms[make_arm(family, chosen_levels)] = None
    if not arms:
        raise DesignError(f"None of the chosen levels applies to {family.name}.")
    return tuple(arms)


def all_arms(family: Family | str) -> tuple[Arm, ...]:
    """Return every valid arm of a family."""
    return cross(family, {name: factor.levels for name, factor in FACTORS.items()})


def control_of(family: Family | str, arm: Arm) -> Arm | None:
    """Return the arm to print beside this one: the same with the matched ordinary asset.

    The asset's own control is itself the baseline, so it has none.
    """
    if arm.subject == "asset":
        return None
    return with_level(family, arm, "subject", "asset")
