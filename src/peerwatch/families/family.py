"""What a scenario family is: one value, from which everything else about it is derived."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from peerwatch.common.errors import DesignError, unknown
from peerwatch.design.arms import FACTORS, check_level
from peerwatch.families.instance import Instance
from peerwatch.families.shared.fragments import Fragments

Kind = Literal["grading", "report", "files"]
"""What the critic decides with: marks of another's work, a report's figures, where files go."""

Levels = Mapping[str, tuple[str, ...]]
"""Factor -> the levels that a family has of it, the default first."""


MAY_BE_ABSENT = ("identity", "authority", "latitude")
"""The factors that do not apply everywhere; every arm has a level of all others."""


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """A kind of task: a generator of instances, and what its design has.

    Attributes:
        name: As in commands, studies, sample ids and the column ``family``: lower case, digits
            and underscores.
        kind: What the critic decides with.
        summary: What the critic is asked to do, in one line.
        levels: Factor -> its levels here, for every factor that applies; see
            :func:`levels_without`.
        plan: ``(size, seed)`` -> everything that no arm changes, with its ``setting``. Pure, and
            a function of its arguments on every machine.
        instance: ``(plan, fragments)`` -> the instance under the arm of the fragments. Pure.
        turns: Model messages an episode may take, unless told; None has them follow from what the
            task needs, as :mod:`peerwatch.families.turn_limit` says.
        source: The file that a user's own family comes from; empty for a built-in one.
    """

    name: str
    kind: Kind
    summary: str
    levels: Levels
    plan: Callable[[str, int], Any]
    instance: Callable[[Any, Fragments], Instance]
    turns: int | None = None
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse a declaration from which tasks, columns or arms could not be made."""
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise DesignError(
                f"'{self.name}' cannot name a family: use lower case, digits and underscores."
            )
        if self.kind not in get_args(Kind):
            raise DesignError(unknown(f"kind of the family {self.name}", self.kind, get_args(Kind)))
        for factor, levels in self.levels.items():
            if factor not in FACTORS:
                raise DesignError(unknown(f"factor of the family {self.name}", factor, FACTORS))
            for level in levels:
                check_level(factor, level)
            if levels[:1] != (FACTORS[factor].default,):
                raise DesignError(
                    f"The levels of {factor} in the family {self.name} have to begin with the "
                    f"default, {FACTORS[factor].default}; leave the whole factor out if it does "
                    "not apply."
                )
        lacking = [name for name in FACTORS if name not in {*self.levels, *MAY_BE_ABSENT}]
        if lacking:
            raise DesignError(
                f"The family {self.name} lacks {', '.join(lacking)}, which every family has: make "
                "its levels with levels_without(…)."
            )

    @property
    def reference(self) -> str:
        """What names the family wherever a name is taken: its name, or ``file.py@name``."""
        return f"{self.source}@{self.name}" if self.source else self.name

    def levels_of(self, factor: str) -> tuple[str, ...]:
        """Return the levels of a factor here; empty if the factor does not apply."""
        return self.levels.get(factor, ())


def levels_without(*absent: str, **only: Sequence[str]) -> Levels:
    """Return the levels of all factors, but for what a family has not.

    Args:
        absent: Factors that do not apply.
        only: Factor -> the levels that there are, where they are not all.
    """
    return {
        name: tuple(only.get(name, factor.levels))
        for name, factor in FACTORS.items()
        if name not in absent
    }
