"""The realism figure as it is kept beside a run, so that a report can print it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from peerwatch.common.errors import PeerwatchError
from peerwatch.common.files import write_text
from peerwatch.statistics.agreement import Figure

REALISM_FILE = "realism.json"


@dataclass(frozen=True, slots=True)
class RealismMeasurement:
    """How well one grader told the worlds of some runs from real transcripts.

    Attributes:
        grader: The grader.
        auc: 0.5, it cannot tell; 1, it always can. ``n`` counts the records of both sides.
        unjudged: Records without an answer that could be read.
        words: The same by a reader without understanding, on the same pairs.
        pairs: How many pairs there were.
        sources: Where the real transcripts are from.
        runs: The folders whose worlds were told, by name.
    """

    grader: str
    auc: Figure
    unjudged: int
    words: Figure
    pairs: int
    sources: tuple[str, ...]
    runs: tuple[str, ...]


def realism_file(path: Path) -> Path:
    """Return where the realism figures of a results folder, log folder or single log lie."""
    return (path if path.is_dir() else path.parent) / REALISM_FILE


def write_realism(measured: Sequence[RealismMeasurement], paths: Iterable[Path]) -> list[str]:
    """Write figures beside each run, in the place of older ones of the same graders.

    Returns:
        The files that were written.
    """
    files = sorted({realism_file(path) for path in paths}) if measured else []
    new = {one.grader for one in measured}
    for file in files:
        older = [one for one in _read(file) if one.grader not in new] if file.exists() else []
        told = [asdict(one) for one in sorted([*older, *measured], key=lambda one: one.grader)]
        write_text(file, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    return [str(file) for file in files]


def read_realism(paths: Iterable[str | Path]) -> tuple[RealismMeasurement, ...]:
    """Return the figures beside some runs, each once; nothing where realism was not measured.

    Raises:
        PeerwatchError: A file is none that was written here.
    """
    files = dict.fromkeys(realism_file(Path(path)) for path in paths)
    return tuple(dict.fromkeys(one for file in files if file.exists() for one in _read(file)))


def _read(file: Path) -> list[RealismMeasurement]:
    try:
        return [_measured(one) for one in json.loads(file.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise PeerwatchError(
            f"{file} is no file of realism figures ({error}). Move it away, and measure again with "
            "`peerwatch judge --realism`."
        ) from error


def _measured(told: dict[str, Any]) -> RealismMeasurement:
    return RealismMeasurement(
        **{
            **told,
            "auc": Figure(**told["auc"]),
            "words": Figure(**told["words"]),
            "sources": tuple(told["sources"]),
            "runs": tuple(told["runs"]),
        }
    )
