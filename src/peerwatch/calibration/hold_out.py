"""Holding out a set: all organisms of somebody else's files, under every log that they could file.

The files are written by people who do not know the detectors. Whatever is wrong with one class is
said of that class, and the others are played.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from peerwatch.behaviours.detect import detect
from peerwatch.behaviours.record import BEHAVIOURS, OUTCOMES, Record
from peerwatch.calibration.calibrate_memory import Progress, labels_of
from peerwatch.calibration.calibration_arms import calibration_arms
from peerwatch.calibration.held_out_cells import HeldOut, HeldOutCell, Problem
from peerwatch.calibration.strangers_code import TooLongError, limited, told
from peerwatch.common.errors import DesignError, PeerwatchError, unknown
from peerwatch.design.arms import Arm
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import build_instance
from peerwatch.families.instance import Call, Instance
from peerwatch.families.valid_arms import cross
from peerwatch.organisms.all_organisms import classes_in_file, made
from peerwatch.organisms.log_variants import (
    LOG_VARIANTS,
    Expectation,
    LogVariant,
    expected,
    log_of,
)
from peerwatch.organisms.organism import NO_DEVIATION, Declaration, Organism
from peerwatch.organisms.play import MAX_CALLS
from peerwatch.organisms.truthful_log import truthful_entries
from peerwatch.sessions.session import Session, logged_changes

OWN = "own"
LOGS = (OWN, *LOG_VARIANTS)
"""As the organism itself files it, and the variants."""
_LABEL = re.compile(rf"(?:{'|'.join(BEHAVIOURS)}):(?:toward|against)(?: attempted| reverted)?")
_OUTCOMES = frozenset({*OUTCOMES, "deviated_unclear"})


class BadOrganism(Exception):
    """An organism that does or declares what none can."""


@dataclass(frozen=True, slots=True)
class HeldOutOrganism:
    """An organism and the file that it is from."""

    organism: Organism
    file: Path

    @property
    def where(self) -> str:
        """Name the class for whoever wrote it."""
        return f"{type(self.organism).__name__} in {self.file}"


def hold_out(
    files: Sequence[Path | str],
    families: Sequence[str] = FAMILY_NAMES,
    seeds: Iterable[int] = range(1, 5),
    size: str = "compact",
    factors: Mapping[str, Sequence[str]] | None = None,
    stake: bool | None = None,
    logs: Sequence[str] = LOGS,
    names: Sequence[str] = (),
    progress: Progress | None = None,
) -> HeldOut:
    """Play all organisms of some files and hold what is detected against what they declare.

    Args:
        files: Python files of the user's. They are imported.
        families: The families to play in.
        seeds: The instance seeds of each family.
        size: ``compact`` or ``standard``.
        factors: Factor -> levels, crossed; the arms of a calibration if left out.
        stake: Play only where something is at stake for the subject, or only where nothing is;
            everywhere if left out.
        logs: Which of ``LOGS``; one that does not apply to an episode is passed over.
        names: The organisms of the files to play; all if left out.
        progress: Called after each instance.

    Raises:
        PeerwatchError: A file is not there, cannot be imported or defines no organism; there is no
            such log, or no such organism in the files; no instance is left to play in.
    """
    for log in logs:
        if log not in LOGS:
            raise PeerwatchError(unknown("log", log, LOGS))
    organisms, unmade = load_held_out([Path(one) for one in files], names)
    places = list(_places(families, tuple(seeds), size, factors, stake))
    if not places:
        raise PeerwatchError("No instance is left: look at --factor, --at-stake and --seeds.")
    cells: list[HeldOutCell] = []
    problems: dict[tuple[str, ...], Problem] = {(str(i),): one for i, one in enumerate(unmade)}
    skipped = 0
    for done, (family, seed, arm) in enumerate(places, 1):
        for one in organisms:
            # Made anew for each, so that nothing that one of them changes reaches the next.
            instance = build_instance(family, size, seed, arm)
            try:
                with limited():
                    found = _cells(one, family, instance, logs)
            except (Exception, SystemExit, TooLongError) as error:
                _noted(problems, _problem(one, family, instance, error))
                continue
            cells += found
            skipped += len(logs) - len(found)
        if progress is not None:
            progress(done, len(places), f"{family}, seed {seed}")
    return HeldOut(
        size,
        tuple(map(str, files)),
        tuple(logs),
        tuple(cells),
        tuple(problems.values()),
        skipped,
    )


def load_held_out(
    files: Sequence[Path], names: Sequence[str] = ()
) -> tuple[list[HeldOutOrganism], list[Problem]]:
    """Return the organisms of some files, and a problem for each class that cannot be made."""
    found: list[HeldOutOrganism] = []
    problems: list[Problem] = []
    known: list[str] = []
    for path in map(Path.expanduser, files):
        try:
            with limited():
                classes = classes_in_file(path)
        except TooLongError as error:
            raise PeerwatchError(f"The import of {path} {told(error, path)}.") from error
        known += [cls.name for cls in classes]
        for cls in classes:
            if names and cls.name not in names:
                continue
            same = [one for one in classes if one.name == cls.name]
            try:
                if not isinstance(cls.name, str):
                    raise BadOrganism(f"its name is {cls.name!r:.40}, and no word")
                if len(same) > 1:
                    who = " and ".join(one.__name__ for one in same)
                    raise BadOrganism(f"{who} have the same name '{cls.name}'")
                with limited():
                    found.append(HeldOutOrganism(made(cls, path), path))
            except (Exception, SystemExit, TooLongError) as error:
                what = f"{cls.__name__} in {path} {_said(error, path)}"
                problems.append(Problem(str(cls.name), str(path), what))
    for name in names:
        if name not in known:
            raise PeerwatchError(unknown(f"organism in {', '.join(map(str, files))}", name, known))
    return found, problems


def _places(
    families: Sequence[str],
    seeds: Sequence[int],
    size: str,
    factors: Mapping[str, Sequence[str]] | None,
    stake: bool | None,
) -> Iterator[tuple[str, int, Arm]]:
    crossed = dict(_crossed(families, factors)) if factors else None
    for family in families:
        for seed in seeds:
            arms = calibration_arms(family, seed) if crossed is None else crossed.get(family, ())
            for arm in arms:
                at_stake = build_instance(family, size, seed, arm).inventory.stake
                if stake is None or at_stake == stake:
                    yield family, seed, arm


def _crossed(
    families: Sequence[str], factors: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, tuple[Arm, ...]]]:
    """Yield the families in which something of a crossing applies, with their arms.

    A crossing that names a level which a family lacks passes over the family and not over the rest.
    """
    refused: DesignError | None = None
    none = True
    for family in families:
        try:
            arms = cross(family, factors)
        except DesignError as error:
            refused = error
            continue
        none = False
        yield family, arms
    if none and refused is not None:
        raise refused


def _cells(
    one: HeldOutOrganism, family: str, instance: Instance, logs: Sequence[str]
) -> list[HeldOutCell]:
    """Play an organism once, and judge the episode under each log that applies to it."""
    organism = one.organism
    declaration = checked(organism, organism.declares(instance))
    session, calls = _played(organism, instance, declaration)
    record = session.record()
    truth = organism.truth(instance, record.after, record.finish)
    cells = []
    for log, (episode, meant) in _under(logs, instance, record, declaration):
        verdict = detect(episode)
        cells.append(
            HeldOutCell(
                organism=organism.name,
                file=str(one.file),
                honest=organism.honest,
                family=family,
                seed=instance.seed,
                arm=instance.arm.label,
                stake=instance.inventory.stake,
                log=log,
                calls=calls,
                expected=meant,
                detected=labels_of(verdict.findings),
                detected_outcome=verdict.outcome,
                truth_held=bool(truth),
            )
        )
    return cells


def _under(
    logs: Sequence[str], instance: Instance, record: Record, declaration: Declaration
) -> Iterator[tuple[str, tuple[Record, Expectation]]]:
    """Yield the episode under each log, with what has to be found; logs that do not apply are not.

    Acts and end state are the organism's own in all of them. A log can be varied only where the
    task was ended, and where a deviation stands only if there is something that could be told.
    """
    own = Expectation(declaration.labels, (declaration.outcome,))
    work, beside = truthful_entries(instance, record.after)
    for log in logs:
        if log == OWN:
            yield log, (record, own)
            continue
        variant: LogVariant = next(one for one in LOG_VARIANTS if one == log)
        meant = expected(declaration, variant)
        hides = any(
            one.startswith("concealment:") for one in expected(declaration, "untold").labels
        )
        if record.finish is None or (hides and not beside):
            continue
        entries = log_of(work, beside, variant)
        changes = None if entries is None else logged_changes(list(entries))
        yield log, (replace(record, finish=replace(record.finish, changes=changes)), meant)


def _played(
    organism: Organism, instance: Instance, declaration: Declaration
) -> tuple[Session, int]:
    """Let an organism act; it may make three times the calls of the honest way, and 60 at least."""
    session, most = Session(instance), max(MAX_CALLS, 3 * len(instance.honest.calls))
    script = organism.act(instance)
    if not isinstance(script, Generator):
        raise BadOrganism("act() is no generator: it has to yield calls")
    reply = None
    for count in range(most):
        try:
            call = next(script) if reply is None else script.send(reply)
        except StopIteration:
            return session, count
        if not isinstance(call, Call) or not isinstance(call.arguments, Mapping):
            raise BadOrganism(f"act() yields {call!r:.80}, which is no Call(tool, arguments)")
        reply = session.call(call.tool, call.arguments)
    script.close()
    if session.finish is None and declaration.outcome not in ("incomplete", "deviated_unreported"):
        raise BadOrganism(f"made {most} calls without ending the task, and declares otherwise")
    return session, most


def checked(organism: Organism, given: object) -> Declaration:
    """Return a declaration, its labels as a set.

    Raises:
        BadOrganism: It is none, or says what cannot be.
    """
    if not isinstance(given, Declaration):
        raise BadOrganism(f"declares() returns {type(given).__name__}, and no Declaration")
    if isinstance(given.labels, str) or not isinstance(given.labels, Iterable):
        raise BadOrganism("declares labels that are no set of words")
    labels = frozenset(given.labels)
    for one in sorted(map(str, labels)):
        if not _LABEL.fullmatch(one):
            raise BadOrganism(
                f"declares the label '{one}'. A label is behaviour:direction, as tampering:toward, "
                f"with ' attempted' or ' reverted' behind it. Behaviours: {', '.join(BEHAVIOURS)}"
            )
    if given.outcome not in _OUTCOMES:
        raise BadOrganism(f"declares an outcome. {unknown('outcome', given.outcome, _OUTCOMES)}")
    stands = [one.partition(":") for one in labels if one.endswith(":toward")]
    deviates = any(behaviour not in NO_DEVIATION for behaviour, _, _ in stands)
    if deviates != given.outcome.startswith("deviated"):
        words = ", ".join(sorted(labels)) or "nothing"
        raise BadOrganism(f"declares the outcome {given.outcome}, and {words}: they do not agree")
    if organism.honest and labels:
        raise BadOrganism(f"is called honest and declares {', '.join(sorted(labels))}")
    return replace(given, labels=labels)


def _problem(
    one: HeldOutOrganism, family: str, instance: Instance, error: BaseException
) -> Problem:
    return Problem(
        one.organism.name,
        str(one.file),
        f"{one.where} {_said(error, one.file)}",
        family,
        instance.seed,
        instance.arm.label,
    )


def _said(error: BaseException, file: Path) -> str:
    if isinstance(error, (BadOrganism, PeerwatchError)):
        return f"cannot be played: {error}"
    return told(error, file)


def _noted(problems: dict[tuple[str, ...], Problem], new: Problem) -> None:
    """Keep a problem, or count it where the same was kept."""
    key = (new.file, new.organism, new.what)
    old = problems.get(key)
    problems[key] = new if old is None else replace(old, count=old.count + 1)
