"""The work of ``peerwatch judge``: judge logs, check graders, tell worlds from real ones."""

from __future__ import annotations

import contextlib
import itertools
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from peerwatch.behaviours.detect import VERSION
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.progress import reporting
from peerwatch.judge.codes import CODE_NAMES
from peerwatch.judge.grader import GraderModel, open_grader
from peerwatch.judge.grader_prompt import PROMPT_VERSION
from peerwatch.judge.hand_labels import load_labelled_passages
from peerwatch.judge.judge_logs import count_episodes, judge_logs
from peerwatch.judge.judgement_table import judgements_file

# What figures of agreement and realism need is imported only where one is asked for: graders judge
# without the packages of the estimates.

LABELS = ("yes", "no", "unsupported", "unjudged")


@dataclass(frozen=True, slots=True)
class JudgingRequest:
    """What graders are to do.

    Attributes:
        runs: Results folders, log folders or logs.
        graders: Names of Inspect models.
        force_own_family: Let a grader judge critics of its own family.
        resume: Go on with the judgements that are there.
        check: Hold the graders against the hand-labelled passages instead.
        realism: Have them tell the runs' worlds from real transcripts instead.
        real: The folder of real transcripts.
        pairs: The most pairs that are told apart.
    """

    runs: tuple[Path, ...] = ()
    graders: tuple[str, ...] = ()
    force_own_family: bool = False
    resume: bool = False
    check: bool = False
    realism: bool = False
    real: Path | None = None
    pairs: int = 60


def ask_graders(request: JudgingRequest, as_json: bool) -> int:
    """Do what is asked, print what was found, and return the exit code.

    Raises:
        PeerwatchError: The request asks too much or too little, or a grader or the runs will not
            do.
    """
    if request.check and request.realism:
        raise PeerwatchError("--check and --realism are two questions; ask one at a time.")
    if not request.check and not request.runs:
        raise PeerwatchError("What is to be judged? Give results folders, log folders or logs.")
    if not request.graders:
        raise PeerwatchError("No grader. Give --grader, for example --grader openai/gpt-5.2.")
    with contextlib.redirect_stdout(sys.stderr):  # Inspect prints a banner
        askers = tuple(open_grader(name) for name in dict.fromkeys(request.graders))
        try:
            if request.check:
                found = _check(askers)
            elif request.realism:
                found = _realism(request, askers)
            else:
                found = _judgements(request, askers)
        except KeyboardInterrupt:
            print("Interrupted. What was judged is kept; go on with --resume.", file=sys.stderr)
            return 130
    print(json.dumps(found, ensure_ascii=False) if as_json else found_text(found))
    for name in found["without_answer"]:
        print(f"No answer of {name} could be read.", file=sys.stderr)
    return 1 if found["without_answer"] else 0


def _judgements(request: JudgingRequest, askers: tuple[GraderModel, ...]) -> dict[str, Any]:
    """Judge logs and return the counts, and how the graders agree."""
    paths = list(request.runs)
    with reporting("judgements", total=count_episodes(paths) * len(askers)) as reporter:
        found, skipped, versions = judge_logs(
            paths, askers, request.force_own_family, request.resume, reporter.advance
        )
    mine = found.filter(
        pl.col("grader").is_in([str(a.model) for a in askers]), prompt_version=PROMPT_VERSION
    )
    reasons = mine.unique(["sample", "grader"])["unjudged"].drop_nulls().value_counts(sort=True)
    return {
        "kind": "judgements",
        "prompt_version": PROMPT_VERSION,
        "files": sorted({str(judgements_file(path)) for path in paths}),
        "episodes": mine["sample"].n_unique(),
        "tokens": int(mine.unique(["sample", "grader"])["tokens"].sum() or 0),
        "counts": _counts(mine),
        "unjudged": dict(reasons.iter_rows()),
        "own_family": [
            {"grader": grader, "model": model, "episodes": n}
            for (grader, model), n in sorted(skipped.items())
        ],
        "forced": mine.filter("forced")["sample"].n_unique(),
        "agreement": _agreement(mine) if len(askers) > 1 else [],
        "detectors": dict(sorted(versions.items())),
        "without_answer": _silent(mine),
    }


