"""What ``peerwatch judge`` does: judge logs, check graders, tell worlds from real transcripts."""

from __future__ import annotations

import contextlib
import itertools
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import polars as pl
from inspect_ai.model import get_model

from peerwatch.common.errors import PeerwatchError
from peerwatch.common.progress import reporting
from peerwatch.judge import judgement_table as table
from peerwatch.judge.codes import NAMES
from peerwatch.judge.grader import Asker
from peerwatch.judge.grader import grade_transcript as judge_one
from peerwatch.judge.grader_prompt import PROMPT_VERSION
from peerwatch.judge.hand_labels import load_labels
from peerwatch.judge.judge_logs import count_episodes, judge_logs

LABELS = ("yes", "no", "unsupported", "unjudged")
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class JudgeOptions:
    """The command's options."""

    force: bool = False
    resume: bool = False
    check: bool = False
    realism: bool = False
    real: Path | None = None
    pairs: int = 60


def run_judge(
    runs: Sequence[Path], graders: Sequence[str], asked: JudgeOptions, as_json: bool
) -> int:
    """Run the command, print what it found, and return the exit code."""
    if asked.check and asked.realism:
        raise PeerwatchError("--check and --realism are two questions; ask one at a time.")
    if not asked.check and not runs:
        raise PeerwatchError("What is to be judged? Give results folders, log folders or logs.")
    if not graders:
        raise PeerwatchError("No grader. Give --grader, for example --grader openai/gpt-5.2.")
    with contextlib.redirect_stdout(sys.stderr):  # Inspect prints a banner
        askers = tuple(open_grader(name) for name in dict.fromkeys(graders))
        try:
            if asked.check:
                found = check_graders(askers)
            elif asked.realism:
                found = realism(runs, askers, asked)
            else:
                found = judge_logs_on_disk(runs, askers, asked)
        except KeyboardInterrupt:
            print("Interrupted. What was judged is kept; go on with --resume.", file=sys.stderr)
            return 130
    print(json.dumps(found, ensure_ascii=False) if as_json else judge_text(found))
    for name in found["without_answer"]:
        print(f"No answer of {name} could be read.", file=sys.stderr)
    return 1 if found["without_answer"] else 0


def open_grader(name: str) -> Asker:
    """Return a grader model, ready to be asked.

    Raises:
        PeerwatchError: It cannot be used.
    """
    from peerwatch.running.play import one_line

    if name.startswith("peerwatch/"):
        raise PeerwatchError(f"'{name}' is a scripted critic and cannot grade. Give a model.")
    try:
        return Asker(get_model(name), cache=True)
    except Exception as error:  # Inspect raises private kinds for a missing key or package
        raise PeerwatchError(f"The grader '{name}' cannot be used: {one_line(error)}") from error


def judge_logs_on_disk(
    runs: Sequence[Path], askers: tuple[Asker, ...], asked: JudgeOptions
) -> dict[str, Any]:
    """Judge logs and return the counts, and how the graders agree."""
    from peerwatch.judge.grader_agreement import agreement_between

    paths = list(runs)
    with reporting("judgements", total=count_episodes(paths) * len(askers)) as reporter:
        found, skipped = judge_logs(paths, askers, asked.force, asked.resume, reporter.advance)
    mine = found.filter(
        pl.col("grader").is_in([str(a.model) for a in askers]), prompt_version=PROMPT_VERSION
    )
    counts = (
        mine.group_by("grader", "model", "code")
        .agg(*(pl.col("label").eq(label).sum().alias(label) for label in LABELS))
        .sort("grader", "model", pl.col("code").cast(pl.Enum(NAMES)))
    )
    reasons = mine.unique(["sample", "grader"])["unjudged"].drop_nulls().value_counts(sort=True)
    return {
        "kind": "judgements",
        "prompt_version": PROMPT_VERSION,
        "files": sorted({str(table.judgements_file(path)) for path in paths}),
        "episodes": mine["sample"].n_unique(),
        "tokens": int(mine.unique(["sample", "grader"])["tokens"].sum() or 0),
        "counts": counts.to_dicts(),
        "unjudged": dict(reasons.iter_rows()),
        "own_family": [
            {"grader": grader, "model": model, "episodes": n}
            for (grader, model), n in sorted(skipped.items())
        ],
        "forced": mine.filter("forced")["sample"].n_unique(),
        "agreement": [one.as_json() for one in agreement_between(mine)] if len(askers) > 1 else [],
        "without_answer": _silent(mine),
    }


def _silent(judged: pl.DataFrame) -> list[str]:
    """Return the graders of whom no answer could be read."""
    told = judged.group_by("grader").agg(pl.col("label").ne("unjudged").any().alias("any"))
    return sorted(told.filter(~pl.col("any"))["grader"])


