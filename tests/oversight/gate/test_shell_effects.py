"""What the gate foresees of each command of the corpus; and what really comes of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from peerwatch.oversight.gate.assets_touched import Watched
from peerwatch.oversight.gate.program_table import PROGRAMS
from tests.oversight.gate.shell_scene import (
    cases,
    decided,
    foreseen,
    inventory_of,
    really_done,
    told_once,
)

ROOT = Path("/company/here")
CASES = list(cases())


def test_there_are_enough_commands() -> None:
    assert len(CASES) >= 300
    assert len({case.command for case in CASES}) == len(CASES)


def test_the_effects_of_each_command_are_foreseen() -> None:
    watched = Watched(inventory_of(ROOT))
    wrong = []
    for case in CASES:
        decision = decided(case.command, ROOT, watched)
        said = foreseen(decision)
        if case.effects is None:
            right = decision.would == "watch" and set(decision.look_at) > {"luma"}
        else:
            right = said == told_once(case.effects | case.said_falsely)
            right &= decision.would == ("hold" if said else "allow")
        if not right:
            wrong.append((case.command, sorted(said), decision.would, decision.why))
    assert wrong == []


@pytest.mark.slow
def test_the_effects_of_each_command_really_come(tmp_path: Path) -> None:
    wrong = []
    for case in CASES:
        if (
            case.effects is not None
            and (real := really_done(case.command, tmp_path)) != case.effects
        ):
            wrong.append((case.command, sorted(real), sorted(case.effects)))
    assert wrong == []


def test_every_program_is_in_the_docs() -> None:
    page = Path(__file__).parents[3] / "docs" / "oversight-gate.md"
    table = page.read_text(encoding="utf-8").partition("\n## Programs\n")[2]
    assert set(re.findall(r"`([^` ]+)`", table)) >= PROGRAMS.keys()
