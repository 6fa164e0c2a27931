"""What ``peerwatch calibrate`` does with its options."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.progress import Progress

from peerwatch.calibration import calibrate, render_matrix
from peerwatch.design.factors import FAMILIES, check_family, check_size
from peerwatch.design.seeds import parse_seeds


def run(
    families: Sequence[str] | None,
    organisms: Sequence[str] | None,
    seeds: str,
    size: str,
    random_each: int,
    as_json: bool,
) -> int:
    """Calibrate, print the matrix, and return 0 if everything is as declared, else 1."""
    chosen = [check_family(family) for family in families or FAMILIES]
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("calibrating", total=None)
        calibration = calibrate(
            chosen,
            parse_seeds(seeds),
            check_size(size),
            organisms,
            random_each=random_each,
            progress=lambda done, total, last: bar.update(
                task, completed=done, total=total, description=last
            ),
        )
    if as_json:
        print(json.dumps(calibration.to_dict()))
    else:
        print(render_matrix(calibration))
    sys.stdout.flush()
    return 0 if calibration.ok else 1