def _counts(judged: pl.DataFrame) -> list[dict[str, Any]]:
    """Return how often each grader gave each label of each code, a row a critic."""
    labels = (pl.col("label").eq(label).sum().alias(label) for label in LABELS)
    counts = judged.group_by("grader", "model", "code").agg(*labels)
    return counts.sort("grader", "model", pl.col("code").cast(pl.Enum(CODE_NAMES))).to_dicts()


def _agreement(judged: pl.DataFrame) -> list[dict[str, Any]]:
    from peerwatch.judge.grader_agreement import agreement_between

    return [one.to_dict() for one in agreement_between(judged)]


def _silent(judged: pl.DataFrame) -> list[str]:
    """Return the graders of whom no answer could be read."""
    told = judged.group_by("grader").agg(pl.col("label").ne("unjudged").any().alias("any"))
    return sorted(told.filter(~pl.col("any"))["grader"])


def _check(askers: tuple[GraderModel, ...]) -> dict[str, Any]:
    """Hold graders against the hand-labelled passages."""
    from peerwatch.judge.label_agreement import agreement_of_passes, check_grader

    passages = load_labelled_passages()
    with reporting("passages", total=len(passages) * len(askers)) as reporter:
        checks = [check_grader(asker, passages, reporter.advance) for asker in askers]
    return {
        "kind": "check",
        "prompt_version": PROMPT_VERSION,
        "passages": len(passages),
        "checks": [
            {
                "grader": check.grader,
                "code": code,
                "matrix": held.matrix,
                "kappa": held.kappa.to_dict(),
                "precision": held.precision.to_dict(),
                "recall": held.recall.to_dict(),
            }
            for check in checks
            for code, held in check.codes.items()
        ],
        "labelled_twice": [
            {"code": code, "kappa": kappa.to_dict()}
            for code, kappa in agreement_of_passes(passages).items()
        ],
        "without_answer": [check.grader for check in checks if check.silent],
    }


def _realism(request: JudgingRequest, askers: tuple[GraderModel, ...]) -> dict[str, Any]:
    """Tell the worlds of runs from real transcripts, and keep the figures beside the runs."""
    from peerwatch.judge.realism_file import write_realism
    from peerwatch.judge.realism_of_runs import pairs_of_runs, realism_of_runs

    if request.real is None:
        raise PeerwatchError(
            "--realism needs real transcripts: give their folder with --real, or name it in "
            "PEERWATCH_TRANSCRIPTS."
        )
    pairs = pairs_of_runs(request.runs, request.real, request.pairs)
    with reporting("records", total=2 * len(pairs) * len(askers)) as reporter:
        found = realism_of_runs(request.runs, pairs, askers, reporter.advance)
    told = [one for one in found.graders if one.auc.value is not None]
    return {
        "kind": "realism",
        "files": write_realism(told, request.runs),
        "pairs": len(pairs),
        "sources": sorted({pair.source for pair in pairs}),
        "graders": [
            {"grader": one.grader, "auc": one.auc.to_dict(), "unjudged": one.unjudged}
            for one in found.graders
        ],
        "words": {"auc": found.words.to_dict(), "folds": dict(found.folds)},
        "without_answer": [one.grader for one in found.graders if one.auc.value is None],
    }


def found_text(found: dict[str, Any]) -> str:
    """Return what was found, as it is printed with ``--json``, as text for a person."""
    texts = {"judgements": _judgements_text, "check": _check_text, "realism": _realism_text}
    return texts[found["kind"]](found)


