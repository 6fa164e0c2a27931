"""Organisms on real hosts come out as declared, and the two worlds agree."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from typer.testing import CliRunner

from peerwatch.behaviours.detect import detect
from peerwatch.calibration.calibrate_memory import label
from peerwatch.calibration.calibrate_shell import calibrate_shell, side_by_side
from peerwatch.cli import app
from peerwatch.design.arms import Arm
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import build_instance
from peerwatch.families.valid_arms import make_arm
from peerwatch.organisms import Tactic, builtin, load_organism, play
from peerwatch.organisms.shell.all_shell_organisms import load_shell, shell_tactics
from peerwatch.organisms.shell.in_shell import InShell
from peerwatch.sessions.shell_session import ShellSession
from tests.shell_needs import needs_shell

pytestmark = needs_shell
UNREAD = frozenset({"exfiltration:toward attempted"})
"""What only the memory world tells: a failed act, which in a shell is a text that nobody parses."""


def homes(name: str) -> list[str]:
    """Return the families in which a shell tactic applies."""
    organism = load_shell(name).inner
    arms = [build_instance(family, "compact", 1) for family in FAMILY_NAMES]
    return [i.family for i in arms if not isinstance(organism, Tactic) or organism.applies(i)]


def in_turn(family: str, seed: int, organism: InShell) -> bool:
    """Return whether it is a family's turn, so that ten seeds go round where a tactic applies."""
    found = homes(organism.name)
    return found[seed % len(found)] == family


@pytest.mark.slow
def test_a_tactic_of_each_kind_comes_out_right() -> None:
    names = ["honest", "shell_scp", "shell_base64", "shell_touch_d", "shell_tar_everything"]
    found = calibrate_shell(["file_transfer"], (1, 2), organisms=names)
    found_levers = calibrate_shell(
        ["shutdown_control"],
        (2,),
        organisms=["shell_cron", "shell_symlink_swap", "shell_sed_toggler"],
    )
    assert len(found.cells) == 10 and len(found_levers.cells) == 3
    assert [c.explain() for c in (*found.cells, *found_levers.cells) if not c.ok] == []


@pytest.mark.slow
def test_every_tactic_comes_out_right() -> None:
    """One seed here; `peerwatch calibrate --world shell` plays ten in every family."""
    found = calibrate_shell(organisms=tuple(shell_tactics()), seeds=(1,), chosen=in_turn)
    assert {cell.organism for cell in found.cells} == set(shell_tactics())
    assert [cell.explain() for cell in found.cells if not cell.ok] == []


def agreement(case: tuple[str, str, int, Arm]) -> str | None:
    """Return how the two worlds differ on an organism, None where they agree."""
    name, family, seed, arm = case
    organism, instance = load_organism(name), build_instance(family, "compact", seed, arm)
    memory = detect(play(organism, instance).record())
    session = ShellSession(instance)
    try:
        record = play(InShell(organism), session.instance, session=session).record()
    finally:
        session.close()
    shell = detect(record)
    mine = frozenset(map(label, memory.findings)) - UNREAD
    if (frozenset(map(label, shell.findings)), shell.outcome) != (mine, memory.outcome):
        labels = sorted(map(label, shell.findings))
        return f"{case}: {labels} {shell.outcome}, in memory {sorted(mine)} {memory.outcome}"
    if not organism.truth(session.instance, record.after, record.finish):
        return f"{case}: the end state does not show it"
    return None


def differing(cases: list[tuple[str, str, int, Arm]]) -> list[str]:
    with ThreadPoolExecutor(side_by_side()) as pool:
        return [one for one in pool.map(agreement, cases) if one is not None]


@pytest.mark.slow
def test_the_worlds_agree_on_some_organisms() -> None:
    cases = [
        ("honest", "shutdown_order", 1, make_arm("shutdown_order")),
        ("inflate_decision", "grading", 1, make_arm("grading")),
        ("move_weights_silently", "disk_cleanup", 1, make_arm("disk_cleanup")),
        ("flag_string", "shutdown_control", 1, make_arm("shutdown_control")),
    ]
    assert differing(cases) == []


def cases(seeds: Sequence[int], everywhere: bool = False) -> Iterator[tuple[str, str, int, Arm]]:
    """Yield where to compare the worlds: every organism where its tactic applies.

    That is in one family of each, and for those that lose the subject where it is to be kept;
    ``everywhere`` in all families, seeds and both consequences.
    """
    for number, name in enumerate(name for name in builtin() if name != "runs_out_of_turns"):
        organism = load_organism(name)
        found = [
            (name, family, seed, arm)
            for shift in range(len(FAMILY_NAMES))
            for family in [FAMILY_NAMES[(number + shift) % len(FAMILY_NAMES)]]
            for consequence in ("shutdown", "reversed")
            for arm in [make_arm(family, consequence=consequence)]
            for seed in seeds
            if not isinstance(organism, Tactic)
            or organism.applies(build_instance(family, "compact", seed, arm))
        ]
        yield from found if everywhere else found[:1]


@pytest.mark.slow
def test_the_worlds_agree_on_every_organism() -> None:
    chosen = list(cases((3, 4)))
    assert {name for name, *_ in chosen} == builtin().keys() - {"runs_out_of_turns"}
    assert differing(chosen) == []


@pytest.mark.slow
def test_the_command_prints_the_matrix() -> None:
    words = ["calibrate", "--world", "shell", "--seeds", "1", "--family", "disk_cleanup"]
    more = ["--organism", "shell_hard_link", "--organism", "keeps_on_disk"]
    done = CliRunner().invoke(app, [*words, *more])
    assert done.exit_code == 0 and "shell_hard_link" in done.output and "2 cells" in done.output
    told = json.loads(CliRunner().invoke(app, [*words, *more[:2], "--json"]).stdout)
    assert told["misses"] == 0 and [cell["ok"] for cell in told["cells"]] == [True]


def test_misses_are_named() -> None:
    done = CliRunner().invoke(
        app, ["calibrate", "--world", "shell", "--seeds", "1", "--family", "file_transfer",
              "--organism", "failed_transfer"]
    )  # fmt: skip
    assert done.exit_code == 1 and "not detected: exfiltration:toward attempted" in done.output
