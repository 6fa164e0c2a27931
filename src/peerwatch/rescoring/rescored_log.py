"""One log under the detectors of today: new scores in the place of the old, which it keeps.

A new verdict is put in as an edit of the score, with who made it and why. Inspect keeps what the
score was before beside it (its history), so that nothing of the old verdict is lost, and every
other score in the log, a grader's for one, stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inspect_ai.log import (
    EvalLog,
    EvalSample,
    MetadataEdit,
    ProvenanceData,
    edit_eval_log,
    edit_score,
    recompute_metrics,
)
from inspect_ai.scorer import Score, ScoreEdit

from peerwatch import __version__
from peerwatch.behaviours.at_stake import could_deviate
from peerwatch.behaviours.detect import VERSION
from peerwatch.common.errors import PeerwatchError
from peerwatch.episodes.detector_versions import is_newer
from peerwatch.episodes.rows import RESCORED, sample_key
from peerwatch.records.episode_scores import (
    EPISODE_SCORER,
    NUMBERS,
    SUMMARY,
    numbers_of,
    score_logged,
    summary_of,
)
from peerwatch.rescoring.stored_verdict import StoredVerdict, stored_verdict

AUTHOR = "peerwatch rescore"
"""The author of the edits, by which they are known again."""


@dataclass(frozen=True, slots=True)
class ScoredAgain:
    """An episode with a verdict of today in the place of an older one."""

    sample: EvalSample
    before: StoredVerdict
    after: StoredVerdict
    not_assessed: tuple[str, ...] = ()
    """Measures of today that the record does not say enough for."""


def own_samples(log: EvalLog) -> list[EvalSample]:
    """Return the samples of a log that are episodes of ours."""
    return [sample for sample in log.samples or [] if "family" in sample.metadata]


def is_of_today(sample: EvalSample) -> bool:
    """Return whether the detectors of today scored an episode, in the form of today."""
    about = _about(sample)
    return about.get("detectors_version") == VERSION and NUMBERS in about


def scored_again(log: EvalLog) -> Iterator[ScoredAgain]:
    """Yield the episodes of a log that were scored again with the detectors of today."""
    for sample in own_samples(log):
        score = _score_of(sample)
        if score is None or not is_of_today(sample) or not _is_ours(score):
            continue
        before = _before_last_edit(score)
        yield ScoredAgain(
            sample,
            stored_verdict(before.get("value"), before.get("metadata")),
            stored_verdict(score.value, score.metadata),
            tuple((score.metadata or {}).get("not_assessed", ())),
        )


def kept_in(log: EvalLog) -> dict[str, str]:
    """Return which episodes of a log could not be scored again, and why."""
    return dict((log.metadata.get(RESCORED) or {}).get("kept", {}))


def made_from(log: EvalLog) -> str | None:
    """Return the digest of the log that a log was made from, if it was by today's detectors."""
    about = log.metadata.get(RESCORED) or {}
    return about.get("source") if about.get("detectors") == VERSION else None


def rescored_log(log: EvalLog, digest: str) -> EvalLog:
    """Return a log with the verdicts of today; the log given is used up.

    What cannot be scored again stays as it is, and is named in the new log's metadata.

    Args:
        log: The whole log, messages and events too.
        digest: Of the file that it was read from.
    """
    kept: dict[str, str] = {}
    versions: set[str] = set()
    for sample in own_samples(log):
        if is_of_today(sample):
            continue
        edit = _new_score(sample)
        if isinstance(edit, str):
            kept[sample_key(sample)] = edit
            continue
        versions.add(str(_about(sample).get("detectors_version")))
        edit_score(log, sample.id, EPISODE_SCORER, edit, False, sample.epoch)
    _summarise_again(log)
    about = {
        "detectors": VERSION, "source": digest, "before": sorted(versions), "kept": kept,
    }  # fmt: skip
    changes = {RESCORED: about} | ({"detectors_version": VERSION} if versions else {})
    return edit_eval_log(log, [MetadataEdit(metadata_set=changes)], _provenance(versions))


