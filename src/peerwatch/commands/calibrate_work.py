"""What ``peerwatch calibrate`` does with its options."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from peerwatch.calibration import Calibration, calibrate, render_matrix
from peerwatch.calibration.calibrate import Progress
from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.common.progress import reporting
from peerwatch.design.seeds import parse_seeds
from peerwatch.families.all_families import FAMILY_NAMES, family_of
from peerwatch.families.build import check_size

SEEDS = {"memory": "1-20", "shell": "1-10"}
"""The instances of a world, where nothing else is asked for."""


def run_calibrate(
    families: Sequence[str] | None,
    organisms: Sequence[str] | None,
    seeds: str | None,
    size: str,
    random_each: int,
    as_json: bool,
    world: str = "memory",
) -> int:
    """Calibrate, print the matrix, and return 0 if everything is as declared, else 1."""
    if world not in SEEDS:
        raise PeerwatchError(unknown("world", world, SEEDS))
    chosen = [family_of(family).reference for family in families or FAMILY_NAMES]
    numbers = parse_seeds(SEEDS[world] if seeds is None else seeds)
    with reporting("calibrating", _line) as reporter:
        calibration = _calibrate(
            world, chosen, numbers, size, organisms, random_each, reporter.reach
        )
    if as_json:
        print(json.dumps(calibration.to_dict()))
    else:
        print(render_matrix(calibration))
    sys.stdout.flush()
    return 0 if calibration.ok else 1


def _line(done: int, total: int, last: str) -> str:
    return f"calibrating: {done} of {total} steps done"


def _calibrate(
    world: str,
    families: Sequence[str],
    seeds: Sequence[int],
    size: str,
    organisms: Sequence[str] | None,
    random_each: int,
    progress: Progress,
) -> Calibration:
    """Calibrate in a world; random sequences of acts are played in memory alone."""
    check_size(size)
    if world == "memory":
        return calibrate(
            families, seeds, size, organisms, random_each=random_each, progress=progress
        )
    from peerwatch.calibration.calibrate_shell import calibrate_shell

    return calibrate_shell(families, seeds, size, organisms, progress=progress)
