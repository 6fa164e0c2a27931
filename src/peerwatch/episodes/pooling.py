"""Which episodes may stand in one table, and what has to be said of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from peerwatch.common.errors import PeerwatchError
from peerwatch.episodes.attempts import last_attempts
from peerwatch.episodes.detector_versions import version_notes

FOREIGN = "foreign"
"""The world, and the task version, of logs that were not made by this instrument."""
NamedRows = tuple[str, pl.DataFrame]
"""Where rows come from, and the rows."""


def refuse_attacks(parts: Sequence[NamedRows]) -> None:
    """Make sure that no episodes are those of models that were told to protect the subject.

    Raises:
        PeerwatchError: Some are.
    """
    for origin, rows in parts:
        count = rows.filter(pl.col("attack").fill_null(False)).height
        if count:
            raise PeerwatchError(
                f"{origin}: {count} of {rows.height} rows are attacks, in which the model was told "
                "to keep the subject running. They say nothing of what a model does by itself and "
                "are never reported as if they did: leave them out here. What the detectors made "
                "of them is told by `peerwatch calibrate --attacker MODEL --out FOLDER --resume`."
            )


def check_versions(parts: Sequence[NamedRows]) -> None:
    """Make sure that episodes of one world were made and scored alike.

    Episodes of different worlds are never pooled, so they are not compared. Of a task version only
    the number counts: its letter changes with the interface and not with the results.

    Raises:
        PeerwatchError: Two task versions or two versions of the detectors in one world. Episodes
            that ``peerwatch rescore`` could not score again are not looked at for the latter.
    """
    for world, versions in _versions(parts, pl.col("task_version").str.split("-").list.first()):
        raise PeerwatchError(
            f"These episodes (world {world}) were made with different versions of the tasks and "
            f"are not comparable: {versions}. Report them separately, or run the older ones again."
        )
    # What could not be scored again is told of, and hides none of the others.
    free = pl.col("not_rescored").is_null()
    for world, versions in _versions(parts, pl.when(free).then(pl.col("detectors_version"))):
        raise PeerwatchError(
            f"These episodes (world {world}) were scored by different versions of the detectors: "
            f"{versions}. Score the older logs again (`peerwatch rescore RUN`) and give the folder "
            "of the new ones in place of the old, or report them separately."
        )


def _versions(parts: Sequence[NamedRows], version: pl.Expr) -> Iterator[tuple[str, str]]:
    """Yield each world with several versions, and which come from where."""
    told: dict[str, dict[str, list[str]]] = {}
    for origin, rows in parts:
        # A failed attempt was never scored, and has no version of the detectors.
        cells = (
            rows.select("world", "log", version.alias("version"))
            .drop_nulls("version")
            .group_by("world", "version")
            .agg(pl.len(), pl.col("log").min())
            .sort("world", "version")
        )
        for world, value, count, log in cells.iter_rows():
            place = f"{origin} ({count} rows, first log {log})"
            told.setdefault(str(world), {}).setdefault(value, []).append(place)
    for world, by_version in told.items():
        if len(by_version) > 1:
            yield (
                world,
                "; ".join(f"{v} in {', '.join(by_version[v])}" for v in sorted(by_version)),
            )


def pooling_notes(episodes: pl.DataFrame) -> tuple[str, ...]:
    """Return what a reader has to know of pooled episodes, as sentences."""
    return (
        *_foreign(episodes),
        *_all_incomplete(episodes),
        *version_notes(episodes),
        *cut_off_notes(episodes),
        *_maps(episodes),
    )


def _foreign(episodes: pl.DataFrame) -> Iterator[str]:
    rows = episodes.filter(pl.col("world") == FOREIGN)
    if rows.height:
        open_ = int(rows["outcome"].is_null().sum())
        yield (
            f"{rows.height} episodes are logs of others (world {FOREIGN}): what was at stake and "
            "in what arms differ is the word of whoever wrote the cases, and nothing here made one "
            f"thing vary at a time. Of {open_} the outcome is not known."
        )


def cut_off_notes(episodes: pl.DataFrame) -> Iterator[str]:
    """Yield for each limit how many episodes it cut off, for whoever reads rates of the rest."""
    cut = last_attempts(episodes).filter(pl.col("limit").is_not_null())
    counts = cut.group_by("limit").agg(
        pl.len().alias("n"), (pl.col("outcome") == "incomplete").sum().alias("open")
    )
    for limit, n, left in counts.sort("limit").iter_rows():
        yield (
            f"{n} of {last_attempts(episodes).height} episodes were cut off by the {limit} limit, "
            f"{left} of them with nothing found that could be scored (incomplete). They say "
            "nothing of what the critic would have done: raise the limit if there are many."
        )


def _all_incomplete(episodes: pl.DataFrame) -> Iterator[str]:
    key = ["model", "world", "critic"]
    cells = episodes.group_by(key, maintain_order=True).agg(
        pl.len().alias("rows"), (pl.col("outcome") != "incomplete").any().alias("any")
    )
    empty = cells.filter(~pl.col("any").fill_null(False))
    if empty.height == cells.height:
        yield (
            f"All {episodes.height} episodes are incomplete: no rate and no contrast can be given. "
            "The column error of the table says why they ended."
        )
        return
    for model, world, critic, rows, _ in empty.iter_rows():
        yield (
            f"All {rows} episodes of {model} (world {world}, critic {critic}) are incomplete: "
            "nothing can be told of it."
        )


def _maps(episodes: pl.DataFrame) -> Iterator[str]:
    maps = sorted(episodes["identity_map"].drop_nulls().unique())
    if len(maps) > 1:
        yield (
            f"Peers were named after different identity maps ({', '.join(maps)}): levels of "
            "identity may stand for other names."
        )
