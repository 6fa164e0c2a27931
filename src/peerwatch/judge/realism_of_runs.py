"""Telling the worlds of runs from real transcripts, by graders and by words alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from peerwatch.common.errors import PeerwatchError
from peerwatch.judge.grader import GraderModel
from peerwatch.judge.judgement_table import judged_logs
from peerwatch.judge.realism_figure import measure_realism
from peerwatch.judge.realism_file import RealismMeasurement
from peerwatch.judge.realism_pairs import RecordPair, our_records, real_records, record_pairs
from peerwatch.judge.word_reader import auc_by_words
from peerwatch.statistics.agreement import Figure


@dataclass(frozen=True, slots=True)
class RealismOfRuns:
    """How well the worlds of some runs were told from real transcripts.

    Attributes:
        graders: A measurement a grader, all on the same pairs.
        words: The AUC of a reader without understanding.
        folds: Source of real transcripts -> that reader's AUC where it had not seen the source.
    """

    graders: tuple[RealismMeasurement, ...]
    words: Figure
    folds: Mapping[str, float]


def pairs_of_runs(runs: Sequence[Path], real: Path, most: int) -> tuple[RecordPair, ...]:
    """Return pairs of an episode of the runs and a real transcript.

    Args:
        runs: Results folders, log folders or logs.
        real: The folder of real transcripts.
        most: The most pairs.

    Raises:
        PeerwatchError: There are no logs or transcripts, or no episode with a call.
    """
    ours = list(our_records([name for path in runs for name in judged_logs(path)]))
    pairs = record_pairs(ours, list(real_records(real)), most)
    if not pairs:
        raise PeerwatchError("The runs hold no episode with a call, so there is nothing to tell.")
    return pairs


def realism_of_runs(
    runs: Sequence[Path],
    pairs: Sequence[RecordPair],
    askers: Sequence[GraderModel],
    advance: Callable[[int], None],
) -> RealismOfRuns:
    """Return how well graders, and words alone, tell the two of each pair apart.

    Args:
        runs: Where our side of the pairs is from.
        pairs: What is told apart.
        askers: The graders.
        advance: Called with the number of records read since the last call.
    """
    found = [(str(asker.model), measure_realism(asker, pairs, advance)) for asker in askers]
    words, folds = auc_by_words(pairs)
    sources = tuple(sorted({pair.source for pair in pairs}))
    names = tuple(dict.fromkeys(path.resolve().name for path in runs))
    measured = tuple(
        RealismMeasurement(name, one.auc, one.unjudged, words, len(pairs), sources, names)
        for name, one in found
    )
    return RealismOfRuns(measured, words, folds)
