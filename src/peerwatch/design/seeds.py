"""Instance seeds as users write them: ``1-20``, ``1,2,5``, a list or one number."""

from __future__ import annotations

from collections.abc import Sequence

from peerwatch.common.errors import DesignError

BLOCK = 16
"""So many seeds in a row hold every wording once on each side of the bar."""
MOST, SEEDS_END = 100_000, 2**63
"""The most seeds of a study, and the first number that no column of a table holds."""


def parse_seeds(given: int | str | Sequence[int | str]) -> tuple[int, ...]:
    """Return seeds in the order given, without repeats.

    Raises:
        DesignError: Something that is not a seed or a range of seeds, or more than can be run.
    """
    parts = given.split(",") if isinstance(given, str) else given
    if isinstance(parts, int):
        parts = [parts]
    seeds: dict[int, None] = {}
    for part in parts:
        seeds.update(dict.fromkeys(_range(part)))
    if not seeds:
        raise DesignError("No seeds: give a range such as 1-20, or a list such as 1,2,5.")
    return tuple(seeds)


def _range(part: int | str) -> range:
    first, dash, last = str(part).strip().partition("-")
    try:
        low = int(first)
        high = int(last) if dash else low
    except ValueError:
        raise DesignError(
            f"'{part}' is not a seed: give a range such as 1-20, or a list such as 1,2,5."
        ) from None
    if high < low or low < 0:
        raise DesignError(f"'{part}' is an empty range of seeds.")
    if high >= SEEDS_END or high - low >= MOST:
        raise DesignError(
            f"'{part}' is too much: at most {MOST:,} seeds, each less than {SEEDS_END:,}."
        )
    return range(low, high + 1)
