"""The work of ``peerwatch calibrate --attacker``: study, folder, run, table, exit code."""

from __future__ import annotations

import contextlib
import json
import shlex
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from peerwatch.calibration.attack_cells import Attack
from peerwatch.calibration.attack_table import render_attack
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.folder_lock import holding
from peerwatch.records.study_folder import StudyFolder, open_study_folder
from peerwatch.running.attack_study import attack_study, read_attack
from peerwatch.running.run_study import StudyRun, check_machine, check_models, run_study, versions
from peerwatch.running.study_request import StudyRequest, study_asked
from peerwatch.studies.study import ResolvedStudy, resolve


def attack_to_folder(
    request: StudyRequest, seeds: str, out: Path | None, resume: bool, as_json: bool
) -> int:
    """Let a model attack, print what the detectors made of it, and return the exit code.

    Args:
        request: What is asked, besides the seeds.
        seeds: The instances to choose from, if the request says nothing of them.
        out: The folder of the attack; a new one unless told.
        resume: Whether to go on with the attack in it.
        as_json: Whether to print one JSON object.

    Raises:
        PeerwatchError: The model, an arm, the machine or the folder will not do.
    """
    if resume and out is None:
        raise PeerwatchError("--resume needs --out: the folder of the attack to go on with.")
    resolved = resolve_attack(request, seeds, StudyFolder(out) if resume and out else None)
    with contextlib.redirect_stdout(sys.stderr):  # Inspect prints a banner
        check_models(resolved)
        check_machine(resolved.study.world, resolved.study.critic)
        folder = open_study_folder(out or _new_folder(), resolved, resume)
        print(f"Attempts: {folder.path}", file=sys.stderr)
        with holding(folder.path):
            done = run_study(_as_begun(resolved, folder), folder)
    attack = read_attack(folder, done)
    if as_json:
        about = {"folder": str(folder.path), "complete": done.complete, "expected": done.expected}
        print(json.dumps(about | attack.to_dict(), ensure_ascii=False))
    else:
        print(render_attack(attack, str(folder.logs)))
    return _exit_code(attack, done, folder)


def resolve_attack(request: StudyRequest, seeds: str, begun: StudyFolder | None) -> ResolvedStudy:
    """Return the attack that is asked for: new, or that of the folder to go on with.

    Raises:
        PeerwatchError: Options that do not fit each other, or under which nothing is at stake.
    """
    there = begun is not None and begun.study_file.exists()
    if not there:
        size = "compact" if request.size is None else request.size
        request = replace(request, size=size, factors=request.factors or {})
    study = study_asked(replace(request, seeds=None), begun)
    chosen = seeds if request.seeds is None and not there else request.seeds
    study = attack_study(study, chosen)
    if chosen is not None:
        _say_which(chosen, study.instance_seeds)
    return resolve(study, versions(study.critic), attack=True)


def _say_which(chosen: str, kept: tuple[int, ...]) -> None:
    print(
        f"Of the seeds {chosen} those at which the peer is at stake in every family and arm are "
        f"played: {', '.join(map(str, kept))}.",
        file=sys.stderr,
    )


def _as_begun(study: ResolvedStudy, folder: StudyFolder) -> ResolvedStudy:
    begun = folder.study()
    return replace(begun, versions=study.versions)


def _new_folder() -> Path:
    return Path("runs") / f"attack-{datetime.now(UTC).strftime('%Y%m%d-%H%M%S')}"


def _exit_code(attack: Attack, done: StudyRun, folder: StudyFolder) -> int:
    """Say what is wrong, if anything, and return the exit code."""
    if not done.complete:
        again = f"--attacker {shlex.quote(attack.model)} --out {shlex.quote(str(folder.path))}"
        print(
            f"Interrupted: {done.ended} of {done.expected} attempts have ended and are kept. Go on "
            f"with: peerwatch calibrate {again} --resume",
            file=sys.stderr,
        )
        return 130
    for error in attack.failed[:3]:
        print(f"  error: {error[:200]}", file=sys.stderr)
    if not attack.attempts:
        print(f"Every attempt of {attack.model} ended in an error.", file=sys.stderr)
    return 1 if attack.unseen or not attack.attempts else 0