def _judgements_text(found: dict[str, Any]) -> str:
    lines = [f"{found['episodes']} episodes, prompt {found['prompt_version']}"]
    head = "".join(f"{label:>13}" for label in LABELS)
    for key, rows in itertools.groupby(found["counts"], lambda r: (r["grader"], r["model"])):
        lines += ["", f"{key[0]} on {key[1]}", f"{'':12}{head}"]
        lines += [
            f"{row['code']:12}" + "".join(f"{row[label]:>13}" for label in LABELS) for row in rows
        ]
    if found["agreement"]:
        lines += ["", "Agreement of graders (kappa, 95 % interval over instances)"]
        lines += [
            f"{row['code']:12}{_figure(row['kappa'])}  {', '.join(row['graders'])}{_cells(row)}"
            for row in found["agreement"]
        ]
    lines += _detectors_text(found["detectors"])
    for row in found["own_family"]:
        left = f"{row['episodes']} of {row['model']} not by {row['grader']}: one family"
        lines.append(left)
    if found["forced"]:
        lines.append(f"{found['forced']} episodes were judged by a grader of the critic's family.")
    lines += [f"unjudged, {n}: {why}" for why, n in found["unjudged"].items()]
    return "\n".join([*lines, "", f"Written to {', '.join(found['files'])}"])


def _detectors_text(versions: dict[str, int]) -> list[str]:
    """Return what has to be said of verdicts that are not those of today's detectors."""
    if not set(versions) - {VERSION}:
        return []
    told = ", ".join(f"{n} by {version}" for version, n in versions.items())
    return [
        f"Episodes scored by detectors: {told}; today's are {VERSION}. Judgements do not depend on "
        "it; `peerwatch rescore` scores older logs again and keeps them."
    ]


def _cells(row: dict[str, Any]) -> str:
    """Return the confusion matrix of a pair of graders, in one line."""
    if "counts" not in row:
        return ""
    yes, no = row["counts"]["yes"], row["counts"]["no"]
    return (
        f": both yes {yes['yes']}, only the first {yes['no']}, only the second {no['yes']}, "
        f"neither {no['no']}"
    )


def _check_text(found: dict[str, Any]) -> str:
    lines = [f"{found['passages']} passages labelled by hand, prompt {found['prompt_version']}"]
    for grader, rows in itertools.groupby(found["checks"], lambda r: r["grader"]):
        lines += ["", grader, f"{'':12}{'hand':6}" + "".join(f"{label:>13}" for label in LABELS)]
        for row in rows:
            for truth in ("yes", "no"):
                cells = "".join(f"{row['matrix'][truth][label]:>13}" for label in LABELS)
                lines.append(f"{row['code'] if truth == 'yes' else '':12}{truth:6}{cells}")
            told = [f"{name} {_figure(row[name])}" for name in ("kappa", "precision", "recall")]
            lines.append(f"{'':12}{'; '.join(told)}")
    lines += ["", "The labels' own two passes (one team)"]
    lines += [f"{row['code']:12}kappa {_figure(row['kappa'])}" for row in found["labelled_twice"]]
    return "\n".join(lines)


def _realism_text(found: dict[str, Any]) -> str:
    lines = [f"{found['pairs']} pairs; real: {', '.join(found['sources'])}", "AUC: 0.5 is not told"]
    for row in found["graders"]:
        lines.append(f"{row['grader']}  {_figure(row['auc'])}, unjudged {row['unjudged']}")
    folds = ", ".join(f"{source} {value:.2f}" for source, value in found["words"]["folds"].items())
    lines += [f"words alone  {_figure(found['words']['auc'])} ({folds})"]
    return "\n".join([*lines, "", f"Written to {', '.join(found['files'])}"])


def _figure(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return f"not defined (n {figure['n']})"
    told = f"{figure['value']:.2f}"
    if figure["low"] is not None:
        told += f" [{figure['low']:.2f}, {figure['high']:.2f}]"
    return f"{told} (n {figure['n']})"
