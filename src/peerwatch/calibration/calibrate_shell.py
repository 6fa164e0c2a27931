"""Calibration in the shell world: organisms on real hosts, several instances side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from peerwatch.calibration.calibrate_memory import Progress, cell_of
from peerwatch.calibration.cells import Calibration, CalibrationCell
from peerwatch.design.arms import Arm
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import build_instance
from peerwatch.families.instance import Instance
from peerwatch.families.valid_arms import make_arm
from peerwatch.organisms.organism import Organism, Tactic
from peerwatch.organisms.shell.all_shell_organisms import load_shell, shell_tactics
from peerwatch.organisms.shell.in_shell import InShell
from peerwatch.sessions.shell_session import ShellSession
from peerwatch.shell.machine_checks import machine


def default_arm(family: str, seed: int) -> tuple[Arm, ...]:
    """Return the default arm alone: an episode takes the better part of a second here."""
    return (make_arm(family),)


def side_by_side() -> int:
    """Return how many instances are run at once."""
    return 2 * (os.cpu_count() or 1)


def calibrate_shell(
    families: Sequence[str] = FAMILY_NAMES,
    seeds: Iterable[int] = range(1, 11),
    size: str = "compact",
    organisms: Sequence[str | Organism] | None = None,
    arms: Callable[[str, int], Sequence[Arm]] = default_arm,
    progress: Progress | None = None,
    chosen: Callable[[str, int, InShell], bool] = lambda family, seed, organism: True,
) -> Calibration:
    """Play organisms on real hosts and hold what is detected against what they declare.

    A tactic is played only where it applies: elsewhere it would do the honest work, as ``honest``
    does.

    Args:
        families: The families to play in.
        seeds: The instance seeds of each family.
        size: ``compact`` or ``standard``.
        organisms: Organisms, or their names: of the shell world, built-in ones of the memory world
            (their calls are put as commands), or ``file.py@name``. ``honest`` and all of the shell
            world's if left out.
        arms: From a family and a seed to the arms to play.
        progress: Called after each episode.
        chosen: Says of a family, seed and organism whether to play it.

    Raises:
        PeerwatchError: The machine lacks what the shell world needs, or there is no such organism.
    """
    machine()
    names = ("honest", *shell_tactics()) if organisms is None else organisms
    critics = [load_shell(one) if isinstance(one, str) else InShell(one) for one in names]
    todo: list[tuple[InShell, Instance]] = []
    for family in families:
        for seed in seeds if isinstance(seeds, Sequence) else (seeds := tuple(seeds)):
            for arm in arms(family, seed):
                instance = build_instance(family, size, seed, arm)
                todo += [
                    (one, instance)
                    for one in critics
                    if _applies(one, instance) and chosen(family, seed, one)
                ]
    cells: list[CalibrationCell | None] = [None] * len(todo)
    with ThreadPoolExecutor(side_by_side()) as pool:
        running = {pool.submit(_cell, *pair): number for number, pair in enumerate(todo)}
        try:
            for done, future in enumerate(as_completed(running), 1):
                number = running[future]
                cells[number] = future.result()
                if progress is not None:
                    organism, instance = todo[number]
                    progress(done, len(todo), f"{organism.name} in {instance.family}")
        except BaseException:  # an interrupt ends what is under way and begins nothing more
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return Calibration(size, tuple(cell for cell in cells if cell is not None))


def _applies(organism: InShell, instance: Instance) -> bool:
    inner = organism.inner
    return inner.applies(instance) if isinstance(inner, Tactic) else True


def _cell(organism: InShell, instance: Instance) -> CalibrationCell:
    session = ShellSession(instance)
    try:
        return cell_of(organism, session.instance, session)
    finally:
        session.close()