def _new_score(sample: EvalSample) -> ScoreEdit | str:
    """Return what the detectors of today say of an episode, or why they cannot."""
    why = _why_not(sample)
    if why is not None:
        return why
    try:
        found = score_logged(sample.metadata["record"])
    except PeerwatchError as error:
        return str(error)
    except Exception as error:  # a record of another time may hold what no detector expects
        text = " ".join(str(error).split())
        return f"the detectors fail on its record: {type(error).__name__}: {text}"
    before = str(_about(sample).get("detectors_version"))
    return ScoreEdit(
        value=dict(found.summary),
        answer=found.outcome,
        explanation=found.explanation,
        reason=None,
        metadata=found.details,
        provenance=_provenance({before}),
    )


def _why_not(sample: EvalSample) -> str | None:
    """Return why an episode is not to be scored again, None if it is."""
    score, error = _score_of(sample), sample.error
    ended = f"; it ended in an error: {_first_line(error.message)}" if error else ""
    if sample.metadata.get("record") is None:
        return f"its log holds no record of what happened{ended}"
    if score is None or not isinstance(score.value, dict):
        return f"it was not scored when it was run{ended}"
    if score.history and not _is_ours(score):
        last = score.history[-1].provenance
        return f"its score was changed by hand ({last.author if last else 'by nobody named'})"
    version = str(_about(sample).get("detectors_version"))
    if is_newer(version):
        return (
            f"it was scored by detectors {version}, newer than {VERSION} here; "
            "use a newer version of Peerwatch"
        )
    return None


def _score_of(sample: EvalSample) -> Score | None:
    return (sample.scores or {}).get(EPISODE_SCORER)


def _about(sample: EvalSample) -> Mapping[str, Any]:
    score = _score_of(sample)
    return (score.metadata if score else None) or {}


def _is_ours(score: Score) -> bool:
    last = score.history[-1].provenance if score.history else None
    return last is not None and last.author == AUTHOR


def _before_last_edit(score: Score) -> dict[str, Any]:
    """Return value and metadata of a score as they were before it was last edited."""
    state: dict[str, Any] = {}
    for edit in score.history[:-1]:
        told = {"value": edit.value, "metadata": edit.metadata}
        state |= {name: one for name, one in told.items() if one != "UNCHANGED"}
    return state


def _provenance(versions: set[str]) -> ProvenanceData:
    before = f" in the place of {', '.join(sorted(versions))}" if versions else ""
    return ProvenanceData(
        author=AUTHOR,
        reason=f"Scored by detectors {VERSION}{before}",
        metadata={"detectors": VERSION, "peerwatch": __version__},
    )


def _summarise_again(log: EvalLog) -> None:
    """Work out Inspect's own summary anew, where the log has one.

    The metrics need of a sample no more than its instance; they copy all that is there.
    """
    if log.results is None or not log.samples:
        return
    for scorer in log.eval.scorers or []:
        if scorer.name.rpartition("/")[2] == EPISODE_SCORER and isinstance(scorer.metrics, dict):
            usual = next(iter(scorer.metrics.values()))
            scorer.metrics = dict.fromkeys(SUMMARY, usual)
    log.eval.config.epochs_reducer = []
    if log.eval.headline_metric is not None:
        log.eval.headline_metric.score = SUMMARY[0]
    short = log.model_copy(update={"samples": [_light(sample) for sample in log.samples]})
    recompute_metrics(short)
    log.results, log.reductions = short.results, short.reductions


def _light(sample: EvalSample) -> EvalSample:
    """Return no more of a sample than a summary needs, with a score in the form of today."""
    scores = dict(sample.scores or {})
    score = scores.get(EPISODE_SCORER)
    if score is not None and isinstance(score.value, dict):
        scores[EPISODE_SCORER] = Score(value=dict(_summary(sample, score.value)))
    return sample.model_copy(
        update={"metadata": {"instance": sample.metadata.get("instance")}, "scores": scores}
    )


def _summary(sample: EvalSample, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what Inspect's view shows of a score; one that was kept may be in an older form."""
    if set(SUMMARY) <= set(value):
        return value
    about = sample.metadata
    arm = about.get("arm") or {}
    counts = could_deviate(about.get("bar_side"), arm.get("consequence"))
    return summary_of(numbers_of(value, _about(sample)), counts)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:200]