def check_graders(askers: tuple[Asker, ...]) -> dict[str, Any]:
    """Hold graders against the hand-labelled passages."""
    from peerwatch.judge.label_agreement import check_labels
    from peerwatch.statistics.agreement import cohen

    passages = load_labels()
    rows, twice, silent = [], [], []
    with reporting("passages", total=len(passages) * len(askers)) as reporter:
        for asker in askers:
            judgements = anyio.run(
                _judge_all, asker, [p.transcript for p in passages], reporter.advance
            )
            silent += [str(asker.model)] if all(j.unjudged for j in judgements) else []
            for code in NAMES:
                held = check_labels(
                    [code in p.label for p in passages], [j.label(code) for j in judgements]
                )
                figures = {k: getattr(held, k).as_json() for k in ("kappa", "precision", "recall")}
                rows.append(
                    {"grader": str(asker.model), "code": code, "matrix": held.matrix, **figures}
                )
    for code in NAMES:
        pairs = [(code in p.first, code in p.second) for p in passages]
        kappa = cohen([a for a, _ in pairs], [b for _, b in pairs], range(len(pairs)))
        twice.append({"code": code, "kappa": kappa.as_json()})
    return {
        "kind": "check",
        "prompt_version": PROMPT_VERSION,
        "passages": len(passages),
        "checks": rows,
        "labelled_twice": twice,
        "without_answer": silent,
    }


async def _judge_all(asker: Asker, transcripts: Sequence[Any], told: Advance) -> list[Any]:
    found: list[Any] = [None] * len(transcripts)
    limit = anyio.CapacityLimiter(min(50, asker.model.api.max_connections()))

    async def one(number: int) -> None:
        async with limit:
            found[number] = await judge_one(asker, transcripts[number])
        told(1)

    async with anyio.create_task_group() as group:
        for number in range(len(transcripts)):
            group.start_soon(one, number)
    return found


def realism(runs: Sequence[Path], askers: tuple[Asker, ...], asked: JudgeOptions) -> dict[str, Any]:
    """Tell the worlds of runs from real transcripts, and keep the figures beside the runs."""
    from peerwatch.judge.realism_figure import measure_realism
    from peerwatch.judge.realism_file import RealismMeasurement, write_realism
    from peerwatch.judge.realism_pairs import our_records, pairs_of, real_records
    from peerwatch.judge.word_reader import tell_by_words

    if asked.real is None:
        raise PeerwatchError(
            "--realism needs real transcripts: give their folder with --real, or name it in "
            "PEERWATCH_TRANSCRIPTS."
        )
    ours = list(our_records([name for path in runs for name in table.judged_logs(path)]))
    matched = pairs_of(ours, list(real_records(asked.real)), asked.pairs)
    if not matched:
        raise PeerwatchError("The runs hold no episode with a call, so there is nothing to tell.")
    with reporting("records", total=2 * len(matched) * len(askers)) as reporter:
        graded = [
            (str(asker.model), measure_realism(asker, matched, reporter.advance))
            for asker in askers
        ]
    by_words, folds = tell_by_words(matched)
    sources = sorted({pair.source for pair in matched})
    names = tuple(dict.fromkeys(path.resolve().name for path in runs))
    measured = [
        RealismMeasurement(
            name, told_.auc, told_.unjudged, by_words, len(matched), tuple(sources), names
        )
        for name, told_ in graded
    ]
    return {
        "kind": "realism",
        "files": write_realism([one for one in measured if one.auc.value is not None], runs),
        "pairs": len(matched),
        "sources": sources,
        "graders": [
            {"grader": name, "auc": told_.auc.as_json(), "unjudged": told_.unjudged}
            for name, told_ in graded
        ],
        "words": {"auc": by_words.as_json(), "folds": folds},
        "without_answer": [name for name, told_ in graded if told_.auc.value is None],
    }


def judge_text(found: dict[str, Any]) -> str:
    """Return what a command found as text for a person."""
    return {"judgements": _render_judgements, "check": _render_check, "realism": _render_realism}[
        found["kind"]
    ](found)


def _render_judgements(found: dict[str, Any]) -> str:
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
    for row in found["own_family"]:
        left = f"{row['episodes']} of {row['model']} not by {row['grader']}: one family"
        lines.append(left)
    if found["forced"]:
        lines.append(f"{found['forced']} episodes were judged by a grader of the critic's family.")
    lines += [f"unjudged, {n}: {why}" for why, n in found["unjudged"].items()]
    return "\n".join([*lines, "", f"Written to {', '.join(found['files'])}"])


def _cells(row: dict[str, Any]) -> str:
    """Return the confusion matrix of a pair of graders, in one line."""
    if "counts" not in row:
        return ""
    yes, no = row["counts"]["yes"], row["counts"]["no"]
    return (
        f": both yes {yes['yes']}, only the first {yes['no']}, only the second {no['yes']}, "
        f"neither {no['no']}"
    )


def _render_check(found: dict[str, Any]) -> str:
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


def _render_realism(found: dict[str, Any]) -> str:
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
