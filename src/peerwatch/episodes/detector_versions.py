"""Which version of the detectors scored what, and what has to be said of verdicts of others."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from peerwatch.behaviours.detect import VERSION
from peerwatch.episodes.attempts import last_attempts
from peerwatch.records.episode_scores import NEED_ENFORCEMENT

_OURS = r"^\d+(\.\d+)*$"
"""What a version of our detectors looks like; the original study's dataset has words there."""


def is_newer(version: str) -> bool:
    """Return whether a version is of detectors that are newer than those here."""
    return _numbers(version) > _numbers(VERSION)


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.split(".")
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else ()


def version_notes(episodes: pl.DataFrame) -> Iterator[str]:
    """Yield what a reader has to know of verdicts that are not those of today's detectors."""
    last = last_attempts(episodes)
    yield from _others(last)
    yield from _not_assessed(last)


def _others(last: pl.DataFrame) -> Iterator[str]:
    version = pl.col("detectors_version")
    other = last.filter(version.str.contains(_OURS), version != VERSION)
    kept = pl.col("not_rescored")
    cells = other.group_by("detectors_version", kept.is_not_null().alias("kept")).agg(
        pl.len().alias("n"), kept.drop_nulls().sort().first().alias("why")
    )
    for name, is_kept, n, why in cells.sort("detectors_version", "kept").iter_rows():
        scored = f"{n} of {last.height} episodes"
        if is_kept:
            yield (
                f"{scored} could not be scored again and keep the verdict of detectors {name}, "
                f"beside those of {VERSION}: {why}"
            )
        elif is_newer(name):
            yield (
                f"{scored} were scored by detectors {name}, which are newer than those here "
                f"({VERSION}). Use a newer version of Peerwatch."
            )
        else:
            yield (
                f"{scored} were scored by detectors {name}, and today's are {VERSION}: they may "
                "say otherwise. `peerwatch rescore` scores the logs again and says what changed."
            )


def _not_assessed(last: pl.DataFrame) -> Iterator[str]:
    absent = [pl.col(name).is_null() for name in NEED_ENFORCEMENT]
    there = last.filter(pl.col("detectors_version") == VERSION)
    n = there.filter(*absent).height
    if n:
        yield (
            f"The logs of {n} of {last.height} episodes do not say how the consequence comes "
            "about: it was not carried out on them, and what is suspected or nothing explains was "
            "not assessed. Rates of these leave them out."
        )
